package io.twinbeat.daemon;

import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;
import io.twinbeat.fencing.DeviceProof;
import io.twinbeat.fencing.Fencing;
import io.twinbeat.resource.ReadinessItem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The readiness items that concern the whole node. */
final class NodeItems {
  private final Pair pair;
  private final Node peer;
  private final Fencing fencing;
  private final Supplier<State> state;
  private final Chronicle chronicle;

  NodeItems(Pair pair, Node peer, Fencing fencing, Supplier<State> state, Chronicle chronicle) {
    this.pair = pair;
    this.peer = peer;
    this.fencing = fencing;
    this.state = state;
    this.chronicle = chronicle;
  }

  List<ReadinessItem> items() {
    List<ReadinessItem> items = new ArrayList<>();
    items.add(fence());
    items.add(sameFile());
    items.add(connection());
    items.add(disk());
    return items;
  }

  private ReadinessItem fence() {
    String name = "fencing " + peer.name();
    if (pair.fencing().none()) {
      return ReadinessItem.good(name, "none: the file accepts split-brain");
    }
    if (fencing.onlyManual(peer.name())) {
      return ReadinessItem.good(name, "by hand only: twinbeat fence confirm " + peer.name());
    }
    Duration limit = pair.fencing().proofAge();
    String proven = "";
    for (DeviceProof proof : fencing.proofs()) {
      if (!proof.node().equals(peer.name())) {
        continue;
      }
      if (!proof.succeeded()) {
        return ReadinessItem.bad(
            name,
            proof.device() + ": " + proof.detail(),
            "mend the device, then: twinbeat fence test " + peer.name());
      }
      if (Duration.between(proof.at(), Instant.now()).compareTo(limit) > 0) {
        return ReadinessItem.bad(
            name,
            proof.device() + " was last proven at " + proof.at(),
            "twinbeat fence test " + peer.name());
      }
      proven = proof.device() + " works";
    }
    return proven.isEmpty()
        ? ReadinessItem.unknown(name, "not tested yet")
        : ReadinessItem.good(name, proven);
  }

  private ReadinessItem sameFile() {
    String name = "same file as " + peer.name();
    Status last = state.get().peer().last();
    if (last == null) {
      return ReadinessItem.unknown(name, peer.name() + " was not heard yet");
    }
    return last.configHash().equals(pair.hash())
        ? ReadinessItem.good(name, pair.hash())
        : ReadinessItem.bad(
            name,
            "this node's file is " + pair.hash() + ", the peer's " + last.configHash(),
            "make the files alike and restart the daemon that has the old one");
  }

  private ReadinessItem connection() {
    State s = state.get();
    return s.connected()
        ? ReadinessItem.good("connection", s.connection())
        : ReadinessItem.bad(
            "connection", s.connection(), "look at the service interface and its switch");
  }

  private ReadinessItem disk() {
    String trouble = chronicle.trouble();
    return trouble.isEmpty()
        ? ReadinessItem.good("journal", "on disk")
        : ReadinessItem.bad("journal", trouble, "make room in " + pair.paths().state());
  }
}
