package io.twinbeat.daemon;

import io.twinbeat.decision.Event;
import io.twinbeat.decision.Reach;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.ReadinessItem.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Could this node take a group now? Puts the items together and tells the core what changed. */
final class Readiness {
  private final List<GroupRunner> groups;
  private final Supplier<List<ReadinessItem>> ofNode;
  private final Consumer<Event> events;
  private final Map<String, Event.ReadinessChanged> told = new HashMap<>();
  private final Map<String, Reach> toldReach = new HashMap<>();

  Readiness(
      List<GroupRunner> groups, Supplier<List<ReadinessItem>> ofNode, Consumer<Event> events) {
    this.groups = List.copyOf(groups);
    this.ofNode = ofNode;
    this.events = events;
  }

  /** The node's own items, then each group's. */
  List<ReadinessItem> items() {
    List<ReadinessItem> items = new ArrayList<>(ofNode.get());
    for (GroupRunner runner : groups) {
      items.addAll(runner.group().readiness());
    }
    return items;
  }

  synchronized void look() {
    List<ReadinessItem> common = ofNode.get();
    for (GroupRunner runner : groups) {
      // The group's own first: of several reasons the nearest is told.
      List<ReadinessItem> items = new ArrayList<>(runner.group().readiness());
      items.addAll(common);
      Event.ReadinessChanged now = verdict(runner.group().name(), items);
      if (!now.equals(told.put(now.group(), now))) {
        events.accept(now);
      }
      Reach reach = runner.group().reach();
      if (reach != toldReach.put(now.group(), reach)) {
        events.accept(new Event.RealServersSeen(now.group(), reach));
      }
    }
  }

  static Event.ReadinessChanged verdict(String group, List<ReadinessItem> items) {
    boolean ready = true;
    boolean able = true;
    String reason = "";
    long now = System.nanoTime();
    for (ReadinessItem each : items) {
      ReadinessItem item = each.at(now);
      if (item.gates()) {
        ready = false;
        if (reason.isEmpty() || (item.pointless() && able)) {
          reason = item.name() + ": " + item.detail();
        }
        able &= !(item.state() == State.BAD && item.pointless());
      }
    }
    return new Event.ReadinessChanged(group, ready, able, reason);
  }
}
