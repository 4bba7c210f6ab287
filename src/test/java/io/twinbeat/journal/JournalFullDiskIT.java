package io.twinbeat.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real file system of 64 KiB; needs root to mount it. */
class JournalFullDiskIT {
  private Path mount;

  @BeforeEach
  void mount() throws Exception {
    mount = Files.createTempDirectory("tb-journal-");
    run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mount.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", mount.toString());
    Files.delete(mount);
  }

  @Test
  void aFullDiskThrowsAndAllIsWrittenOnceThereIsRoom() throws Exception {
    Path hog = mount.resolve("hog");
    StateFile state = new StateFile(mount.resolve("state"));
    state.write("{\"term\":1}");
    try (Journal journal = Journal.open(mount, 1024 * 1024)) {
      journal.append(List.of(JournalTest.entry("before")));
      fill(hog);
      assertThrows(IOException.class, () -> appendUntilFull(journal));
      long known = journal.lastNumber();
      assertThrows(IOException.class, () -> journal.append(List.of(JournalTest.entry("kept"))));
      assertThrows(IOException.class, () -> state.write("{\"term\":2}"));
      assertEquals(Optional.of("{\"term\":1}"), state.read(), "the old state still stands");
      assertEquals("kept", journal.last(1).getFirst().sentence());
      assertEquals(known + 1, journal.lastNumber());
      Files.delete(hog);
      journal.append(List.of(JournalTest.entry("after")));
      journal.sync();
    }
    try (Journal journal = Journal.open(mount, 1024 * 1024)) {
      List<Journal.Entry> all = journal.read(1, 10_000);
      assertEquals("after", all.getLast().sentence());
      assertEquals(all.size(), all.getLast().number(), "no gaps");
      assertTrue(all.stream().noneMatch(entry -> entry.rule().startsWith("journal-")));
    }
  }

  private static void appendUntilFull(Journal journal) throws IOException {
    for (int i = 0; i < 100; i++) {
      journal.append(List.of(JournalTest.entry("x".repeat(200))));
    }
  }

  private static void fill(Path hog) {
    byte[] page = new byte[4096];
    try (var out = Files.newOutputStream(hog)) {
      for (int i = 0; i < 64; i++) {
        out.write(page);
      }
      throw new AssertionError("the disk was not full");
    } catch (IOException full) {
      assertTrue(full.getMessage().contains("No space left"), full.getMessage());
    }
  }

  private static void run(String... argv) {
    Outcome outcome = Commands.run(Command.of(Duration.ofSeconds(10), argv));
    assertTrue(outcome.succeeded(), outcome.summary());
  }
}
