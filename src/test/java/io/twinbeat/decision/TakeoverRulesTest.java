package io.twinbeat.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Effect.Right;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.Settings.Failback;
import org.junit.jupiter.api.Test;

/** What a silent peer leads to: looking, holding still, fencing. */
class TakeoverRulesTest {
  @Test
  void fencesAtTheDeadtimeAndNotBefore() {
    Hand a = Hand.standby();
    a.silentFor(Hand.DEADTIME - 50, Look.NOT_ANSWERED);
    assertFalse(a.did(Effect.Fence.class));
    a.pass(50);
    assertTrue(a.did(Effect.Fence.class));
    assertTrue(a.said(Rule.FENCE));
  }

  @Test
  void stillServedIsNotShot() {
    Hand a = Hand.standby();
    a.silentFor(20 * Hand.DEADTIME, Look.ANSWERED);
    assertEquals(Hearing.DISCONNECTED, a.peer().hearing());
    assertTrue(a.alarm("disconnected"));
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void disconnectedThenUnservedIsFenced() {
    Hand a = Hand.standby();
    a.silentFor(2 * Hand.DEADTIME, Look.ANSWERED);
    a.silentFor(200, Look.NOT_ANSWERED);
    assertTrue(a.did(Effect.Fence.class));
    assertFalse(a.alarm("disconnected"));
  }

  @Test
  void cannotTellIsNotDead() {
    Hand a = Hand.standby();
    a.silentFor(5 * Hand.DEADTIME, Look.CANNOT_TELL);
    assertTrue(a.said(Rule.CANNOT_TELL));
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void noLookIsNotDead() {
    Hand a = Hand.standby();
    a.pass(5 * Hand.DEADTIME);
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void lookOfBeforeTheSilenceIsNoEvidence() {
    Hand a = Hand.standby();
    a.pass(600).looked(Look.NOT_ANSWERED);
    a.hear();
    a.pass(450);
    a.hear();
    a.pass(Hand.DEADTIME);
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void cutOffShootsNobody() {
    Hand a = Hand.standby();
    a.step(new Event.ConnectionChanged(false, "no carrier"));
    a.silentFor(5 * Hand.DEADTIME, Look.NOT_ANSWERED);
    assertTrue(a.said(Rule.CUT_OFF));
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void notAbleShootsNobody() {
    Hand a = Hand.standby();
    a.step(new Event.ReadinessChanged(Hand.SITE, false, false, "nginx is broken"));
    a.silentFor(5 * Hand.DEADTIME, Look.NOT_ANSWERED);
    assertTrue(a.alarm("not-able:site"));
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void holderOfAllHasNothingToTake() {
    Hand a = Hand.active();
    a.pass(5 * Hand.DEADTIME);
    assertTrue(a.said(Rule.NOTHING_TO_TAKE));
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void whereNobodyHeldTheNonPreferredWaitsFirst() {
    Hand a = new Hand("B", new Failback.Manual()).started();
    a.peerReady = false;
    a.hear().forget();
    a.silentFor(Hand.DEADTIME, Look.NOT_ANSWERED);
    assertTrue(a.said(Rule.WAIT_FIRST));
    a.silentFor(Hand.FENCE_WAIT - 100, Look.NOT_ANSWERED);
    assertFalse(a.did(Effect.Fence.class));
    a.silentFor(200, Look.NOT_ANSWERED);
    assertTrue(a.did(Effect.Fence.class));
  }

  @Test
  void waitIsNotBegunAnewByLooksThatTakeTime() {
    Hand a = new Hand("B", new Failback.Manual()).started();
    a.peerReady = false;
    a.hear();
    a.forget();
    for (int i = 0; i < 40; i++) {
      a.pass(200);
      if (a.site().probePending) {
        a.looked(Look.NOT_ANSWERED);
      }
    }
    assertTrue(a.did(Effect.Fence.class));
  }

  @Test
  void servedInItsTurnItWaitsForTheNextOne() {
    Hand a = new Hand("B", new Failback.Manual()).started();
    a.peerReady = false;
    a.hear();
    a.silentFor(Hand.DEADTIME + Hand.FENCE_WAIT - 100, Look.NOT_ANSWERED);
    a.silentFor(Hand.DEADTIME, Look.ANSWERED);
    a.forget();
    a.silentFor(2 * Hand.FENCE_WAIT - Hand.DEADTIME, Look.NOT_ANSWERED);
    assertFalse(a.did(Effect.Fence.class));
    a.silentFor(200, Look.NOT_ANSWERED);
    assertTrue(a.did(Effect.Fence.class));
  }

  @Test
  void unfencedTakesOverOnlyWhereTheFileSaysSo() {
    Hand a = new Hand("A", new Failback.Manual(), true).started();
    a.peerPhase = Phase.ACTIVE;
    a.hear();
    a.silentFor(Hand.DEADTIME, Look.NOT_ANSWERED);
    assertEquals(Right.UNFENCED, a.last(Effect.StartGroup.class).right());
    assertTrue(a.last(Effect.StartGroup.class).claimFirst());
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void stuckPeerIsFencedAtItsOwnRequest() {
    Hand a = Hand.standby().passHearing(Hand.FENCE_WAIT);
    a.peerPhase = Phase.STUCK;
    a.hear();
    assertTrue(a.said(Rule.FENCE_ON_REQUEST));
    assertTrue(a.did(Effect.Fence.class));
  }

  /** An earlier life may have asked to be fenced, and the peer's shot may be under way. */
  @Test
  void whoHasJustStartedFencesNobodyOnRequest() {
    Hand a = Hand.standby();
    a.peerPhase = Phase.STUCK;
    a.hear();
    assertTrue(a.said(Rule.BOTH_ASK));
    a.passHearing(Hand.FENCE_WAIT - 200);
    assertFalse(a.did(Effect.Fence.class));
    a.passHearing(400);
    assertTrue(a.did(Effect.Fence.class));
  }

  @Test
  void failedFenceOnRequestIsForgottenWhenThePeerLetGo() {
    Hand a = Hand.standby().passHearing(Hand.FENCE_WAIT);
    a.peerPhase = Phase.STUCK;
    a.hear();
    a.fenced(false);
    assertTrue(a.alarm("fence-failed"));
    a.peerPhase = Phase.ACTIVE;
    a.hear();
    assertFalse(a.alarm("fence-failed"));
  }
}
