package io.twinbeat.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the node's own resources and connection lead to. */
class GroupRulesTest {
  private static Event failed() {
    return new Event.ResourceFailed(Hand.SITE, "nginx", "exit 1");
  }

  @Test
  void failedResourceIsRestartedInPlace() {
    Hand a = Hand.active().step(failed());
    assertTrue(a.said(Rule.RESTART_IN_PLACE));
    assertTrue(a.did(Effect.RestartResource.class));
  }

  @Test
  void failingAgainItIsOfferedToAReadyPeer() {
    Hand a = Hand.active().step(failed());
    a.step(new Event.ResourceRestarted(Hand.SITE, "nginx", false, "exit 1"));
    assertTrue(a.said(Rule.OFFER_FAILED));
  }

  @Test
  void failingAgainItIsOfferedToAPeerThatIsNotReadyButCouldServe() {
    Hand a = Hand.active();
    a.peerReady = false;
    a.peerAbleAnyway = true;
    a.hear().step(failed());
    a.step(new Event.ResourceRestarted(Hand.SITE, "nginx", false, "exit 1"));
    assertTrue(a.said(Rule.OFFER_FAILED));
  }

  @Test
  void failingAgainWithoutAnAblePeerItIsTriedOn() {
    Hand a = Hand.active();
    a.peerReady = false;
    a.hear().step(failed());
    a.step(new Event.ResourceRestarted(Hand.SITE, "nginx", false, "exit 1")).forget();
    a.passHearing(1200);
    assertTrue(a.did(Effect.RestartResource.class));
    assertEquals(Phase.ACTIVE, a.site().phase());
  }

  @Test
  void repairedEndsTheOffer() {
    Hand a = Hand.active().step(failed());
    a.step(new Event.ResourceRestarted(Hand.SITE, "nginx", false, "exit 1"));
    a.step(new Event.ResourceRecovered(Hand.SITE, "nginx"));
    assertEquals("", a.site().offer());
  }

  @Test
  void failedStartIsGivenUp() {
    Hand a = new Hand().started().hear();
    a.granted(3).step(new Event.GroupStarted(Hand.SITE, 3, false, "exit 1"));
    assertTrue(a.said(Rule.START_FAILED));
    assertTrue(a.did(Effect.StopGroup.class));
    assertTrue(a.alarm("start:site"));
  }

  @Test
  void failedStopIsTriedThriceThenStuck() {
    Hand a = Hand.active();
    a.peerAsk = 5;
    a.hear();
    for (int i = 0; i < 3; i++) {
      assertEquals(Phase.STOPPING, a.site().phase());
      a.step(new Event.GroupStopped(Hand.SITE, false, "it hangs")).pass(1000);
    }
    assertEquals(Phase.STUCK, a.site().phase());
    assertTrue(a.alarm("stuck:site"));
  }

  @Test
  void stuckThatLetsGoAtLastIsReleased() {
    Hand a = Hand.active();
    a.peerAsk = 5;
    a.hear();
    for (int i = 0; i < 3; i++) {
      a.step(new Event.GroupStopped(Hand.SITE, false, "it hangs")).pass(1000);
    }
    a.step(new Event.GroupStopped(Hand.SITE, true, ""));
    assertFalse(a.site().phase() == Phase.STUCK);
    assertFalse(a.alarm("stuck:site"));
  }

  @Test
  void aNewStartHereHasAllItsRestarts() {
    Hand a = Hand.active().step(failed());
    a.step(new Event.ResourceRestarted(Hand.SITE, "nginx", true, ""));
    a.peerAsk = 5;
    a.hear().step(new Event.GroupStopped(Hand.SITE, true, ""));
    a.peerAsk = 0;
    a.peerPhase = Phase.ACTIVE;
    a.peerTerm = 8;
    a.hear().order(new Event.Order.Takeover(Hand.SITE));
    a.step(new Event.GroupPrepared(Hand.SITE, a.site().ask, true, "")).granted(9);
    a.step(new Event.GroupStarted(Hand.SITE, 9, true, "")).forget().step(failed());
    assertTrue(a.said(Rule.RESTART_IN_PLACE));
  }

  @Test
  void lastingBadConnectionIsOfferedToAPeerWithAGoodOne() {
    Hand a = Hand.active().step(new Event.ConnectionChanged(false, "no carrier"));
    a.passHearing(Hand.DEADTIME / 2 - 100);
    assertFalse(a.said(Rule.OFFER_BAD_CONNECTION));
    a.passHearing(100);
    assertTrue(a.said(Rule.OFFER_BAD_CONNECTION));
  }

  @Test
  void lastingBadConnectionIsOfferedToAPeerThatIsNotReadyButCouldServe() {
    Hand a = Hand.active();
    a.peerReady = false;
    a.peerAbleAnyway = true;
    a.hear().step(new Event.ConnectionChanged(false, "no carrier")).passHearing(Hand.DEADTIME);
    assertTrue(a.said(Rule.OFFER_BAD_CONNECTION));
  }

  private static Hand outOfReach(Reach there) {
    Hand a = Hand.active();
    a.peerReach = there;
    return a.hear().step(new Event.RealServersSeen(Hand.SITE, Reach.LOST));
  }

  @Test
  void realServersThatOnlyThePeerReachesAreReasonToOfferTheGroup() {
    Hand a = outOfReach(Reach.THERE);
    a.passHearing(Hand.REACH_HOLD - 100);
    assertFalse(a.said(Rule.OFFER_OUT_OF_REACH));
    a.passHearing(100);
    assertTrue(a.said(Rule.OFFER_OUT_OF_REACH));
    assertFalse(a.site().offer.isEmpty());
  }

  @Test
  void realServersThatNobodyReachesMoveNothing() {
    assertFalse(outOfReach(Reach.LOST).passHearing(20_000).said(Rule.OFFER_OUT_OF_REACH));
    assertFalse(outOfReach(Reach.UNKNOWN).passHearing(20_000).said(Rule.OFFER_OUT_OF_REACH));
  }

  @Test
  void aPeerThatLosesTheRealServersAsWellEndsTheOfferAndTheHold() {
    Hand a = outOfReach(Reach.THERE).passHearing(Hand.REACH_HOLD);
    a.peerReach = Reach.UNKNOWN;
    a.hear();
    assertTrue(a.site().offer.isEmpty());
    a.peerReach = Reach.THERE;
    a.forget().passHearing(Hand.REACH_HOLD - 100);
    assertFalse(a.said(Rule.OFFER_OUT_OF_REACH));
  }

  @Test
  void realServersThatAreThereAgainEndTheOffer() {
    Hand a = outOfReach(Reach.THERE).passHearing(Hand.REACH_HOLD);
    a.step(new Event.RealServersSeen(Hand.SITE, Reach.UNKNOWN));
    assertTrue(a.site().offer.isEmpty());
  }

  @Test
  void anOwnStallVoidsWhatWasSeenOfTheRealServers() {
    Hand a = outOfReach(Reach.THERE).passHearing(Hand.REACH_HOLD - 100);
    a.step(new Event.OwnStallNoticed(Duration.ofSeconds(2))).passHearing(1000);
    assertFalse(a.said(Rule.OFFER_OUT_OF_REACH));
  }

  @Test
  void aPeerThatCouldNotServeIsNotOfferedTheGroupForItsReach() {
    Hand a = Hand.active();
    a.peerReady = false;
    a.peerReach = Reach.THERE;
    a.hear().step(new Event.RealServersSeen(Hand.SITE, Reach.LOST)).passHearing(10_000);
    assertFalse(a.said(Rule.OFFER_OUT_OF_REACH));
  }

  @Test
  void aFewLostPingsMoveNothing() {
    Hand a = Hand.active().step(new Event.ConnectionChanged(false, "no answer"));
    a.passHearing(Hand.DEADTIME / 2 - 100).step(new Event.ConnectionChanged(true, "there"));
    a.passHearing(3 * Hand.DEADTIME);
    assertFalse(a.said(Rule.OFFER_BAD_CONNECTION));
  }

  @Test
  void badConnectionAloneKeepsServing() {
    Hand a = Hand.active().pass(2 * Hand.DEADTIME);
    a.forget().step(new Event.ConnectionChanged(false, "no carrier")).pass(5000);
    assertFalse(a.said(Rule.OFFER_BAD_CONNECTION));
    assertFalse(a.did(Effect.StopGroup.class));
  }

  @Test
  void badConnectionOnBothMovesNothing() {
    Hand a = Hand.active();
    a.peerConnected = false;
    a.hear().step(new Event.ConnectionChanged(false, "no carrier"));
    assertFalse(a.said(Rule.OFFER_BAD_CONNECTION));
  }
}
