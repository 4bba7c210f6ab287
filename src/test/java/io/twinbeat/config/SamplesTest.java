package io.twinbeat.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files that are installed beside the program are right. */
class SamplesTest {
  static final Path SAMPLE = Path.of("resources/twinbeat.yaml");

  @Test
  void sampleIsGoodAndWarnsOfNothing() {
    assertGood(SAMPLE);
  }

  @Test
  void sitesAreGoodAndWarnOfNothing() {
    assertGood(Path.of("resources/site-three-tiers.yaml"));
    assertGood(Path.of("resources/site-nat.yaml"));
    assertGood(Path.of("resources/site-tun.yaml"));
  }

  @Test
  void examplesAreGoodAndWarnOfNothing() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("resources/examples"))) {
      List<Path> examples = files.filter(f -> f.toString().endsWith(".yaml")).toList();
      assertFalse(examples.isEmpty());
      examples.forEach(SamplesTest::assertGood);
    }
  }

  /** What the sample shows in comments is as right as the rest, each line by itself. */
  @Test
  void everyCommentedSettingOfTheSampleIsRight() throws IOException {
    List<String> lines = Files.readAllLines(SAMPLE);
    int tried = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (!isSetting(lines.get(i))) {
        continue;
      }
      List<String> changed = new ArrayList<>(lines);
      changed.set(i, opened(lines.get(i)));
      Reading reading = SiteReader.read(String.join("\n", changed), "line " + (i + 1));
      assertInstanceOf(Reading.Good.class, reading, reading::toString);
      tried++;
    }
    assertTrue(tried >= 25, "only " + tried);
  }

  /** A commented key or item; not those that only stand together with a line before or after. */
  private static boolean isSetting(String line) {
    String body = line.strip();
    if (!body.startsWith("# ") || body.contains("fencing: none") || body.contains("split-brain")) {
      return false;
    }
    if (line.startsWith(" ") && body.startsWith("#  ")) {
      return false;
    }
    String setting = body.substring(2).strip();
    int colon = setting.indexOf(": ");
    boolean item = setting.startsWith("- ") && setting.contains("{");
    boolean key = colon > 0;
    for (int i = 0; key && i < colon; i++) {
      char c = setting.charAt(i);
      key = (c >= 'a' && c <= 'z') || c == '-';
    }
    return item || (key && !setting.startsWith("- ") && !setting.startsWith("fence:"));
  }

  /** The line without its '#'; what belongs into a commented map gets that map around it. */
  private static String opened(String line) {
    if (line.startsWith("#   - ")) {
      return "notify:\n" + line.substring(1);
    }
    if (line.startsWith("#   ")) {
      return "fencing: { " + line.substring(1).replaceFirst("#.*", "").strip() + " }";
    }
    return line.replaceFirst("# ", "");
  }

  private static void assertGood(Path file) {
    Reading reading = SiteReader.read(file);
    Reading.Good good = assertInstanceOf(Reading.Good.class, reading, reading::toString);
    assertEquals(List.of(), good.warnings(), file.toString());
  }
}
