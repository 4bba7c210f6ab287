package io.twinbeat.cli;

import com.google.gson.JsonObject;
import io.twinbeat.cli.SiteState.NodeState;
import io.twinbeat.cli.SiteState.PairState;
import io.twinbeat.cli.SiteState.ServersState;
import io.twinbeat.cli.SiteState.TierState;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Everything in a site that is not as it should be, a sentence each, tier by tier. */
final class SiteProblems {
  private final Times times;
  private final Set<String> found = new LinkedHashSet<>();

  private SiteProblems(Times times) {
    this.times = times;
  }

  static List<String> of(SiteState state, Times times) {
    SiteProblems problems = new SiteProblems(times);
    for (TierState tier : state.tiers()) {
      switch (tier) {
        case PairState pair -> problems.pair(pair);
        case ServersState servers -> problems.servers(servers);
      }
    }
    return List.copyOf(problems.found);
  }

  private void pair(PairState pair) {
    for (SitePlaces.Place place : SitePlaces.of(pair, times)) {
      if (!place.well()) {
        found.add(pair.name() + ": " + place.sentence());
      }
    }
    for (NodeState node : pair.nodes()) {
      if (node.report() != null) {
        told(node);
      } else if (!node.how().isEmpty()) {
        found.add(node.name() + ": " + node.why());
      }
    }
    pair.looks().forEach(look -> look(pair.name(), look));
  }

  private void told(NodeState node) {
    JsonObject peer = Json.object(node.report(), "peer");
    String peerName = Json.text(node.report(), "peerName");
    String state = Json.text(peer, "state");
    if (!state.equals("heard")) {
      String since = Json.text(peer, "since");
      found.add(
          node.name()
              + ": "
              + peerName
              + " is "
              + state
              + (since.isEmpty() ? "" : ", since " + times.since(since)));
    }
    JsonObject readiness = Json.object(Json.object(node.report(), "readiness"), node.name());
    if (!Json.flag(readiness, "ready")) {
      String why =
          Json.list(readiness, "items").stream()
              .filter(item -> !List.of("ok", "warning").contains(Json.text(item, "state")))
              .map(item -> Json.text(item, "name"))
              .collect(Collectors.joining(", "));
      found.add(node.name() + " is NOT ready" + (why.isEmpty() ? "" : ": " + why));
    }
    for (JsonObject group : Json.list(node.report(), "groups")) {
      for (JsonObject resource : Json.list(group, "resources")) {
        if (Json.text(resource, "health").equals("failed")) {
          found.add(node.name() + ": " + Json.text(resource, "name") + " failed");
        }
      }
    }
    SiteQuestion.services(node).forEach(service -> service(node, service));
    for (JsonObject alarm : Json.list(node.report(), "alarms")) {
      String since = times.since(Json.text(alarm, "since"));
      found.add(node.name() + ": " + Json.text(alarm, "sentence") + ", since " + since);
    }
  }

  private void service(NodeState node, JsonObject service) {
    String name = node.name() + ": " + Json.text(service, "service");
    String state = Json.text(service, "state");
    if (!state.equals("ok")) {
      found.add(name + " is " + (state.equals("sorry") ? "served by its sorry server" : state));
    }
    String down =
        Json.list(service, "servers").stream()
            .filter(server -> Json.text(server, "state").equals("down"))
            .map(server -> Json.text(server, "name"))
            .collect(Collectors.joining(", "));
    if (!down.isEmpty()) {
      found.add(name + ": " + down + (down.indexOf(',') < 0 ? " is down" : " are down"));
    }
  }

  /** What a director sees of them is told with the director. */
  private void servers(ServersState servers) {
    servers.servers().forEach(server -> server.looks().forEach(look -> look(servers.name(), look)));
  }

  private void look(String tier, SiteLook look) {
    if (!look.good()) {
      found.add(
          tier + ": " + look.what().name() + ", " + look.address() + ": " + look.answer().words);
    }
  }
}
