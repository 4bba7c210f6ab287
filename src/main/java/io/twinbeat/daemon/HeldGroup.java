package io.twinbeat.daemon;

import io.twinbeat.decision.Reach;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.Resource;
import java.util.ArrayList;
import java.util.List;

/** A group's resources on this node, in the order in which they are started. */
record HeldGroup(String name, List<Resource> resources) {
  HeldGroup {
    resources = List.copyOf(resources);
  }

  List<AddressResource> addresses() {
    List<AddressResource> addresses = new ArrayList<>();
    for (Resource resource : resources) {
      if (resource instanceof AddressResource address) {
        addresses.add(address);
      }
    }
    return addresses;
  }

  List<LvsResource> directors() {
    List<LvsResource> directors = new ArrayList<>();
    for (Resource resource : resources) {
      if (resource instanceof LvsResource lvs) {
        directors.add(lvs);
      }
    }
    return directors;
  }

  /** Of the real servers of all its directors. */
  Reach reach() {
    return Reach.of(directors().stream().map(LvsResource::reach).toList());
  }

  List<ReadinessItem> readiness() {
    List<ReadinessItem> items = new ArrayList<>();
    for (Resource resource : resources) {
      items.addAll(resource.readiness());
    }
    return items;
  }
}
