package io.twinbeat.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
  private final ReplayWindow window = new ReplayWindow(256);

  @Test
  void zeroAndBelowAreNeverNew() {
    assertFalse(window.isNew(0));
    assertFalse(window.isNew(-1));
    assertTrue(window.isNew(1));
  }

  @Test
  void theOldestThatIsRememberedIsTheWidthBelowTheHighest() {
    window.mark(1000);
    assertTrue(window.isNew(1000 - 255));
    assertFalse(window.isNew(1000 - 256));
    window.mark(1000 - 255);
    assertFalse(window.isNew(1000 - 255));
    window.mark(1001);
    assertFalse(window.isNew(1000 - 255), "fell out");
    assertTrue(window.isNew(1001 - 255));
  }

  @Test
  void aFarJumpForgetsTheBitsOfBefore() {
    window.mark(10);
    window.mark(10 + 256 * 5);
    assertTrue(window.isNew(10 + 256 * 5 - 1));
    assertTrue(window.isNew(10 + 256 * 5 - 255));
    assertFalse(window.isNew(10));
  }

  @Test
  void theLastCounterOfAllWorks() {
    window.mark(Long.MAX_VALUE);
    assertFalse(window.isNew(Long.MAX_VALUE));
    assertTrue(window.isNew(Long.MAX_VALUE - 1));
  }

  @Test
  void agreesWithASetOnRandomOrder() {
    Random random = new Random(7);
    Set<Long> seen = new HashSet<>();
    long highest = 0;
    for (int i = 0; i < 100_000; i++) {
      long counter = Math.max(1, highest + random.nextInt(400) - 300);
      boolean expected = counter > highest - 256 && !seen.contains(counter);
      assertEquals(expected, window.isNew(counter), "counter " + counter + " of " + highest);
      if (expected) {
        window.mark(counter);
        seen.add(counter);
        highest = Math.max(highest, counter);
      }
    }
  }
}
