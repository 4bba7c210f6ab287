package io.twinbeat.lvs;

import io.twinbeat.linux.IpvsSyncDaemon;
import io.twinbeat.linux.IpvsSyncDaemon.Role;
import io.twinbeat.linux.Link;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.RouteSocket;
import java.net.Inet4Address;
import java.util.Optional;

/** The network device that connection sync goes over. */
final class SyncDevice {
  private SyncDevice() {}

  /** Why the kernel would refuse this daemon; empty when nothing is known. */
  static Optional<String> trouble(IpvsSyncDaemon daemon) {
    try (RouteSocket route = RouteSocket.open()) {
      Optional<Link> device = route.link(daemon.device());
      if (device.isEmpty()) {
        return Optional.of("there is no network device " + daemon.device());
      }
      boolean sends = daemon.role() == Role.MASTER; // From the first IPv4 address; others listen.
      boolean v4 =
          route.addresses().stream()
              .anyMatch(address ->
                  address.ifindex() == device.get().index()
                      && address.ip() instanceof Inet4Address);
      return sends && !v4
          ? Optional.of(daemon.device() + " has no IPv4 address")
          : Optional.empty();
    } catch (LinuxException e) {
      return Optional.empty(); // The kernel itself will say.
    }
  }
}
