package io.twinbeat.cli;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A picture of boxes, words and arrows (SVG 1.1), so plain that any viewer shows it. Arrows go over
 * the boxes of the ground and under all others.
 */
final class Svg {
  static final String GREEN = "#0b6b2d";
  static final String DARK = "#111111";
  static final String GREY = "#666666";

  private final StringBuilder ground = new StringBuilder(2048);
  private final Set<String> arrows = new LinkedHashSet<>();
  private final StringBuilder front = new StringBuilder(8192);
  private final Set<String> colours = new LinkedHashSet<>();

  record Point(int x, int y) {}

  /** How much room words may take: nobody knows the viewer's letters. */
  static int width(String words, boolean bold) {
    return words.length() * (bold ? 9 : 8);
  }

  void ground(int x, int y, int width, int height) {
    box(ground, x, y, width, height, "rx=\"8\" fill=\"#f5f8fb\" stroke=\"#a9bccd\"");
  }

  void box(int x, int y, int width, int height) {
    box(front, x, y, width, height, "rx=\"5\" fill=\"#ffffff\" stroke=\"#5b7890\"");
  }

  void pill(int x, int y, int width, int height) {
    box(front, x, y, width, height, "rx=\"15\" fill=\"#eeeeee\" stroke=\"#999999\"");
  }

  private static void box(StringBuilder to, int x, int y, int width, int height, String look) {
    to.append(
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" %s/>\n"
            .formatted(x, y, width, height, look));
  }

  void text(int x, int y, String words, String colour, boolean bold) {
    text(x, y, "start", words, colour, bold);
  }

  void centred(int x, int y, String words, String colour, boolean bold) {
    text(x, y, "middle", words, colour, bold);
  }

  private void text(int x, int y, String anchor, String words, String colour, boolean bold) {
    if (words.isEmpty()) {
      return;
    }
    String safe = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    String weight = bold ? " font-weight=\"bold\"" : "";
    front.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\"%s>%s</text>\n"
            .formatted(x, y, anchor, colour, weight, safe));
  }

  /** Down, from the lower edge of one thing to the upper edge of the next. */
  void arrow(Point from, Point to, String colour) {
    arrow(
        "M%1$d,%2$d C%1$d,%3$d %4$d,%5$d %4$d,%6$d"
            .formatted(from.x(), from.y(), from.y() + 30, to.x(), to.y() - 34, to.y() - 1),
        colour);
  }

  /** The same to what is behind others: beside them, and into its left edge. */
  void arrowBeside(Point from, int top, Point to, String colour) {
    int gap = to.x() - 8;
    String start =
        "M%1$d,%2$d C%1$d,%3$d %4$d,%5$d %4$d,%6$d"
            .formatted(from.x(), from.y(), from.y() + 30, gap, top - 30, top);
    arrow(start + " V%d H%d".formatted(to.y(), to.x() - 1), colour);
  }

  /** The same round what is between them: up or down at {@code side}, and in at {@code in}. */
  void arrowRound(Point from, int side, int in, Point to, String colour) {
    int out = from.y() + 12;
    String start =
        "M%1$d,%2$d Q%1$d,%3$d %4$d,%3$d".formatted(from.x(), from.y(), out, from.x() + 12);
    String end =
        "H%1$d Q%2$d,%3$d %2$d,%4$d V%5$d".formatted(to.x() + 6, to.x(), in, in + 6, to.y() - 1);
    arrow(start + " L%d,%d V%d ".formatted(side, out, in) + end, colour);
  }

  private void arrow(String path, String colour) {
    colours.add(colour);
    arrows.add(
        "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" marker-end=\"url(#%s)\"/>\n"
            .formatted(path, colour, head(colour)));
  }

  private static String head(String colour) {
    return "h" + colour.substring(1);
  }

  private String heads() {
    StringBuilder heads = new StringBuilder();
    colours.forEach(c ->
        heads.append(
            "<marker id=\"%s\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0,0 L8,4 L0,8 z\" fill=\"%s\"/></marker>"
                .formatted(head(c), c)));
    return heads.toString();
  }

  String document(int width, int height) {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="13">
    <defs>%3$s</defs>
    <rect x="0" y="0" width="%1$d" height="%2$d" fill="#ffffff"/>
    %4$s%5$s%6$s</svg>
    """
        .formatted(width, height, heads(), ground, String.join("", arrows), front);
  }
}
