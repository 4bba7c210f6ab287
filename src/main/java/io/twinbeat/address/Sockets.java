package io.twinbeat.address;

import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.PacketFilter;
import io.twinbeat.linux.PacketReceiver;
import io.twinbeat.linux.PacketSender;
import io.twinbeat.linux.Poller;
import io.twinbeat.linux.RouteMonitor;
import io.twinbeat.linux.RouteSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** All that this part opens, opened together and closed together. */
record Sockets(
    RouteSocket route,
    PacketSender sender,
    RouteMonitor monitor,
    PacketReceiver arp,
    PacketReceiver neighbourDiscovery,
    Poller poller)
    implements AutoCloseable {

  static Sockets open(Collection<FloatingAddress> configured) throws LinuxException {
    List<byte[]> v4 = new ArrayList<>();
    List<byte[]> v6 = new ArrayList<>();
    for (FloatingAddress address : configured) {
      (address.v6() ? v6 : v4).add(address.ip().getAddress());
    }
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      RouteSocket route = opened(opened, RouteSocket.open());
      PacketSender sender = opened(opened, PacketSender.open());
      RouteMonitor monitor = opened(opened, RouteMonitor.open());
      PacketReceiver arp =
          opened(opened, PacketReceiver.open(PacketReceiver.ETH_P_ARP, PacketFilter.arpFrom(v4)));
      PacketReceiver neighbourDiscovery =
          opened(
              opened,
              PacketReceiver.open(
                  PacketReceiver.ETH_P_IPV6, PacketFilter.neighbourAdvertisementsOf(v6)));
      Poller poller = opened(opened, Poller.open(List.of(monitor, arp, neighbourDiscovery)));
      return new Sockets(route, sender, monitor, arp, neighbourDiscovery, poller);
    } catch (LinuxException e) {
      close(opened);
      throw e;
    }
  }

  private static <T extends AutoCloseable> T opened(List<AutoCloseable> opened, T socket) {
    opened.add(socket);
    return socket;
  }

  @Override
  public void close() {
    close(List.of(poller, route, sender, monitor, arp, neighbourDiscovery));
  }

  private static void close(List<AutoCloseable> sockets) {
    for (AutoCloseable socket : sockets) {
      try {
        socket.close();
      } catch (Exception e) {
        throw new IllegalStateException("closing a socket does not fail", e);
      }
    }
  }
}
