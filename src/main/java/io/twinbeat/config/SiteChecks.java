package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.VirtualServiceConfig.Target;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What does not fit between tiers, each of which may be right by itself. What is certainly wrong is
 * a problem. What only looks wrong is a warning: the file does not tell every network that a
 * machine is in.
 */
final class SiteChecks {
  /** More networks than any site has are not compared with each other. */
  private static final int NETWORKS_MAX = 256;

  private final Report report;
  private final Site site;
  private final TierLoops loops;

  /** Whose each address of a machine or a pair is. */
  private final Map<InetAddress, Owner> owners = new HashMap<>();

  private record Owner(Tier tier, String machine) {}

  SiteChecks(Report report, Site site) {
    this.report = report;
    this.site = site;
    this.loops = new TierLoops(report);
    for (Tier tier : site.tiers()) {
      switch (tier) {
        case Tier.OfPair(Pair pair) -> {
          for (Node node : pair.nodes()) {
            node.links().forEach(ip -> owners.put(ip, new Owner(tier, node.name())));
          }
          floating(pair).forEach(a -> owners.put(a.ip(), new Owner(tier, "")));
        }
        case Tier.OfServers servers ->
            servers
                .servers()
                .forEach(
                    s -> s.addresses().forEach(ip -> owners.put(ip, new Owner(tier, s.name()))));
      }
    }
  }

  void check() {
    keysAndPorts();
    networkSizes();
    for (Pair pair : site.pairs()) {
      for (Group group : pair.groups()) {
        for (ResourceConfig resource : group.resources()) {
          if (resource instanceof LvsConfig lvs) {
            lvs.services().forEach(service -> service(pair, group, service));
          } else if (resource instanceof NginxConfig nginx) {
            nginx.upstreams().forEach(upstream -> upstream(pair, upstream));
          }
        }
      }
    }
    loops.check();
  }

  /** A pair's messages are told from another's by the key alone. */
  private void keysAndPorts() {
    Map<Path, Pair> keys = new HashMap<>();
    List<Pair> earlier = new ArrayList<>();
    for (Pair pair : site.pairs()) {
      Place place = report.placeOf(pair.heartbeat());
      Pair same = keys.putIfAbsent(pair.heartbeat().keyFile(), pair);
      if (same != null) {
        report.problem(
            place,
            pair.heartbeat().keyFile() + ", the key of " + same.name() + " too",
            "a key of its own for each pair ('twinbeat key new')");
      }
      for (Pair other : earlier) {
        if (other.heartbeat().port() == pair.heartbeat().port() && shareNetwork(other, pair)) {
          report.warning(
              place,
              "port "
                  + pair.heartbeat().port()
                  + ", which "
                  + other.name()
                  + " has too, on a network that both have links in",
              "a port of its own for each pair: a wrong address must not reach another pair's"
                  + " daemon");
        }
      }
      earlier.add(pair);
    }
  }

  private static boolean shareNetwork(Pair a, Pair b) {
    return links(a).stream()
        .anyMatch(left -> links(b).stream().anyMatch(right -> sameUsual(left, right)));
  }

  /** One network has one prefix length, whoever has an address in it. */
  private void networkSizes() {
    List<AddressConfig> networks = new ArrayList<>();
    for (Pair pair : site.pairs()) {
      for (AddressConfig address : floating(pair)) {
        if (address.prefixLength() >= hostBits(address)) {
          continue; // Stands for itself, in whatever network.
        }
        Optional<AddressConfig> other =
            networks.stream().filter(network -> overlap(network, address)).findFirst();
        if (other.isEmpty() && networks.size() < NETWORKS_MAX) {
          networks.add(address);
        } else if (other.isPresent() && other.get().prefixLength() != address.prefixLength()) {
          report.warning(
              report.placeOf(address),
              shown(address)
                  + " and "
                  + shown(other.get())
                  + " (line "
                  + report.placeOf(other.get()).line()
                  + ") overlap",
              "one prefix length for one network");
        }
      }
    }
  }

  private static boolean overlap(AddressConfig a, AddressConfig b) {
    return Addresses.samePrefix(a.ip(), b.ip(), Math.min(a.prefixLength(), b.prefixLength()));
  }

  private static int hostBits(AddressConfig address) {
    return address.ip().getAddress().length == 4 ? 31 : 128;
  }

  private void service(Pair pair, Group group, VirtualServiceConfig service) {
    if (service.target() instanceof Target.Address(InetAddress ip, int _, boolean _)) {
      group.addresses().stream()
          .filter(address -> address.ip().equals(ip))
          .forEach(address -> subnet(pair, address));
    }
    List<RealServerConfig> servers = service.realServers();
    for (RealServerConfig server : servers) {
      Owner owner = owners.get(server.ip());
      Place place = report.placeOf(server);
      if (owner != null) {
        loops.sends(pair.name(), owner.tier().name(), place);
        halfOfPair(owner, server, servers);
      }
      if (server.mode() == ForwardingMode.DR && !near(pair, server.ip())) {
        report.warning(
            place,
            shown(server) + " by DR, in no network of a floating address or link of " + pair.name(),
            "a server on a segment that the directors are on (DR goes by hardware address), or mode"
                + " tun or nat");
      }
      if (server.mode() == ForwardingMode.NAT && group.gatewayOf(server.ip()).isEmpty()) {
        report.warning(
            place,
            shown(server) + " by NAT, in no network of a floating address of the group",
            "an 'address' in its network, which is the server's default gateway: replies go back"
                + " through the director");
      }
    }
  }

  /** nginx does not check whom it sends to before a client has waited for it. */
  private void upstream(Pair pair, UpstreamConfig upstream) {
    for (UpstreamConfig.Server server : upstream.servers()) {
      Owner owner = owners.get(server.ip());
      if (owner == null) {
        continue;
      }
      Place place = report.placeOf(server);
      if (owner.tier().name().equals(pair.name())) {
        report.problem(
            place,
            "an upstream on " + Addresses.shown(server.ip()) + ", an address of this pair",
            "servers of another tier: nginx would send to itself");
        continue;
      }
      loops.sends(pair.name(), owner.tier().name(), place);
      if (owner.tier() instanceof Tier.OfPair(Pair other) && !owner.machine().isEmpty()) {
        report.warning(
            place,
            "the machine "
                + owner.machine()
                + " ("
                + Addresses.shown(server.ip())
                + ") of the pair "
                + other.name(),
            "the pair's floating address ({ tier: "
                + other.name()
                + " }), which is where it serves");
      }
    }
  }

  /** The address on which clients come lies where only another tier's machines are. */
  private void subnet(Pair pair, AddressConfig vip) {
    Predicate<InetAddress> inside = ip -> Addresses.samePrefix(vip.ip(), ip, vip.prefixLength());
    if (links(pair).stream().anyMatch(inside)) {
      return;
    }
    for (Map.Entry<InetAddress, Owner> other : owners.entrySet()) {
      Owner owner = other.getValue();
      if (!owner.tier().name().equals(pair.name())
          && !owner.machine().isEmpty()
          && inside.test(other.getKey())) {
        report.warning(
            report.placeOf(vip),
            shown(vip)
                + ", the network of tier "
                + owner.tier().name()
                + ", in which no link of "
                + pair.name()
                + " is",
            "an address in a network of this pair");
        return;
      }
    }
  }

  /** One node of a pair is no pair. */
  private void halfOfPair(Owner owner, RealServerConfig server, List<RealServerConfig> servers) {
    if (!(owner.tier() instanceof Tier.OfPair(Pair other)) || owner.machine().isEmpty()) {
      return;
    }
    Set<String> named = new HashSet<>();
    for (RealServerConfig each : servers) {
      Owner of = owners.get(each.ip());
      if (of != null && of.tier().equals(owner.tier())) {
        named.add(of.machine());
      }
    }
    if (named.size() < 2) {
      report.warning(
          report.placeOf(server),
          shown(server) + ", one node alone of the pair " + other.name(),
          "both nodes ({ tier: "
              + other.name()
              + " }), or the pair's address ({ tier: "
              + other.name()
              + ", address: floating })");
    }
  }

  private static boolean near(Pair pair, InetAddress ip) {
    return floating(pair).stream().anyMatch(a -> Addresses.samePrefix(a.ip(), ip, a.prefixLength()))
        || links(pair).stream().anyMatch(link -> sameUsual(link, ip));
  }

  private static List<AddressConfig> floating(Pair pair) {
    return pair.groups().stream().flatMap(group -> group.addresses().stream()).toList();
  }

  private static List<InetAddress> links(Pair pair) {
    return pair.nodes().stream().flatMap(node -> node.links().stream()).toList();
  }

  private static boolean sameUsual(InetAddress a, InetAddress b) {
    return a.getAddress().length == b.getAddress().length && Addresses.sameUsualNetwork(a, b);
  }

  private static String shown(AddressConfig address) {
    return Addresses.shown(address.ip()) + "/" + address.prefixLength();
  }

  private static String shown(RealServerConfig server) {
    return server.name() + " (" + Addresses.shown(server.ip()) + ")";
  }
}
