package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Effect.Held;
import io.twinbeat.decision.Event.Remembered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptStateTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path dir;

  private KeptState read(String boot) {
    return KeptState.read(dir.resolve("state"), boot);
  }

  @Test
  void whatWasHeldInThisBootIsStillHeld() throws IOException {
    read("boot-1").keep(Map.of("site", new Held(4, true)), false);
    assertEquals(new Remembered(4, true, true), read("boot-1").remembered("site", true));
  }

  @Test
  void afterAnotherBootOnlyTheTermCounts() throws IOException {
    read("boot-1").keep(Map.of("site", new Held(4, true)), false);
    assertEquals(new Remembered(4, false, false), read("boot-2").remembered("site", false));
  }

  @Test
  void aLaterWriteOfAnotherGroupDoesNotReviveAnOldBoot() throws IOException {
    read("boot-1").keep(Map.of("site", new Held(4, true)), false);
    read("boot-2").keep(Map.of("mail", new Held(1, true)), false);
    assertEquals(new Remembered(4, false, false), read("boot-2").remembered("site", false));
  }

  @Test
  void withoutAFileNothingIsKnownAndNothingIsWrong() {
    KeptState kept = read("boot-1");
    assertTrue(kept.lost().isEmpty());
    assertEquals(new Remembered(0, false, true), kept.remembered("site", true));
  }

  @Test
  void aTornFileIsUnknownAndSaidSo() throws IOException {
    read("boot-1").keep(Map.of("site", new Held(4, true)), false);
    Path file = dir.resolve("state");
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 1; length < bytes.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(bytes, length));
      KeptState kept = read("boot-1");
      assertTrue(kept.lost().isPresent(), "cut at " + length);
      assertEquals(new Remembered(0, false, false), kept.remembered("site", false));
    }
  }

  @Test
  void aStartFenceIsSpentForItsWindow() throws IOException {
    read("boot-1").keep(Map.of(), true);
    Duration left = read("boot-2").startFenceSpentFor(HOUR);
    assertTrue(left.compareTo(Duration.ofMinutes(59)) > 0 && left.compareTo(HOUR) <= 0, "" + left);
    assertEquals(Duration.ZERO, read("boot-2").startFenceSpentFor(Duration.ZERO));
  }
}
