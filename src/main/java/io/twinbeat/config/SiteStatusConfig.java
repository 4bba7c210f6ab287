package io.twinbeat.config;

import java.net.InetAddress;
import java.util.List;

/**
 * That both nodes of a pair answer {@code twinbeat status --site}: at this TCP port of their link
 * addresses, asked from {@code machines} (all that the file names) or from a network of {@code
 * allow}.
 */
public record SiteStatusConfig(int port, List<Network> allow, List<InetAddress> machines) {
  public SiteStatusConfig {
    allow = List.copyOf(allow);
    machines = List.copyOf(machines);
  }

  /** A network, or one address with all its bits. */
  public record Network(InetAddress ip, int prefixLength) {
    boolean contains(InetAddress other) {
      return Addresses.samePrefix(ip, other, prefixLength);
    }
  }

  /** Whether a question from this address is answered. */
  public boolean answers(InetAddress from) {
    return machines.contains(from) || allow.stream().anyMatch(network -> network.contains(from));
  }
}
