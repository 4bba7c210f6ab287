package io.twinbeat.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;

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
        + coloured(kind, padded)
        + "  "
        + Json.text(entry, "sentence");
  }

  /** The entry with its rule and evidence, over several lines. */
  void whole(JsonObject entry, StringBuilder to) {
    String kind = Json.text(entry, "kind");
    String at = Json.text(entry, "at");
    to.append(paint.strong("#" + Json.text(entry, "number"))).append(' ');
    to.append(coloured(kind, kind)).append(", ").append(times.clock(at, true));
    to.append(" (").append(times.ago(at)).append(" ago)\n");
    to.append("  ").append(Json.text(entry, "sentence")).append('\n');
    JsonObject evidence = Json.object(entry, "evidence");
    int width = "rule".length();
    for (String name : evidence.keySet()) {
      width = Math.max(width, name.length());
    }
    pair(to, "rule", Json.text(entry, "rule"), width);
    for (Map.Entry<String, JsonElement> item : evidence.entrySet()) {
      pair(to, item.getKey(), Json.text(evidence, item.getKey()), width);
    }
  }

  private void pair(StringBuilder to, String name, String value, int width) {
    if (!value.isEmpty()) {
      to.append("    ").append(paint.faint(name)).append(" ".repeat(width - name.length() + 2));
      to.append(value).append('\n');
    }
  }

  private String coloured(String kind, String text) {
    return switch (kind) {
      case "alarm" -> paint.bad(text);
      case "refusal" -> paint.doubtful(text);
      case "decision" -> paint.good(text);
      default -> text;
    };
  }
}
