package io.twinbeat.cli;

import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Site;
import io.twinbeat.config.Tier;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;

/** The head of the plan's page: the tiers from the clients inwards, and the ways between them. */
final class PlanTiers {
  private static final String TIER = "  ";
  private static final String OF_TIER = "        ";
  private static final String WAY = "     |  ";
  private static final String OF_WAY = WAY + "  ";

  private final List<SitePath> paths;
  private final StringBuilder out;

  private PlanTiers(List<SitePath> paths, StringBuilder out) {
    this.paths = paths;
    this.out = out;
  }

  static void draw(Site site, List<SitePath> paths, StringBuilder out) {
    new PlanTiers(paths, out).draw(site);
  }

  private void draw(Site site) {
    for (Tier tier : site.tiers()) {
      switch (tier) {
        case Tier.OfPair(Pair pair) -> draw(pair);
        case Tier.OfServers servers -> draw(servers);
      }
    }
    if (SitePath.isReached("", paths)) {
      out.append(TIER).append("other machines\n");
    }
    out.append('\n');
  }

  private void draw(Pair pair) {
    List<InsideAddress> inside = InsideAddress.of(pair, paths);
    String outside =
        InsideAddress.outside(pair, inside).stream()
            .map(PlanPage::shown)
            .collect(Collectors.joining(", "));
    boolean reached = SitePath.isReached(pair.name(), paths);
    if (!reached) {
      out.append(out.isEmpty() ? "" : "\n").append(TIER).append("clients\n");
      way(outside);
      out.append("     v\n");
    }
    List<Node> nodes = pair.nodes();
    tier(
        "["
            + pair.name()
            + "]  pair of "
            + machine(nodes.get(0).name(), nodes.get(0).links())
            + " and "
            + machine(nodes.get(1).name(), nodes.get(1).links()));
    if (reached && !outside.isEmpty()) {
      PlanPage.wrapped(out, OF_TIER, OF_TIER, "floating: " + outside);
    }
    for (InsideAddress each : inside) {
      way("floating inside: " + PlanPage.shown(each.address()) + ", " + each.sentence());
    }
    List<SitePath> ways = paths.stream().filter(path -> path.from().equals(pair)).toList();
    if (!ways.isEmpty()) {
      out.append("     |\n");
      ways.forEach(this::way);
      out.append("     v\n");
    }
  }

  private void draw(Tier.OfServers servers) {
    tier(
        servers.servers().stream()
            .map(server -> machine(server.name(), server.addresses()))
            .collect(Collectors.joining(", ", "[" + servers.name() + "]  servers ", "")));
  }

  private static String machine(String name, List<InetAddress> addresses) {
    return PlanPage.whole(name + " " + PlanPage.ip(addresses.get(0)));
  }

  private void way(SitePath path) {
    way(
        path.label()
            + " by "
            + path.mode()
            + " to "
            + path.tier().map(tier -> "[" + tier + "] ").orElse("")
            + path.servers(PlanPage.SERVERS_SHOWN));
  }

  private void tier(String sentence) {
    PlanPage.wrapped(out, TIER, OF_TIER, sentence);
  }

  private void way(String sentence) {
    PlanPage.wrapped(out, WAY, OF_WAY, sentence);
  }
}
