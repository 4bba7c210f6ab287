package io.twinbeat.daemon;

import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;
import io.twinbeat.resource.ReadinessItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The readiness items that concern the whole node. */
final class NodeItems {
  private static final Duration FILES_INTERVAL = Duration.ofSeconds(10);
  private static final Duration CLOCK_INTERVAL = Duration.ofSeconds(30);
  private static final Duration SETUP_INTERVAL = Duration.ofMinutes(10);

  private final Pair pair;
  private final Node peer;
  private final Supplier<State> state;
  private final Chronicle chronicle;
  private final FenceItems fences;
  private final DiskItems disks;
  private final List<KeptItem> kept;
  private final DrainExchange drains;
  private final Optional<WatchdogFeeder> watchdog;

  NodeItems(
      Pair pair,
      Node peer,
      Supplier<State> state,
      Chronicle chronicle,
      FenceItems fences,
      SameFiles files,
      PeerClock clock,
      DrainExchange drains,
      Optional<WatchdogFeeder> watchdog) {
    this.pair = pair;
    this.peer = peer;
    this.state = state;
    this.chronicle = chronicle;
    this.drains = drains;
    this.watchdog = watchdog;
    this.fences = fences;
    this.disks = new DiskItems(pair.paths().state());
    List<KeptItem> looked = new ArrayList<>();
    looked.add(new KeptItem(SameFiles.NAME, FILES_INTERVAL, files::look));
    looked.add(new KeptItem(PeerClock.NAME, CLOCK_INTERVAL, clock::look));
    looked.add(new KeptItem(FenceItems.SETUP, SETUP_INTERVAL, fences::setup));
    if (Upstreams.any(pair)) {
      looked.add(new KeptItem(Upstreams.ITEM, FILES_INTERVAL, () -> Upstreams.item(pair)));
    }
    this.kept = List.copyOf(looked);
  }

  /** Those that are looked at from time to time. */
  List<KeptItem> kept() {
    return kept;
  }

  List<ReadinessItem> items() {
    List<ReadinessItem> items = new ArrayList<>(fences.items());
    items.add(sameFile());
    kept.forEach(each -> items.add(each.item()));
    items.addAll(drains.items());
    items.add(connection());
    items.add(journal());
    items.addAll(disks.items());
    watchdog.ifPresent(feeder -> items.add(watchdog(feeder)));
    return items;
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
            "make the files alike, then: twinbeat reload");
  }

  private ReadinessItem connection() {
    State s = state.get();
    return s.connected()
        ? ReadinessItem.good("connection", s.connection())
        : ReadinessItem.bad(
            "connection", s.connection(), "look at the service interface and its switch");
  }

  private static ReadinessItem watchdog(WatchdogFeeder feeder) {
    WatchdogFeeder.Standing s = feeder.standing();
    return switch (s.state()) {
      case UNTRIED -> ReadinessItem.unknown("watchdog", s.detail());
      case DISARMED, ARMED ->
          ReadinessItem.good("watchdog", s.identity() + ", " + s.timeout().toSeconds() + " s");
      case HUNGRY, UNUSABLE ->
          ReadinessItem.bad("watchdog", s.detail(), "see the alarm about the watchdog");
    };
  }

  private ReadinessItem journal() {
    String trouble = chronicle.trouble();
    return trouble.isEmpty()
        ? ReadinessItem.good("journal", "on disk")
        : ReadinessItem.bad("journal", trouble, "make room in " + pair.paths().state());
  }
}
