package io.twinbeat.process;

import java.time.Duration;

/** How a child process ended. Only {@link Exited} with the wanted status proves anything. */
public sealed interface Outcome {
  /** What it wrote to standard output, cut at {@link Commands#OUTPUT_BYTES_MAX}. */
  String out();

  /** What it wrote to standard error, cut likewise. */
  String err();

  /** From start to end. */
  Duration took();

  /** It ended by itself; a death by signal N has status 128 + N. */
  record Exited(int status, String out, String err, Duration took) implements Outcome {}

  /** It was still running at its limit and was killed with all its descendants. */
  record TimedOut(String out, String err, Duration took) implements Outcome {}

  /** It could not be started at all: {@code why} names the program and the reason. */
  record NotStarted(String why) implements Outcome {
    @Override
    public String out() {
      return "";
    }

    @Override
    public String err() {
      return why;
    }

    @Override
    public Duration took() {
      return Duration.ZERO;
    }
  }

  default boolean succeeded() {
    return this instanceof Exited exited && exited.status() == 0;
  }

  /** One line for a log or an error: how it ended, and the last line that it wrote. */
  default String summary() {
    String last = lastLine(err().isBlank() ? out() : err());
    String tail = last.isEmpty() ? "" : ": " + last;
    return switch (this) {
      case Exited e -> "exit status " + e.status() + tail;
      case TimedOut t -> "killed at its time limit after " + t.took().toMillis() + " ms" + tail;
      case NotStarted n -> "not started: " + n.why();
    };
  }

  private static String lastLine(String text) {
    String trimmed = text.strip();
    return trimmed.substring(trimmed.lastIndexOf('\n') + 1).strip();
  }
}
