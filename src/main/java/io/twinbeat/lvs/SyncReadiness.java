package io.twinbeat.lvs;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;

/** Whether the kernel can tell the other director of connections through a network device. */
public final class SyncReadiness {
  private static final String NAME = "sync device";

  private SyncReadiness() {}

  /** Without it every new connection is balanced all the same, and lost in a failover. */
  public static Finding look(String device) {
    try {
      NetworkInterface found = NetworkInterface.getByName(device);
      return judged(device, Optional.ofNullable(found).map(each -> each.inetAddresses().toList()));
    } catch (SocketException e) {
      return warning("the network devices cannot be listed: " + e.getMessage());
    }
  }

  /**
   * @param addresses those of the device, where there is such a device
   */
  static Finding judged(String device, Optional<List<InetAddress>> addresses) {
    if (addresses.isEmpty()) {
      return warning("there is no network device " + device);
    }
    // The kernel's daemons talk by IPv4 multicast alone, also of IPv6 connections.
    return addresses.get().stream().anyMatch(Inet4Address.class::isInstance)
        ? Finding.good(NAME, device)
        : warning(device + " has no IPv4 address");
  }

  private static Finding warning(String what) {
    return new Finding(
        NAME,
        Finding.Grade.WARNING,
        what + ": the other director is not told of connections, and a takeover resets them",
        "sync.daemon.dev: a device of this node with an IPv4 address");
  }
}
