package io.twinbeat.simulation;

import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
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

  /** The lines told after the first {@code seen}. */
  List<String> since(int seen) {
    return lines.subList(seen, lines.size());
  }

  int size() {
    return lines.size();
  }

  String text() {
    return String.join("\n", lines);
  }

  /** What one core made of one event; what comes all the time is left out. */
  void stepped(long nanos, String name, Event event, List<Effect> effects) {
    if (!wanted) {
      return;
    }
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Explain e ->
            tell(nanos, name, "decides", e.rule() + " " + e.subject() + ": " + e.sentence());
        case Effect.Note e ->
            tell(nanos, name, "notes", e.rule() + " " + e.subject() + ": " + e.sentence());
        case Effect.SendStatus e -> {}
        case Effect.Probe e -> {}
        case Effect.WarmFence e -> {}
        default -> tell(nanos, name, "effect", effect.toString());
      }
    }
    if (!(event instanceof Event.HeartbeatArrived) && !(event instanceof Event.Ticked)) {
      tell(nanos, name, "  after", event.toString());
    }
  }
}
