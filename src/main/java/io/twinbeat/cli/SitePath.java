package io.twinbeat.cli;

import io.twinbeat.config.Addresses;
import io.twinbeat.config.ForwardingMode;
import io.twinbeat.config.Group;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.NginxConfig;
import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ResourceConfig;
import io.twinbeat.config.Site;
import io.twinbeat.config.Tier;
import io.twinbeat.config.UpstreamConfig;
import io.twinbeat.config.VirtualServiceConfig;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One way of requests through the site: what a tier catches ({@code label}: a service, or the name
 * of an upstream), and to whom it sends it, by {@code mode} (DR, TUN, NAT, nginx). Servers of one
 * service that get it in different modes are different ways.
 */
record SitePath(Pair from, Group group, String label, String mode, List<Stop> to) {
  SitePath {
    to = List.copyOf(to);
  }

  /**
   * Where requests go next. {@code tier} is empty for a machine that is in none of the file's;
   * {@code floating}: it is a pair's floating address.
   */
  record Stop(String name, InetAddress ip, int port, String tier, boolean floating) {}

  static List<SitePath> of(Site site) {
    List<SitePath> paths = new ArrayList<>();
    for (Pair pair : site.pairs()) {
      for (Group group : pair.groups()) {
        for (ResourceConfig resource : group.resources()) {
          if (resource instanceof LvsConfig lvs) {
            lvs.services().forEach(service -> add(site, pair, group, service, paths));
          } else if (resource instanceof NginxConfig nginx) {
            for (UpstreamConfig upstream : nginx.upstreams()) {
              List<Stop> to = new ArrayList<>();
              upstream.servers().forEach(s -> to.add(stop(site, s.name(), s.ip(), s.port())));
              paths.add(new SitePath(pair, group, upstream.name(), "nginx", to));
            }
          }
        }
      }
    }
    return paths;
  }

  /** Whether another tier sends to this one; clients come to the others. */
  static boolean isReached(String tier, List<SitePath> paths) {
    return paths.stream().flatMap(path -> path.to().stream()).anyMatch(s -> s.tier().equals(tier));
  }

  private static void add(
      Site site, Pair pair, Group group, VirtualServiceConfig service, List<SitePath> paths) {
    Map<ForwardingMode, List<Stop>> stops = new LinkedHashMap<>();
    for (RealServerConfig server : service.realServers()) {
      stops
          .computeIfAbsent(server.mode(), mode -> new ArrayList<>())
          .add(stop(site, server.name(), server.ip(), server.port()));
    }
    stops.forEach((mode, to) ->
        paths.add(new SitePath(pair, group, service.target().toString(), mode.name(), to)));
  }

  private static Stop stop(Site site, String name, InetAddress ip, int port) {
    for (Tier tier : site.tiers()) {
      switch (tier) {
        case Tier.OfPair(Pair pair) -> {
          for (Node node : pair.nodes()) {
            if (node.links().contains(ip)) {
              return new Stop(node.name(), ip, port, tier.name(), false);
            }
          }
          if (pair.groups().stream()
              .flatMap(g -> g.addresses().stream())
              .anyMatch(a -> a.ip().equals(ip))) {
            return new Stop(name, ip, port, tier.name(), true);
          }
        }
        case Tier.OfServers servers -> {
          for (Tier.Server server : servers.servers()) {
            if (server.addresses().contains(ip)) {
              return new Stop(server.name(), ip, port, tier.name(), false);
            }
          }
        }
      }
    }
    return new Stop(name, ip, port, "", false);
  }

  /** Whether requests go on with the port with which they came. */
  private boolean portIsKept(Stop stop) {
    return stop.port() == 0 || (!mode.equals("nginx") && label.contains(":" + stop.port()));
  }

  /** "px1 10.10.10.21, px2 10.10.10.22", the first few of many; ports where they change. */
  String servers(int most) {
    String named =
        to.stream()
            .limit(most)
            .map(stop ->
                PlanPage.whole(
                    stop.name()
                        + " "
                        + Addresses.shown(stop.ip())
                        + (portIsKept(stop) ? "" : " port " + stop.port())))
            .collect(Collectors.joining(", "));
    return to.size() > most ? named + " and " + (to.size() - most) + " more" : named;
  }

  /** The tier that all of it goes to; empty when that is none, or several. */
  Optional<String> tier() {
    List<String> tiers = to.stream().map(Stop::tier).distinct().toList();
    return tiers.size() == 1 && !tiers.get(0).isEmpty()
        ? Optional.of(tiers.get(0))
        : Optional.empty();
  }
}
