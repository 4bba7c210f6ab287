package io.twinbeat.decision;

import java.time.Duration;

/** A point on this machine's monotonic clock, in nanoseconds from an arbitrary origin. */
public record Moment(long nanos) implements Comparable<Moment> {
  public Moment plus(Duration duration) {
    return new Moment(nanos + duration.toNanos());
  }

  public Moment minus(Duration duration) {
    return new Moment(nanos - duration.toNanos());
  }

  /** The time that passed from {@code earlier} to this moment; negative when it is later. */
  public Duration since(Moment earlier) {
    return Duration.ofNanos(nanos - earlier.nanos);
  }

  public boolean isBefore(Moment other) {
    return nanos - other.nanos < 0;
  }

  public boolean isAfter(Moment other) {
    return nanos - other.nanos > 0;
  }

  public static Moment later(Moment a, Moment b) {
    return a.isBefore(b) ? b : a;
  }

  @Override
  public int compareTo(Moment other) {
    return Long.compare(nanos - other.nanos, 0);
  }
}
