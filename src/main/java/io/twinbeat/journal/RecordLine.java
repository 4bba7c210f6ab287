package io.twinbeat.journal;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/** One entry as a line of bytes, and back. */
final class RecordLine {
  /** The longest line that is written; a longer entry loses its evidence, and says so. */
  static final int BYTES_MAX = 64 * 1024;

  /** The longest single text inside an entry. */
  static final int TEXT_CHARS_MAX = 4096;

  /** No journal comes to this number; one that says so was not written by us. */
  private static final long NUMBER_MAX = 1_000_000_000_000_000_000L;

  private static final byte[] BEGIN = "{\"n\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CRC = ",\"crc\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final int TAIL_BYTES = CRC.length + 8 + 2;
  private static final String DIGITS = "0123456789abcdef";

  private RecordLine() {}

  /** The line with its newline. */
  static byte[] encode(Journal.Entry entry) {
    byte[] line = line(entry);
    if (line.length <= BYTES_MAX) {
      return line;
    }
    return line(
        new Journal.Entry(
            entry.number(),
            entry.at(),
            entry.kind(),
            entry.rule(),
            entry.sentence(),
            Map.of("evidence", "left out: " + line.length + " bytes")));
  }

  private static byte[] line(Journal.Entry entry) {
    JsonObject json = new JsonObject();
    json.addProperty("n", entry.number());
    json.addProperty("at", entry.at().toString());
    json.addProperty("kind", cut(entry.kind()));
    json.addProperty("rule", cut(entry.rule()));
    json.addProperty("sentence", cut(entry.sentence()));
    JsonObject evidence = new JsonObject();
    entry.evidence().forEach((name, value) -> evidence.addProperty(cut(name), cut(value)));
    json.add("evidence", evidence);
    byte[] whole = json.toString().getBytes(StandardCharsets.UTF_8);
    int body = whole.length - 1; // The closing brace moves behind the checksum.
    byte[] line = new byte[body + TAIL_BYTES + 1];
    System.arraycopy(whole, 0, line, 0, body);
    System.arraycopy(CRC, 0, line, body, CRC.length);
    int at = body + CRC.length;
    int crc = checksum(line, body);
    for (int shift = 28; shift >= 0; shift -= 4) {
      line[at++] = (byte) DIGITS.charAt((crc >>> shift) & 0xf);
    }
    line[at++] = '"';
    line[at++] = '}';
    line[at] = '\n';
    return line;
  }

  /** The entry of a line (without its newline), or empty if the line is not what was written. */
  static Optional<Journal.Entry> decode(byte[] line) {
    if (!intact(line)) {
      return Optional.empty();
    }
    try {
      JsonObject json =
          JsonParser.parseString(new String(line, StandardCharsets.UTF_8)).getAsJsonObject();
      Map<String, String> evidence = new LinkedHashMap<>();
      for (Map.Entry<String, JsonElement> item : json.getAsJsonObject("evidence").entrySet()) {
        evidence.put(item.getKey(), item.getValue().getAsString());
      }
      return Optional.of(
          new Journal.Entry(
              json.get("n").getAsLong(),
              Instant.parse(json.get("at").getAsString()),
              json.get("kind").getAsString(),
              json.get("rule").getAsString(),
              json.get("sentence").getAsString(),
              evidence));
    } catch (RuntimeException e) {
      return Optional.empty(); // A good checksum over something else: not ours.
    }
  }

  /** The number of an intact line, without parsing the rest. */
  static OptionalLong number(byte[] line) {
    if (!intact(line)) {
      return OptionalLong.empty();
    }
    long number = 0;
    int at = BEGIN.length;
    while (line[at] >= '0' && line[at] <= '9' && number < NUMBER_MAX / 10) {
      number = number * 10 + (line[at++] - '0');
    }
    return number > 0 && line[at] == ',' ? OptionalLong.of(number) : OptionalLong.empty();
  }

  private static boolean intact(byte[] line) {
    int body = line.length - TAIL_BYTES;
    if (body <= BEGIN.length || line[line.length - 1] != '}' || line[line.length - 2] != '"') {
      return false;
    }
    for (int i = 0; i < BEGIN.length; i++) {
      if (line[i] != BEGIN[i]) {
        return false;
      }
    }
    for (int i = 0; i < CRC.length; i++) {
      if (line[body + i] != CRC[i]) {
        return false;
      }
    }
    int crc = 0;
    for (int i = 0; i < 8; i++) {
      int digit = DIGITS.indexOf(line[body + CRC.length + i]);
      if (digit < 0) {
        return false;
      }
      crc = crc << 4 | digit;
    }
    return crc == checksum(line, body);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static String cut(String text) {
    return text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX) + "...";
  }
}
