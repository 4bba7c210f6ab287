package io.twinbeat.config;

import java.util.Objects;
import java.util.Optional;

/**
 * One thing that is wrong (or, as a warning, risky) in a file: where, what was found, what was
 * expected there, and the nearest right word. Line and column count from 1; {@code what} is a path
 * like {@code nodes.lb1.links[0]}, empty for the file as a whole. {@link #toString} is the line an
 * operator reads.
 */
public record Problem(
    String file,
    int line,
    int column,
    String what,
    String found,
    String expected,
    Optional<String> nearest) {

  public Problem {
    Objects.requireNonNull(file);
    Objects.requireNonNull(what);
    Objects.requireNonNull(found);
    Objects.requireNonNull(expected);
    Objects.requireNonNull(nearest);
    if (line < 1 || column < 1) {
      throw new IllegalArgumentException("lines and columns count from 1");
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(160);
    text.append(file).append(':').append(line).append(':').append(column).append(": ");
    if (!what.isEmpty()) {
      text.append(what).append(": ");
    }
    text.append(found).append("; expected ").append(expected);
    if (nearest.isPresent()) {
      text.append("; did you mean '").append(nearest.get()).append("'?");
    }
    return text.toString();
  }
}
