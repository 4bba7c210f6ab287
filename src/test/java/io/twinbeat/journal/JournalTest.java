package io.twinbeat.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final Instant AT = Instant.parse("2026-11-23T03:11:06.123Z");
  private static final long ROOMY = 10 * 1024 * 1024;

  @TempDir Path directory;

  @Test
  void whatIsAppendedIsReadBackInOrder() throws Exception {
    Journal.Entry odd =
        Journal.Entry.of(
            AT, "alarm", "rule-x", "quotes \" and \n newlines, ünïcode ☃", Map.of("k", "v\u0000"));
    try (Journal journal = Journal.open(directory, ROOMY)) {
      assertEquals(2, journal.append(List.of(entry("one"), odd)));
      assertEquals(3, journal.append(List.of(entry("three"))));
      journal.sync();
      assertEquals(List.of("three"), sentences(journal.last(1)));
      assertEquals(List.of(2L), numbers(journal.read(2, 1)));
    }
    try (Journal again = Journal.open(directory, ROOMY)) {
      assertEquals(
          List.of(entry("one").numbered(1), odd.numbered(2), entry("three").numbered(3)),
          again.read(1, 100));
      assertEquals(List.of(2L, 3L), numbers(again.last(2)));
      assertEquals(4, again.append(List.of(entry("four"))));
      assertEquals(List.of(1L, 2L, 3L, 4L), numbers(again.last(100)));
      assertEquals(List.of(3L, 4L), numbers(again.read(3, 100)));
    }
  }

  @Test
  void evidenceKeepsItsOrder() throws Exception {
    Map<String, String> evidence = new java.util.LinkedHashMap<>();
    List<String> names = List.of("zebra", "apple", "mango", "kiwi", "fig");
    names.forEach(name -> evidence.put(name, "1"));
    try (Journal journal = Journal.open(directory, ROOMY)) {
      journal.append(List.of(Journal.Entry.of(AT, "decision", "r", "s", evidence)));
    }
    try (Journal journal = Journal.open(directory, ROOMY)) {
      assertEquals(names, List.copyOf(journal.last(1).getFirst().evidence().keySet()));
    }
  }

  @Test
  void aRecordTornAtAnyByteIsCutOffAndSaidSo() throws Exception {
    try (Journal journal = Journal.open(directory, ROOMY)) {
      journal.append(List.of(entry("one"), entry("two"), entry("the last, which is torn")));
    }
    Path file = directory.resolve("events.jsonl");
    byte[] whole = Files.readAllBytes(file);
    int lastLine = new String(whole, java.nio.charset.StandardCharsets.UTF_8).lastIndexOf("{\"n\"");
    for (int length = lastLine + 1; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (Journal journal = Journal.open(directory, ROOMY)) {
        List<Journal.Entry> all = journal.read(1, 100);
        assertEquals(List.of(1L, 2L, 3L), numbers(all), "torn at byte " + length);
        assertEquals("two", all.get(1).sentence());
        assertEquals("journal-torn-tail", all.get(2).rule(), "torn at byte " + length);
        assertEquals(
            Map.of("bytes", Integer.toString(length - lastLine), "after", "2"),
            all.get(2).evidence());
      }
    }
  }

  @Test
  void aTailOfZerosAfterAPowerCutIsCutOff() throws Exception {
    try (Journal journal = Journal.open(directory, ROOMY)) {
      journal.append(List.of(entry("one")));
    }
    Path file = directory.resolve("events.jsonl");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length + 5000));
    try (Journal journal = Journal.open(directory, ROOMY)) {
      assertEquals(
          List.of("one", "the journal ended in a torn record; it was cut off"),
          sentences(journal.read(1, 100)));
    }
    try (Journal journal = Journal.open(directory, ROOMY)) {
      assertEquals(2, journal.read(1, 100).size(), "repaired once, not at each start");
    }
  }

  @Test
  void everySingleDamagedByteInTheMiddleLosesThatRecordOnlyAndSaysSo() throws Exception {
    try (Journal journal = Journal.open(directory, ROOMY)) {
      journal.append(List.of(entry("one"), entry("two"), entry("three")));
    }
    Path file = directory.resolve("events.jsonl");
    byte[] whole = Files.readAllBytes(file);
    int first = indexOf(whole, 0) + 1;
    int second = indexOf(whole, first);
    for (int i = first; i < second; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x04;
      Files.write(file, damaged);
      try (Journal journal = Journal.open(directory, ROOMY)) {
        List<Journal.Entry> all = journal.read(1, 100);
        assertEquals(List.of(1L, 2L, 3L), numbers(all), "damaged at byte " + i);
        assertEquals("journal-gap", all.get(1).rule(), "damaged at byte " + i);
        assertEquals(all, journal.last(3));
        assertEquals(List.of(2L, 3L), numbers(journal.read(2, 100)));
      }
    }
  }

  @Test
  void aFullFileIsRotatedAndOneOlderIsKept() throws Exception {
    try (Journal journal = Journal.open(directory, 4096)) {
      for (int i = 1; i <= 700; i++) {
        journal.append(List.of(entry("number " + i)));
      }
      journal.sync();
      assertTrue(Files.size(directory.resolve("events.jsonl")) <= 4096);
      assertTrue(Files.size(directory.resolve("events.1.jsonl")) <= 4096);
    }
    try (java.util.stream.Stream<Path> files = Files.list(directory)) {
      assertEquals(2, files.count());
    }
    try (Journal journal = Journal.open(directory, 4096)) {
      List<Journal.Entry> all = journal.read(1, 10_000);
      long first = all.getFirst().number();
      assertTrue(first > 1 && first < 690, "both files are read: " + first);
      assertEquals(LongStream.rangeClosed(first, 700).boxed().toList(), numbers(all));
      assertEquals(all.subList(all.size() - 30, all.size()), journal.last(30));
      assertEquals(701, journal.append(List.of(entry("after"))));
    }
  }

  @Test
  void readingGoesOnWhileOthersWriteAndRotate() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (Journal journal = Journal.open(directory, 16 * 1024)) {
      List<Throwable> failed = new ArrayList<>();
      Thread writer =
          Thread.ofPlatform()
              .uncaughtExceptionHandler((t, e) -> failed.add(e))
              .start(() -> {
                try {
                  for (int i = 0; i < 3000; i++) {
                    journal.append(List.of(entry("a"), entry("b")));
                    if (i % 100 == 0) {
                      journal.sync();
                    }
                  }
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                } finally {
                  done.set(true);
                }
              });
      long next = 1;
      while (!done.get()) {
        for (Journal.Entry entry : journal.read(next, 50)) {
          assertTrue(entry.number() >= next);
          next = entry.number() + 1;
        }
        List<Journal.Entry> last = journal.last(20);
        for (int i = 1; i < last.size(); i++) {
          assertEquals(last.get(i - 1).number() + 1, last.get(i).number());
          assertFalse(last.get(i).rule().equals("journal-gap"), "nothing was lost");
        }
      }
      writer.join();
      assertEquals(List.of(), failed);
      assertEquals(6000, journal.last(1).getFirst().number());
    }
  }

  @Test
  void whoWaitsForTheNextEntryIsWoken() throws Exception {
    try (Journal journal = Journal.open(directory, ROOMY)) {
      assertFalse(journal.awaitAfter(0, Duration.ofMillis(5)));
      Thread.ofVirtual().start(() -> assertEquals(1, appended(journal)));
      assertTrue(journal.awaitAfter(0, Duration.ofSeconds(10)));
    }
  }

  @Test
  void anInterruptOfItsThreadDoesNotCloseTheJournal() throws Exception {
    try (Journal journal = Journal.open(directory, ROOMY)) {
      Thread.currentThread().interrupt();
      journal.append(List.of(entry("one")));
      journal.sync();
      assertTrue(Thread.interrupted());
      journal.append(List.of(entry("two")));
      assertEquals(2, journal.last(9).size());
    }
  }

  @Test
  void aHugeEntryIsCutNotRefused() throws Exception {
    Map<String, String> huge = new java.util.HashMap<>();
    for (int i = 0; i < 100; i++) {
      huge.put("key" + i, "x".repeat(10_000));
    }
    try (Journal journal = Journal.open(directory, ROOMY)) {
      journal.append(List.of(Journal.Entry.of(AT, "event", "r", "y".repeat(10_000), huge)));
    }
    assertTrue(Files.size(directory.resolve("events.jsonl")) < RecordLine.BYTES_MAX);
    try (Journal journal = Journal.open(directory, ROOMY)) {
      Journal.Entry read = journal.last(1).getFirst();
      assertTrue(read.sentence().startsWith("yyy"));
      assertTrue(read.evidence().get("evidence").startsWith("left out"), read.toString());
    }
  }

  @Test
  void aFullDiskKeepsEntriesReadableAndTheyAreWrittenWhenThereIsRoom() throws Exception {
    FailingDisk disk = new FailingDisk();
    try (Journal journal = Journal.open(directory, ROOMY, disk)) {
      journal.append(List.of(entry("one")));
      disk.bytesLeft = 20; // Half a record fits.
      assertThrows(IOException.class, () -> journal.append(List.of(entry("two"))));
      assertThrows(IOException.class, () -> journal.append(List.of(entry("three"))));
      assertThrows(IOException.class, journal::sync);
      assertEquals(List.of("one", "two", "three"), sentences(journal.read(1, 9)));
      assertEquals(3, journal.lastNumber());
      disk.bytesLeft = Long.MAX_VALUE;
      journal.append(List.of(entry("four")));
    }
    try (Journal journal = Journal.open(directory, ROOMY)) {
      assertEquals(List.of("one", "two", "three", "four"), sentences(journal.read(1, 9)));
    }
  }

  @Test
  void whatAFullDiskLostForGoodIsShownAsAGap() throws Exception {
    FailingDisk disk = new FailingDisk();
    try (Journal journal = Journal.open(directory, ROOMY, disk)) {
      journal.append(List.of(entry("one")));
      disk.bytesLeft = 0;
      for (int i = 0; i < Journal.KEPT_MAX + 10; i++) {
        assertThrows(IOException.class, () -> journal.append(List.of(entry("lost"))));
      }
      disk.bytesLeft = Long.MAX_VALUE;
      journal.append(List.of(entry("back")));
    }
    try (Journal journal = Journal.open(directory, ROOMY)) {
      List<Journal.Entry> all = journal.read(1, 10_000);
      assertEquals("journal-gap", all.get(1).rule());
      assertEquals(Map.of("first", "2", "last", "12"), all.get(1).evidence());
      assertEquals("back", all.getLast().sentence());
    }
  }

  @Test
  void aDiskThatIsFullFromTheStartKeepsNobodyFromStarting() throws Exception {
    FailingDisk disk = new FailingDisk();
    disk.opens = false;
    try (Journal journal = Journal.open(directory, ROOMY, disk)) {
      assertThrows(IOException.class, () -> journal.append(List.of(entry("one"))));
      assertEquals(List.of("one"), sentences(journal.last(5)));
      disk.opens = true;
    }
    assertArrayEquals(
        RecordLine.encode(entry("one").numbered(1)),
        Files.readAllBytes(directory.resolve("events.jsonl")));
  }

  @Test
  void anEntryIsJsonForClients() {
    assertEquals(
        "{\"number\":7,\"at\":\"2026-11-23T03:11:06.123Z\",\"kind\":\"decision\","
            + "\"rule\":\"test-rule\",\"sentence\":\"s\",\"evidence\":{\"because\":\"test\"}}",
        entry("s").numbered(7).toJson().toString());
  }

  private static long appended(Journal journal) {
    try {
      return journal.append(List.of(entry("x")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static int indexOf(byte[] bytes, int from) {
    int i = from;
    while (bytes[i] != '\n') {
      i++;
    }
    return i;
  }

  static Journal.Entry entry(String sentence) {
    return Journal.Entry.of(AT, "decision", "test-rule", sentence, Map.of("because", "test"));
  }

  private static List<Long> numbers(List<Journal.Entry> entries) {
    return entries.stream().map(Journal.Entry::number).toList();
  }

  private static List<String> sentences(List<Journal.Entry> entries) {
    return entries.stream().map(Journal.Entry::sentence).toList();
  }

  /**
   * A disk that takes so many more bytes; what does not fit is written in part, as on a real one.
   */
  private static final class FailingDisk implements LogFile.Opener {
    long bytesLeft = Long.MAX_VALUE;
    boolean opens = true;

    @Override
    public LogFile open(Path path) throws IOException {
      if (!opens) {
        throw new IOException("No space left on device");
      }
      LogFile real = new LogFile.OnDisk(path);
      return new LogFile() {
        @Override
        public void write(long offset, byte[] bytes) throws IOException {
          int fits = (int) Math.min(bytesLeft, bytes.length);
          real.write(offset, Arrays.copyOf(bytes, fits));
          if (fits < bytes.length) {
            throw new IOException("No space left on device");
          }
        }

        @Override
        public void cut(long length) throws IOException {
          real.cut(length);
        }

        @Override
        public void sync() throws IOException {
          real.sync();
        }

        @Override
        public void close() throws IOException {
          real.close();
        }
      };
    }
  }
}
