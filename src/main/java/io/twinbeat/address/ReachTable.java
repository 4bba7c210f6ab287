package io.twinbeat.address;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges from pings and replies which points are reachable. Pure: times are {@link System#nanoTime}
 * values that the caller passes in. Not thread-safe.
 */
final class ReachTable {
  private final List<Row> rows = new ArrayList<>();
  private final int rise;
  private final int fall;

  private static final class Row {
    private final InetAddress address;
    private ReferencePoints.State state = ReferencePoints.State.UNKNOWN;
    private boolean waiting;
    private long answers; // bit 0: of the last ping, bit 1: of the one before it, ...
    private int number;
    private long sent;
    private int answered;
    private int missed;
    private boolean everAnswered;
    private long lastAnswer;
    private long roundTrip;

    private Row(InetAddress address) {
      this.address = address;
    }
  }

  /** So many answers in a row make a point reachable, so many misses unreachable. */
  ReachTable(List<InetAddress> points, int rise, int fall) {
    for (InetAddress point : points) {
      rows.add(new Row(point));
    }
    this.rise = rise;
    this.fall = fall;
  }

  /** A ping with this number went out to the point; one that still waits is given up. */
  void sent(int point, int number, long now) {
    Row row = rows.get(point);
    row.waiting = true;
    row.answers <<= 1;
    row.number = number;
    row.sent = now;
  }

  /** A ping could not even be sent: no route, or the device is down. */
  void notSent(int point) {
    rows.get(point).waiting = false;
    missed(rows.get(point));
  }

  /** A reply came in; one that is late or from somebody else counts for nothing. */
  void answered(InetAddress from, int number, long now) {
    for (Row row : rows) {
      if (row.waiting && row.number == number && row.address.equals(from)) {
        row.waiting = false;
        row.answers |= 1;
        row.missed = 0;
        row.answered++;
        row.everAnswered = true;
        row.lastAnswer = now;
        row.roundTrip = now - row.sent;
        if (row.answered >= rise || row.state == ReferencePoints.State.UNKNOWN) {
          row.state = ReferencePoints.State.REACHABLE;
        }
      }
    }
  }

  /** Whether any point answered the ping of this number; what lies far back is forgotten. */
  boolean answered(int number) {
    for (Row row : rows) {
      int back = row.number - number;
      if (back >= 0 && back < Long.SIZE && (row.answers >> back & 1) == 1) {
        return true;
      }
    }
    return false;
  }

  /** Whether the ping of this number is still to be sent to some point, or to be answered by it. */
  boolean pending(int number) {
    for (Row row : rows) {
      int back = row.number - number;
      if (back < 0 || (back == 0 && row.waiting)) {
        return true;
      }
    }
    return false;
  }

  /** Gives up pings that are older than the limit; to be called after replies were read. */
  void expire(long limitNanos, long now) {
    for (Row row : rows) {
      if (row.waiting && now - row.sent >= limitNanos) {
        row.waiting = false;
        missed(row);
      }
    }
  }

  private void missed(Row row) {
    row.answered = 0;
    row.missed++;
    if (row.missed >= fall) {
      row.state = ReferencePoints.State.UNREACHABLE;
    }
  }

  ReferencePoints.Snapshot snapshot(long now) {
    List<ReferencePoints.Point> points = new ArrayList<>(rows.size());
    for (Row row : rows) {
      points.add(
          new ReferencePoints.Point(
              row.address,
              row.state,
              row.everAnswered
                  ? Optional.of(Duration.ofNanos(now - row.lastAnswer))
                  : Optional.empty(),
              Duration.ofNanos(row.roundTrip)));
    }
    return new ReferencePoints.Snapshot(points);
  }

  /** Equal as long as no point's state changes. */
  List<ReferencePoints.State> states() {
    List<ReferencePoints.State> states = new ArrayList<>(rows.size());
    for (Row row : rows) {
      states.add(row.state);
    }
    return states;
  }
}
