package io.twinbeat.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The limits that systemd/twinbeat.service sets, read from it and put around a command where there
 * is no systemd: capabilities, no new privileges, folders that are read-only, mask and limits.
 */
final class UnitLimits {
  private static final Path UNIT = Path.of("systemd/twinbeat.service");

  /** What systemd does by seccomp filters and the cgroup's device list. */
  private static final Set<String> BY_SYSTEMD_ALONE =
      Set.of(
          "DeviceAllow",
          "DevicePolicy",
          "LockPersonality",
          "ProtectClock",
          "ProtectHostname",
          "ProtectKernelLogs",
          "ProtectKernelModules",
          "RestrictAddressFamilies",
          "RestrictNamespaces",
          "RestrictRealtime",
          "RestrictSUIDSGID",
          "SystemCallArchitectures");

  private static final Map<String, List<String>> READ_ONLY =
      Map.of(
          "ProtectSystem=full", List.of("/usr", "/boot", "/etc"),
          "ProtectHome=read-only", List.of("/home", "/root"),
          "ProtectControlGroups=yes", List.of("/sys/fs/cgroup"));

  private final Map<String, String> settings = new HashMap<>();

  UnitLimits() {
    for (String line : LabFolder.read(UNIT).lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0 && !line.startsWith("#")) {
        settings.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
  }

  /**
   * Settings that restrict the daemon and that nothing here knows: a test of the limits lacks them.
   */
  Set<String> unknown() {
    Set<String> unknown = new TreeSet<>();
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      String name = setting.getKey();
      if (name.matches("(Protect|Private|Restrict|SystemCall|Device|ReadOnly|Inaccessible).*")
          && !BY_SYSTEMD_ALONE.contains(name)
          && !READ_ONLY.containsKey(name + "=" + setting.getValue())) {
        unknown.add(name);
      }
    }
    return unknown;
  }

  String get(String name) {
    String value = settings.get(name);
    if (value == null) {
      throw new AssertionError("the unit does not set " + name);
    }
    return value;
  }

  /**
   * The command under the limits; its core limit is lifted, so that only its own word is against
   * it.
   */
  List<String> around(List<String> command) {
    StringBuilder script = new StringBuilder("set -e; umask " + get("UMask"));
    for (Map.Entry<String, List<String>> each : READ_ONLY.entrySet()) {
      String name = each.getKey().substring(0, each.getKey().indexOf('='));
      if (each.getKey().equals(name + "=" + get(name))) {
        for (String folder : each.getValue()) {
          script.append("; mount --bind %1$s %1$s".formatted(folder));
          script.append("; mount -o remount,bind,ro ").append(folder);
        }
      }
    }
    for (String folder : get("ReadWritePaths").split(" ", -1)) {
      String path = folder.substring(1); // All of them begin with '-': they may be missing.
      script.append("; test ! -d %1$s || mount --bind %1$s %1$s".formatted(path));
      script.append("; test ! -d %1$s || mount -o remount,bind,rw %1$s".formatted(path));
    }
    // As much as this machine lets anybody have; where a container forbids more, memory stays
    // unlocked.
    script.append("; ulimit -c unlimited; ulimit -l hard");
    script.append("; cd /run; exec setpriv --bounding-set ").append(bounding());
    if (get("NoNewPrivileges").equals("yes")) {
      script.append(" --no-new-privs");
    }
    script.append(" -- \"$@\"");
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of("unshare", "--mount", "--", "/bin/bash", "-c", script.toString(), "unit"));
    argv.addAll(command);
    return argv;
  }

  private String bounding() {
    StringBuilder bounding = new StringBuilder("-all");
    for (String name : get("CapabilityBoundingSet").split(" ", -1)) {
      bounding.append(",+").append(name.substring("CAP_".length()).toLowerCase(Locale.ROOT));
    }
    return bounding.toString();
  }
}
