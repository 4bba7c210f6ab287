package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
  @Test
  void theTableTellsEachSceneAndWhatWasBroken() {
    Verdict kept =
        new Verdict("power loss", "lb2 took over", "lb1 (found off)", 1234.4, 77, "lb2", List.of());
    Verdict broken =
        new Verdict("cut", "both held", "nobody", 0, 0, "lb1", List.of("two had it for 7 ms"));
    assertTrue(kept.kept());
    assertFalse(broken.kept());
    assertEquals(
        """
        scene       what happened  fenced           longest gap  lost  answers from  promise kept
        power loss  lb2 took over  lb1 (found off)  1234 ms      77    lb2           yes
        cut         both held      nobody           none         0     lb1           NO
        NOT KEPT, cut: two had it for 7 ms
        """,
        Verdict.table(List.of(kept, broken)));
  }
}
