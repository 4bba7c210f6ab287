package io.twinbeat.lvs;

import io.twinbeat.config.ForwardingMode;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.LvsConfig.Sync;
import io.twinbeat.config.VirtualServiceConfig;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The kernel settings that an active director needs, by what its file says. */
final class DirectorSettings {
  static final String FORWARDING_V6 = "net/ipv6/conf/all/forwarding";

  private DirectorSettings() {}

  /** {@code devices}: where the group's addresses are; a real server may be behind the same one. */
  static Map<String, String> of(LvsConfig config, Set<String> devices) {
    Map<String, String> settings = new TreeMap<>();
    // A client of a server that was taken out gets a reset and can try again; by default it hangs.
    settings.put("net/ipv4/vs/expire_nodest_conn", "1");
    // Clients that are remembered leave a drained server, too.
    settings.put("net/ipv4/vs/expire_quiescent_template", "1");
    if (config.sync().filter(Sync.SyncDaemon.class::isInstance).isPresent()) {
      // While the roles change the backup daemon runs beside the table, and would switch it off.
      settings.put("net/ipv4/vs/backup_only", "0");
    }
    boolean stateless = config.services().stream().anyMatch(VirtualServiceConfig::stateless);
    if (config.sync().isPresent() && stateless) {
      // Connections that the other director began are taken on in the middle.
      settings.put("net/ipv4/vs/sloppy_tcp", "1");
    }
    if (natOf(config, false)) {
      settings.put("net/ipv4/ip_forward", "1");
      // Else servers are told a way around the director, and their answers miss it.
      settings.put("net/ipv4/conf/all/send_redirects", "0");
      devices.forEach(dev -> settings.put("net/ipv4/conf/" + dev + "/send_redirects", "0"));
    }
    if (natOf(config, true)) {
      settings.put(FORWARDING_V6, "1");
    }
    return settings;
  }

  private static boolean natOf(LvsConfig config, boolean v6) {
    return config.services().stream()
        .filter(service -> service.target().v6() == v6)
        .flatMap(service -> service.realServers().stream())
        .anyMatch(server -> server.mode() == ForwardingMode.NAT);
  }
}
