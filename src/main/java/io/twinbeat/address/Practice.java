package io.twinbeat.address;

import io.twinbeat.linux.Errno;
import io.twinbeat.linux.InterfaceAddress;
import io.twinbeat.linux.Link;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.MacAddress;
import io.twinbeat.linux.RouteSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Takes and releases an address of no meaning, on lo and within 127/8 which is local anyway, so
 * that at the real takeover no class is loaded, no call site is linked and no permission is missing
 * for the first time (7 ms otherwise).
 */
final class Practice {
  private static final FloatingAddress V4 =
      new FloatingAddress(InetAddress.ofLiteral("127.84.66.1"), 32, "lo");
  private static final FloatingAddress V6 =
      new FloatingAddress(InetAddress.ofLiteral("2001:db8::1"), 128, "lo");
  private static final MacAddress MAC = new MacAddress(0x0200_0000_0001L);
  private static final int IFF_UP_RUNNING_LOWER_UP = 0x10041;
  private static final int ROUNDS = 20;

  private Practice() {}

  static void run(Sockets sockets) throws LinuxException {
    RouteSocket route = sockets.route();
    Optional<Link> lo = route.link("lo");
    if (lo.isEmpty()) {
      return;
    }
    Devices devices = new Devices(route);
    // An Ethernet device to our eyes, so that announcements are really sent. The kernel drops ARP
    // about 127/8.
    Optional<MacAddress> mac = lo.get().carrier() ? Optional.of(MAC) : Optional.empty();
    devices.changed(new Link(lo.get().index(), "lo", IFF_UP_RUNNING_LOWER_UP, mac));
    Announcer announcer = new Announcer(devices, sockets.sender());
    Keeper keeper = new Keeper(route, devices, announcer);
    List<FloatingAddress> addresses = List.of(V4);
    List<InterfaceAddress> nowhere = List.of(new InterfaceAddress(0, V6.ip(), 128));
    announcer.prepare(List.of(V4, V6));
    for (int i = 0; i < ROUNDS; i++) {
      long now = System.nanoTime();
      keeper.take(addresses, now);
      keeper.announceDue(now + AnnounceSchedule.REPEATS.getFirst().toNanos());
      keeper.untilNext(now);
      keeper.restore(now);
      keeper.release(addresses);
      // Of IPv6 only what differs: device number 0 exists nowhere, and the kernel refuses it.
      RouteSocket.Result refused = route.add(nowhere).getFirst();
      if (refused.errno() == Errno.EPERM) {
        throw new AddressException("addresses can't be changed: " + refused);
      }
      Frames.neighbourAdvertisement(MAC, V6.ip(), false);
    }
  }
}
