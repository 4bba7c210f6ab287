package io.twinbeat.lab;

import io.twinbeat.config.Group;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.Pair;
import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ResourceConfig;
import io.twinbeat.config.Site;
import io.twinbeat.config.Tier;
import io.twinbeat.config.VirtualServiceConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Who is who in a site of tiers, as its file says: {@code edge} are the directors, {@code proxy}
 * the pair that they send to, {@code webs} the machines without a daemon behind.
 */
record Cast(Pair edge, Pair proxy, VirtualServiceConfig service, List<String> webs) {
  Cast {
    webs = List.copyOf(webs);
  }

  static Cast of(Site site) {
    List<String> webs = new ArrayList<>();
    for (Tier tier : site.tiers()) {
      if (tier instanceof Tier.OfServers servers) {
        servers.servers().forEach(server -> webs.add(server.name()));
      }
    }
    for (Pair edge : site.pairs()) {
      for (Group group : edge.groups()) {
        for (ResourceConfig resource : group.resources()) {
          if (resource instanceof LvsConfig lvs) {
            VirtualServiceConfig service = lvs.services().getFirst();
            String server = service.realServers().getFirst().name();
            for (Pair proxy : site.pairs()) {
              if (Stage.names(proxy).contains(server)) {
                return new Cast(edge, proxy, service, webs);
              }
            }
          }
        }
      }
    }
    throw new LabException("the site has no directors that send to a pair");
  }

  /** To where the directors send what is for that proxy. */
  RealServerConfig server(String proxyNode) {
    return service.realServers().stream()
        .filter(server -> server.name().equals(proxyNode))
        .findFirst()
        .orElseThrow(() -> new LabException(proxyNode + " is no real server"));
  }
}
