package io.twinbeat.daemon;

import io.twinbeat.address.Addresses;
import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.decision.Settings;
import io.twinbeat.fencing.Fencing;
import io.twinbeat.heartbeat.Heartbeat;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The running daemon's parts, for those that show or steer them. */
record Parts(
    Path file,
    Pair pair,
    Node self,
    Node peer,
    Settings settings,
    EventLoop loop,
    Heartbeat heartbeat,
    Fencing fencing,
    List<GroupRunner> groups,
    Readiness readiness,
    NodeItems items,
    Addresses addresses,
    References references,
    LifeSigns signs,
    Optional<WatchdogFeeder> watchdog,
    PeerFacts facts,
    PeerQuestions questions,
    DaemonAlarms alarms,
    Chronicle chronicle,
    Orders orders,
    Drains drains,
    DrainExchange drainExchange,
    DrainCount drainCount,
    Instant since) {

  Parts {
    groups = List.copyOf(groups);
  }
}
