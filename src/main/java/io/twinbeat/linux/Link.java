package io.twinbeat.linux;

import java.util.Optional;

/**
 * A network device as the kernel describes it (RTM_NEWLINK). {@code flags} are those of
 * netdevice(7); {@code ethernet} is empty for devices without Ethernet framing.
 */
public record Link(int index, String name, int flags, Optional<MacAddress> ethernet) {
  static final int IFF_UP = 0x1;
  private static final int IFF_LOOPBACK = 0x8;
  private static final int IFF_RUNNING = 0x40;
  private static final int IFF_NOARP = 0x80;
  private static final int IFF_LOWER_UP = 0x10000;

  /** Switched on, with a signal, and in an operating state that carries traffic. */
  public boolean carrier() {
    int wanted = IFF_UP | IFF_RUNNING | IFF_LOWER_UP;
    return (flags & wanted) == wanted;
  }

  /** Switched on, with a signal or without. */
  public boolean isUp() {
    return (flags & IFF_UP) != 0;
  }

  /** Whether neighbours find each other on it by ARP or neighbour discovery. */
  public boolean neighbours() {
    return ethernet.isPresent() && (flags & (IFF_NOARP | IFF_LOOPBACK)) == 0;
  }
}
