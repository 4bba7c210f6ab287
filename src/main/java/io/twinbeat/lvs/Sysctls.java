package io.twinbeat.lvs;

import io.twinbeat.linux.Sysctl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kernel settings that directors of this machine need, shared by all of them: set by the first that
 * needs one, and put back as they were by the last. What was there before outlives the daemon.
 */
public final class Sysctls {
  /** Reads and writes one setting; empty where this kernel has none of that name. */
  interface Settings {
    Optional<String> read(String name) throws IOException;

    void write(String name, String value) throws IOException;
  }

  /** The kernel turns these off when the other is set to 1, and on when it is set to 0. */
  private static final Map<String, String> TAKEN_ALONG =
      Map.of("net/ipv4/ip_forward", "net/ipv4/conf/all/accept_redirects");

  private static final String ALONG = "0";
  private static final Logger log = LoggerFactory.getLogger(Sysctls.class);

  private final Settings settings;
  private final KeptLines kept;
  private final Map<String, String> before = new TreeMap<>();

  /** By owner. */
  private final Map<String, Map<String, String>> wishes = new TreeMap<>();

  /** {@code bootId}: settings of an earlier boot are gone. */
  public static Sysctls open(Path file, String bootId) {
    return new Sysctls(
        new Settings() {
          @Override
          public Optional<String> read(String name) throws IOException {
            return Sysctl.read(name);
          }

          @Override
          public void write(String name, String value) throws IOException {
            Sysctl.write(name, value);
          }
        },
        new KeptLines(file, "sysctls of boot " + bootId));
  }

  Sysctls(Settings settings, KeptLines kept) {
    this.settings = settings;
    this.kept = kept;
    for (String line : kept.read()) {
      int equals = line.indexOf('=');
      int space = line.lastIndexOf(' ', equals);
      if (equals > 0) {
        String name = line.substring(space + 1, equals);
        String value = line.substring(equals + 1);
        (space < 0 ? before : wishesOf(line.substring(0, space))).put(name, value);
      }
    }
  }

  private Map<String, String> wishesOf(String owner) {
    return wishes.computeIfAbsent(owner, _ -> new TreeMap<>());
  }

  /**
   * What this owner wants from now on; what it wanted before and does not any more is put back.
   * Again is harmless. What was there is on disk before it is changed.
   */
  synchronized void set(String owner, Map<String, String> values) throws LvsException {
    try {
      Map<String, String> changed = new LinkedHashMap<>();
      Map<String, String> was = new LinkedHashMap<>();
      for (Map.Entry<String, String> each : values.entrySet()) {
        String name = each.getKey();
        Optional<String> now = settings.read(name);
        if (now.isEmpty()) {
          throw new LvsException("this kernel has no setting " + name);
        }
        if (!now.get().equals(each.getValue())) {
          changed.put(name, each.getValue());
          was.put(name, now.get());
          if (TAKEN_ALONG.containsKey(name)) {
            String along = TAKEN_ALONG.get(name);
            settings.read(along).ifPresent(value -> was.put(along, value));
          }
        }
      }
      was.forEach(before::putIfAbsent);
      wishesOf(owner).putAll(values);
      kept.keep(lines());
      for (Map.Entry<String, String> each : changed.entrySet()) {
        settings.write(each.getKey(), each.getValue());
      }
      letGo(owner, values);
    } catch (IOException e) {
      throw new LvsException("the kernel settings cannot be made: " + e.getMessage(), e);
    }
  }

  /** Puts back what nobody needs any more; what somebody else has changed since stays. */
  synchronized void putBack(String owner) throws LvsException {
    try {
      letGo(owner, Map.of());
    } catch (IOException e) {
      throw new LvsException("the kernel settings cannot be put back: " + e.getMessage(), e);
    }
  }

  /** Puts back what was set for others than these, by an earlier process and from another file. */
  public synchronized void keepOnly(Set<String> owners) throws LvsException {
    for (String owner : List.copyOf(wishes.keySet())) {
      if (!owners.contains(owner)) {
        putBack(owner);
      }
    }
  }

  /** All that this owner wanted but these. */
  private void letGo(String owner, Map<String, String> but) throws IOException {
    for (Map.Entry<String, String> each : List.copyOf(wishesOf(owner).entrySet())) {
      String name = each.getKey();
      if (but.containsKey(name)) {
        continue;
      }
      boolean others =
          wishes.entrySet().stream()
              .anyMatch(w -> !w.getKey().equals(owner) && w.getValue().containsKey(name));
      if (!others) {
        restore(name, each.getValue());
      }
      wishesOf(owner).remove(name);
    }
    wishes.remove(owner, Map.of());
    kept.keep(lines());
  }

  private void restore(String name, String ours) throws IOException {
    String old = before.get(name);
    if (old == null) {
      return; // It was so before.
    }
    Optional<String> along = Optional.ofNullable(TAKEN_ALONG.get(name));
    String alongNow = along.isEmpty() ? "" : settings.read(along.get()).orElse("");
    if (settings.read(name).equals(Optional.of(ours))) {
      settings.write(name, old);
      if (along.isPresent() && before.containsKey(along.get())) {
        boolean asItWasTaken = alongNow.equals(ALONG);
        settings.write(along.get(), asItWasTaken ? before.get(along.get()) : alongNow);
      }
    } else {
      log.warn("{} was changed by somebody else and stays as it is", name);
    }
    before.remove(name);
    along.ifPresent(before::remove);
  }

  /** Those that are not as they shall be, with what they are. */
  synchronized List<String> differing(Map<String, String> values) {
    List<String> differing = new ArrayList<>();
    values.forEach((name, value) -> {
      try {
        Optional<String> now = settings.read(name);
        if (!now.equals(Optional.of(value))) {
          differing.add(name + " is " + now.orElse("not there") + ", not " + value);
        }
      } catch (IOException e) {
        differing.add(name + " cannot be read: " + e.getMessage());
      }
    });
    return differing;
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    before.forEach((name, value) -> lines.add(name + "=" + value));
    wishes.forEach((owner, wanted) ->
        wanted.forEach((name, value) -> lines.add(owner + " " + name + "=" + value)));
    return lines;
  }
}
