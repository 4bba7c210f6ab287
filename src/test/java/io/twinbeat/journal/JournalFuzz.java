package io.twinbeat.journal;

import io.twinbeat.fuzz.Scratch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Fuzz target: any bytes as the journal's newest file. A checksum of eight underscores is made
 * right first, so that what stands behind it is reached.
 */
public final class JournalFuzz {
  private static final String RIGHT = ",\"crc\":\"________\"}";
  private static final int BYTES_MAX = 1 << 20;
  private static final int ALL = 1000;
  private static final Path DIRECTORY = Scratch.directory("journal");

  private JournalFuzz() {}

  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    Scratch.clear(DIRECTORY);
    Path file = DIRECTORY.resolve("events.jsonl");
    Files.write(file, withChecksums(bytes));
    long last;
    List<Journal.Entry> seen;
    try (Journal journal = Journal.open(DIRECTORY, BYTES_MAX)) {
      long before = journal.lastNumber();
      last =
          journal.append(
              List.of(Journal.Entry.of(Instant.EPOCH, "event", "fuzz", "on it goes", Map.of())));
      if (last != before + 1 || last < 1) {
        throw new AssertionError(last + " after " + before);
      }
      seen = journal.last(ALL);
      ascending(seen);
      ascending(journal.read(0, ALL));
      ascending(journal.read(last, 1));
    }
    try (Journal again = Journal.open(DIRECTORY, BYTES_MAX)) {
      if (again.lastNumber() != last || !again.last(ALL).equals(seen)) {
        throw new AssertionError(seen + " came back as " + again.last(ALL));
      }
    }
    for (Journal.Entry entry : seen) {
      byte[] line = RecordLine.encode(entry);
      byte[] bare = java.util.Arrays.copyOf(line, line.length - 1);
      Journal.Entry back = RecordLine.decode(bare).orElseThrow();
      if (!RecordLine.decode(
              java.util.Arrays.copyOf(RecordLine.encode(back), RecordLine.encode(back).length - 1))
          .orElseThrow()
          .equals(back)) {
        throw new AssertionError(entry + " does not keep its form");
      }
    }
  }

  private static void ascending(List<Journal.Entry> entries) {
    Set<Long> numbers = new HashSet<>();
    long last = Long.MIN_VALUE;
    for (Journal.Entry entry : entries) {
      if (!numbers.add(entry.number()) || entry.number() < last) {
        throw new AssertionError("out of order: " + entries);
      }
      last = entry.number();
    }
  }

  private static byte[] withChecksums(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("(?<=\n)", -1)) {
      String bare = line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
      String made = line;
      if (bare.endsWith(RIGHT)) {
        String body = bare.substring(0, bare.length() - RIGHT.length());
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.ISO_8859_1));
        String right = "%08x".formatted(crc.getValue());
        made = body + RIGHT.replace("________", right) + line.substring(bare.length());
      }
      out.writeBytes(made.getBytes(StandardCharsets.ISO_8859_1));
    }
    return out.toByteArray();
  }
}
