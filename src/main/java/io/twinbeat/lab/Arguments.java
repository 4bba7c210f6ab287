package io.twinbeat.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The words of one lab command: options with and without a value, the rest, and what is after --.
 */
final class Arguments {
  /** The command line was wrong; the message says what to write instead. */
  static final class Usage extends RuntimeException {
    private static final long serialVersionUID = 1;

    Usage(String message) {
      super(message);
    }
  }

  private final Map<String, String> options = new LinkedHashMap<>();
  private final List<String> words = new ArrayList<>();
  private final List<String> rest = new ArrayList<>();

  /** {@code valued} options take the next word, {@code flags} none; any other is an error. */
  Arguments(List<String> arguments, Set<String> valued, Set<String> flags) {
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (word.equals("--")) {
        rest.addAll(arguments.subList(i + 1, arguments.size()));
        return;
      }
      if (!word.startsWith("--")) {
        words.add(word);
      } else if (flags.contains(word)) {
        options.put(word, "");
      } else if (!valued.contains(word)) {
        throw new Usage("unknown option " + word);
      } else if (i + 1 == arguments.size()) {
        throw new Usage(word + " needs a value");
      } else {
        options.put(word, arguments.get(++i));
      }
    }
  }

  boolean has(String flag) {
    return options.containsKey(flag);
  }

  Optional<String> option(String name) {
    return Optional.ofNullable(options.get(name));
  }

  /** Words that are no options, in order. */
  int size() {
    return words.size();
  }

  String word(int index, String what) {
    if (index >= words.size()) {
      throw new Usage("which " + what + "?");
    }
    return words.get(index);
  }

  void noMoreThan(int count) {
    if (words.size() > count) {
      throw new Usage("what is \"" + words.get(count) + "\" for?");
    }
  }

  List<String> rest() {
    return rest;
  }

  /** As in the site's file: 200ms, 5s, 2m. */
  static Duration duration(String text) {
    java.util.regex.Matcher matcher =
        java.util.regex.Pattern.compile("(\\d{1,9})(ms|s|m)").matcher(text);
    if (!matcher.matches()) {
      throw new Usage("not a time such as 200ms, 5s or 2m: " + text);
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      default -> Duration.ofMinutes(amount);
    };
  }
}
