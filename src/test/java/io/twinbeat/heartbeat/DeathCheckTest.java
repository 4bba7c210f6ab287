package io.twinbeat.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DeathCheckTest {
  private static final long LATER = 10 + DeathCheck.ANSWER_NANOS;
  private final DeathCheck check = new DeathCheck();

  @Test
  void theFirstHintAsksForAProbeAndTheVerdictComesAfterTheWait() {
    assertTrue(check.hinted(0, 10));
    assertFalse(check.hinted(0, 11));
    assertEquals(LATER, check.due());
    assertFalse(check.gone(LATER - 1, 1));
    assertTrue(check.gone(LATER, 1));
    assertFalse(check.gone(LATER, 1));
  }

  @Test
  void aSealedFrameAfterTheHintRefutesIt() {
    check.hinted(0, 10);
    check.heard(11);
    assertFalse(check.gone(LATER, 1));
  }

  @Test
  void aFrameFromBeforeTheHintDoesNot() {
    check.hinted(0, 10);
    check.heard(9);
    assertTrue(check.gone(LATER, 1));
  }

  @Test
  void everyLinkThatIsUpMustGiveTheHint() {
    check.hinted(0, 10);
    assertFalse(check.gone(LATER, 0b11));
    check.hinted(0, 10);
    check.hinted(1, 12);
    assertTrue(check.gone(LATER, 0b11));
  }

  @Test
  void withNoLinkUpItIsSilenceAndNoMore() {
    check.hinted(0, 10);
    assertFalse(check.gone(LATER, 0));
  }

  @Test
  void oneDeathIsSaidOnce() {
    check.hinted(0, 10);
    assertTrue(check.gone(LATER, 1));
    check.hinted(0, LATER);
    assertFalse(check.gone(2 * LATER, 1));
    check.heard(3 * LATER);
    check.hinted(0, 4 * LATER);
    assertTrue(check.gone(6 * LATER, 1));
  }
}
