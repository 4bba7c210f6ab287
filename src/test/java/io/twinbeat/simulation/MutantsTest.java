package io.twinbeat.simulation;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each guard of the core is needed: without it some schedule breaks a promise. */
class MutantsTest {
  static List<Mutants.Mutant> mutants() {
    return Mutants.ALL;
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isCaught(Mutants.Mutant mutant) throws InterruptedException {
    assertNotNull(Mutants.search(mutant, Mutants.SCHEDULES_MAX), mutant::toString);
  }
}
