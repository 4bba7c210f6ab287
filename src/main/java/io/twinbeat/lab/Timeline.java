package io.twinbeat.lab;

import java.util.Optional;

/** Words for what happens, one line each, with the seconds since the beginning. */
final class Timeline {
  private Timeline() {}

  static String line(long atNanos, long zeroNanos, String text) {
    return "%8.3f s  %s".formatted((atNanos - zeroNanos) / 1e9, text);
  }

  /** The client's view; empty for what is told otherwise. */
  static Optional<String> probeEvent(Probe.Event event, long zero) {
    return switch (event) {
      case Probe.Down down ->
          Optional.of(
              line(
                  down.atNanos(),
                  zero,
                  "client: no answer (%s); the last was from %s"
                      .formatted(down.why(), down.lastNode())));
      case Probe.Up up ->
          Optional.of(
              line(
                  up.atNanos(),
                  zero,
                  "client: answered by %s again after %.0f ms (before: %s; %s)"
                      .formatted(
                          up.outage().after(),
                          up.outage().millis(),
                          up.outage().before(),
                          up.outage().how())));
      case Probe.Moved moved ->
          Optional.of(
              line(
                  moved.atNanos(),
                  zero,
                  moved.before().equals("-")
                      ? "client: answered by " + moved.after()
                      : "client: answered by %s, was %s; nothing lost"
                          .formatted(moved.after(), moved.before())));
      case Probe.Stalled stalled ->
          Optional.of(
              line(
                  stalled.atNanos(),
                  zero,
                  "(the probe itself stood still for %.0f ms)"
                      .formatted(stalled.lengthNanos() / 1e6)));
    };
  }
}
