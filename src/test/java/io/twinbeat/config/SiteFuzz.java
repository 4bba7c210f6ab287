package io.twinbeat.config;

import java.util.List;

/** Fuzz target: any bytes as the one file. The reader never throws, and says where it hurts. */
public final class SiteFuzz {
  private static final int SENTENCE_CHARS_MAX = 1200;

  private SiteFuzz() {}

  public static void fuzzerTestOneInput(byte[] text) {
    Reading reading = SiteReader.read(text, "fuzz.yaml");
    switch (reading) {
      case Reading.Good(Site site, List<Problem> warnings) -> {
        warnings.forEach(SiteFuzz::readable);
        Pair pair = site.pair();
        // The same bytes mean the same, and what the meaning is made of holds together.
        if (!reading.equals(SiteReader.read(text, "fuzz.yaml"))
            || !pair.hash().equals(Meaning.hashed(pair).hash())) {
          throw new AssertionError("read twice, it means two things");
        }
        if (pair.nodes().size() != 2 || pair.groups().isEmpty()) {
          throw new AssertionError("accepted: " + pair);
        }
        pair.nodes().forEach(node -> pair.peer(node));
      }
      case Reading.Bad(List<Problem> problems) -> problems.forEach(SiteFuzz::readable);
    }
  }

  private static void readable(Problem problem) {
    String shown = problem.toString();
    if (Values.hasControl(shown) || shown.length() >= SENTENCE_CHARS_MAX) {
      throw new AssertionError("not fit for a terminal: " + shown);
    }
  }
}
