package io.twinbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks the source text itself. {@code mvn test -Dtest=TidyTest -Dtidy.fix=true} rewrites files to
 * the one format instead of complaining.
 */
class TidyTest {
  private static final int LINES_MAX = 500;

  @Test
  void everyFileIsFormatted() throws Exception {
    boolean fix = Boolean.getBoolean("tidy.fix");
    Formatter formatter =
        new Formatter(
            JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.GOOGLE).build());
    List<String> unformatted = new ArrayList<>();
    for (Path file : sources()) {
      String text = Files.readString(file);
      String tidy =
          formatter.formatSource(
              ImportOrderer.reorderImports(
                  RemoveUnusedImports.removeUnusedImports(text),
                  JavaFormatterOptions.Style.GOOGLE));
      if (!tidy.equals(text)) {
        if (fix) {
          Files.writeString(file, tidy);
        } else {
          unformatted.add(file.toString());
        }
      }
    }
    assertEquals(
        List.of(), unformatted, "not formatted; run: mvn test -Dtest=TidyTest -Dtidy.fix=true");
  }

  @Test
  void noFileHasGrownBeyondOneReasonToExist() throws Exception {
    List<String> long_ = new ArrayList<>();
    for (Path file : sources()) {
      long lines;
      try (Stream<String> text = Files.lines(file)) {
        lines = text.count();
      }
      if (lines > LINES_MAX) {
        long_.add(file + ": " + lines + " lines, at most " + LINES_MAX);
      }
    }
    assertEquals(List.of(), long_);
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      List<Path> sources = files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
      assertTrue(sources.size() > 1, "run from the top of the checkout");
      return sources;
    }
  }
}
