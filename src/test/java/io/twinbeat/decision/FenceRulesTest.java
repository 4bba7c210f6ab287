package io.twinbeat.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Effect.Right;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.Event.Remembered;
import io.twinbeat.decision.PeerState.Off;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Fencing the peer: one at a time, retried for ever, taken over only when confirmed. */
class FenceRulesTest {
  private static Hand fencing() {
    Hand a = Hand.standby();
    a.silentFor(Hand.DEADTIME, Look.NOT_ANSWERED);
    assertTrue(a.did(Effect.Fence.class));
    return a;
  }

  @Test
  void confirmedLeadsToTakeoverInTheSameStep() {
    Hand a = fencing().fenced(true);
    Effect.StartGroup start = a.last(Effect.StartGroup.class);
    assertEquals(Right.FENCED, start.right());
    assertEquals(6, start.term());
    assertFalse(start.claimFirst());
  }

  @Test
  void termIsOnDiskBeforeTheFence() {
    Hand a = fencing();
    List<Effect> effects = a.effects;
    int persist = effects.indexOf(a.last(Effect.Persist.class));
    int fence = effects.indexOf(a.last(Effect.Fence.class));
    assertTrue(persist >= 0 && persist < fence);
    assertEquals(new Effect.Held(6, true), a.last(Effect.Persist.class).groups().get(Hand.SITE));
  }

  @Test
  void failedIsNotTakenOverAndIsTriedAgain() {
    Hand a = fencing().fenced(false);
    assertTrue(a.alarm("fence-failed"));
    a.forget();
    a.silentFor(900, Look.NOT_ANSWERED);
    assertFalse(a.did(Effect.Fence.class));
    a.silentFor(200, Look.NOT_ANSWERED);
    assertTrue(a.did(Effect.Fence.class));
    assertFalse(a.did(Effect.StartGroup.class));
  }

  @Test
  void oneAtATime() {
    Hand a = fencing().forget();
    a.silentFor(20 * Hand.DEADTIME, Look.NOT_ANSWERED);
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void resultOfAnotherFenceIsIgnored() {
    Hand a = fencing();
    a.step(new Event.FenceFinished(999, true, "by hand"));
    assertEquals(Off.NO, a.peer().off());
  }

  @Test
  void overtakenByANewLifeIsVoid() {
    Hand a = fencing();
    a.peerLife = 3000;
    a.peerPhase = Phase.STANDBY;
    a.hear().fenced(true);
    assertTrue(a.said(Rule.FENCE_OVERTAKEN));
    assertEquals(Off.NO, a.peer().off());
    assertFalse(a.did(Effect.StartGroup.class));
  }

  @Test
  void heartbeatOnItsWayDoesNotUndoAConfirmedFence() {
    Hand a = fencing().fenced(true);
    a.pass(Hand.DEADTIME - 100).hear();
    assertEquals(Off.FENCED, a.peer().off());
  }

  @Test
  void heartbeatOfALifeThatHadJustBegunDoesNotUndoItEither() {
    Hand a = fencing().fenced(true);
    a.peerLife = 3000;
    a.pass(Hand.DEADTIME - 100).hear();
    assertEquals(Off.FENCED, a.peer().off());
  }

  @Test
  void sameLifeHeardLaterMeansThatTheFenceLied() {
    Hand a = fencing().fenced(true);
    a.pass(Hand.DEADTIME).hear();
    assertTrue(a.said(Rule.FENCE_LIED));
    assertEquals(Off.NO, a.peer().off());
  }

  @Test
  void failureAfterAnOperatorConfirmedIsNoAlarm() {
    Hand a = fencing();
    a.order(new Event.Order.ConfirmOff("B"));
    a.fenced(false);
    assertFalse(a.alarm("fence-failed"));
    assertEquals(Off.CONFIRMED, a.peer().off());
  }

  @Test
  void startFenceOnceOnlyLooksTheSecondTime() {
    Hand a = new Hand().started(new Remembered(0, false, false), Duration.ofMinutes(5));
    a.silentFor(Hand.INITDEAD + 2 * Hand.FENCE_WAIT, Look.NOT_ANSWERED);
    assertTrue(a.said(Rule.START_FENCE_ONCE));
    assertTrue(a.last(Effect.Fence.class).lookOnly());
  }

  @Test
  void startFenceIsMarkedOnDiskFirst() {
    Hand a = new Hand().started();
    a.silentFor(Hand.INITDEAD + 2 * Hand.FENCE_WAIT, Look.NOT_ANSWERED);
    assertFalse(a.last(Effect.Fence.class).lookOnly());
    assertTrue(
        a.effects.stream().anyMatch(e -> e instanceof Effect.Persist p && p.startFenceSpent()));
  }
}
