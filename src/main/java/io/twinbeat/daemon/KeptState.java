package io.twinbeat.daemon;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.twinbeat.decision.Effect.Held;
import io.twinbeat.decision.Event.Remembered;
import io.twinbeat.journal.StateException;
import io.twinbeat.journal.StateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What survives a crash: each group's term, whether this boot of the machine means to hold it, and
 * when the last start-up fence was. Written by one thread.
 */
final class KeptState {
  private static final int FORMAT = 1;
  private static final Logger log = LoggerFactory.getLogger(KeptState.class);

  private final StateFile file;
  private final String bootId;
  private final Map<String, Held> groups = new HashMap<>();
  private final Map<String, String> boots = new HashMap<>();
  private Optional<Instant> startFence = Optional.empty();
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
    } catch (StateException
        | JsonParseException
        | IllegalStateException
        | ClassCastException
        | NullPointerException
        | UnsupportedOperationException e) {
      kept.groups.clear();
      kept.boots.clear();
      kept.lost = Optional.of(path + " cannot be used: " + e.getMessage());
      log.warn("{}; everything is taken for unknown", kept.lost.get());
    }
    return kept;
  }

  private void parse(JsonObject json) {
    if (json.get("format").getAsInt() != FORMAT) {
      throw new IllegalStateException("format " + json.get("format") + ", expected " + FORMAT);
    }
    JsonObject all = json.getAsJsonObject("groups");
    for (String name : all.keySet()) {
      JsonObject group = all.getAsJsonObject(name);
      groups.put(name, new Held(group.get("term").getAsLong(), group.get("held").getAsBoolean()));
      boots.put(name, group.get("boot").getAsString());
    }
    if (json.has("startFence")) {
      startFence = Optional.of(Instant.ofEpochMilli(json.get("startFence").getAsLong()));
    }
  }

  /** Why an existing state could not be used. */
  Optional<String> lost() {
    return lost;
  }

  Remembered remembered(String group, boolean present) {
    Held held = groups.getOrDefault(group, new Held(0, false));
    boolean thisBoot = bootId.equals(boots.get(group));
    return new Remembered(held.term(), held.held() && thisBoot, present);
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

  /** On disk when this returns; if it throws, {@link #write} can make up for it. */
  void keep(Map<String, Held> changed, boolean startFenceSpent) throws IOException {
    groups.putAll(changed);
    changed.keySet().forEach(name -> boots.put(name, bootId));
    if (startFenceSpent) {
      startFence = Optional.of(Instant.now());
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
      all.add(name, group);
    });
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.add("groups", all);
    startFence.ifPresent(at -> json.addProperty("startFence", at.toEpochMilli()));
    return json;
  }
}
