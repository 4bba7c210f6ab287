package io.twinbeat.config;

import io.twinbeat.config.VirtualServiceConfig.Target;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a {@code site-status} port is used for something else: by what its own pair serves, or by
 * what other tiers send to its nodes.
 */
final class SiteStatusChecks {
  private final Report report;
  private final Site site;

  SiteStatusChecks(Report report, Site site) {
    this.report = report;
    this.site = site;
  }

  void check() {
    for (Pair pair : site.pairs()) {
      if (pair.siteStatus().isPresent()) {
        SiteStatusConfig status = pair.siteStatus().get();
        List<String> listening = new ArrayList<>();
        pair.groups().forEach(group -> served(group, status.port(), listening));
        site.pairs().forEach(from -> sent(from, pair, status.port(), listening));
        String expected = "a port of its own, such as 7699";
        String found = "port " + status.port() + ", that of ";
        if (!listening.isEmpty()) {
          report.problem(report.placeOf(status), found + listening.getFirst() + " too", expected);
        } else if (pair.heartbeat().port() == status.port()) {
          report.warning(report.placeOf(status), found + "the heartbeat (UDP) too", expected);
        }
      }
    }
  }

  /** Most listen on all addresses of a node, and so on its links'. */
  private static void served(Group group, int port, List<String> listening) {
    for (ResourceConfig resource : group.resources()) {
      if (resource instanceof NginxConfig nginx
          && nginx.check().isPresent()
          && ProbeConfig.Http.of(nginx.check().get()).port() == port) {
        listening.add(nginx.name());
      }
      if (resource instanceof LvsConfig lvs) {
        for (VirtualServiceConfig service : lvs.services()) {
          if (service.target() instanceof Target.Address(InetAddress _, int own, boolean udp)
              && own == port
              && !udp) {
            listening.add("the service " + service.target());
          }
        }
      }
    }
    int probed =
        switch (group.serviceProbe()) {
          case ProbeConfig.Http http -> http.port();
          case ProbeConfig.Tcp tcp -> tcp.port();
          case ProbeConfig.Arp _ -> 0;
        };
    if (probed == port) {
      listening.add("the service of group " + group.name());
    }
  }

  /** What listens on the nodes of a pair for another tier. */
  private static void sent(Pair from, Pair to, int port, List<String> listening) {
    List<InetAddress> links = to.nodes().stream().flatMap(n -> n.links().stream()).toList();
    for (Group group : from.groups()) {
      for (ResourceConfig resource : group.resources()) {
        if (resource instanceof LvsConfig lvs) {
          lvs.services().stream()
              .flatMap(service -> service.realServers().stream())
              .filter(server -> server.port() == port && links.contains(server.ip()))
              .forEach(server -> listening.add("the real server " + server.name()));
        } else if (resource instanceof NginxConfig nginx) {
          nginx.upstreams().stream()
              .flatMap(upstream -> upstream.servers().stream())
              .filter(server -> server.port() == port && links.contains(server.ip()))
              .forEach(server -> listening.add("the upstream's server " + server.name()));
        }
      }
    }
  }
}
