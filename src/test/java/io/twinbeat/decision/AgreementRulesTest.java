package io.twinbeat.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Effect.Right;
import io.twinbeat.decision.Settings.Failback;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How two nodes that hear each other move a group. */
class AgreementRulesTest {
  private static Hand asking() {
    Hand a = new Hand().started().hear();
    assertTrue(a.said(Rule.ASK_NOBODY_HOLDS));
    return a;
  }

  @Test
  void nobodyHoldsThePreferredAsks() {
    Hand a = asking();
    assertFalse(a.did(Effect.StartGroup.class));
    a.granted(3);
    assertEquals(Right.GRANTED, a.last(Effect.StartGroup.class).right());
    assertEquals(3, a.last(Effect.StartGroup.class).term());
  }

  @Test
  void nobodyHoldsTheOtherGrants() {
    Hand a = new Hand("B", new Failback.Manual()).started().hear();
    a.peerAsk = 9;
    a.peerTerm = 4;
    a.hear();
    assertEquals(Phase.GRANTED, a.site().phase());
    assertEquals(9, a.site().grantAsk);
    assertEquals(a.peerLife, a.site().grantTo);
    assertEquals(5, a.site().grantTerm);
  }

  @Test
  void aReadyOneGoesBeforeThePreferred() {
    Hand a = new Hand("B", new Failback.Manual()).started();
    a.peerReady = false;
    a.hear();
    assertTrue(a.said(Rule.ASK_NOBODY_HOLDS));
  }

  @Test
  void grantToAnEarlierLifeIsIgnored() {
    Hand a = asking();
    a.peerGrantedAsk = a.site().ask;
    a.peerGrantedTo = 999;
    a.peerPhase = Phase.GRANTED;
    a.hear();
    assertFalse(a.did(Effect.StartGroup.class));
  }

  @Test
  void grantOfAClosedAskIsIgnored() {
    Hand a = asking();
    a.peerGrantedAsk = a.site().ask + 7;
    a.peerGrantedTo = Hand.LIFE;
    a.peerPhase = Phase.GRANTED;
    a.hear();
    assertFalse(a.did(Effect.StartGroup.class));
  }

  @Test
  void holderStopsBeforeItGrants() {
    Hand a = Hand.active();
    a.peerAsk = 5;
    a.hear();
    assertTrue(a.said(Rule.HAND_OVER));
    assertEquals(Phase.STOPPING, a.site().phase());
    assertEquals(0, grantShown(a));
    a.step(new Event.GroupStopped(Hand.SITE, true, ""));
    assertEquals(Phase.GRANTED, a.site().phase());
    assertEquals(5, grantShown(a));
  }

  private static long grantShown(Hand a) {
    return a.core.status(a.state, new Moment(0), "hash").groups().get(Hand.SITE).grantedAsk();
  }

  @Test
  void failedStopGrantsNothing() {
    Hand a = Hand.active();
    a.peerAsk = 5;
    a.hear().step(new Event.GroupStopped(Hand.SITE, false, "it hangs"));
    assertEquals(0, grantShown(a));
  }

  @Test
  void askerGoneWhileStoppingTheGroupIsResumed() {
    Hand a = Hand.active();
    a.peerAsk = 5;
    a.hear();
    a.peerAsk = 0;
    a.peerClosedAsk = 5;
    a.hear().step(new Event.GroupStopped(Hand.SITE, true, ""));
    assertEquals(Right.KEPT, a.last(Effect.StartGroup.class).right());
  }

  @Test
  void grantIsReturnedByAClosedAsk() {
    Hand a = handedOver();
    a.peerClosedAsk = 5;
    a.peerAsk = 0;
    a.hear();
    assertTrue(a.said(Rule.GRANT_RETURNED));
    assertEquals(Phase.STANDBY, a.site().phase());
  }

  @Test
  void grantStandsWhileTheAskDoes() {
    Hand a = handedOver().passHearing(3000);
    assertEquals(Phase.GRANTED, a.site().phase());
  }

  @Test
  void grantIsReturnedByANewLife() {
    Hand a = handedOver();
    a.peerLife = 3000;
    a.peerAsk = 0;
    a.hear();
    assertTrue(a.said(Rule.GRANT_RETURNED));
  }

  @Test
  void grantedTermIsUsedUp() {
    Hand a = handedOver();
    long granted = a.site().grantTerm;
    a.peerClosedAsk = 5;
    a.peerAsk = 0;
    a.hear();
    a.peerAsk = 6;
    a.peerConnected = true;
    a.step(new Event.ReadinessChanged(Hand.SITE, false, false, "broken")).hear();
    assertTrue(a.site().grantTerm > granted);
  }

  private static Hand handedOver() {
    Hand a = Hand.active();
    a.peerAsk = 5;
    a.hear().step(new Event.GroupStopped(Hand.SITE, true, ""));
    return a;
  }

  @Test
  void grantToASilentPeerIsNotTakenBackWithoutAFence() {
    Hand a = handedOver().forget();
    a.silentFor(Hand.DEADTIME + 2 * Hand.FENCE_WAIT, Event.Look.NOT_ANSWERED);
    assertTrue(a.did(Effect.Fence.class));
    assertFalse(a.did(Effect.StartGroup.class));
  }

  @Test
  void askTimesOut() {
    Hand a = asking().passHearing(15_200);
    assertTrue(a.said(Rule.ASK_TIMED_OUT));
  }

  @Test
  void twoHoldersTheHigherTermStays() {
    Hand a = Hand.active();
    a.peerPhase = Phase.ACTIVE;
    a.peerTerm = 3;
    a.hear();
    assertTrue(a.said(Rule.TWO_HOLDERS_STAY));
    a.peerTerm = 9;
    a.hear();
    assertTrue(a.said(Rule.TWO_HOLDERS_YIELD));
    assertTrue(a.did(Effect.StopGroup.class));
  }

  @Test
  void twoHoldersOfOneTermThePreferredStays() {
    Hand a = Hand.active();
    a.peerPhase = Phase.ACTIVE;
    a.peerTerm = 7;
    a.hear();
    assertTrue(a.said(Rule.TWO_HOLDERS_STAY));
  }

  @Test
  void failbackAfterReadinessWithoutABreak() {
    Hand a = new Hand("A", new Failback.After(Duration.ofSeconds(2))).started();
    a.peerPhase = Phase.ACTIVE;
    a.hear().passHearing(1800);
    assertFalse(a.said(Rule.FAILBACK));
    a.passHearing(400);
    assertTrue(a.said(Rule.FAILBACK));
    assertTrue(a.did(Effect.Prepare.class));
  }

  @Test
  void manualFailbackWaitsForTheOperator() {
    Hand a = Hand.standby().passHearing(20_000);
    assertFalse(a.said(Rule.FAILBACK));
  }

  @Test
  void noSecondFailbackWithinTheCoolDown() {
    Hand a = new Hand("A", new Failback.After(Duration.ZERO)).started();
    a.peerPhase = Phase.ACTIVE;
    a.hear();
    a.step(new Event.GroupPrepared(Hand.SITE, a.site().ask, false, "broken")).forget();
    a.passHearing(50_000);
    assertFalse(a.said(Rule.FAILBACK));
    a.passHearing(12_000);
    assertTrue(a.said(Rule.FAILBACK));
  }

  @Test
  void aRestartForgetsNeitherTheCoolDownNorTheOperatorsWish() {
    Hand cooling = new Hand("A", new Failback.After(Duration.ZERO));
    Optional<Duration> lately = Optional.of(Duration.ofSeconds(50));
    cooling.started(new Event.Remembered(5, false, false, false, lately), Duration.ZERO);
    cooling.peerPhase = Phase.ACTIVE;
    cooling.hear().passHearing(9_000);
    assertFalse(cooling.said(Rule.FAILBACK));
    cooling.passHearing(2_000);
    assertTrue(cooling.said(Rule.FAILBACK));
    assertTrue(cooling.last(Effect.Persist.class).groups().get(Hand.SITE).failsBackNow());

    Hand held = new Hand("A", new Failback.After(Duration.ZERO));
    held.started(new Event.Remembered(5, false, false, true, Optional.empty()), Duration.ZERO);
    held.peerPhase = Phase.ACTIVE;
    held.hear().passHearing(5_000);
    assertFalse(held.said(Rule.FAILBACK));
  }

  @Test
  void failedPreparationIsNotTriedAgainAtOnce() {
    Hand a = Hand.standby();
    a.peerOffer = "leaving";
    a.hear().step(new Event.GroupPrepared(Hand.SITE, a.site().ask, false, "broken")).forget();
    a.passHearing(800);
    assertFalse(a.said(Rule.OFFER_TAKEN));
    a.passHearing(400);
    assertTrue(a.said(Rule.OFFER_TAKEN));
  }

  @Test
  void offerIsTakenByWhoCouldServeReadyOrNot() {
    Hand a = Hand.standby();
    a.step(new Event.ReadinessChanged(Hand.SITE, false, false, "port 80 is held")).forget();
    a.peerOffer = "failing";
    a.hear();
    assertFalse(a.said(Rule.OFFER_TAKEN));
    a.step(new Event.ReadinessChanged(Hand.SITE, false, true, "the clock of its certificate"));
    assertTrue(a.said(Rule.OFFER_TAKEN));
  }

  @Test
  void failbackIsOnlyForTheReady() {
    Hand a = new Hand("A", new Failback.After(Duration.ZERO)).started();
    a.step(new Event.ReadinessChanged(Hand.SITE, false, true, "nginx.conf differs"));
    a.peerPhase = Phase.ACTIVE;
    a.hear().passHearing(1000);
    assertFalse(a.said(Rule.FAILBACK));
    a.step(new Event.ReadinessChanged(Hand.SITE, true, true, ""));
    assertTrue(a.said(Rule.FAILBACK));
  }
}
