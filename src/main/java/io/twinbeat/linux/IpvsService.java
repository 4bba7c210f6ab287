package io.twinbeat.linux;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * A virtual service as the kernel has it (linux/ip_vs.h).
 *
 * @param flags the IP_VS_SVC_F_ bits that a user may set
 * @param timeoutSeconds how long a client is remembered; 0 without {@link #PERSISTENT}
 * @param maskLength how many bits of a client's address count
 */
public record IpvsService(
    Key key, String scheduler, int flags, int timeoutSeconds, int maskLength) {
  public static final int PERSISTENT = 0x1;
  public static final int ONE_PACKET = 0x4;

  /** The scheduler's own flags: for sh and mh the first is fallback, the second port. */
  public static final int SCHEDULER_1 = 0x8;

  public static final int SCHEDULER_2 = 0x10;

  public static final int TCP = 6;
  public static final int UDP = 17;

  /** What makes a service the same one. */
  public sealed interface Key {
    boolean v6();

    /** By address, port and protocol ({@link #TCP}, {@link #UDP} or another). */
    record Address(InetAddress ip, int port, int protocol) implements Key {
      @Override
      public boolean v6() {
        return ip instanceof Inet6Address;
      }

      @Override
      public String toString() {
        String host = v6() ? "[" + ip.getHostAddress() + "]" : ip.getHostAddress();
        return (protocol == TCP ? "tcp " : protocol == UDP ? "udp " : protocol + " ")
            + host
            + ":"
            + port;
      }
    }

    /** By firewall mark. */
    record Mark(int number, boolean v6) implements Key {
      @Override
      public String toString() {
        return "fwmark " + number + (v6 ? " IPv6" : "");
      }
    }
  }

  public int maskBits() {
    return key.v6() ? 128 : 32;
  }
}
