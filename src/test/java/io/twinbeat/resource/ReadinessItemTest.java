package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.resource.ReadinessItem.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadinessItemTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void onlyBadAndUnknownKeepAGroupFromBeingMovedHere() {
    assertFalse(ReadinessItem.good("a", "fine").gates());
    assertFalse(ReadinessItem.warning("a", "soon", "renew it").gates());
    assertTrue(ReadinessItem.bad("a", "broken", "mend it").gates());
    assertTrue(ReadinessItem.hopeless("a", "broken", "mend it").gates());
    assertTrue(ReadinessItem.unknown("a", "not looked at").gates());
  }

  @Test
  void whatWasSeenTooLongAgoIsUnknownAndSaysSo() {
    ReadinessItem item =
        ReadinessItem.hopeless("ports", "80 is held", "stop it")
            .seen(5 * SECOND)
            .within(Duration.ofSeconds(10));
    assertSame(item, item.at(15 * SECOND));
    ReadinessItem old = item.at(47 * SECOND);
    assertEquals(State.UNKNOWN, old.state());
    assertFalse(old.pointless(), "what is not known keeps nobody from saving a service");
    assertEquals("was not looked at for 42 s; at that time: 80 is held", old.detail());
    assertEquals("stop it", old.mend());
    ReadinessItem good = ReadinessItem.good("a", "fine").seen(0).within(Duration.ofSeconds(1));
    assertTrue(good.at(2 * SECOND).gates());
    assertTrue(good.at(2 * SECOND).mend().contains("twinbeat check"));
  }
}
