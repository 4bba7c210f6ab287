package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinbeat.process.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the lab's power company finds out about processes, which never stand still. */
class KeeperTest {
  /** A process of a namespace in a namespace that works and sleeps by turns, and its number. */
  private static final String ASK =
      """
      set -u
      source "$1"
      busy='import time
      while True:
        [None for _ in range(20000)]
        time.sleep(0.0002)'
      unshare --pid --fork --kill-child=KILL python3 -c "$busy" & booter=$!
      trap 'kill -9 $booter' EXIT
      for ((i = 0; i < 500; i++)); do
        inner=$(ps -o pid= --ppid $booter) && break
      done
      found=0
      for ((i = 0; i < 1000; i++)); do
        # There is no lab around it here: what follows is its number in its own namespace.
        [[ $(lab_number $inner) == 1 ]] && ((found++))
      done
      echo "$found"
      """;

  @Test
  void aProcessThatWorksAndSleepsIsFoundEachTime(@TempDir Path dir) {
    Path script = dir.resolve("number.sh");
    LabFolder.script("number.sh", script);
    Outcome outcome = Shell.run("bash", "-c", ASK, "ask", script.toString());
    assertEquals("1000", outcome.out().strip(), outcome::summary);
  }
}
