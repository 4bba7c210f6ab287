package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PowerActionTest {
  @TempDir Path folder;

  @Test
  void timesAreMonotonicOnes() throws Exception {
    Instant now = Instant.now();
    String start = "%d.%06d".formatted(now.getEpochSecond(), now.getNano() / 1000);
    Path log = folder.resolve("log");
    Files.writeString(
        log,
        start
            + " "
            + start
            + " off lb1 bmc off\n"
            + start
            + " "
            + start
            + " fault lb1 operator ok\n"
            + start
            + " "
            + start
            + " status lb1 lb2 off\n"
            + start
            + " "
            + start
            + " off lb2 operator off\n"
            + start
            + " "
            + start
            + " off lb2 lb1 error no\n");
    List<PowerAction> actions = PowerAction.read(log);
    assertEquals(4, actions.size());
    long age = System.nanoTime() - actions.getFirst().startNanos();
    assertTrue(age >= 0 && age < Duration.ofSeconds(5).toNanos(), "age " + age);
    assertEquals(
        List.of(true, false, false, true), actions.stream().map(PowerAction::isFence).toList());
    assertEquals("error no", actions.getLast().result());
  }

  @Test
  void noLogIsNoAction() {
    assertEquals(List.of(), PowerAction.read(folder.resolve("none")));
  }
}
