package io.twinbeat.daemon;

import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.control.StatusReport.Device;
import io.twinbeat.fencing.DeviceProof;
import io.twinbeat.fencing.Fencing;
import io.twinbeat.resource.ReadinessItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Can either node fence the other: the last proof of each device, both ways, and its setup. */
final class FenceItems {
  static final String SETUP = "fence setup";

  /** The peer tells every two seconds; what is older was told before it fell silent. */
  private static final Duration WORD_LIMIT = Duration.ofSeconds(20);

  private final Pair pair;
  private final Node self;
  private final Node peer;
  private final Fencing fencing;
  private final PeerFacts facts;

  FenceItems(Pair pair, Node self, Node peer, Fencing fencing, PeerFacts facts) {
    this.pair = pair;
    this.self = self;
    this.peer = peer;
    this.fencing = fencing;
    this.facts = facts;
  }

  List<ReadinessItem> items() {
    return List.of(ofPeer(), ofSelf());
  }

  private ReadinessItem ofPeer() {
    String name = "fencing " + peer.name();
    if (pair.fencing().none()) {
      return ReadinessItem.good(name, "none: the file accepts split-brain");
    } else if (fencing.onlyManual(peer.name())) {
      return ReadinessItem.good(name, "by hand only: twinbeat fence confirm " + peer.name());
    }
    List<Device> devices = new ArrayList<>();
    long limit = pair.fencing().proofAge().toMillis();
    for (DeviceProof p : fencing.proofs()) {
      long age = p.age().toMillis();
      devices.add(new Device(p.node(), p.device(), p.succeeded(), p.detail(), age, limit));
    }
    return judged(name, peer.name(), devices, "", 0);
  }

  /** If the peer could not fence this node, a group here would be stuck with it. */
  private ReadinessItem ofSelf() {
    String name = "fencing " + self.name();
    if (pair.fencing().none()) {
      return ReadinessItem.good(name, "none: the file accepts split-brain");
    } else if (fencing.onlyManual(self.name())) {
      return ReadinessItem.good(name, "by hand only");
    }
    PeerFacts.Told told = facts.told().orElse(null);
    long older = told == null ? Long.MAX_VALUE : System.nanoTime() - told.nanos();
    if (older > WORD_LIMIT.toNanos()) {
      return ReadinessItem.unknown(name, peer.name() + " has not told whether it could");
    }
    return judged(name, self.name(), told.devices(), " on " + peer.name(), older / 1_000_000);
  }

  private ReadinessItem judged(
      String name, String node, List<Device> devices, String where, long olderMillis) {
    String test = "twinbeat fence test " + node + where;
    List<String> proven = new ArrayList<>();
    long oldest = 0;
    for (Device device : devices) {
      if (!device.node().equals(node)) {
        continue;
      }
      long age = device.ageMs() == null ? Long.MAX_VALUE : device.ageMs() + olderMillis;
      if (!device.succeeded()) {
        return ReadinessItem.bad(
            name, device.device() + ": " + device.detail(), "mend the device, then: " + test);
      } else if (device.limitMs() != null && age > device.limitMs()) {
        return ReadinessItem.bad(name, device.device() + " was proven too long ago", test);
      }
      oldest = Math.max(oldest, age);
      proven.add(device.device() + " works");
    }
    if (proven.isEmpty()) {
      return ReadinessItem.unknown(name, "not tested yet" + where);
    }
    return ReadinessItem.good(name, String.join(", ", proven))
        .seen(System.nanoTime() - Duration.ofMillis(oldest).toNanos())
        .within(pair.fencing().proofAge());
  }

  /** What is not wrong in the file, but is on this machine, or deserves a word. */
  ReadinessItem setup() {
    List<String> advice = FenceAdvice.about(pair, peer);
    return advice.isEmpty()
        ? ReadinessItem.good(SETUP, "nothing to remark")
        : ReadinessItem.warning(SETUP, String.join("; ", advice), "see: twinbeat check");
  }
}
