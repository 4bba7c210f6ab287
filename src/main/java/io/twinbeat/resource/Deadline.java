package io.twinbeat.resource;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A time limit of one action, shared by all its steps; monotonic. */
record Deadline(long nanos) {
  /** A child process or a wait always gets at least this, so that the last step is not skipped. */
  private static final Duration LEAST = Duration.ofMillis(1);

  private static final Duration LOOK_LEAST = Duration.ofMillis(500);

  static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + limit.toNanos());
  }

  boolean over() {
    return System.nanoTime() - nanos >= 0;
  }

  Duration left() {
    Duration left = Duration.ofNanos(nanos - System.nanoTime());
    return left.compareTo(LEAST) < 0 ? LEAST : left;
  }

  /** What is left, but enough for one look at the outcome: an action ends with a proof. */
  Duration look() {
    Duration left = left();
    return left.compareTo(LOOK_LEAST) < 0 ? LOOK_LEAST : left;
  }

  /** What is left, but not more than this. */
  Duration atMost(Duration most) {
    Duration left = left();
    return left.compareTo(most) < 0 ? left : most;
  }

  Deadline earlier(Duration limit) {
    return new Deadline(System.nanoTime() + atMost(limit).toNanos());
  }

  /** Asks again and again; false when it was never so up to the deadline. */
  boolean until(Duration step, BooleanSupplier condition) throws ResourceException {
    while (!condition.getAsBoolean()) {
      if (over()) {
        return false;
      }
      sleep(step);
    }
    return true;
  }

  static void sleep(Duration time) throws ResourceException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ResourceException("interrupted while waiting", e);
    }
  }
}
