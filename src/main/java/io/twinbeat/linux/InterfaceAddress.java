package io.twinbeat.linux;

import java.net.InetAddress;

/** An address on a network device, as the kernel lists it. */
public record InterfaceAddress(int ifindex, InetAddress ip, int prefixLength, int flags) {
  private static final int IFA_F_DADFAILED = 0x08;

  public InterfaceAddress(int ifindex, InetAddress ip, int prefixLength) {
    this(ifindex, ip, prefixLength, 0);
  }

  /** An IPv6 address that the kernel does not use, because it met a duplicate of it. */
  public boolean unusable() {
    return ip.getAddress().length == 16 && (flags & IFA_F_DADFAILED) != 0;
  }
}
