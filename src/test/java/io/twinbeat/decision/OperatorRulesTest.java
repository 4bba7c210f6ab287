package io.twinbeat.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Effect.Right;
import io.twinbeat.decision.Effect.Verdict;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.Event.Order;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the operator asks for: done, failed or refused with the reason. */
class OperatorRulesTest {
  @Test
  void takeoverPreparesAsksAndIsAnswered() {
    Hand a = Hand.standby().order(new Order.Takeover(Hand.SITE));
    assertTrue(a.did(Effect.Prepare.class));
    a.step(new Event.GroupPrepared(Hand.SITE, a.site().ask, true, ""));
    a.granted(8).step(new Event.GroupStarted(Hand.SITE, 8, true, ""));
    assertEquals(Verdict.DONE, a.answer().verdict());
  }

  @Test
  void takeoverFromASilentPeerIsRefused() {
    Hand a = Hand.standby().silentFor(2000, Look.ANSWERED).order(new Order.Takeover(Hand.SITE));
    assertEquals(Verdict.REFUSED, a.answer().verdict());
  }

  @Test
  void takeoverOfAnUnknownGroupIsRefused() {
    Hand a = Hand.standby().order(new Order.Takeover("nonsense"));
    assertEquals(Verdict.REFUSED, a.answer().verdict());
  }

  @Test
  void standbyOffersToAReadyPeer() {
    Hand a = Hand.active().order(new Order.Standby(Hand.SITE));
    assertTrue(a.said(Rule.OFFER_OPERATOR));
    a.peerAsk = 4;
    a.hear().step(new Event.GroupStopped(Hand.SITE, true, ""));
    a.peerAsk = 0;
    a.peerPhase = Phase.ACTIVE;
    a.peerTerm = 8;
    a.hear();
    assertEquals(Verdict.DONE, a.answer().verdict());
  }

  @Test
  void standbyWithoutAReadyPeerIsRefused() {
    Hand a = Hand.active();
    a.peerReady = false;
    a.hear().order(new Order.Standby(Hand.SITE));
    assertEquals(Verdict.REFUSED, a.answer().verdict());
  }

  @Test
  void standbyNotTakenFails() {
    Hand a = Hand.active().order(new Order.Standby(Hand.SITE)).passHearing(61_000);
    assertEquals(Verdict.FAILED, a.answer().verdict());
    assertEquals("", a.site().offer());
  }

  @Test
  void confirmOffOfAHeardPeerIsRefused() {
    Hand a = Hand.standby().order(new Order.ConfirmOff("B"));
    assertEquals(Verdict.REFUSED, a.answer().verdict());
    assertFalse(a.did(Effect.StartGroup.class));
  }

  @Test
  void confirmOffWhileServedIsRefused() {
    Hand a = Hand.standby().silentFor(2000, Look.ANSWERED).order(new Order.ConfirmOff("B"));
    assertEquals(Verdict.REFUSED, a.answer().verdict());
  }

  @Test
  void confirmOffOfASilentPeerTakesOver() {
    Hand a = Hand.standby().silentFor(1000, Look.NOT_ANSWERED);
    a.fenced(false).order(new Order.ConfirmOff("B"));
    assertEquals(Verdict.DONE, a.answer().verdict());
    assertEquals(Right.CONFIRMED, a.last(Effect.StartGroup.class).right());
  }

  @Test
  void confirmOffOfAnotherNameIsRefused() {
    Hand a = Hand.standby().silentFor(1000, Look.NOT_ANSWERED).order(new Order.ConfirmOff("A"));
    assertEquals(Verdict.REFUSED, a.answer().verdict());
  }

  @Test
  void fenceOffIsAnsweredByItsResult() {
    Hand a = Hand.active().order(new Order.FenceOff("B"));
    assertTrue(a.said(Rule.OPERATOR_FENCE));
    a.fenced(true);
    assertEquals(Verdict.DONE, a.answer().verdict());
  }

  @Test
  void leaveHandsOverThenSaysGoodbye() {
    Hand a = Hand.active().order(new Order.Leave());
    assertTrue(a.said(Rule.OFFER_LEAVING));
    assertFalse(a.did(Effect.SayGoodbye.class));
    a.peerAsk = 4;
    a.hear().step(new Event.GroupStopped(Hand.SITE, true, ""));
    assertFalse(a.did(Effect.SayGoodbye.class));
    a.peerAsk = 0;
    a.peerPhase = Phase.ACTIVE;
    a.hear();
    assertTrue(a.did(Effect.SayGoodbye.class));
    assertEquals(Verdict.DONE, a.answer().verdict());
  }

  @Test
  void leaveAloneStopsFirst() {
    Hand a = Hand.active().pass(2000).order(new Order.Leave());
    assertTrue(a.did(Effect.StopGroup.class));
    assertFalse(a.did(Effect.Exit.class));
    a.step(new Event.GroupStopped(Hand.SITE, true, ""));
    assertEquals(Effect.End.LEFT, a.last(Effect.Exit.class).end());
  }

  @Test
  void leaveThatCannotStopSaysNoGoodbye() {
    Hand a = Hand.active().pass(2000).order(new Order.Leave());
    a.step(new Event.GroupStopped(Hand.SITE, false, "it hangs")).pass(31_000);
    assertFalse(a.did(Effect.SayGoodbye.class));
    assertEquals(Effect.End.COULD_NOT_LEAVE, a.last(Effect.Exit.class).end());
  }

  @Test
  void restartKeepsServices() {
    Hand a = Hand.active().order(new Order.Restart(Duration.ofSeconds(3)));
    assertEquals(Effect.End.RESTARTS, a.last(Effect.Exit.class).end());
    assertTrue(a.did(Effect.SayGoodbye.class));
    assertFalse(a.did(Effect.StopGroup.class));
  }

  @Test
  void tooManyOrdersAreRefused() {
    Hand a = Hand.active();
    for (int i = 0; i < 16; i++) {
      a.order(new Order.Standby(Hand.SITE));
      assertFalse(a.did(Effect.Answer.class));
    }
    a.order(new Order.Standby(Hand.SITE));
    assertEquals(Verdict.REFUSED, a.answer().verdict());
  }

  @Test
  void confirmOffRightAfterAnOwnStallIsRefused() {
    Hand a = Hand.standby().sleep(5000).order(new Order.ConfirmOff("B"));
    assertEquals(Verdict.REFUSED, a.answer().verdict());
  }

  @Test
  void afterTheEndNothingIsDone() {
    Hand a = Hand.active().order(new Order.Restart(Duration.ofSeconds(3))).forget();
    a.pass(5000);
    assertTrue(a.effects.isEmpty());
  }
}
