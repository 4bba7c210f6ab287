package io.twinbeat.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/** How a whole site stands, tier by tier, and who said so. */
record SiteState(List<TierState> tiers) {
  SiteState {
    tiers = List.copyOf(tiers);
  }

  sealed interface TierState {
    String name();
  }

  /**
   * A pair by the words of its nodes; {@code looks} from here only where neither of them answers.
   * {@code asks}: the file opens a port for it.
   */
  record PairState(String name, boolean asks, List<NodeState> nodes, List<SiteLook> looks)
      implements TierState {
    PairState {
      nodes = List.copyOf(nodes);
      looks = List.copyOf(looks);
    }

    boolean told() {
      return nodes.stream().anyMatch(node -> node.report() != null);
    }

    NodeState other(NodeState node) {
      return nodes.get(0).equals(node) ? nodes.get(1) : nodes.get(0);
    }
  }

  /**
   * What a node says of its pair, and how it was asked ({@code daemon}: this machine's own, {@code
   * site-status}: over the network); without a report {@code why} says why there is none.
   */
  record NodeState(String name, String how, JsonObject report, String why) {
    static final String DAEMON = "daemon";
    static final String SITE_STATUS = "site-status";
  }

  record ServersState(String name, List<ServerState> servers) implements TierState {
    ServersState {
      servers = List.copyOf(servers);
    }
  }

  /** A machine without a daemon; a look from here only where no director looks. */
  record ServerState(String name, List<View> views, List<SiteLook> looks) {
    ServerState {
      views = List.copyOf(views);
      looks = List.copyOf(looks);
    }
  }

  /** A real server as the director that holds its service sees it: {@code server} of a report. */
  record View(String director, String service, JsonObject server) {}

  /** Whether a group seems to be on both nodes of a pair, on none, or on its way. */
  boolean isUnsettled(Times times) {
    return tiers.stream()
        .anyMatch(tier ->
            tier instanceof PairState pair
                && SitePlaces.of(pair, times).stream().anyMatch(SitePlaces.Place::unsettled));
  }

  /** As {@code --json} has it. */
  JsonObject toJson(String at, List<String> problems) {
    JsonObject json = new JsonObject();
    json.addProperty("at", at);
    json.addProperty("well", problems.isEmpty());
    json.add("problems", words(problems));
    JsonArray all = new JsonArray();
    for (TierState tier : tiers) {
      all.add(
          switch (tier) {
            case PairState pair -> json(pair);
            case ServersState servers -> json(servers);
          });
    }
    json.add("tiers", all);
    return json;
  }

  private static JsonArray words(List<String> words) {
    JsonArray array = new JsonArray();
    words.forEach(array::add);
    return array;
  }

  private static JsonObject json(PairState pair) {
    JsonObject json = new JsonObject();
    json.addProperty("tier", pair.name());
    json.addProperty("kind", "pair");
    JsonArray nodes = new JsonArray();
    for (NodeState node : pair.nodes()) {
      JsonObject each = new JsonObject();
      each.addProperty("name", node.name());
      each.addProperty("asked", node.how());
      if (node.report() == null) {
        each.addProperty("why", node.why());
      } else {
        each.add("report", node.report());
      }
      nodes.add(each);
    }
    json.add("nodes", nodes);
    json.add("looks", looks(pair.looks()));
    return json;
  }

  private static JsonObject json(ServersState servers) {
    JsonObject json = new JsonObject();
    json.addProperty("tier", servers.name());
    json.addProperty("kind", "servers");
    JsonArray all = new JsonArray();
    for (ServerState server : servers.servers()) {
      JsonObject each = new JsonObject();
      each.addProperty("name", server.name());
      JsonArray views = new JsonArray();
      for (View view : server.views()) {
        JsonObject one = view.server().deepCopy();
        one.addProperty("director", view.director());
        one.addProperty("service", view.service());
        views.add(one);
      }
      each.add("views", views);
      each.add("looks", looks(server.looks()));
      all.add(each);
    }
    json.add("servers", all);
    return json;
  }

  private static JsonArray looks(List<SiteLook> looks) {
    JsonArray all = new JsonArray();
    for (SiteLook look : looks) {
      JsonObject each = new JsonObject();
      each.addProperty("name", look.what().name());
      each.addProperty("address", look.address());
      each.addProperty("answer", look.answer().name().toLowerCase(java.util.Locale.ROOT));
      all.add(each);
    }
    return all;
  }
}
