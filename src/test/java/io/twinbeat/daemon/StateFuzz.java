package io.twinbeat.daemon;

import io.twinbeat.decision.Effect.Held;
import io.twinbeat.decision.Effect.Persist;
import io.twinbeat.decision.Event.Remembered;
import io.twinbeat.fuzz.Scratch;
import io.twinbeat.journal.StateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Fuzz target: any bytes as the file of the kept state; where they do not begin with its first
 * line, as the JSON behind a first line that is right.
 */
public final class StateFuzz {
  private static final String BOOT = "boot-1";
  private static final Duration WINDOW = Duration.ofHours(1);
  private static final Path FILE = Scratch.directory("state").resolve("state");

  private StateFuzz() {}

  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.startsWith("twinbeat-state")) {
      Files.write(FILE, bytes);
    } else {
      new StateFile(FILE).write(text);
    }
    KeptState kept = KeptState.read(FILE, BOOT);
    Remembered site = kept.remembered("site", true);
    Duration spent = kept.startFenceSpentFor(WINDOW);
    if (spent.isNegative() || spent.compareTo(WINDOW) > 0) {
      throw new AssertionError("a start fence is spent for " + spent);
    }
    if (kept.lost().isPresent()) {
      if (!site.equals(new Remembered(0, false, true)) || !spent.isZero()) {
        throw new AssertionError("lost, and yet " + site + ", " + spent);
      }
      return;
    }
    if (site.term() < 0) {
      throw new AssertionError("a term that never was: " + site.term());
    }
    kept.keep(new Persist(Map.of("other", new Held(1, false)), false));
    KeptState again = KeptState.read(FILE, BOOT);
    if (again.lost().isPresent() || !again.remembered("site", true).equals(site)) {
      throw new AssertionError(site + " came back as " + again.remembered("site", true));
    }
  }
}
