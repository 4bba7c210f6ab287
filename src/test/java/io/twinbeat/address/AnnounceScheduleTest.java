package io.twinbeat.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AnnounceScheduleTest {
  private static final FloatingAddress A = address("10.0.0.1");
  private static final FloatingAddress B = address("10.0.0.2");

  /** Near the overflow of the clock, which may start anywhere. */
  private static final long START = Long.MAX_VALUE - Duration.ofMillis(600).toNanos();

  private final AnnounceSchedule schedule = new AnnounceSchedule();

  private static FloatingAddress address(String ip) {
    return new FloatingAddress(InetAddress.ofLiteral(ip), 24, "eth0");
  }

  private static long at(long millis) {
    return START + Duration.ofMillis(millis).toNanos();
  }

  /** Runs the clock and returns when A was announced, in milliseconds after the start. */
  private List<Long> times(long fromMillis, long toMillis) {
    List<Long> times = new ArrayList<>();
    for (long ms = fromMillis; ms <= toMillis; ms += 10) {
      while (true) {
        List<FloatingAddress> due = schedule.due(at(ms));
        if (due.isEmpty()) {
          break;
        }
        if (due.contains(A)) {
          times.add(ms);
        }
      }
    }
    return times;
  }

  @Test
  void announcesOnScheduleAndThenRefreshes() {
    schedule.start(List.of(A), at(0));
    assertEquals(List.of(250L, 1100L, 2200L, 5000L, 65_000L, 125_000L), times(0, 130_000));
  }

  @Test
  void saysHowLongToSleep() {
    assertEquals(OptionalLong.empty(), schedule.untilNext(at(0)));
    schedule.start(List.of(A), at(0));
    assertEquals(OptionalLong.of(150_000_000), schedule.untilNext(at(100)));
    assertEquals(OptionalLong.of(0), schedule.untilNext(at(400)));
  }

  @Test
  void stoppedAddressIsNeverAnnouncedAgain() {
    schedule.start(List.of(A, B), at(0));
    schedule.stop(List.of(A));
    assertEquals(List.of(B), schedule.due(at(250)));
    schedule.stop(List.of(B));
    assertEquals(OptionalLong.empty(), schedule.untilNext(at(250)));
  }

  @Test
  void startingAgainBeginsAnewAndLeavesOneSchedule() {
    schedule.start(List.of(A, B), at(0));
    assertEquals(List.of(250L), times(0, 500));
    schedule.start(List.of(A), at(500));
    assertEquals(List.of(750L, 1600L, 2700L, 5500L, 65_500L), times(500, 70_000));
  }

  @Test
  void repeatsMissedInAStallAreNotMadeUpFor() {
    schedule.start(List.of(A), at(0));
    assertEquals(List.of(3000L, 5000L), times(3000, 10_000));
  }

  @Test
  void thousandAddressesAreSplitIntoRounds() {
    List<FloatingAddress> many = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      many.add(address("10.1." + i / 250 + "." + (i % 250 + 1)));
    }
    schedule.start(many, at(0));
    List<FloatingAddress> announced = new ArrayList<>();
    List<FloatingAddress> round = schedule.due(at(250));
    while (!round.isEmpty()) {
      assertTrue(round.size() <= AnnounceSchedule.ROUND_MAX);
      announced.addAll(round);
      round = schedule.due(at(250));
    }
    assertEquals(1000, announced.size());
    assertTrue(new HashSet<>(announced).containsAll(many));
  }
}
