package io.twinbeat.daemon;

import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.fencing.Fencing;
import io.twinbeat.heartbeat.Heartbeat;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** The running daemon's parts, for those that show or steer them. */
record Parts(
    Path file,
    Pair pair,
    Node self,
    Node peer,
    EventLoop loop,
    Heartbeat heartbeat,
    Fencing fencing,
    List<GroupRunner> groups,
    Readiness readiness,
    References references,
    PeerFacts facts,
    DaemonAlarms alarms,
    Chronicle chronicle,
    Orders orders,
    Instant since) {

  Parts {
    groups = List.copyOf(groups);
  }
}
