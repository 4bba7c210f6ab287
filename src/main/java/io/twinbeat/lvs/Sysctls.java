package io.twinbeat.lvs;

import io.twinbeat.linux.Sysctl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

  private static final Logger log = LoggerFactory.getLogger(Sysctls.class);

  private final Settings settings;
  private final KeptLines kept;
  private final Map<String, String> before = new TreeMap<>();
  private final Map<String, Set<String>> owners = new HashMap<>();

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
      if (equals > 0) {
        before.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
  }

  /** Again is harmless. What was there is on disk before it is changed. */
  synchronized void set(String owner, Map<String, String> values) throws LvsException {
    try {
      Map<String, String> changed = new LinkedHashMap<>();
      for (Map.Entry<String, String> each : values.entrySet()) {
        String name = each.getKey();
        Optional<String> now = settings.read(name);
        if (now.isEmpty()) {
          throw new LvsException("this kernel has no setting " + name);
        }
        if (!now.get().equals(each.getValue())) {
          changed.put(name, each.getValue());
          before.putIfAbsent(name, now.get());
        }
      }
      if (!changed.isEmpty()) {
        write();
      }
      for (Map.Entry<String, String> each : changed.entrySet()) {
        settings.write(each.getKey(), each.getValue());
      }
      values.forEach((name, value) -> {
        owners.computeIfAbsent(name, _ -> new TreeSet<>()).add(owner);
      });
    } catch (IOException e) {
      throw new LvsException("the kernel settings cannot be made: " + e.getMessage(), e);
    }
  }

  /** Puts back what nobody needs any more; what somebody else has changed since stays. */
  synchronized void putBack(String owner, Map<String, String> values) throws LvsException {
    try {
      for (Map.Entry<String, String> each : values.entrySet()) {
        String name = each.getKey();
        Set<String> left = owners.getOrDefault(name, new TreeSet<>());
        left.remove(owner);
        String old = before.get(name);
        if (old == null || !left.isEmpty()) {
          continue;
        }
        if (settings.read(name).equals(Optional.of(each.getValue()))) {
          settings.write(name, old);
        } else {
          log.warn("{} was changed by somebody else and stays as it is", name);
        }
        before.remove(name);
      }
      write();
    } catch (IOException e) {
      throw new LvsException("the kernel settings cannot be put back: " + e.getMessage(), e);
    }
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

  private void write() throws IOException {
    kept.write(before.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }
}
