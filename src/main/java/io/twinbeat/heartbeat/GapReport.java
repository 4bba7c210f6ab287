package io.twinbeat.heartbeat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How far apart heartbeats came: {@code count} gaps, {@code sum} long together, each below a
 * deadtime; {@code silences} counts those that were not, which are in no other number. Buckets that
 * hold nothing are left out.
 */
public record GapReport(
    long count, Duration sum, Duration largest, long silences, List<Bucket> buckets) {
  /** So many gaps below {@code upTo}, and not below that of the bucket before. */
  public record Bucket(Duration upTo, long count) {}

  /** The least deadtime that a JVM and a kernel under load keep. */
  public static final Duration DEADTIME_MIN = Duration.ofMillis(300);

  /** What was listened to for less has not seen the nightly backup; a day would be better. */
  static final Duration ENOUGH = Duration.ofHours(1);

  private static final Duration ROUNDED_TO = Duration.ofMillis(50);

  public GapReport {
    buckets = List.copyOf(buckets);
  }

  /** What so many percent of the gaps do not exceed, an eighth of it fine. */
  public Duration percentile(double percent) {
    double wanted = count * percent / 100;
    long seen = 0;
    for (Bucket bucket : buckets) {
      seen += bucket.count();
      if (seen >= wanted) {
        return bucket.upTo().compareTo(largest) < 0 ? bucket.upTo() : largest;
      }
    }
    return largest;
  }

  /**
   * Heartbeat's recipe: a deadtime of one and a half to two times the longest gap seen. The present
   * deadtime if it is within, or a better one; a longer one at once, a shorter one only when enough
   * was seen.
   */
  public Optional<Duration> deadtime(Duration interval, Duration present) {
    if (present.compareTo(largest.multipliedBy(3).dividedBy(2)) < 0) {
      return Optional.of(ample(interval));
    }
    if (sum.compareTo(ENOUGH) < 0) {
      return Optional.empty();
    }
    Duration ample = ample(interval);
    return Optional.of(ample.compareTo(present) < 0 ? ample : present);
  }

  private Duration ample(Duration interval) {
    Duration twice = largest.multipliedBy(2);
    Duration beats = interval.multipliedBy(2).plusNanos(1); // The file wants more than two.
    Duration most = twice.compareTo(beats) > 0 ? twice : beats;
    most = most.compareTo(DEADTIME_MIN) > 0 ? most : DEADTIME_MIN;
    return ROUNDED_TO.multipliedBy(most.plus(ROUNDED_TO).minusNanos(1).dividedBy(ROUNDED_TO));
  }
}
