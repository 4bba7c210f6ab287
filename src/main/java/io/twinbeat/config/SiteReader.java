package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads and checks the one file. Pure but for reading that file: no names are looked up, and no key
 * or password file is opened (see {@link KeyFile}, {@link SecretFile}). Never throws for what is in
 * the file; all that is wrong comes back in one go, except that broken YAML hides what follows it.
 */
public final class SiteReader {
  private static final int BYTES_MAX = 1 << 20;

  private SiteReader() {}

  public static Reading read(Path file) {
    Report report = new Report(file.toString());
    if (Files.isDirectory(file)) {
      report.problem(Place.TOP, "a directory", "a YAML file");
      return new Reading.Bad(report.problems());
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(BYTES_MAX + 1);
    } catch (NoSuchFileException _) {
      report.problem(Place.TOP, "no such file", "a YAML file");
      return new Reading.Bad(report.problems());
    } catch (IOException e) {
      report.problem(
          Place.TOP, "the file can't be read (" + e.getMessage() + ")", "a readable file");
      return new Reading.Bad(report.problems());
    }
    return read(bytes, report);
  }

  /** Reads a text that is no file (yet); {@code fileName} is what problems call it. */
  public static Reading read(String text, String fileName) {
    return read(text.getBytes(StandardCharsets.UTF_8), fileName);
  }

  static Reading read(byte[] bytes, String fileName) {
    return read(bytes, new Report(fileName));
  }

  private static Reading read(byte[] bytes, Report report) {
    Optional<Site> site = Optional.empty();
    Optional<String> text = decoded(bytes, report);
    if (text.isPresent() && controlsAreFine(text.get(), report)) {
      Optional<Tree> tree = TreeBuilder.build(text.get(), report);
      if (report.count() == 0 && tree.isEmpty()) {
        report.problem(Place.TOP, "an empty file", "a pair (see the sample twinbeat.yaml)");
      }
      if (tree.isPresent()) {
        site =
            TiersReader.isSite(tree.get())
                ? TiersReader.read(report, tree.get())
                : PairReader.read(report, tree.get());
      }
    }
    List<Problem> problems = report.problems();
    return problems.isEmpty() && site.isPresent()
        ? new Reading.Good(site.get(), report.warnings())
        : new Reading.Bad(problems);
  }

  private static Optional<String> decoded(byte[] bytes, Report report) {
    if (bytes.length > BYTES_MAX) {
      report.problem(Place.TOP, "more than 1 MiB", "a file of at most 1 MiB");
      return Optional.empty();
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
    text.flip();
    if (result.isError()) {
      Place place = endOf(text);
      report.problem(place, "a byte that is not UTF-8", "UTF-8 text");
      return Optional.empty();
    }
    // Editors on other systems put a byte order mark in front.
    boolean marked = !text.isEmpty() && text.charAt(0) == '\ufeff';
    return Optional.of(marked ? text.subSequence(1, text.length()).toString() : text.toString());
  }

  private static Place endOf(CharSequence text) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\n') {
        line++;
        column = 1;
      } else if (!Character.isLowSurrogate(text.charAt(i))) {
        column++;
      }
    }
    return new Place(line, column, "");
  }

  /** Tabs before the first word of a line and control characters; the first one is told. */
  private static boolean controlsAreFine(String text, Report report) {
    boolean indent = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean tab = c == '\t';
      boolean control =
          (c < ' ' && !tab && c != '\n' && c != '\r')
              || (c >= 0x7f && c < 0xa0)
              || c == '\ufeff'
              || c >= '\ufffe';
      if (control || (tab && indent)) {
        report.problem(
            endOf(text.substring(0, i)),
            tab ? "a tab" : String.format("a control character (0x%02X)", (int) c),
            tab ? "spaces" : "text");
        return false;
      }
      indent = c == '\n' || (indent && c == ' ');
    }
    return true;
  }
}
