package io.twinbeat.config;

import io.twinbeat.config.VirtualServiceConfig.Target;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Resources that move as one, started in this order and stopped in the reverse. {@code prefer} is
 * the name of the preferred node; {@code probe} is what the file says about the standby's look at
 * the service, {@link #serviceProbe} what holds.
 */
public record Group(
    String name,
    String prefer,
    FailbackConfig failback,
    Duration cooldown,
    RestartPolicy restart,
    List<ResourceConfig> resources,
    Optional<ProbeConfig> probe) {

  /** The shortest time between two failbacks. */
  public static final Duration COOLDOWN = Duration.ofMinutes(10);

  public Group {
    resources = List.copyOf(resources);
  }

  public List<AddressConfig> addresses() {
    List<AddressConfig> addresses = new ArrayList<>(resources.size());
    for (ResourceConfig resource : resources) {
      if (resource instanceof AddressConfig address) {
        addresses.add(address);
      }
    }
    return addresses;
  }

  /** Those that this group's directors balance; what a firewall mark stands for is not told. */
  public Set<InetAddress> balanced() {
    Set<InetAddress> balanced = new HashSet<>();
    for (ResourceConfig resource : resources) {
      if (resource instanceof LvsConfig lvs) {
        for (VirtualServiceConfig service : lvs.services()) {
          if (service.target() instanceof Target.Address(InetAddress ip, int _, boolean _)) {
            balanced.add(ip);
          }
        }
      }
    }
    return balanced;
  }

  /** The address in this server's network: by NAT its gateway, by which replies go back. */
  public Optional<InetAddress> gatewayOf(InetAddress server) {
    return addresses().stream()
        .filter(address -> Addresses.samePrefix(address.ip(), server, address.prefixLength()))
        .map(AddressConfig::ip)
        .findFirst();
  }

  /**
   * How the standby looks at the service through the address: as written, else the check of the
   * first nginx that has one, else ARP (is the address there at all).
   */
  public ProbeConfig serviceProbe() {
    if (probe.isPresent()) {
      return probe.get();
    }
    for (ResourceConfig resource : resources) {
      if (resource instanceof NginxConfig nginx && nginx.check().isPresent()) {
        return ProbeConfig.Http.of(nginx.check().get());
      }
    }
    return new ProbeConfig.Arp(ProbeConfig.INTERVAL, ProbeConfig.LIMIT);
  }
}
