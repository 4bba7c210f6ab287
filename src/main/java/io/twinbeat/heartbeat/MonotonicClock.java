package io.twinbeat.heartbeat;

/** Nanoseconds since our start, from 1 on, so that 0 can mean never. Any thread. */
final class MonotonicClock {
  private final long origin = System.nanoTime() - 1;

  long now() {
    return at(System.nanoTime());
  }

  /** The stamp of a moment read from {@link System#nanoTime}. */
  long at(long nanoTime) {
    return nanoTime - origin;
  }
}
