package io.twinbeat.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Guard;
import io.twinbeat.decision.Protection;
import io.twinbeat.decision.Rule;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All orders of what can happen to a pair, to a bounded depth, from every start state. */
class ExhaustiveTest {
  private static final int DEPTH = 5;
  private static final int STATES_MAX = 4_000_000;
  private static final long LIMIT = 120 * Chance.SECOND;
  private static final PrintStream SILENT =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  private static Exhaustive.Result search(Set<Protection> without) throws InterruptedException {
    return new Exhaustive(without, Exhaustive.FAULTS, STATES_MAX).search(DEPTH, LIMIT, SILENT);
  }

  @Test
  void noOrderOfHappeningsBreaksAPromise() throws InterruptedException {
    Exhaustive.Result result = search(Set.of());
    assertNull(result.broken(), result::path);
    assertEquals(DEPTH, result.depth());
    assertTrue(result.states() > 100_000, "states: " + result.states());
  }

  static List<Protection> missed() {
    return List.of(
        Rule.SILENT,
        Rule.OWN_STALL,
        Rule.STILL_SERVED,
        Rule.CUT_OFF,
        Rule.FENCE_FAILED,
        Rule.HAND_OVER,
        Rule.CLEAN_UP,
        Rule.ECHO,
        Rule.STOP_FAILED,
        Guard.LOOK_FIRST,
        Guard.GAPS_NOTICED);
  }

  @ParameterizedTest
  @MethodSource("missed")
  void findsWhatIsMissing(Protection without) throws InterruptedException {
    Exhaustive.Result result = search(Set.of(without));
    assertNotNull(result.broken(), without::toString);
    assertTrue(result.path().contains("VIOLATION"), result::path);
  }
}
