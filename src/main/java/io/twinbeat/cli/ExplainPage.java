package io.twinbeat.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The answer of {@code explain} for a terminal so many characters wide. */
final class ExplainPage {
  private static final int WIDTH_UNKNOWN = 100;
  private static final int WIDTH_MIN = 60;
  private static final int NAME_WIDTH = 16;

  private final Times times;
  private final Paint paint;
  private final int width;
  private final StringBuilder page = new StringBuilder();

  ExplainPage(Times times, Paint paint, int width) {
    this.times = times;
    this.paint = paint;
    this.width = Math.max(WIDTH_MIN, width);
  }

  /** As the launcher found the terminal. */
  static int width() {
    return Integer.getInteger("twinbeat.columns", WIDTH_UNKNOWN);
  }

  String of(JsonObject result) {
    JsonObject whatIf = Json.object(result, "whatIf");
    if (whatIf.size() > 0) {
      whatIf(whatIf);
      return page.toString();
    }
    List<JsonObject> events = Json.list(result, "explanations");
    if (events.isEmpty()) {
      return "nothing was decided yet\n";
    }
    events.forEach(each -> event(Json.object(each, "event")));
    List<JsonObject> ways = Json.list(result, "ways");
    if (!ways.isEmpty()) {
      heading("WHAT COULD MOVE NOW");
      ways.forEach(this::way);
    }
    Json.list(result, "moves").forEach(this::move);
    Json.list(result, "autopsies").forEach(this::autopsy);
    List<JsonObject> timeline = Json.list(result, "timeline");
    if (!timeline.isEmpty()) {
      heading("WHAT CAME BEFORE AND AFTER");
      JsonObject event = Json.object(events.getFirst(), "event");
      timeline.forEach(line -> line(line, isSame(result, line, event)));
    }
    sources(result);
    return page.toString();
  }

  private static boolean isSame(JsonObject result, JsonObject line, JsonObject event) {
    return Json.text(line, "node").equals(Json.text(result, "node"))
        && Json.text(line, "number").equals(Json.text(event, "number"));
  }

  // Pieces.

  private void heading(String text) {
    page.append(page.isEmpty() ? "" : "\n").append(paint.strong(text)).append('\n');
  }

  /** Breaks between words; what follows the first line stands under its beginning. */
  private void text(String head, String text) {
    page.append(head);
    int indent = Paint.width(head);
    int column = indent;
    boolean first = true;
    for (String word : text.split(" ", -1)) {
      int length = Paint.width(word);
      if (!first && column + 1 + length > width) {
        page.append('\n').repeat(" ", indent);
        column = indent;
        first = true;
      }
      page.append(first ? "" : " ").append(word);
      column += length + (first ? 0 : 1);
      first = false;
    }
    page.append('\n');
  }

  private static String padded(String text, int to) {
    return text + " ".repeat(Math.max(0, to - text.length()));
  }

  private void event(JsonObject entry) {
    String kind = Json.text(entry, "kind");
    String at = Json.text(entry, "at");
    page.append(page.isEmpty() ? "" : "\n");
    page.append(paint.strong("#" + Json.text(entry, "number"))).append(' ');
    page.append(Entries.coloured(paint, kind, kind)).append(", ").append(times.clock(at, true));
    page.append(" (").append(times.ago(at)).append(" ago)\n");
    text("  ", Json.text(entry, "sentence"));
    evidence(entry, "    ");
  }

  private void evidence(JsonObject entry, String indent) {
    JsonObject evidence = Json.object(entry, "evidence");
    List<String> names = new ArrayList<>();
    int longest = "rule".length();
    for (String name : evidence.keySet()) {
      if (!name.equals("clock")) {
        names.add(name);
        longest = Math.max(longest, name.length());
      }
    }
    fact(indent, "rule", Json.text(entry, "rule"), longest);
    for (String name : names) {
      fact(indent, name, Json.text(evidence, name), longest);
    }
  }

  private void fact(String indent, String name, String value, int longest) {
    if (value.isEmpty()) {
      return;
    }
    String head = name;
    for (String part : name.startsWith("weighed ") ? value.split("; ", -1) : new String[] {value}) {
      text(indent + paint.faint(padded(head, longest)) + "  ", part);
      head = "";
    }
  }

  private void way(JsonObject way) {
    boolean open = Json.flag(way, "open");
    text(
        "  ",
        Json.text(way, "group")
            + ", "
            + Json.text(way, "goal")
            + ": "
            + (open ? paint.good("yes, now") : "no"));
    for (JsonObject condition : Json.list(way, "conditions")) {
      boolean met = Json.flag(condition, "met");
      String mark = met ? paint.good("yes") : paint.doubtful("no ");
      text("    " + mark + "  ", Json.text(condition, "sentence"));
    }
  }

  private void move(JsonObject move) {
    String term = Json.text(move, "term");
    List<JsonObject> steps = Json.list(move, "steps");
    heading(
        "HOW "
            + Json.text(move, "group")
            + " CAME TO "
            + Json.text(move, "to")
            + ": "
            + millis(real(move, "wholeMs"))
            + (term.isEmpty() ? "" : ", term " + term));
    long longest = Json.number(move, "longest");
    for (int i = 0; i < steps.size(); i++) {
      JsonObject step = steps.get(i);
      String took = i == 0 ? "" : "+" + millis(real(step, "tookMs"));
      String number = Json.text(step, "number");
      String where = Json.text(step, "node") + (number.equals("0") ? "" : " #" + number);
      String head =
          "  "
              + paint.faint(times.clock(Json.text(step, "at"), true))
              + " ".repeat(Math.max(1, 11 - took.length()))
              + (i == longest && i > 0 ? paint.doubtful(took) : took)
              + "  "
              + padded(Json.text(step, "name"), NAME_WIDTH);
      String detail = Json.text(step, "detail");
      text(
          head + " ",
          where
              + (detail.isEmpty() ? "" : ": " + detail)
              + (i == longest && i > 0 ? paint.doubtful(" (the longest)") : ""));
    }
  }

  private void autopsy(JsonObject autopsy) {
    heading("AUTOPSY: " + Json.text(autopsy, "group") + " WAS ACTIVE ON BOTH NODES");
    String from = Json.text(autopsy, "from");
    String to = Json.text(autopsy, "to");
    text(
        "  ",
        (from.isEmpty() ? "from a moment that no journal tells" : "from " + times.clock(from, true))
            + (to.isEmpty() ? ", still" : " to " + times.clock(to, true))
            + "; they met at "
            + times.clock(Json.text(autopsy, "met"), true)
            + ": "
            + Json.text(autopsy, "stayed")
            + " stayed, "
            + Json.text(autopsy, "yielded")
            + " let go");
    for (JsonObject holding : Json.list(autopsy, "holdings")) {
      String since = Json.text(holding, "from");
      String until = Json.text(holding, "to");
      text(
          "  " + paint.strong(Json.text(holding, "node")) + "  ",
          "held it with term "
              + Json.text(holding, "term")
              + (since.isEmpty()
                  ? ", since before its journal was read"
                  : ", from " + times.clock(since, true))
              + (until.isEmpty() ? " on" : " to " + times.clock(until, true)));
      for (JsonObject knew : Json.list(holding, "knew")) {
        text("       knew, #" + Json.text(knew, "number") + ": ", Json.text(knew, "sentence"));
        JsonObject evidence = Json.object(knew, "evidence");
        for (String name : evidence.keySet()) {
          if (!name.equals("clock") && !name.startsWith("weighed ")) {
            text("         " + paint.faint(name) + "  ", Json.text(evidence, name));
          }
        }
      }
    }
  }

  private void line(JsonObject line, boolean asked) {
    String kind = Json.text(line, "kind");
    String head =
        (asked ? paint.strong("> ") : "  ")
            + paint.faint(times.clock(Json.text(line, "at"), true))
            + " "
            + padded(Json.text(line, "node") + " #" + Json.text(line, "number"), 10)
            + " ";
    String sentence = Json.text(line, "sentence");
    text(head, kind.equals("alarm") ? paint.bad("ALARM") + " " + sentence : sentence);
  }

  private void sources(JsonObject result) {
    JsonObject peer = Json.object(result, "peer");
    String name = Json.text(peer, "node");
    String missing = Json.text(peer, "missing");
    if (name.isEmpty()) {
      return;
    }
    page.append('\n');
    if (!missing.isEmpty()) {
      text("", "Only this node's journal was read: " + missing);
      return;
    }
    double ahead = real(peer, "aheadMs");
    text(
        "",
        "Both journals were read. Times are in this node's clock; that of "
            + name
            + " is "
            + millis(Math.abs(ahead))
            + (ahead < 0 ? " behind" : " ahead")
            + ", give or take "
            + millis(real(peer, "unsureMs"))
            + "."
            + (Json.flag(peer, "all") ? "" : " Older entries of " + name + " did not fit."));
  }

  private void whatIf(JsonObject whatIf) {
    heading("IF NOW: " + Json.text(whatIf, "faults"));
    for (JsonObject line : Json.list(whatIf, "story")) {
      String kind = Json.text(line, "kind");
      String sentence = Json.text(line, "sentence");
      String after = millis(real(line, "afterMs"));
      String head = " ".repeat(Math.max(1, 10 - after.length())) + after + "  ";
      boolean world = kind.equals("world");
      text(
          head + padded(world ? "" : Json.text(line, "node"), world ? 0 : 6),
          kind.equals("alarm")
              ? paint.bad("ALARM") + " " + sentence
              : world ? paint.strong(sentence) : sentence);
    }
    heading("IN THE END");
    Json.list(whatIf, "ends").forEach(this::end);
    if (Json.flag(whatIf, "goesOn")) {
      text("  ", "and so on: it does not end by itself");
    }
    heading("ASSUMED");
    JsonElement assumptions = whatIf.get("assumptions");
    if (assumptions != null && assumptions.isJsonArray()) {
      assumptions.getAsJsonArray().forEach(each -> text("  - ", Json.oneLine(each.getAsString())));
    }
  }

  private void end(JsonObject end) {
    List<String> holders = new ArrayList<>();
    if (end.get("holders") instanceof JsonArray all) {
      all.forEach(each -> holders.add(Json.oneLine(each.getAsString())));
    }
    double unserved = real(end, "unservedMs");
    double doubly = real(end, "doublyMs");
    boolean served = Json.flag(end, "served");
    String where = holders.isEmpty() ? "on no node" : "on " + String.join(" and ", holders);
    String outage =
        !served
            ? paint.bad("not served any more")
            : unserved > 0
                ? "served; not served for about " + millis(unserved)
                : paint.good("served without a break");
    String twice = doubly > 0 ? "; " + paint.bad("on two running nodes for " + millis(doubly)) : "";
    text("  ", Json.text(end, "group") + " " + where + ", " + outage + twice);
  }

  private static double real(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()
        ? value.getAsDouble()
        : 0;
  }

  /** "0.4 ms", "12 ms", "1.5 s". */
  private static String millis(double millis) {
    return millis > 0 && millis < 1
        ? String.format(Locale.ROOT, "%.1f ms", millis)
        : Times.age(Math.max(0, Math.round(millis)));
  }
}
