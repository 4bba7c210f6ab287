package io.twinbeat.heartbeat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts the times between arrivals in a histogram of fixed size, an eighth of each value fine.
 * What tells nothing of a living peer that is listened to is left out: gaps of a whole deadtime
 * (there the verdict came), pauses that were announced, and those in which we ourselves were not
 * running. Pure: times in nanoseconds come in. Any thread.
 */
final class Gaps {
  private static final long UNIT_NANOS = 125_000;
  private static final int STEPS = 8;
  private static final int STEP_BITS = 3;

  /** Enough for the longest deadtime, an hour. */
  private static final int BUCKETS = STEPS * 24;

  private final long deadtime;
  private final long[] counts = new long[BUCKETS];
  private long last;
  private long count;
  private long sum;
  private long largest;
  private long silences;

  Gaps(long deadtimeNanos) {
    this.deadtime = deadtimeNanos;
  }

  /** {@code notBefore}: we were not listening before this moment. */
  synchronized void arrived(long now, long notBefore) {
    long gap = now - last;
    if (last != 0 && last >= notBefore) {
      if (gap >= deadtime) {
        silences++;
      } else {
        counts[bucket(gap)]++;
        count++;
        sum += gap;
        largest = Math.max(largest, gap);
      }
    }
    last = Math.max(last, now);
  }

  /** The next arrival ends no gap: the peer left, or another life of it took over. */
  synchronized void rest() {
    last = 0;
  }

  synchronized GapReport report() {
    List<GapReport.Bucket> buckets = new ArrayList<>();
    for (int i = 0; i < BUCKETS; i++) {
      if (counts[i] > 0) {
        buckets.add(new GapReport.Bucket(Duration.ofNanos(upTo(i)), counts[i]));
      }
    }
    return new GapReport(
        count, Duration.ofNanos(sum), Duration.ofNanos(largest), silences, buckets);
  }

  static int bucket(long nanos) {
    long units = Math.max(0, nanos) / UNIT_NANOS;
    if (units < STEPS) {
      return (int) units;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(units) - STEP_BITS;
    return Math.min(BUCKETS - 1, shift * STEPS + (int) (units >>> shift));
  }

  /** The value that a bucket's gaps are below. */
  static long upTo(int bucket) {
    int shift = Math.max(0, bucket / STEPS - 1);
    long first = bucket - (long) shift * STEPS;
    return ((first + 1) << shift) * UNIT_NANOS;
  }
}
