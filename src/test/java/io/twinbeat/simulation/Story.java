package io.twinbeat.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The timeline of one schedule; nothing is kept unless it is wanted. */
final class Story {
  private static final int LINES_MAX = 20_000;

  final boolean wanted;
  private final List<String> lines = new ArrayList<>();

  Story(boolean wanted) {
    this.wanted = wanted;
  }

  /** One line: milliseconds since the start, who, what kind of thing, and what. */
  void tell(long nanos, String who, String kind, String what) {
    if (wanted && lines.size() < LINES_MAX) {
      lines.add(String.format(Locale.ROOT, "%12.3f  %-4s %-9s %s", nanos / 1e6, who, kind, what));
    }
  }

  String text() {
    return String.join("\n", lines);
  }
}
