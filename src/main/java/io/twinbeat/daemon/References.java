package io.twinbeat.daemon;

import io.twinbeat.address.ReferencePoints;
import io.twinbeat.control.StatusReport;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The reference points: third machines that tell whether this node or its peer is cut off. Looked
 * at so often that a cut is known before the peer can be judged silent.
 */
final class References implements AutoCloseable {
  /** Three missing answers and one interval more are then half a deadtime. */
  private static final int LOOKS_PER_DEADTIME = 8;

  /** The first ping after the beginning of a look is then answered before its end. */
  private static final int PINGS_PER_LOOK = 2;

  private static final Duration INTERVAL_MIN = Duration.ofMillis(50);
  private static final Duration INTERVAL_MAX = Duration.ofSeconds(1);

  private final ReferencePoints points;
  private volatile Runnable changed = () -> {};

  private References(List<InetAddress> addresses, Duration interval) {
    points =
        addresses.isEmpty()
            ? null
            : ReferencePoints.watch(addresses, interval, interval, snapshot -> changed.run());
  }

  /**
   * @param look how long a look at the service takes
   */
  static References watch(List<InetAddress> addresses, Duration deadtime, Duration look) {
    Duration interval = shorter(deadtime.dividedBy(LOOKS_PER_DEADTIME), INTERVAL_MAX);
    interval = shorter(interval, look.dividedBy(PINGS_PER_LOOK));
    return new References(
        addresses, interval.compareTo(INTERVAL_MIN) < 0 ? INTERVAL_MIN : interval);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  void onChange(Runnable look) {
    changed = look;
  }

  /** All points are known not to answer. */
  boolean lost() {
    if (points == null) {
      return false;
    }
    ReferencePoints.Snapshot now = points.snapshot();
    return now.known() == now.points().size() && now.reachable() == 0;
  }

  /**
   * Whether this node's own way out is seen to have been good when a look began that begins now; to
   * be asked at its end, which may wait a little. It tells more than {@link #lost}, which needs
   * some misses: a look may end before them.
   */
  BooleanSupplier seenGoodFromHere() {
    if (points == null) {
      return () -> true;
    }
    int round = points.nextRound();
    return () -> {
      try {
        return points.answered(round);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    };
  }

  String detail() {
    if (points == null) {
      return "no reference points";
    }
    ReferencePoints.Snapshot now = points.snapshot();
    return now.reachable() + " of " + now.points().size() + " reference points answer";
  }

  List<StatusReport.ReferencePoint> report() {
    List<StatusReport.ReferencePoint> report = new ArrayList<>();
    if (points != null) {
      for (ReferencePoints.Point point : points.snapshot().points()) {
        report.add(
            new StatusReport.ReferencePoint(
                point.address().getHostAddress(),
                switch (point.state()) {
                  case UNKNOWN -> "unknown";
                  case REACHABLE -> "reached";
                  case UNREACHABLE -> "lost";
                },
                point.answeredAgo().map(Duration::toMillis).orElse(null)));
      }
    }
    return report;
  }

  @Override
  public void close() {
    if (points != null) {
      points.close();
    }
  }
}
