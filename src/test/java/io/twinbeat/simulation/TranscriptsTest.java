package io.twinbeat.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each scenario gives exactly these decisions and sentences. {@code -Dtranscripts.rewrite=true}
 * writes them anew instead; what changed is then read as a diff.
 */
class TranscriptsTest {
  private static final Path ALL = Path.of("src/test/resources/io/twinbeat/simulation/transcripts");

  static List<Path> transcripts() throws IOException {
    try (Stream<Path> files = Files.list(ALL)) {
      List<Path> all = files.filter(f -> f.toString().endsWith(".txt")).sorted().toList();
      assertTrue(all.size() >= 12, "transcripts: " + all.size());
      return all;
    }
  }

  @ParameterizedTest
  @MethodSource("transcripts")
  void saysExactlyThis(Path file) throws IOException {
    String text = Files.readString(file);
    String now = Transcript.play(text);
    if (Boolean.getBoolean("transcripts.rewrite")) {
      Files.writeString(file, now);
      return;
    }
    assertEquals(
        text,
        now,
        "if the change is meant: mvn test -Dtest=TranscriptsTest -Dtranscripts.rewrite=true");
  }
}
