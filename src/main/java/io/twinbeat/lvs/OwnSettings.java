package io.twinbeat.lvs;

import io.twinbeat.config.LvsConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The kernel settings that one director needs while it is active. One thread at a time. */
final class OwnSettings {
  private final String name;
  private final String id;
  private final Sysctls sysctls;
  private final Map<String, String> settings;
  private final Director.Voice voice;
  private boolean changed;

  /** {@code devices}: those of the group's addresses. */
  OwnSettings(
      LvsConfig config, String id, Set<String> devices, Sysctls sysctls, Director.Voice voice) {
    this.name = config.name();
    this.id = id;
    this.sysctls = sysctls;
    this.settings = DirectorSettings.of(config, devices);
    this.voice = voice;
  }

  void set() throws LvsException {
    sysctls.set(id, settings);
    changed = false;
  }

  /** Those that are not as they shall be, with what they are. */
  List<String> differing() {
    return sysctls.differing(settings);
  }

  /** Devices that lose their IPv6 default route when all is set. */
  Set<String> cutOff() {
    if (!settings.containsKey(DirectorSettings.FORWARDING_V6)) {
      return Set.of();
    }
    try {
      Set<String> devices = AdvertisedRoutes.devices();
      devices.removeIf(
          dev -> sysctls.differing(Map.of("net/ipv6/conf/" + dev + "/accept_ra", "2")).isEmpty());
      return devices;
    } catch (IOException e) {
      return Set.of(); // It is a warning only.
    }
  }

  /** Whoever sets them otherwise again and again is named once until all are found right. */
  void mend() {
    List<String> differing = differing();
    try {
      if (!differing.isEmpty()) {
        sysctls.set(id, settings);
        if (!changed) {
          voice.event(
              name
                  + ": somebody changed kernel settings; set again: "
                  + String.join(", ", differing));
        }
      }
      changed = !differing.isEmpty();
      voice.clear(alarm());
    } catch (LvsException e) {
      voice.alarm(
          alarm(),
          name + ": " + String.join(", ", differing) + ": " + e.getMessage(),
          "see what else sets them: sysctl.d, or another program");
    }
  }

  /** A standby tries it again and again: it is no reason for a stop to fail. */
  void putBack() {
    try {
      sysctls.putBack(id);
      voice.clear(alarm());
    } catch (LvsException e) {
      voice.alarm(alarm(), name + ": " + e.getMessage(), "sysctl shows and sets them");
    }
  }

  private String alarm() {
    return "lvs-sysctls:" + id;
  }
}
