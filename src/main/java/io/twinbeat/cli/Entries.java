package io.twinbeat.cli;

import com.google.gson.JsonObject;

/** Journal entries as text. */
final class Entries {
  private static final int KIND_WIDTH = 8;

  private final Times times;
  private final Paint paint;

  Entries(Times times, Paint paint) {
    this.times = times;
    this.paint = paint;
  }

  /** "12:03:11.123 #17 decision the sentence". */
  String line(JsonObject entry) {
    String kind = Json.text(entry, "kind");
    String padded = kind + " ".repeat(Math.max(0, KIND_WIDTH - kind.length()));
    return paint.faint(
            times.clock(Json.text(entry, "at"), true) + " #" + Json.text(entry, "number"))
        + " "
        + coloured(paint, kind, padded)
        + "  "
        + Json.text(entry, "sentence");
  }

  static String coloured(Paint paint, String kind, String text) {
    return switch (kind) {
      case "alarm" -> paint.bad(text);
      case "refusal" -> paint.doubtful(text);
      case "decision" -> paint.good(text);
      default -> text;
    };
  }
}
