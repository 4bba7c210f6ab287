package io.twinbeat.resource;

import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.MacAddress;
import io.twinbeat.linux.PacketFilter;
import io.twinbeat.linux.PacketReceiver;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Hears whether an address answers from another machine: a TCP segment from it that came in on a
 * wire. An answer that this machine gave itself (a redirect, a local route, a table of its own)
 * comes in on none. The kernel shows us a frame before it gives it to TCP. One thread.
 */
final class WireEar implements AutoCloseable {
  private static final int IPV4_SOURCE_AT = 26;
  private static final int IPV6_SOURCE_AT = 22;
  private static final int SOURCE_MAC_AT = 6;

  private final byte[] address;
  private final PacketReceiver receiver;
  private boolean heard;

  private WireEar(byte[] address, PacketReceiver receiver) {
    this.address = address;
    this.receiver = receiver;
  }

  static WireEar open(InetAddress address) throws LinuxException {
    byte[] bytes = address.getAddress();
    int protocol = bytes.length == 4 ? PacketReceiver.ETH_P_IP : PacketReceiver.ETH_P_IPV6;
    return new WireEar(bytes, PacketReceiver.open(protocol, PacketFilter.tcpFrom(bytes)));
  }

  /** Whether it was heard since this was opened. */
  boolean heard() throws LinuxException, SocketException {
    Set<MacAddress> own = new HashSet<>();
    for (NetworkInterface device : NetworkInterface.networkInterfaces().toList()) {
      byte[] mac = device.getHardwareAddress();
      if (mac != null && mac.length == 6) {
        own.add(MacAddress.at(mac, 0));
      }
    }
    receiver.drain((ifindex, frame) -> heard |= isForeign(frame, own));
    return heard;
  }

  private boolean isForeign(byte[] frame, Set<MacAddress> own) {
    int at = address.length == 4 ? IPV4_SOURCE_AT : IPV6_SOURCE_AT;
    if (frame.length < at + address.length) {
      return false;
    }
    MacAddress from = MacAddress.at(frame, SOURCE_MAC_AT);
    // The loopback device has no hardware address; the frames on it are our own.
    return from.bits() != 0
        && !own.contains(from)
        && Arrays.equals(frame, at, at + address.length, address, 0, address.length);
  }

  /** In the background: the kernel makes a closing packet socket wait for all processors. */
  @Override
  public void close() {
    Thread.ofPlatform().name("wire-ear").daemon().start(receiver::close);
  }
}
