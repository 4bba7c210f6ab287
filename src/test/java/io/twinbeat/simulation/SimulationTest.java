package io.twinbeat.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Two cores in many simulated worlds, each with its own faults; every promise is checked at each
 * step.
 */
class SimulationTest {
  private static final long FIRST_SEED = 1_000_000;
  private static final long SCHEDULES = 100_000;

  @Test
  void promisesHoldInEachSchedule() throws InterruptedException {
    Simulate.Failure failure = Simulate.run(FIRST_SEED, SCHEDULES, Map.of(), false);
    assertNull(failure, () -> "see: src/lab/simulate --seed " + failure.seed() + "; " + failure);
  }

  @Test
  void sameSeedTellsTheSameStory() {
    assertEquals(story(7), story(7));
    assertNotEquals(story(7), story(8));
  }

  /** The checks are worth something only where something happens. */
  @Test
  void schedulesReachWhatTheyAreFor() {
    int starts = 0;
    int fences = 0;
    for (long seed = 0; seed < 200; seed++) {
      World world = new World(seed, Set.of(), Map.of(), false);
      assertNull(Simulate.attempt(world));
      starts += world.ledger.starts;
      fences += world.ledger.fences;
    }
    assertTrue(starts > 500, "groups started: " + starts);
    assertTrue(fences > 100, "fences: " + fences);
  }

  private static String story(long seed) {
    World world = new World(seed, Set.of(), Map.of(), true);
    Simulate.attempt(world);
    return world.story.text();
  }
}
