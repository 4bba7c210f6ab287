package io.twinbeat.journal;

import io.twinbeat.journal.Journal.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One moment by both clocks of a machine. The monotonic one, which no step of the wall clock
 * disturbs, stands in the evidence of each entry with the boot in which it counts.
 *
 * @param nanos of the monotonic clock, comparable within the boot
 */
public record Stamp(String boot, long nanos, Instant wall) {
  /** The evidence that holds the monotonic time: for reckoning, not for people. */
  public static final String KEY = "clock";

  private static final char SEPARATOR = '+';

  /** The entry with the monotonic time that its wall-clock time had; it was made just now. */
  public Entry on(Entry entry) {
    long then = nanos - Duration.between(entry.at(), wall).toNanos();
    Map<String, String> evidence = new LinkedHashMap<>(entry.evidence());
    evidence.put(KEY, boot + SEPARATOR + then);
    return new Entry(
        entry.number(), entry.at(), entry.kind(), entry.rule(), entry.sentence(), evidence);
  }

  /** Both clocks when the entry was made; empty for one of an older release. */
  public static Optional<Stamp> of(Entry entry) {
    String text = entry.evidence().getOrDefault(KEY, "");
    int at = text.lastIndexOf(SEPARATOR);
    if (at < 0) {
      return Optional.empty();
    }
    try {
      long nanos = Long.parseLong(text.substring(at + 1));
      return Optional.of(new Stamp(text.substring(0, at), nanos, entry.at()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
