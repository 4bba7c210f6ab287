package io.twinbeat.daemon;

import io.twinbeat.config.HeartbeatConfig;
import io.twinbeat.control.StatusReport;
import io.twinbeat.heartbeat.GapReport;
import io.twinbeat.heartbeat.Heartbeat;
import java.time.Duration;
import java.util.List;

/** How far apart heartbeats come, against the deadtime, as {@code status} shows it. */
final class GapView {
  private static final double NANOS_IN_MS = 1e6;

  private final Parts parts;

  GapView(Parts parts) {
    this.parts = parts;
  }

  StatusReport.Heartbeat heartbeat() {
    HeartbeatConfig c = parts.pair().heartbeat();
    GapReport gaps = parts.heartbeat().gaps();
    Heartbeat.OwnStalls stalls = parts.heartbeat().ownStalls();
    return new StatusReport.Heartbeat(
        c.interval().toMillis(),
        c.deadtime().toMillis(),
        c.warntime().toMillis(),
        shown(gaps),
        stalls.count(),
        stalls.count() == 0 ? null : stalls.longest().toMillis(),
        gaps.deadtime(c.interval(), c.deadtime()).map(Duration::toMillis).orElse(null));
  }

  static StatusReport.Gaps shown(GapReport gaps) {
    List<StatusReport.Bucket> histogram =
        gaps.buckets().stream()
            .map(b -> new StatusReport.Bucket(b.upTo().toNanos() / NANOS_IN_MS, b.count()))
            .toList();
    return new StatusReport.Gaps(
        gaps.count(),
        gaps.sum().toMillis(),
        gaps.largest().toMillis(),
        gaps.percentile(99).toMillis(),
        gaps.silences(),
        histogram);
  }
}
