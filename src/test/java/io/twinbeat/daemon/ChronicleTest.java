package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Effect.Held;
import io.twinbeat.decision.Effect.Persist;
import io.twinbeat.journal.Journal;
import io.twinbeat.journal.Journal.Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChronicleTest {
  @TempDir Path dir;

  private static Entry entry() {
    return Entry.of(Instant.EPOCH, "decision", "TAKE_OVER", "site: taken", Map.of());
  }

  /** A group that is held must not be forgotten because there was no room for the reason. */
  @Test
  void whatIsHeldIsKeptWhenTheJournalCannotBeWritten() throws Exception {
    Path state = dir.resolve("state");
    Journal journal = Journal.open(dir.resolve("journal"), 1 << 20);
    try (Chronicle chronicle = new Chronicle(journal, KeptState.read(state, "boot"))) {
      Files.createDirectory(dir.resolve("journal/events.jsonl")); // nothing can be written to it
      chronicle.writeDurably(
          List.of(entry()), new Persist(Map.of("site", new Held(3, true)), false));
      assertTrue(chronicle.trouble().startsWith("the journal cannot be written"));
      KeptState kept = KeptState.read(state, "boot");
      assertEquals(3, kept.remembered("site", true).term());
      assertTrue(kept.remembered("site", true).held());
    }
  }

  /** Nothing may come to be written for days: the disk is asked. */
  @Test
  void aDiskThatCanBeWrittenAgainIsFoundOut() throws Exception {
    Path folder = dir.resolve("full");
    Path state = folder.resolve("state");
    Files.createFile(folder); // not the directory it must be
    Journal journal = Journal.open(dir.resolve("journal"), 1 << 20);
    try (Chronicle chronicle = new Chronicle(journal, KeptState.read(state, "boot"))) {
      chronicle.writeDurably(
          List.of(entry()), new Persist(Map.of("site", new Held(3, true)), false));
      assertTrue(chronicle.trouble().startsWith("the state cannot be kept"), chronicle::trouble);
      Files.delete(folder);
      chronicle.tryAgain();
      chronicle.writeDurably(List.of(), new Persist(Map.of(), false)); // behind it in the queue
      assertEquals("", chronicle.trouble());
      assertTrue(KeptState.read(state, "boot").remembered("site", true).held());
    }
  }
}
