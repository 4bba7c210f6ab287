package io.twinbeat.address;

import static io.twinbeat.address.ReferencePoints.State.REACHABLE;
import static io.twinbeat.address.ReferencePoints.State.UNKNOWN;
import static io.twinbeat.address.ReferencePoints.State.UNREACHABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReachTableTest {
  private static final InetAddress A = InetAddress.ofLiteral("10.0.0.1");
  private static final InetAddress B = InetAddress.ofLiteral("fd00::1");
  private static final long LIMIT = 100;

  private final ReachTable table = new ReachTable(List.of(A, B), 2, 3);
  private long now = Long.MAX_VALUE - 250;
  private int number;

  /** One round for A: a ping, and an answer or none. */
  private void round(boolean answer) {
    table.sent(0, ++number, now);
    now += 7;
    if (answer) {
      table.answered(A, number, now);
    }
    now += LIMIT;
    table.expire(LIMIT, now);
  }

  private ReferencePoints.State state() {
    return table.states().getFirst();
  }

  @Test
  void pointIsUnknownUntilItsFirstAnswer() {
    assertEquals(UNKNOWN, state());
    round(false);
    round(false);
    assertEquals(UNKNOWN, state());
    round(true);
    assertEquals(REACHABLE, state());
    assertEquals(UNKNOWN, table.states().get(1));
  }

  @Test
  void eachRoundIsRememberedByItself() {
    round(true);
    round(false);
    round(true);
    assertTrue(table.answered(number - 2));
    assertFalse(table.answered(number - 1), "missed, though others were answered since");
    assertTrue(table.answered(number));
    assertFalse(table.answered(number + 1), "not yet sent");
    int early = number;
    for (int i = 0; i < Long.SIZE; i++) {
      round(true);
    }
    assertFalse(table.answered(early), "too long ago to be known");
  }

  @Test
  void oneAnsweringPointIsEnoughForARound() {
    table.sent(0, ++number, now);
    assertTrue(table.pending(number), "not sent to B");
    table.sent(1, number, now);
    assertFalse(table.answered(number));
    table.answered(B, number, now + 5);
    assertTrue(table.answered(number));
    assertTrue(table.pending(number), "A may still answer");
    table.expire(LIMIT, now + LIMIT);
    assertFalse(table.pending(number));
    assertTrue(table.pending(number + 1), "not yet sent");
  }

  @Test
  void pointFallsAfterThreeMissesInARow() {
    round(true);
    round(false);
    round(false);
    round(true);
    round(false);
    round(false);
    assertEquals(REACHABLE, state());
    round(false);
    assertEquals(UNREACHABLE, state());
  }

  @Test
  void pointRisesAfterTwoAnswersInARow() {
    round(false);
    round(false);
    round(false);
    assertEquals(UNREACHABLE, state());
    round(true);
    round(false);
    round(true);
    assertEquals(UNREACHABLE, state());
    round(true);
    assertEquals(REACHABLE, state());
  }

  @Test
  void pingThatCantBeSentIsAMiss() {
    for (int i = 0; i < 3; i++) {
      table.sent(0, ++number, now);
      table.notSent(0);
    }
    assertEquals(UNREACHABLE, state());
  }

  @Test
  void lateAndForeignAnswersCountForNothing() {
    table.sent(0, 1, now);
    table.answered(B, 1, now);
    table.answered(A, 2, now);
    assertEquals(UNKNOWN, state());
    table.expire(LIMIT, now + LIMIT);
    table.answered(A, 1, now + LIMIT);
    assertEquals(UNKNOWN, state());
  }

  @Test
  void snapshotTellsAges() {
    round(true);
    now += 1000;
    ReferencePoints.Snapshot snapshot = table.snapshot(now);
    assertEquals(1, snapshot.reachable());
    assertEquals(1, snapshot.known());
    assertEquals(
        List.of(
            new ReferencePoints.Point(
                A, REACHABLE, Optional.of(Duration.ofNanos(1000 + LIMIT)), Duration.ofNanos(7)),
            new ReferencePoints.Point(B, UNKNOWN, Optional.empty(), Duration.ZERO)),
        snapshot.points());
  }

  @Test
  void nonsenseIsRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThrows(
        IllegalArgumentException.class,
        () -> ReferencePoints.watch(List.of(A), second, second.plusMillis(1), s -> {}));
    assertThrows(
        IllegalArgumentException.class,
        () -> ReferencePoints.watch(List.of(A), Duration.ZERO, second, s -> {}));
    assertThrows(
        IllegalArgumentException.class,
        () -> ReferencePoints.watch(Collections.nCopies(65, A), second, second, s -> {}));
  }
}
