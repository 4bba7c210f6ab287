package io.twinbeat.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Effect.Right;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.Event.Remembered;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a daemon does with what an earlier life left behind. */
class StartRulesTest {
  private static Hand with(long term, boolean held, boolean present) {
    return new Hand().started(new Remembered(term, held, present), Duration.ZERO);
  }

  @Test
  void heldAndPresentIsAdopted() {
    Hand a = with(4, true, true);
    assertEquals(Right.ADOPTED, a.last(Effect.StartGroup.class).right());
    assertEquals(4, a.last(Effect.StartGroup.class).term());
  }

  @Test
  void presentWithoutRightIsRemoved() {
    Hand a = with(4, false, true);
    assertTrue(a.said(Rule.CLEAN_UP));
    assertTrue(a.did(Effect.StopGroup.class));
    assertEquals(Phase.SETTLING, a.site().phase());
    a.step(new Event.GroupStopped(Hand.SITE, true, ""));
    assertEquals(Phase.STANDBY, a.site().phase());
  }

  @Test
  void heldAndGoneIsNotStarted() {
    Hand a = with(4, true, false);
    assertFalse(a.did(Effect.StartGroup.class));
    assertEquals(Phase.STANDBY, a.site().phase());
    assertEquals(new Effect.Held(4, false), a.last(Effect.Persist.class).groups().get(Hand.SITE));
  }

  @Test
  void lostDiskStartsNothing() {
    Hand a = with(0, false, false);
    a.silentFor(Hand.INITDEAD - 50, Look.NOT_ANSWERED);
    assertFalse(a.did(Effect.StartGroup.class));
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void aloneItWaitsAndFencesBeforeItStarts() {
    Hand a = with(0, false, false);
    a.silentFor(Hand.INITDEAD, Look.NOT_ANSWERED);
    assertTrue(a.said(Rule.WAIT_FIRST));
    a.silentFor(2 * Hand.FENCE_WAIT, Look.NOT_ANSWERED);
    assertTrue(a.did(Effect.Fence.class));
    assertFalse(a.did(Effect.StartGroup.class));
    a.fenced(true);
    assertEquals(Right.FENCED, a.last(Effect.StartGroup.class).right());
  }

  @Test
  void aloneWhileTheAddressAnswersItStandsBy() {
    Hand a = with(0, false, false);
    a.silentFor(3 * Hand.INITDEAD, Look.ANSWERED);
    assertTrue(a.alarm("disconnected"));
    assertFalse(a.did(Effect.Fence.class));
  }
}
