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
import org.junit.jupiter.api.Test;

/**
 * Wrong and risky files with the exact lines an operator reads, from transcripts: {@code
 * bad-files.txt} and {@code bad-sites.txt} say how. {@code -Dbad-files.rewrite=true} writes what is
 * said now; read the difference before it is committed.
 */
class BadFilesTest {
  private static final Path FOLDER = Path.of("src/test/resources/io/twinbeat/config");
  private static final Path FILES = FOLDER.resolve("bad-files.txt");
  private static final Path SITES = FOLDER.resolve("bad-sites.txt");

  private record Case(String title, List<String> old, List<String> text, List<String> said) {
    Case(String title) {
      this(title, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  @Test
  void everyBadFileSaysExactlyThis() throws IOException {
    everyCase(FILES, 60);
  }

  @Test
  void everyBadSiteSaysExactlyThis() throws IOException {
    everyCase(SITES, 30);
  }

  private static void everyCase(Path transcript, int least) throws IOException {
    List<Case> cases = cases(transcript);
    assertTrue(cases.size() >= least, "a table of " + cases.size());
    if (Boolean.getBoolean("bad-files.rewrite")) {
      rewrite(transcript, cases);
    }
    String base = base(cases);
    for (Case each : cases.subList(1, cases.size())) {
      assertEquals(
          String.join("\n", each.said()), String.join("\n", said(text(base, each))), each.title());
    }
  }

  @Test
  void theBasesOfTheTablesAreGood() throws IOException {
    assertGood(base(cases(FILES)));
    assertGood(base(cases(SITES)));
  }

  private static void assertGood(String base) {
    Reading.Good good = assertInstanceOf(Reading.Good.class, SiteReader.read(base, "t.yaml"), base);
    assertEquals(List.of(), good.warnings());
  }

  private static List<String> said(String text) {
    List<String> said = new ArrayList<>();
    switch (SiteReader.read(text, "t.yaml")) {
      case Reading.Bad(List<Problem> problems) -> problems.forEach(p -> said.add("! " + p));
      case Reading.Good(Site _, List<Problem> warnings) ->
          warnings.forEach(w -> said.add("? " + w));
    }
    return said;
  }

  private static String text(String base, Case each) {
    String text = String.join("\n", each.text()).replace("\\t", "\t").replace("\\n", "\n");
    if (each.old().isEmpty()) {
      return text;
    }
    String old = String.join("\n", each.old()).replace("\\n", "\n");
    int at = base.indexOf(old);
    assertTrue(at >= 0, () -> each.title() + ": the base has no: " + old);
    assertFalse(base.indexOf(old, at + 1) >= 0, () -> each.title() + ": twice in base: " + old);
    return base.substring(0, at) + text + base.substring(at + old.length());
  }

  /** The first case is the file that the others change. */
  private static String base(List<Case> cases) {
    return String.join("\n", cases.get(0).text()) + "\n";
  }

  private static List<Case> cases(Path transcript) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String line : Files.readAllLines(transcript)) {
      String rest = line.length() > 2 ? line.substring(2) : "";
      switch (line.isEmpty() ? ' ' : line.charAt(0)) {
        case '=' -> cases.add(new Case(rest));
        case '<' -> cases.getLast().old().add(rest);
        case '>' -> cases.getLast().text().add(rest);
        case '!', '?' -> cases.getLast().said().add(line);
        default -> {}
      }
    }
    return cases;
  }

  private static void rewrite(Path transcript, List<Case> cases) throws IOException {
    List<String> out = new ArrayList<>();
    for (String line : Files.readAllLines(transcript)) {
      if (line.startsWith("=")) {
        break;
      }
      out.add(line);
    }
    for (int i = 0; i < cases.size(); i++) {
      Case each = cases.get(i);
      each.said().clear();
      if (i > 0) {
        each.said().addAll(said(text(base(cases), each)));
      }
      out.add("= " + each.title());
      each.old().forEach(line -> out.add(line.isEmpty() ? "<" : "< " + line));
      each.text().forEach(line -> out.add(line.isEmpty() ? ">" : "> " + line));
      out.addAll(each.said());
      out.add("");
    }
    out.removeLast();
    Files.write(transcript, out);
  }
}
