package io.twinbeat.config;

import io.twinbeat.config.VirtualServiceConfig.Target;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A virtual address for which a machine serves behind a director. {@code self} is the address to
 * which that director sends; {@code moves}: it is a floating one of the machine's own pair. {@code
 * gateway}: the director's floating address in the machine's network, by which NAT's replies go
 * back.
 */
public record RealServerDuty(
    InetAddress vip,
    ForwardingMode mode,
    InetAddress self,
    boolean moves,
    Optional<InetAddress> gateway,
    Pair director,
    Group group,
    List<String> services) {

  public RealServerDuty {
    services = List.copyOf(services);
  }

  private record Key(InetAddress vip, ForwardingMode mode) {}

  /**
   * All duties of a machine: the real servers that have its host name or one of its addresses, in
   * the order of the file. A director is none of its own.
   *
   * @param hostName whole or its first label, letter case aside
   * @param own the addresses that the machine has, as far as they are known
   */
  public static List<RealServerDuty> of(Site site, String hostName, Set<InetAddress> own) {
    Machine machine = machine(site, hostName, own);
    Map<Key, RealServerDuty> duties = new LinkedHashMap<>();
    for (Pair director : site.pairs()) {
      if (machine.pair().equals(Optional.of(director))) {
        continue;
      }
      for (Group group : director.groups()) {
        for (ResourceConfig resource : group.resources()) {
          if (resource instanceof LvsConfig lvs) {
            lvs.services().forEach(service -> add(machine, director, group, service, duties));
          }
        }
      }
    }
    return List.copyOf(duties.values());
  }

  private record Machine(Optional<Pair> pair, Set<String> names, Set<InetAddress> own) {
    Optional<RealServerConfig> among(List<RealServerConfig> servers) {
      for (RealServerConfig server : servers) {
        if (names.contains(server.name().toLowerCase(Locale.ROOT))
            || own.contains(server.ip())
            || moves(server.ip())) {
          return Optional.of(server);
        }
      }
      return Optional.empty();
    }

    boolean moves(InetAddress ip) {
      return pair.isPresent()
          && pair.get().groups().stream()
              .flatMap(group -> group.addresses().stream())
              .anyMatch(address -> address.ip().equals(ip));
    }
  }

  private static Machine machine(Site site, String hostName, Set<InetAddress> own) {
    String name = hostName.toLowerCase(Locale.ROOT);
    Set<InetAddress> addresses = new HashSet<>(own);
    Optional<Pair> pair = Optional.empty();
    switch (site.role(hostName).orElse(null)) {
      case Site.Role.OfNode(Pair of, Node node) -> {
        pair = Optional.of(of);
        addresses.addAll(node.links());
      }
      case Site.Role.OfServer(Tier.OfServers _, Tier.Server server) ->
          addresses.addAll(server.addresses());
      case null -> {}
    }
    Set<String> names = new HashSet<>(List.of(name, name.split("\\.", 2)[0]));
    return new Machine(pair, names, addresses);
  }

  private static void add(
      Machine machine,
      Pair director,
      Group group,
      VirtualServiceConfig service,
      Map<Key, RealServerDuty> duties) {
    List<RealServerConfig> servers = new ArrayList<>(service.realServers());
    service.sorryServer().ifPresent(servers::add);
    Optional<RealServerConfig> self = machine.among(servers);
    if (self.isEmpty() || self.get().ip().isLoopbackAddress()) {
      return;
    }
    for (InetAddress vip : vips(service.target(), group)) {
      RealServerDuty duty =
          new RealServerDuty(
              vip,
              self.get().mode(),
              self.get().ip(),
              machine.moves(self.get().ip()),
              group.gatewayOf(self.get().ip()),
              director,
              group,
              List.of(service.target().toString()));
      duties.merge(new Key(vip, duty.mode()), duty, RealServerDuty::and);
    }
  }

  private RealServerDuty and(RealServerDuty other) {
    List<String> all = new ArrayList<>(services);
    all.addAll(other.services());
    return new RealServerDuty(vip, mode, self, moves, gateway, director, group, all);
  }

  /** A firewall mark stands for whatever floating address the rule was written for. */
  private static List<InetAddress> vips(Target target, Group group) {
    return switch (target) {
      case Target.Address(InetAddress ip, int _, boolean _) -> List.of(ip);
      case Target.Mark mark ->
          group.addresses().stream()
              .map(AddressConfig::ip)
              .filter(ip -> ip.getAddress().length == (mark.v6() ? 16 : 4))
              .toList();
    };
  }
}
