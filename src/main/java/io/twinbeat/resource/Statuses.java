package io.twinbeat.resource;

import java.util.ArrayList;
import java.util.List;

/** The HTTP statuses that count as serving: single ones and ranges, {@code 200,204,300-399}. */
public record Statuses(List<Range> ranges) {
  /** Both ends belong to it. */
  public record Range(int from, int to) {
    public Range {
      if (from < 100 || to > 599 || from > to) {
        throw new IllegalArgumentException("an HTTP status is a number from 100 to 599");
      }
    }
  }

  /** What a check wants when nothing else was said. */
  public static final Statuses OK = of(200);

  public Statuses {
    ranges = List.copyOf(ranges);
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("a check needs at least one wanted status");
    }
  }

  public static Statuses of(int... statuses) {
    List<Range> ranges = new ArrayList<>();
    for (int status : statuses) {
      ranges.add(new Range(status, status));
    }
    return new Statuses(ranges);
  }

  /** Reads {@code 200,204,300-399}; throws IllegalArgumentException on anything else. */
  public static Statuses parse(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String range = part.strip();
      int dash = range.indexOf('-');
      try {
        int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash).strip());
        int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1).strip());
        ranges.add(new Range(from, to));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("not an HTTP status or range of them: " + range, e);
      }
    }
    return new Statuses(ranges);
  }

  public boolean contains(int status) {
    for (Range range : ranges) {
      if (status >= range.from && status <= range.to) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Range range : ranges) {
      text.append(text.isEmpty() ? "" : ",").append(range.from);
      if (range.to != range.from) {
        text.append('-').append(range.to);
      }
    }
    return text.toString();
  }
}
