package io.twinbeat.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One thing asked of the lab's power switch. {@code asker} is {@code operator} (the lab's own verbs
 * and API), {@code bmc}, or the node whose fence hook asked. Times are {@link System#nanoTime} of
 * this process; they are taken from the wall clock's and the difference between both clocks now, so
 * they are right unless somebody set the wall clock since.
 */
public record PowerAction(
    Verb verb, String node, String asker, String result, long startNanos, long endNanos) {
  /** What may be asked. */
  public enum Verb {
    OFF,
    ON,
    RESET,
    STATUS
  }

  /** Somebody other than the operator switched, or tried to switch, this node off. */
  public boolean isFence() {
    return verb != Verb.STATUS && verb != Verb.ON && !asker.equals("operator");
  }

  static List<PowerAction> read(Path log) {
    List<PowerAction> actions = new ArrayList<>();
    if (!Files.exists(log)) {
      return actions;
    }
    long wallMinusMono =
        ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) * 1000 - System.nanoTime();
    for (String line : LabFolder.read(log).lines().toList()) {
      String[] fields = line.split(" ", 6);
      if (fields.length == 6 && !fields[2].equals("fault")) {
        actions.add(
            new PowerAction(
                Verb.valueOf(fields[2].toUpperCase(Locale.ROOT)),
                fields[3],
                fields[4],
                fields[5],
                nanos(fields[0]) - wallMinusMono,
                nanos(fields[1]) - wallMinusMono));
      }
    }
    return actions;
  }

  /** From seconds with six decimals, as bash writes them. */
  private static long nanos(String seconds) {
    return Long.parseLong(seconds.replaceAll("[.,]", "")) * 1000;
  }
}
