package io.twinbeat.lab;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

/** A network: its lowest address and its prefix length, IPv4 or IPv6. */
record Subnet(InetAddress base, int prefixLength) {
  private static final int V4_DEFAULT = 24;
  private static final int V6_DEFAULT = 64;

  /** A host's own /32 or /128 says nothing about its network. */
  static Subnet of(InetAddress address, int prefixLength) {
    int bits = address.getAddress().length * 8;
    if (prefixLength > bits - 2) {
      return around(address);
    }
    byte[] bytes = address.getAddress();
    for (int bit = prefixLength; bit < bits; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
    }
    return new Subnet(address(bytes), prefixLength);
  }

  /** The usual network around an address of which only itself is told. */
  static Subnet around(InetAddress address) {
    return of(address, address.getAddress().length == 4 ? V4_DEFAULT : V6_DEFAULT);
  }

  static InetAddress parse(String address) {
    try {
      return InetAddress.ofLiteral(address);
    } catch (IllegalArgumentException e) {
      throw new LabException("not an address: " + address, e);
    }
  }

  boolean contains(InetAddress address) {
    return address.getAddress().length == base.getAddress().length
        && of(address, prefixLength).base().equals(base);
  }

  /** The {@code wanted}-th address, or the next that is not taken; takes it. */
  InetAddress free(int wanted, Set<InetAddress> taken) {
    byte[] bytes = base.getAddress();
    int hosts = 1 << Math.min(8, bytes.length * 8 - prefixLength);
    for (int i = 0; i < hosts; i++) {
      int host = (wanted + i) % hosts;
      byte[] candidate = base.getAddress();
      candidate[bytes.length - 1] |= (byte) host;
      boolean usable = host != 0 && host != hosts - 1;
      if (usable && taken.add(address(candidate))) {
        return address(candidate);
      }
    }
    throw new LabException("no address is left in " + with(base));
  }

  /** As an interface gets it. */
  String with(InetAddress address) {
    return address.getHostAddress() + "/" + prefixLength;
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
