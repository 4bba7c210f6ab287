package io.twinbeat.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One balanced service: what is caught, how it is scheduled, who serves it, and how that is
 * watched. Up when the weight that serves reaches {@code quorum + hysteresis}, down when it falls
 * below {@code quorum - hysteresis}; then the sorry server answers. {@code alpha}: a server counts
 * as down until its first good check.
 */
public record VirtualServiceConfig(
    Target target,
    String scheduler,
    List<String> schedulerFlags,
    boolean onePacket,
    Optional<Persistence> persistence,
    List<RealServerConfig> realServers,
    ServerCheckConfig check,
    boolean quiesceOnFailure,
    Optional<RealServerConfig> sorryServer,
    int quorum,
    int hysteresis,
    boolean alpha) {
  /** As in the kernel's own modules ip_vs_NAME. */
  public static final List<String> SCHEDULERS =
      List.of(
          "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh",
          "twos");

  public static final List<String> SCHEDULER_FLAGS =
      List.of("sh-fallback", "sh-port", "mh-fallback", "mh-port");

  public VirtualServiceConfig {
    schedulerFlags = List.copyOf(schedulerFlags);
    realServers = List.copyOf(realServers);
  }

  /** Which packets the service catches. */
  public sealed interface Target {
    boolean v6();

    /** All sent to this address and port; port 0 is every port. */
    record Address(InetAddress ip, int port, boolean udp) implements Target {
      @Override
      public boolean v6() {
        return ip instanceof Inet6Address;
      }

      @Override
      public String toString() {
        String host = Addresses.shown(ip);
        return (v6() ? "[" + host + "]" : host) + ":" + port + (udp ? "/udp" : "");
      }
    }

    /** All that a firewall rule has marked with this number. */
    record Mark(int number, boolean v6) implements Target {
      @Override
      public String toString() {
        return "fwmark " + number + (v6 ? " (IPv6)" : "");
      }
    }
  }

  /** A client's next connections go to the same server until it was quiet for {@code timeout}. */
  public record Persistence(Duration timeout, int maskLength) {
    /** What the kernel's tools take for {@code -p} without a number. */
    public static final Duration TIMEOUT = Duration.ofMinutes(6);
  }

  /**
   * Both directors choose the same server for a connection that only one of them knows: by client
   * address and port, and where a server is without weight by a rule that both have.
   */
  public boolean stateless() {
    return schedulerFlags.containsAll(List.of(scheduler + "-port", scheduler + "-fallback"))
        && persistence.isEmpty();
  }
}
