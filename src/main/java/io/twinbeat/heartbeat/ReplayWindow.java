package io.twinbeat.heartbeat;

/**
 * Remembers which of the newest {@code width} counters were seen; anything older counts as seen.
 * Not thread-safe.
 */
final class ReplayWindow {
  private final long[] bits;
  private final int width;
  private long highest;

  ReplayWindow(int width) {
    if (width <= 0 || Integer.bitCount(width) != 1 || width < Long.SIZE) {
      throw new IllegalArgumentException("a power of two from 64 on: " + width);
    }
    this.width = width;
    this.bits = new long[width / Long.SIZE];
  }

  /** True if this counter was never marked and is not too old to know; counters start at 1. */
  boolean isNew(long counter) {
    if (counter <= 0 || counter <= highest - width) {
      return false;
    }
    return counter > highest || (bits[word(counter)] & bit(counter)) == 0;
  }

  void mark(long counter) {
    if (counter > highest) {
      long fresh = Math.min(counter - highest, width);
      for (long back = 0; back < fresh; back++) {
        bits[word(counter - back)] &= ~bit(counter - back);
      }
      highest = counter;
    }
    bits[word(counter)] |= bit(counter);
  }

  private int word(long counter) {
    return (int) ((counter & (width - 1)) / Long.SIZE);
  }

  private static long bit(long counter) {
    return 1L << (counter & (Long.SIZE - 1));
  }
}
