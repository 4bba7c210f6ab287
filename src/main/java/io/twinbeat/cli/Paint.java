package io.twinbeat.cli;

/** Colours, or none. */
record Paint(boolean on) {
  String good(String text) {
    return in("32", text);
  }

  String doubtful(String text) {
    return in("33", text);
  }

  String bad(String text) {
    return in("1;31", text);
  }

  String strong(String text) {
    return in("1", text);
  }

  String faint(String text) {
    return in("2", text);
  }

  private String in(String code, String text) {
    return on && !text.isEmpty() ? "\033[" + code + "m" + text + "\033[0m" : text;
  }

  /** How wide a text is on the terminal. */
  static int width(String text) {
    int width = 0;
    boolean escape = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\033') {
        escape = true;
      } else if (escape) {
        escape = c != 'm';
      } else if (!Character.isLowSurrogate(c)) {
        width++;
      }
    }
    return width;
  }
}
