package io.twinbeat.lvs;

import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.VirtualServiceConfig;
import io.twinbeat.config.VirtualServiceConfig.Target;
import io.twinbeat.linux.IpvsDestination;
import io.twinbeat.linux.IpvsService;

/** The file's words for services and servers in the kernel's. */
final class Wanted {
  private Wanted() {}

  static IpvsService.Key key(Target target) {
    return switch (target) {
      case Target.Address a ->
          new IpvsService.Key.Address(
              a.ip(), a.port(), a.udp() ? IpvsService.UDP : IpvsService.TCP);
      case Target.Mark m -> new IpvsService.Key.Mark(m.number(), m.v6());
    };
  }

  static IpvsService service(VirtualServiceConfig config) {
    int flags = 0;
    if (config.persistence().isPresent()) {
      flags |= IpvsService.PERSISTENT;
    }
    if (config.onePacket()) {
      flags |= IpvsService.ONE_PACKET;
    }
    for (String flag : config.schedulerFlags()) {
      flags |= flag.endsWith("-port") ? IpvsService.SCHEDULER_2 : IpvsService.SCHEDULER_1;
    }
    int bits = config.target().v6() ? 128 : 32;
    return new IpvsService(
        key(config.target()),
        config.scheduler(),
        flags,
        config.persistence().map(p -> (int) p.timeout().toSeconds()).orElse(0),
        config.persistence().map(VirtualServiceConfig.Persistence::maskLength).orElse(bits));
  }

  static IpvsDestination destination(RealServerConfig server, int weight) {
    IpvsDestination.Method method =
        switch (server.mode()) {
          case DR -> IpvsDestination.Method.ROUTE;
          case TUN -> IpvsDestination.Method.TUNNEL;
          case NAT -> IpvsDestination.Method.NAT;
        };
    return new IpvsDestination(
        server.ip(),
        server.port(),
        method,
        weight,
        server.upperThreshold(),
        server.lowerThreshold(),
        0);
  }
}
