package io.twinbeat.daemon;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twinbeat.address.FloatingAddress;
import io.twinbeat.decision.Effect.Held;
import io.twinbeat.decision.Effect.Persist;
import io.twinbeat.decision.Event.Remembered;
import io.twinbeat.decision.Event.RememberedMaintenance;
import io.twinbeat.journal.StateException;
import io.twinbeat.journal.StateFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What survives a crash: each group's term, whether this boot of the machine means to hold it, when
 * the last start-up fence was, and the newest word on maintenance. Written by one thread.
 */
final class KeptState {
  private static final int FORMAT = 1;

  /** A term each microsecond for 285 years; one more never overflows. */
  private static final long COUNT_MAX = 1L << 53;

  private static final Logger log = LoggerFactory.getLogger(KeptState.class);

  private final StateFile file;
  private final String bootId;
  private final Map<String, Held> groups = new HashMap<>();
  private final Map<String, String> boots = new HashMap<>();
  private final Map<String, List<String>> addresses = new HashMap<>();
  private final Map<String, Instant> failbacks = new HashMap<>();
  private Optional<Instant> startFence = Optional.empty();
  private Optional<MaintenanceOnDisk> maintenance = Optional.empty();
  private Optional<String> lost = Optional.empty();

  private KeptState(StateFile file, String bootId) {
    this.file = file;
    this.bootId = bootId;
  }

  /** Never throws: what cannot be read is unknown, and is said by {@link #lost}. */
  static KeptState read(Path path, String bootId) {
    KeptState kept = new KeptState(new StateFile(path), bootId);
    try {
      Optional<String> json = kept.file.read();
      if (json.isPresent()) {
        kept.parse(JsonParser.parseString(json.get()).getAsJsonObject());
      }
    } catch (StateException | RuntimeException e) {
      kept.groups.clear();
      kept.boots.clear();
      kept.addresses.clear();
      kept.failbacks.clear();
      kept.startFence = Optional.empty();
      kept.lost = Optional.of(path + " cannot be used: " + e.getMessage());
      log.warn("{}; everything is taken for unknown", kept.lost.get());
    }
    return kept;
  }

  String bootId() {
    return bootId;
  }

  private void parse(JsonObject json) {
    if (json.get("format").getAsInt() != FORMAT) {
      throw new IllegalStateException("format " + json.get("format") + ", expected " + FORMAT);
    }
    JsonObject all = json.getAsJsonObject("groups");
    for (String name : all.keySet()) {
      JsonObject group = all.getAsJsonObject(name);
      boolean failbackHeld = group.has("failbackHeld") && group.get("failbackHeld").getAsBoolean();
      groups.put(
          name,
          new Held(count(group, "term"), group.get("held").getAsBoolean(), failbackHeld, false));
      if (group.has("failback")) {
        failbacks.put(name, Instant.ofEpochMilli(count(group, "failback")));
      }
      boots.put(name, group.get("boot").getAsString());
      if (group.has("addresses")) {
        List<String> of = new ArrayList<>();
        group
            .getAsJsonArray("addresses")
            .forEach(address -> of.add(text(parsed(address.getAsString()))));
        addresses.put(name, List.copyOf(of));
      }
    }
    if (json.has("startFence")) {
      startFence = Optional.of(Instant.ofEpochMilli(count(json, "startFence")));
    }
    if (json.has("maintenance")) {
      maintenance = Optional.of(MaintenanceOnDisk.parse(json.getAsJsonObject("maintenance")));
    }
  }

  /** A number that counts up from zero; what no pair can have reached is damage. */
  static long count(JsonObject json, String name) {
    long number = Long.parseLong(json.get(name).getAsString());
    if (number < 0 || number > COUNT_MAX) {
      throw new IllegalStateException(name + " is " + number + ", expected 0 to " + COUNT_MAX);
    }
    return number;
  }

  /** Why an existing state could not be used. */
  Optional<String> lost() {
    return lost;
  }

  Remembered remembered(String group, boolean present) {
    Held held = groups.getOrDefault(group, new Held(0, false));
    boolean thisBoot = bootId.equals(boots.get(group));
    Optional<Duration> sinceFailback =
        Optional.ofNullable(failbacks.get(group)).map(KeptState::ago);
    return new Remembered(
        held.term(), held.held() && thisBoot, present, held.failbackHeld(), sinceFailback);
  }

  /** A clock that went back does not make it older. */
  private static Duration ago(Instant then) {
    Duration ago = Duration.between(then, Instant.now());
    return ago.isNegative() ? Duration.ZERO : ago;
  }

  /** How much longer no start-up fence may be shot; a clock that went back does not shorten it. */
  Duration startFenceSpentFor(Duration window) {
    if (startFence.isEmpty()) {
      return Duration.ZERO;
    }
    Duration since = Duration.between(startFence.get(), Instant.now());
    if (since.isNegative()) {
      return window;
    }
    Duration left = window.minus(since);
    return left.isNegative() ? Duration.ZERO : left;
  }

  static String text(FloatingAddress address) {
    return address.ip().getHostAddress() + "/" + address.prefixLength() + " " + address.device();
  }

  /** By group, what this boot held and is not among these. */
  Map<String, List<FloatingAddress>> heldBesides(Set<String> configured) {
    Map<String, List<FloatingAddress>> found = new HashMap<>();
    addresses.forEach((group, of) -> {
      if (remembered(group, true).held()) {
        List<FloatingAddress> gone =
            of.stream().filter(each -> !configured.contains(each)).map(KeptState::parsed).toList();
        found.put(group, gone);
      }
    });
    return found;
  }

  private static FloatingAddress parsed(String text) {
    int slash = text.indexOf('/');
    int space = text.indexOf(' ');
    return new FloatingAddress(
        InetAddress.ofLiteral(text.substring(0, slash)),
        Integer.parseInt(text.substring(slash + 1, space)),
        text.substring(space + 1));
  }

  /** What the groups' addresses are from now on; other groups are no more. */
  void configured(Map<String, List<String>> byGroup) throws IOException {
    addresses.clear();
    addresses.putAll(byGroup);
    groups.replaceAll((name, held) ->
        byGroup.containsKey(name)
            ? held
            : new Held(held.term(), false, held.failbackHeld(), false));
    write();
  }

  RememberedMaintenance maintenance() {
    return maintenance
        .map(kept -> kept.remembered(bootId, System.currentTimeMillis(), System.nanoTime()))
        .orElse(RememberedMaintenance.NONE);
  }

  /** On disk when this returns; if it throws, {@link #write} can make up for it. */
  void keep(Persist changed) throws IOException {
    groups.putAll(changed.groups());
    changed
        .groups()
        .forEach((name, held) -> {
          boots.put(name, bootId);
          if (held.failsBackNow()) {
            failbacks.put(name, Instant.now());
          }
        });
    if (changed.startFenceSpent()) {
      startFence = Optional.of(Instant.now());
    }
    if (changed.maintenance().isPresent()) {
      maintenance = changed.maintenance().map(kept -> MaintenanceOnDisk.of(kept, bootId));
    }
    write();
  }

  /** All that is to be kept, once more. */
  void write() throws IOException {
    file.write(json().toString());
  }

  private JsonObject json() {
    JsonObject all = new JsonObject();
    groups.forEach((name, held) -> {
      JsonObject group = new JsonObject();
      group.addProperty("term", held.term());
      group.addProperty("held", held.held());
      group.addProperty("boot", boots.get(name));
      group.addProperty("failbackHeld", held.failbackHeld());
      if (failbacks.containsKey(name)) {
        group.addProperty("failback", failbacks.get(name).toEpochMilli());
      }
      JsonArray of = new JsonArray();
      addresses.getOrDefault(name, List.of()).forEach(of::add);
      group.add("addresses", of);
      all.add(name, group);
    });
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.add("groups", all);
    startFence.ifPresent(at -> json.addProperty("startFence", at.toEpochMilli()));
    maintenance.ifPresent(word -> json.add("maintenance", word.json()));
    return json;
  }
}
