package io.twinbeat.lvs.realserver;

import io.twinbeat.lvs.realserver.Duty.Forwarding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the duties of a real server ask of its kernel, in the order in which it is done: nothing may
 * have the virtual address before the machine is silent about it. Measured: without arp_ignore a
 * real server answered ARP for the address before the director did, and tunnelled packets were
 * dropped unless rp_filter was 0 on both all and tunl0 (the larger of the two counts).
 */
final class Wanted {
  static final String LO = "lo";
  static final String TUNL0 = "tunl0";
  static final String IP6TNL0 = "ip6tnl0";

  private static final String CONF = "net/ipv4/conf/";
  private static final Set<String> SPECIAL = Set.of("all", LO, TUNL0);

  private final List<Duty> duties;

  Wanted(List<Duty> duties) {
    this.duties = duties;
  }

  /** A kernel module and the device that comes with it. */
  record Module(String name, String device) {}

  /** What kernel settings were before this program changed any. */
  interface Before {
    Optional<String> value(String sysctl) throws IOException;
  }

  List<Module> modules() {
    List<Module> modules = new ArrayList<>();
    if (any(Forwarding.TUN, false)) {
      modules.add(new Module("ipip", TUNL0));
    }
    if (any(Forwarding.TUN, true)) {
      modules.add(new Module("ip6_tunnel", IP6TNL0));
    }
    return modules;
  }

  /**
   * @param devices the names of all network devices
   */
  List<Setting> settings(List<String> devices, Before before) throws IOException {
    Set<Setting> settings = new LinkedHashSet<>();
    boolean tunnels = any(Forwarding.TUN, false);
    if (tunnels || any(Forwarding.DR, false)) {
      for (String scope : List.of("all", LO)) {
        // 2 is stricter, and silent about the address too.
        settings.add(new Setting.Value(CONF + scope + "/arp_ignore", "1", Set.of("2")));
        settings.add(new Setting.Value(CONF + scope + "/arp_announce", "2", Set.of()));
      }
    }
    if (tunnels) {
      settings.addAll(filters(devices, before));
    }
    for (Module module : modules()) {
      settings.add(new Setting.Up(module.device()));
    }
    for (Duty duty : duties) {
      if (duty.mode() != Forwarding.NAT) {
        boolean tunnel = duty.mode() == Forwarding.TUN && !duty.v6();
        settings.add(new Setting.Local(tunnel ? TUNL0 : LO, duty.vip()));
      }
    }
    return List.copyOf(settings);
  }

  /** Only the tunnel loses the filter: what the others had from 'all' they get for themselves. */
  private static List<Setting> filters(List<String> devices, Before before) throws IOException {
    List<Setting> settings = new ArrayList<>();
    int all = number(before.value(filter("all")));
    for (String device : devices) {
      if (!SPECIAL.contains(device) && number(before.value(filter(device))) < all) {
        settings.add(new Setting.Value(filter(device), Integer.toString(all), Set.of()));
      }
    }
    settings.add(new Setting.Value(filter(TUNL0), "0", Set.of()));
    settings.add(new Setting.Value(filter("all"), "0", Set.of()));
    return settings;
  }

  private static String filter(String device) {
    return CONF + device + "/rp_filter";
  }

  private static int number(Optional<String> value) {
    try {
      return value.isPresent() ? Integer.parseInt(value.get()) : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private boolean any(Forwarding mode, boolean v6) {
    return duties.stream().anyMatch(duty -> duty.mode() == mode && duty.v6() == v6);
  }
}
