package io.twinbeat.cli;

import com.google.gson.JsonObject;
import io.twinbeat.cli.SiteState.NodeState;
import io.twinbeat.cli.SiteState.PairState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Where the groups of a pair are, by what its nodes say. */
final class SitePlaces {
  /** {@code well}: on one node; {@code unsettled}: a moment later it may be somewhere else. */
  record Place(String group, String sentence, boolean well, boolean unsettled) {}

  private static final Set<String> MAY_HOLD = Set.of("active", "starting", "stopping", "stuck");

  private SitePlaces() {}

  static List<Place> of(PairState pair, Times times) {
    Set<String> groups = new LinkedHashSet<>();
    for (NodeState node : pair.nodes()) {
      if (node.report() != null) {
        Json.list(node.report(), "groups").forEach(group -> groups.add(Json.text(group, "name")));
      }
    }
    return groups.stream().map(group -> of(pair, group, times)).toList();
  }

  private static Place of(PairState pair, String group, Times times) {
    List<String> claims = new ArrayList<>();
    List<String> active = new ArrayList<>();
    String since = "";
    String heardOf = "";
    for (NodeState node : pair.nodes()) {
      JsonObject told = group(node, group);
      String here = Json.text(told, "here");
      if (MAY_HOLD.contains(here)) {
        claims.add(here.equals("active") ? node.name() : node.name() + " (" + here + ")");
        since = times.since(Json.text(told, "since"));
      } else if (pair.other(node).report() == null && !Json.text(told, "holder").isEmpty()) {
        heardOf = Json.text(told, "holder") + ", as " + node.name() + " says";
      }
      if (here.equals("active")) {
        active.add(node.name());
      }
    }
    if (claims.size() > 1) {
      String both = String.join(" and on ", claims);
      return new Place(
          group, group + (active.size() > 1 ? " is on BOTH: " : " moves: on ") + both, false, true);
    } else if (claims.size() == 1) {
      boolean well = active.size() == 1;
      return new Place(group, group + " is on " + claims.get(0) + " since " + since, well, !well);
    } else if (!heardOf.isEmpty()) {
      return new Place(group, group + " is on " + heardOf, true, false);
    }
    boolean all = pair.nodes().stream().allMatch(node -> node.report() != null);
    String nobody = all ? " is on NEITHER node" : " is on no node that answers";
    return new Place(group, group + nobody, false, true);
  }

  /** What this node says of the group; an empty object where it says nothing. */
  static JsonObject group(NodeState node, String group) {
    if (node.report() != null) {
      for (JsonObject each : Json.list(node.report(), "groups")) {
        if (Json.text(each, "name").equals(group)) {
          return each;
        }
      }
    }
    return new JsonObject();
  }

  /** The groups that may be on the node, by its own word or by its peer's. */
  static String heldBy(PairState pair, NodeState node) {
    List<String> held = new ArrayList<>();
    NodeState teller = node.report() != null ? node : pair.other(node);
    String key = teller.equals(node) ? "here" : "peer";
    if (teller.report() != null) {
      for (JsonObject group : Json.list(teller.report(), "groups")) {
        String name = Json.text(group, "name");
        String state = Json.text(group, key);
        boolean own = key.equals("here") || Json.text(group, "holder").equals(node.name());
        if (MAY_HOLD.contains(state) && own) {
          held.add(state.equals("active") ? name : name + " (" + state + ")");
        }
      }
    }
    return String.join(", ", held);
  }
}
