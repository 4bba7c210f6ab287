package io.twinbeat.address;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Bounds how often an address is put back, so that a fight with another tool costs neither node nor
 * log. Pure: times are {@link System#nanoTime} values. Not thread-safe.
 */
final class PruneGuard {
  static final int PUT_BACKS_MAX = 5;
  static final Duration WINDOW = Duration.ofSeconds(10);

  /** An address that is still missing is tried again after this time. */
  static final Duration RETRY = Duration.ofSeconds(1);

  private final Map<FloatingAddress, Deque<Long>> putBacks = new HashMap<>();

  /** Whether it may be put back now; counts it if so. */
  boolean allow(FloatingAddress address, long now) {
    Deque<Long> times = putBacks.computeIfAbsent(address, a -> new ArrayDeque<>());
    while (!times.isEmpty() && now - times.getFirst() >= WINDOW.toNanos()) {
      times.removeFirst();
    }
    if (times.size() >= PUT_BACKS_MAX) {
      return false;
    }
    times.addLast(now);
    return true;
  }

  void forget(FloatingAddress address) {
    putBacks.remove(address);
  }
}
