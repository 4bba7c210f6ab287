package io.twinbeat.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Objects;

/** An IP address that moves between the nodes, and the network device that it is put on. */
public record FloatingAddress(InetAddress ip, int prefixLength, String device) {
  /** IFNAMSIZ without the closing zero. */
  private static final int DEVICE_LENGTH_MAX = 15;

  public FloatingAddress {
    Objects.requireNonNull(ip);
    int bits = ip instanceof Inet6Address ? 128 : 32;
    if (prefixLength < 1 || prefixLength > bits) {
      throw new IllegalArgumentException(
          "prefix length " + prefixLength + " of " + ip.getHostAddress() + ": 1 to " + bits);
    }
    if (device.isEmpty() || device.length() > DEVICE_LENGTH_MAX) {
      throw new IllegalArgumentException("not the name of a network device: " + device);
    }
  }

  boolean v6() {
    return ip instanceof Inet6Address;
  }

  /** As in {@code ip addr}: {@code 10.0.0.1/24 dev eth0}. */
  @Override
  public String toString() {
    return ip.getHostAddress() + "/" + prefixLength + " dev " + device;
  }
}
