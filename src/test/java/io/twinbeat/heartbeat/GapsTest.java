package io.twinbeat.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GapsTest {
  private static final long MS = 1_000_000;
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final Gaps gaps = new Gaps(500 * MS);

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  private void arrive(long... millis) {
    for (long at : millis) {
      gaps.arrived(at * MS, 0);
    }
  }

  @Test
  void eachValueIsBelowItsBucketsBoundAndAnEighthNearIt() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      long nanos = (long) Math.pow(10, 4 + random.nextDouble() * 8.5);
      int bucket = Gaps.bucket(nanos);
      assertTrue(nanos < Gaps.upTo(bucket), nanos + " in " + bucket);
      long below = bucket == 0 ? 0 : Gaps.upTo(bucket - 1);
      assertTrue(nanos >= below, nanos + " in " + bucket);
      assertTrue(Gaps.upTo(bucket) - below <= Math.max(125_000, nanos / 8 + 1), nanos + "");
    }
    assertTrue(Gaps.upTo(Gaps.bucket(3_600_000 * MS)) > 3_600_000 * MS, "an hour has its bucket");
    assertEquals(Gaps.bucket(Long.MAX_VALUE), Gaps.bucket(Long.MAX_VALUE - 1));
  }

  @Test
  void gapsAreCounted() {
    arrive(10, 110, 210, 340);
    GapReport report = gaps.report();
    assertEquals(3, report.count());
    assertEquals(ms(330), report.sum());
    assertEquals(ms(130), report.largest());
    assertEquals(0, report.silences());
    assertEquals(
        List.of(new GapReport.Bucket(ms(104), 2), new GapReport.Bucket(ms(144), 1)),
        report.buckets());
    assertEquals(ms(104), report.percentile(50));
    assertEquals(ms(130), report.percentile(99), "no more than the largest");
  }

  @Test
  void aGapThatLedToAVerdictIsCountedApart() {
    arrive(10, 110, 610, 710);
    assertEquals(ms(100), gaps.report().largest());
    assertEquals(1, gaps.report().silences());
    assertEquals(2, gaps.report().count());
  }

  @Test
  void aRestartThatWasAnnouncedIsNoGap() {
    arrive(10, 110);
    gaps.rest();
    arrive(410, 510);
    assertEquals(ms(100), gaps.report().largest());
    assertEquals(2, gaps.report().count());
  }

  @Test
  void whatPassedWhileWeStoodStillIsNoGapOfThePeers() {
    arrive(10, 110);
    gaps.arrived(510 * MS, 500 * MS);
    gaps.arrived(610 * MS, 500 * MS);
    assertEquals(ms(100), gaps.report().largest());
    assertEquals(0, gaps.report().silences());
  }

  private static GapReport seen(Duration sum, long largest) {
    return new GapReport(1, sum, ms(largest), 0, List.of());
  }

  @Test
  void twiceTheLongestGapWouldDoButNeverLessThanTheMinimum() {
    Duration hours = Duration.ofHours(3);
    assertEquals(Optional.of(ms(300)), seen(hours, 131).deadtime(INTERVAL, ms(500)));
    assertEquals(Optional.of(ms(350)), seen(hours, 160).deadtime(INTERVAL, ms(500)));
    assertEquals(Optional.of(ms(400)), seen(hours, 200).deadtime(INTERVAL, ms(500)));
    assertEquals(Optional.of(ms(300)), seen(hours, 1).deadtime(INTERVAL, ms(300)));
  }

  @Test
  void aDeadtimeOfOneAndAHalfToTwoTimesTheLongestGapFits() {
    Duration hours = Duration.ofHours(3);
    assertEquals(Optional.of(ms(500)), seen(hours, 260).deadtime(INTERVAL, ms(500)));
    assertEquals(Optional.of(ms(500)), seen(hours, 333).deadtime(INTERVAL, ms(500)));
    assertEquals(Optional.of(ms(700)), seen(hours, 334).deadtime(INTERVAL, ms(500)));
  }

  @Test
  void itIsMoreThanTwoIntervals() {
    assertEquals(Optional.of(ms(450)), seen(Duration.ofHours(2), 205).deadtime(ms(200), ms(1000)));
    assertEquals(Optional.of(ms(450)), seen(Duration.ofHours(2), 199).deadtime(ms(200), ms(1000)));
  }

  @Test
  void aShorterOneWantsAnHourALongerOneNothing() {
    assertEquals(Optional.empty(), seen(Duration.ofMinutes(59), 100).deadtime(INTERVAL, ms(500)));
    assertEquals(
        Optional.of(ms(800)), seen(Duration.ofMinutes(1), 400).deadtime(INTERVAL, ms(500)));
  }
}
