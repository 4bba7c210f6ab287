package io.twinbeat.config;

import java.util.List;

/** The text as nested values with their places (counted from 1), before anything is understood. */
sealed interface Tree {
  int line();

  int column();

  /** A word. {@code plain} is false when it was quoted: a quoted "null" is a word. */
  record Scalar(String text, boolean plain, int line, int column) implements Tree {}

  record Items(List<Tree> items, int line, int column) implements Tree {}

  record Fields(List<Entry> entries, int line, int column) implements Tree {}

  /** A key with its place, and its value. */
  record Entry(String key, int line, int column, Tree value) {}

  default boolean isNothing() {
    return this instanceof Scalar s
        && s.plain()
        && (s.text().isEmpty() || s.text().equals("~") || s.text().equals("null"));
  }

  /** For messages: a word in quotes, or what kind of thing it is. */
  default String shown() {
    if (isNothing()) {
      return "nothing";
    }
    return switch (this) {
      case Scalar s -> Values.quoted(s.text());
      case Items _ -> "a list";
      case Fields _ -> "a map";
    };
  }
}
