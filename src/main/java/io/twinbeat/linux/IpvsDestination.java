package io.twinbeat.linux;

import java.net.InetAddress;

/**
 * A real server of a virtual service, as the kernel has it. {@code weight} 0 takes no new
 * connections; a threshold of 0 is none. {@code tunnel} is 0 for plain IP-in-IP.
 */
public record IpvsDestination(
    InetAddress ip, int port, Method method, int weight, int upper, int lower, int tunnel) {

  /** How packets get there, with the kernel's IP_VS_CONN_F_ numbers. */
  public enum Method {
    NAT(0),
    LOCAL(1),
    TUNNEL(2),
    ROUTE(3),
    BYPASS(4);

    final int number;

    Method(int number) {
      this.number = number;
    }

    static Method of(int number) {
      for (Method method : values()) {
        if (method.number == number) {
          return method;
        }
      }
      throw new IllegalArgumentException("forwarding method " + number);
    }
  }

  /** Connections to it that the kernel knows. */
  public record Connections(int active, int inactive, int persistent) {
    public static final Connections NONE = new Connections(0, 0, 0);

    public Connections plus(Connections other) {
      return new Connections(
          active + other.active, inactive + other.inactive, persistent + other.persistent);
    }
  }

  /** With the connections that it has at this moment. */
  public record Counted(IpvsDestination destination, Connections connections) {}
}
