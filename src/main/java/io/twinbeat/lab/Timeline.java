package io.twinbeat.lab;

/** Words for what the client sees, and lines with the seconds since a beginning. */
final class Timeline {
  /** Shorter ones are told in the summary, and with the outage that they fall into. */
  private static final long STALL_NANOS_MIN = 100_000_000;

  private Timeline() {}

  /** Whether the event is worth a line. */
  static boolean isTold(Probe.Event event) {
    return !(event instanceof Probe.Stalled stalled) || stalled.lengthNanos() >= STALL_NANOS_MIN;
  }

  static String line(long atNanos, long zeroNanos, String text) {
    return "%8.3f  %s".formatted((atNanos - zeroNanos) / 1e9, text);
  }

  static String probeEvent(Probe.Event event) {
    return switch (event) {
      case Probe.Down down ->
          "no answer (%s); the last came from %s".formatted(down.why(), down.lastNode());
      case Probe.Up up ->
          "answered by %s again after %.0f ms (before: %s; %s)"
              .formatted(
                  up.outage().after(),
                  up.outage().millis(),
                  up.outage().before(),
                  up.outage().how());
      case Probe.Moved moved ->
          moved.before().equals("-")
              ? "answered by " + moved.after()
              : "answered by %s, no longer by %s; nothing lost"
                  .formatted(moved.after(), moved.before());
      case Probe.Stalled stalled ->
          "(the probe itself stood still for %.0f ms)".formatted(stalled.lengthNanos() / 1e6);
    };
  }
}
