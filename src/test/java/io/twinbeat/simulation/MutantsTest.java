package io.twinbeat.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.twinbeat.decision.Guard;
import io.twinbeat.decision.Protection;
import io.twinbeat.decision.Rule;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each guard of the core is needed: without it some schedule breaks a promise. */
class MutantsTest {
  static List<Mutants.Mutant> mutants() {
    return Mutants.ALL;
  }

  /** What a rule does beyond its sentence: an action, whose absence leaves the pair unserved. */
  private static final Set<Rule> ACTIONS =
      EnumSet.of(
          Rule.FENCE,
          Rule.TAKE_OVER,
          Rule.UNFENCED,
          Rule.ASK_NOBODY_HOLDS,
          Rule.GRANT,
          Rule.RESUME,
          Rule.ASK_TIMED_OUT,
          Rule.RESTART_IN_PLACE,
          Rule.KEEP_TRYING,
          Rule.OFFER_FAILED,
          Rule.OFFER_BAD_CONNECTION,
          Rule.OFFER_LEAVING,
          Rule.OFFER_OPERATOR,
          Rule.OFFER_TAKEN,
          Rule.FAILBACK,
          Rule.LEAVE,
          Rule.RESTART,
          Rule.OPERATOR_TAKEOVER,
          Rule.OPERATOR_FENCE,
          Rule.MAINTENANCE_ON);

  /** Only the name of what was seen or what follows from another rule. */
  private static final Set<Rule> SENTENCES =
      EnumSet.of(
          Rule.HEARD,
          Rule.LOOKED,
          Rule.NEVER_HEARD,
          Rule.NOTHING_TO_TAKE,
          Rule.FENCE_CONFIRMED,
          Rule.FENCE_LIED,
          Rule.TWO_HOLDERS_STAY,
          Rule.START_FAILED,
          Rule.STARTED,
          Rule.STOPPED,
          Rule.GOODBYE,
          Rule.PEER_RESTARTING,
          Rule.PROCESS_DIED);

  /** Whoever adds a rule or a guard adds its mutant, or says here why it has none. */
  @Test
  void everyRuleAndGuardIsAMutantOrOnlyASentenceOrAnAction() {
    Set<Protection> listed = new HashSet<>(ACTIONS);
    listed.addAll(SENTENCES);
    for (Mutants.Mutant mutant : Mutants.ALL) {
      assertEquals(true, listed.add(mutant.without()), () -> "twice: " + mutant.without());
    }
    Set<Protection> all = new HashSet<>(List.of(Rule.values()));
    all.addAll(List.of(Guard.values()));
    all.addAll(List.of(Habit.values()));
    assertEquals(all, listed);
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isCaught(Mutants.Mutant mutant) throws InterruptedException {
    assertNotNull(Mutants.search(mutant, Mutants.SCHEDULES_MAX), mutant::toString);
  }
}
