package io.twinbeat.daemon;

/** Text of the peer, made fit for a line of a log or a terminal. Authentic is not harmless. */
final class PeerText {
  /** Longer than any sentence of ours about a name or a reason. */
  static final int CHARS_MAX = 200;

  private PeerText() {}

  /** Without control, format and separator characters, and not endless; null is the empty text. */
  static String shown(String text) {
    if (text == null) {
      return "";
    }
    StringBuilder shown = new StringBuilder();
    int i = 0;
    while (i < text.length() && i < CHARS_MAX) {
      int c = text.codePointAt(i);
      shown.appendCodePoint(isShowable(c) ? c : '?');
      i += Character.charCount(c);
    }
    return i < text.length() ? shown.append("...").toString() : shown.toString();
  }

  private static boolean isShowable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          false;
      default -> true;
    };
  }
}
