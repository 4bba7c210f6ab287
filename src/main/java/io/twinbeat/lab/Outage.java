package io.twinbeat.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * A time in which no attempt of the client was good: from the start of the first bad attempt to the
 * start of the next good one, {@link System#nanoTime}; {@code before} and {@code after} are the
 * nodes that answered last and first. {@code stalledNanos} of it the probe itself did not run, and
 * so does not know.
 */
public record Outage(
    long startNanos,
    long lengthNanos,
    String before,
    String after,
    int refused,
    int timedOut,
    int other,
    long stalledNanos) {

  public double millis() {
    return lengthNanos / 1e6;
  }

  /** How its attempts failed, in words. */
  public String how() {
    List<String> parts = new ArrayList<>();
    if (refused > 0) {
      parts.add(refused + " refused");
    }
    if (timedOut > 0) {
      parts.add(timedOut + " unanswered");
    }
    if (other > 0) {
      parts.add(other + " broken off");
    }
    if (stalledNanos > 0) {
      parts.add("the probe itself stood still for %.0f ms of it".formatted(stalledNanos / 1e6));
    }
    return String.join(", ", parts);
  }
}
