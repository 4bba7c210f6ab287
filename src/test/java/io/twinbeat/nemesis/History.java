package io.twinbeat.nemesis;

import io.twinbeat.lab.PowerAction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Collects the entries of a run from all who see something. Any thread. */
final class History {
  /** What is kept of it around a violation: the limit of rest, and the faults before it. */
  private static final long AROUND_NANOS = 45_000_000_000L;

  private static final long BEFORE_NANOS = 10_000_000_000L;

  private final long zero = System.nanoTime();
  private final Instant start = Instant.now();
  private final List<Entry> entries = new ArrayList<>();

  synchronized void add(Entry entry) {
    entries.add(entry);
  }

  /** In the order of what happened; the client tells of an outage only when it has waited. */
  synchronized List<Entry> sorted() {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(entry -> entry.atNanos() - zero));
    return sorted;
  }

  /** What led to it, for a report; questions to a device, which are many, left out. */
  List<String> before(long moment) {
    return told(entry ->
        entry.atNanos() - moment <= 0
            && moment - entry.atNanos() < BEFORE_NANOS
            && !(entry instanceof Entry.Power p && p.action().verb() == PowerAction.Verb.STATUS));
  }

  private List<String> told(Predicate<Entry> wanted) {
    List<String> lines = new ArrayList<>();
    for (Entry entry : sorted()) {
      if (wanted.test(entry)) {
        long at = entry.atNanos() - zero;
        lines.add("%10.1f ms %s %s".formatted(at / 1e6, start.plusNanos(at), entry.told()));
      }
    }
    return lines;
  }

  /** Writes what happened around these moments, with the wall clock's time of the daemons' logs. */
  Path keep(Path file, List<String> head, List<Long> moments) {
    List<String> lines = new ArrayList<>(head);
    lines.addAll(
        told(
            entry -> moments.stream().anyMatch(m -> Math.abs(m - entry.atNanos()) < AROUND_NANOS)));
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      return Files.write(file, lines).toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
