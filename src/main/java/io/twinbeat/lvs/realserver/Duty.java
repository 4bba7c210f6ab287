package io.twinbeat.lvs.realserver;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * One virtual address for which this machine serves behind a director. {@code self} is the address
 * to which the director sends; {@code moves}: it is a floating one, and elsewhere at times; {@code
 * gateway}: the way back of NAT, where the file tells it.
 */
public record Duty(
    InetAddress vip,
    Forwarding mode,
    InetAddress self,
    boolean moves,
    Optional<InetAddress> gateway) {

  /** How packets come from the director: by hardware address, in a tunnel, or rewritten. */
  public enum Forwarding {
    DR,
    TUN,
    NAT
  }

  public Duty {
    Objects.requireNonNull(vip);
    Objects.requireNonNull(mode);
    Objects.requireNonNull(self);
    Objects.requireNonNull(gateway);
  }

  boolean v6() {
    return vip instanceof Inet6Address;
  }
}
