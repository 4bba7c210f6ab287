package io.twinbeat.cli;

import com.google.gson.JsonObject;
import io.twinbeat.cli.SiteLook.Served;
import io.twinbeat.cli.SiteState.NodeState;
import io.twinbeat.cli.SiteState.PairState;
import io.twinbeat.cli.SiteState.ServerState;
import io.twinbeat.cli.SiteState.ServersState;
import io.twinbeat.cli.SiteState.TierState;
import io.twinbeat.cli.SiteState.View;
import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Site;
import io.twinbeat.config.Tier;
import io.twinbeat.control.SiteClient;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Asks all machines of a site at once how it stands. */
final class SiteQuestion {
  /** For all of it: whoever has not answered by then is as good as silent. */
  static final Duration LIMIT = Duration.ofMillis(900);

  private final Site site;
  private final String self;
  private final Optional<JsonObject> own;

  /**
   * @param self the node that this machine is, or empty
   * @param own what the daemon on this machine says of its pair
   */
  SiteQuestion(Site site, String self, Optional<JsonObject> own) {
    this.site = site;
    this.self = self;
    this.own = own;
  }

  SiteState ask() throws InterruptedException {
    Map<String, Future<NodeState>> nodes = new LinkedHashMap<>();
    Map<String, List<Future<SiteLook>>> looks = new LinkedHashMap<>();
    try (ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Tier tier : site.tiers()) {
        if (tier instanceof Tier.OfPair(Pair pair)) {
          for (Node node : pair.nodes()) {
            nodes.put(node.name(), asking.submit(() -> ask(pair, node)));
          }
        }
        List<Future<SiteLook>> each = new ArrayList<>();
        for (Served served : SiteLook.served(site, tier, self)) {
          each.add(asking.submit(() -> served.look(LIMIT)));
        }
        looks.put(tier.name(), each);
      }
    }
    List<PairState> pairs = new ArrayList<>();
    for (Pair pair : site.pairs()) {
      List<NodeState> told = new ArrayList<>();
      for (Node node : pair.nodes()) {
        told.add(done(nodes.get(node.name())));
      }
      boolean silent = told.stream().allMatch(node -> node.report() == null);
      List<SiteLook> seen = silent ? all(looks.get(pair.name())) : List.of();
      pairs.add(new PairState(pair.name(), pair.siteStatus().isPresent(), told, seen));
    }
    List<TierState> tiers = new ArrayList<>();
    for (Tier tier : site.tiers()) {
      tiers.add(
          switch (tier) {
            case Tier.OfPair(Pair pair) ->
                pairs.stream().filter(p -> p.name().equals(pair.name())).findFirst().orElseThrow();
            case Tier.OfServers servers -> servers(servers, pairs, all(looks.get(tier.name())));
          });
    }
    return new SiteState(tiers);
  }

  private static List<SiteLook> all(List<Future<SiteLook>> looks) throws InterruptedException {
    List<SiteLook> all = new ArrayList<>();
    for (Future<SiteLook> look : looks) {
      all.add(done(look));
    }
    return all;
  }

  private static <T> T done(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private NodeState ask(Pair pair, Node node) throws InterruptedException {
    if (node.name().equals(self) && own.isPresent()) {
      return new NodeState(node.name(), NodeState.DAEMON, own.get(), null);
    }
    if (pair.siteStatus().isEmpty()) {
      String why = node.name().equals(self) ? "no daemon runs here" : "the file opens no port";
      return new NodeState(node.name(), "", null, why);
    }
    SiteClient.Answer answer = SiteClient.ask(node.links(), pair.siteStatus().get().port(), LIMIT);
    if (answer.report() == null) {
      return new NodeState(node.name(), NodeState.SITE_STATUS, null, answer.why());
    }
    String name = Json.text(answer.report(), "node");
    boolean right =
        name.equals(node.name()) && Json.text(answer.report(), "pair").equals(pair.name());
    return right
        ? new NodeState(node.name(), NodeState.SITE_STATUS, answer.report(), null)
        : new NodeState(
            node.name(), NodeState.SITE_STATUS, null, "a daemon of another node answers: " + name);
  }

  private static ServersState servers(
      Tier.OfServers tier, List<PairState> pairs, List<SiteLook> looks) {
    List<ServerState> servers = new ArrayList<>();
    for (Tier.Server server : tier.servers()) {
      List<View> views = new ArrayList<>();
      pairs.forEach(pair -> views(pair, server, views));
      List<SiteLook> own =
          looks.stream().filter(look -> server.addresses().contains(look.what().ip())).toList();
      servers.add(new ServerState(server.name(), views, views.isEmpty() ? own : List.of()));
    }
    return new ServersState(tier.name(), servers);
  }

  /** Only the holder's checks move connections. */
  private static void views(PairState pair, Tier.Server server, List<View> views) {
    for (NodeState node : pair.nodes()) {
      for (JsonObject service : services(node)) {
        for (JsonObject each : Json.list(service, "servers")) {
          if (isOne(server.addresses(), Json.text(each, "address"))) {
            views.add(new View(node.name(), Json.text(service, "service"), each));
          }
        }
      }
    }
  }

  private static boolean isOne(List<InetAddress> addresses, String address) {
    try {
      return addresses.contains(InetAddress.ofLiteral(address));
    } catch (IllegalArgumentException e) {
      return false; // Of another release, perhaps.
    }
  }

  /** The services that a node balances now. */
  static List<JsonObject> services(NodeState node) {
    List<JsonObject> services = new ArrayList<>();
    if (node.report() != null) {
      for (JsonObject group : Json.list(node.report(), "groups")) {
        if (Json.text(group, "here").equals("active")) {
          for (JsonObject resource : Json.list(group, "resources")) {
            services.addAll(Json.list(resource, "services"));
          }
        }
      }
    }
    return services;
  }
}
