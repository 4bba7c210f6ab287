package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
  @Test
  void theTableTellsEachSceneAndWhatWasBroken() {
    Verdict kept = new Verdict("power loss", "lb2 took over", "lb1 (found off)", 1234.4, List.of());
    Verdict broken = new Verdict("cut", "both held", "nobody", 0, List.of("two had it for 7 ms"));
    assertTrue(kept.kept());
    assertFalse(broken.kept());
    assertEquals(
        """
        scene       what happened  fenced           client saw  promise kept
        power loss  lb2 took over  lb1 (found off)  1234 ms     yes
        cut         both held      nobody           nothing     NO
        NOT KEPT, cut: two had it for 7 ms
        """,
        Verdict.table(List.of(kept, broken)));
  }
}
