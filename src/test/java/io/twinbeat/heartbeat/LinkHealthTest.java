package io.twinbeat.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LinkHealthTest {
  private final LinkHealth link = new LinkHealth(100);

  @Test
  void risesOnceAndFallsAtTheDeadtimeAndNotBefore() {
    assertTrue(link.proved(10, 0));
    assertFalse(link.proved(20, 0));
    assertNull(link.judge(119, 0));
    assertEquals(120, link.due(0));
    assertEquals(new LinkHealth.Down(100, false), link.judge(120, 0));
    assertNull(link.judge(300, 0), "said once");
    assertTrue(link.proved(400, 0));
  }

  @Test
  void arrivalsWithoutProofMakeItOneWay() {
    link.proved(10, 0);
    link.arrived(100);
    assertEquals(new LinkHealth.Down(100, true), link.judge(110, 0));
    assertTrue(link.oneWay());
    link.judge(200, 0);
    assertFalse(link.oneWay(), "nothing arrives any more");
  }

  @Test
  void silenceWhileWeWereNotLookingDoesNotCount() {
    link.proved(10, 0);
    assertNull(link.judge(500, 500));
    assertNull(link.judge(599, 500));
    assertEquals(new LinkHealth.Down(590, false), link.judge(600, 500));
  }

  @Test
  void theLargestGapIsOneWhileItWasUp() {
    link.proved(10, 0);
    link.proved(50, 0);
    link.judge(150, 0);
    link.proved(1000, 0);
    link.proved(1010, 0);
    assertEquals(Duration.ofNanos(40), link.gaps().largest());
  }

  @Test
  void aLinkThatNeverWasUpDoesNotFall() {
    link.arrived(10);
    assertNull(link.judge(50, 0));
    assertTrue(link.oneWay());
    assertEquals(-1, link.age(60));
  }
}
