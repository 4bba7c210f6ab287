package io.twinbeat.config;

import java.net.InetAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The kinds of words a value can be: each turns text into a value, or says what is wrong. */
final class Values {
  private static final int SHOWN_MAX = 60;
  private static final int WORD_MAX = 4096;
  private static final String DURATION = "a duration such as 200ms, 1s, 5m, 2h or 1d";
  private static final String SIZE = "a size such as 64KiB or 10MB";

  private Values() {}

  /** The value of a word, or what was expected in its place. */
  sealed interface Parsed<T> {}

  record Value<T>(T value) implements Parsed<T> {}

  /** {@code found} is empty when the word itself says it all. */
  record Wrong<T>(Optional<String> found, String expected, Optional<String> nearest)
      implements Parsed<T> {
    static <T> Wrong<T> of(String expected) {
      return new Wrong<>(Optional.empty(), expected, Optional.empty());
    }

    static <T> Wrong<T> of(String found, String expected) {
      return new Wrong<>(Optional.of(found), expected, Optional.empty());
    }
  }

  /** A kind of word; {@code expected} is said where there is none at all. */
  record Kind<T>(String expected, Function<String, Parsed<T>> parser) {
    Parsed<T> parse(String text) {
      return text.length() > WORD_MAX
          ? Wrong.of("a word of " + text.length() + " characters", expected)
          : parser.apply(text);
    }
  }

  static String quoted(String text) {
    return "'" + shortened(text) + "'";
  }

  /** Fit for one line of a terminal: no control characters, not endless. */
  static String shortened(String text) {
    StringBuilder shown = new StringBuilder(Math.min(text.length(), SHOWN_MAX) + 3);
    int i = 0;
    while (i < text.length() && i < SHOWN_MAX) {
      int c = text.codePointAt(i);
      shown.appendCodePoint(c < ' ' || (c >= 0x7f && c < 0xa0) || isUnshowable(c) ? '?' : c);
      i += Character.charCount(c);
    }
    return i < text.length() ? shown.append("...").toString() : shown.toString();
  }

  private static boolean isUnshowable(int c) {
    int type = Character.getType(c);
    return type == Character.FORMAT
        || type == Character.SURROGATE
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  static Kind<Duration> duration(Duration min, Duration max) {
    return new Kind<>(
        DURATION,
        text -> {
          long millis = scaled(text, Values::milliseconds);
          if (millis < 0) {
            boolean bare = scaled(text, unit -> unit.isEmpty() ? 1 : 0) >= 0;
            return new Wrong<>(
                bare ? Optional.of(quoted(text) + " without a unit") : Optional.empty(),
                DURATION,
                meantDuration(text, min, max));
          }
          Duration value = Duration.ofMillis(millis);
          if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            return Wrong.of("a duration from " + shown(min) + " to " + shown(max));
          }
          return new Value<>(value);
        });
  }

  /** The unit that was left out (seconds, as in Heartbeat, where that can be) or written out. */
  private static Optional<String> meantDuration(String text, Duration min, Duration max) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    String number = text.substring(0, digits);
    List<String> units =
        switch (text.substring(digits).strip()) {
          case "" -> List.of("s", "ms");
          case "ms", "msec", "msecs", "millis" -> List.of("ms");
          case "s", "S", "sec", "secs", "second", "seconds" -> List.of("s");
          case "m", "min", "mins", "minute", "minutes" -> List.of("m");
          case "h", "hour", "hours" -> List.of("h");
          case "d", "day", "days" -> List.of("d");
          default -> List.of();
        };
    for (String unit : units) {
      long millis = scaled(number + unit, Values::milliseconds);
      if (millis >= min.toMillis() && millis <= max.toMillis()) {
        return Optional.of(number + unit);
      }
    }
    return Optional.empty();
  }

  static Kind<Long> size(long min, long max) {
    return new Kind<>(
        SIZE,
        text -> {
          long bytes = scaled(text, Values::bytes);
          if (bytes < 0) {
            return Wrong.of(SIZE);
          }
          return bytes < min || bytes > max
              ? Wrong.of("a size from " + shownSize(min) + " to " + shownSize(max))
              : new Value<>(bytes);
        });
  }

  static Kind<Integer> integer(int min, int max) {
    String expected = "a whole number from " + min + " to " + max;
    return new Kind<>(
        expected,
        text -> {
          long value = scaled(text, unit -> unit.isEmpty() ? 1 : 0);
          return value < min || value > max ? Wrong.of(expected) : new Value<>((int) value);
        });
  }

  static Kind<Boolean> bool() {
    return new Kind<>(
        "true or false",
        text ->
            switch (text) {
              case "true" -> new Value<>(true);
              case "false" -> new Value<>(false);
              case "yes", "on", "True", "TRUE", "1", "y" ->
                  new Wrong<>(Optional.empty(), "true or false", Optional.of("true"));
              case "no", "off", "False", "FALSE", "0", "n" ->
                  new Wrong<>(Optional.empty(), "true or false", Optional.of("false"));
              default -> Wrong.of("true or false");
            });
  }

  static Kind<Path> absolutePath() {
    String expected = "an absolute path (with '/' in front)";
    return new Kind<>(
        expected,
        text -> {
          try {
            return text.startsWith("/") && !hasControl(text)
                ? new Value<>(Path.of(text).normalize())
                : Wrong.of(expected);
          } catch (InvalidPathException _) {
            return Wrong.of(expected);
          }
        });
  }

  /**
   * The path of a file with a secret; what is no path may be the secret itself, and is not shown.
   */
  static Kind<Path> pathOfSecret() {
    Kind<Path> path = absolutePath();
    return new Kind<>(
        path.expected(),
        text ->
            path.parse(text) instanceof Value<Path> value
                ? value
                : Wrong.of("something that is no path (not shown: secret?)", path.expected()));
  }

  /** An address as digits: never a name, so reading a file never asks the DNS. */
  static Kind<InetAddress> address() {
    String expected = "an IPv4 or IPv6 address";
    return new Kind<>(
        expected,
        text -> {
          Optional<InetAddress> ip = Addresses.parse(text);
          return ip.isPresent() ? new Value<>(ip.get()) : Wrong.of(expected);
        });
  }

  static Kind<String> oneOf(List<String> words) {
    String expected = "one of " + String.join(", ", words);
    return new Kind<>(
        expected,
        text ->
            words.contains(text)
                ? new Value<>(text)
                : new Wrong<>(Optional.empty(), expected, Nearest.of(text, words)));
  }

  /** One line of text. */
  static Kind<String> line(String expected) {
    return new Kind<>(
        expected,
        text ->
            text.isEmpty() || hasControl(text)
                ? Wrong.of(text.isEmpty() ? "an empty word" : "text of several lines", expected)
                : new Value<>(text));
  }

  /** Letters, digits and some punctuation inside, at most {@code max} long. */
  static Kind<String> word(String expected, String punctuation, int max) {
    return new Kind<>(
        expected,
        text -> {
          boolean right = !text.isEmpty() && text.length() <= max && isAlphanumeric(text.charAt(0));
          for (int i = 0; right && i < text.length(); i++) {
            char c = text.charAt(i);
            right = isAlphanumeric(c) || punctuation.indexOf(c) >= 0;
          }
          return right ? new Value<>(text) : Wrong.of(expected);
        });
  }

  static boolean hasControl(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** In the largest unit that leaves a whole number: 90s, 2m. */
  static String shown(Duration d) {
    long ms = d.toMillis();
    if (ms == 0) {
      return "0s";
    }
    if (ms % 86_400_000 == 0) {
      return ms / 86_400_000 + "d";
    }
    if (ms % 3_600_000 == 0) {
      return ms / 3_600_000 + "h";
    }
    if (ms % 60_000 == 0) {
      return ms / 60_000 + "m";
    }
    return ms % 1000 == 0 ? ms / 1000 + "s" : ms + "ms";
  }

  private static String shownSize(long bytes) {
    return bytes % (1 << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
  }

  /** Digits (at most nine) and a unit; -1 when it is anything else. A unit of 0 is unknown. */
  private static long scaled(String text, Function<String, Integer> units) {
    int digits = 0;
    long number = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      number = number * 10 + (text.charAt(digits) - '0');
      digits++;
      if (digits > 9) {
        return -1;
      }
    }
    long unit = units.apply(text.substring(digits));
    return digits == 0 || unit == 0 ? -1 : number * unit;
  }

  private static int milliseconds(String unit) {
    return switch (unit) {
      case "ms" -> 1;
      case "s" -> 1000;
      case "m" -> 60_000;
      case "h" -> 3_600_000;
      case "d" -> 86_400_000;
      default -> 0;
    };
  }

  private static int bytes(String unit) {
    return switch (unit) {
      case "B" -> 1;
      case "kB", "KB" -> 1000;
      case "KiB" -> 1 << 10;
      case "MB" -> 1_000_000;
      case "MiB" -> 1 << 20;
      case "GB" -> 1_000_000_000;
      case "GiB" -> 1 << 30;
      default -> 0;
    };
  }
}
