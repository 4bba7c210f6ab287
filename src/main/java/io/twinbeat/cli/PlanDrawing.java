package io.twinbeat.cli;

import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.config.RealServerDuty;
import io.twinbeat.config.Site;
import io.twinbeat.config.Tier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The tiers of a site as a picture (SVG 1.1): each with its machines and addresses, and the ways of
 * requests from one to the next. Plain shapes and text, so that any viewer shows it.
 */
final class PlanDrawing {
  private static final int WIDTH = 1000;
  private static final int MARGIN = 24;
  private static final int LEFT = 250;
  private static final int BOX_WIDTH = 172;
  private static final int BOX_GAP = 12;
  private static final int BOXES_IN_ROW = 4;

  /** So many machines of a tier are drawn; the others are counted. */
  private static final int BOXES_MAX = 12;

  private static final int LINE = 17;
  private static final int PADDING = 12;

  /** Letters that fit in a box, and in the column left of the boxes. */
  private static final int BOX_LETTERS = 24;

  private static final int LEFT_LETTERS = 32;

  private final Site site;
  private final List<SitePath> paths;
  private final StringBuilder below = new StringBuilder(8192);
  private final StringBuilder above = new StringBuilder(4096);

  /** Where a way ends: a machine's box, or a tier's floating addresses. */
  private final Map<String, Point> targets = new HashMap<>();

  private final Map<String, Point> sources = new HashMap<>();
  private int y = MARGIN;

  private record Point(int x, int y) {}

  private record Box(String name, List<String> lines) {}

  private PlanDrawing(Site site) {
    this.site = site;
    this.paths = SitePath.of(site);
  }

  static String svg(Site site) {
    return new PlanDrawing(site).draw();
  }

  private String draw() {
    clients();
    for (Tier tier : site.tiers()) {
      switch (tier) {
        case Tier.OfPair(Pair pair) -> {
          tier(pair.name(), "a pair", floating(pair), boxes(pair));
          gap(pair);
        }
        case Tier.OfServers servers -> {
          tier(servers.name(), "servers", List.of(), boxes(servers));
          y += MARGIN;
        }
      }
    }
    elsewhere();
    paths.forEach(this::way);
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="13">
    <defs>%3$s</defs>
    <rect width="%1$d" height="%2$d" fill="#ffffff"/>
    %4$s%5$s</svg>
    """
        .formatted(WIDTH, y, heads(), below, above);
  }

  private static String heads() {
    StringBuilder heads = new StringBuilder();
    for (String colour : List.of("#1f6fb2", "#7a3fa0", "#b5521b", "#00757a", "#555555")) {
      heads.append(
          "<marker id=\"h%s\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0,0 L8,4 L0,8 z\" fill=\"%s\"/></marker>"
              .formatted(colour.substring(1), colour));
    }
    return heads.toString();
  }

  private void clients() {
    int centre = LEFT + (WIDTH - MARGIN - LEFT) / 2;
    below.append(
        "<rect x=\"%d\" y=\"%d\" width=\"120\" height=\"30\" rx=\"15\" fill=\"#eeeeee\" stroke=\"#999999\"/>\n"
            .formatted(centre - 60, y));
    text(above, centre, y + 20, "clients", "middle", "#333333", false);
    sources.put("", new Point(centre, y + 30));
    y += 30 + 56;
  }

  private static List<String> floating(Pair pair) {
    List<String> lines = new ArrayList<>();
    pair.groups()
        .forEach(group -> {
          for (AddressConfig address : group.addresses()) {
            lines.add(
                PlanPage.ip(address.ip()) + "/" + address.prefixLength() + " " + address.dev());
          }
        });
    return lines;
  }

  private List<Box> boxes(Pair pair) {
    List<Box> boxes = new ArrayList<>();
    for (Node node : pair.nodes()) {
      List<String> lines = new ArrayList<>(node.links().stream().map(PlanPage::ip).toList());
      lines.addAll(silent(node.name()));
      boxes.add(new Box(node.name(), lines));
    }
    return boxes;
  }

  private List<Box> boxes(Tier.OfServers servers) {
    List<Box> boxes = new ArrayList<>();
    for (Tier.Server server : servers.servers()) {
      List<String> lines = new ArrayList<>(server.addresses().stream().map(PlanPage::ip).toList());
      lines.addAll(silent(server.name()));
      boxes.add(new Box(server.name(), lines));
    }
    return boxes;
  }

  /** What the machine has as a real server. */
  private List<String> silent(String machine) {
    List<String> lines = new ArrayList<>();
    for (RealServerDuty duty : RealServerDuty.of(site, machine, Set.of())) {
      String vip = PlanPage.ip(duty.vip());
      lines.add(
          switch (duty.mode()) {
            case DR -> "lo: " + vip;
            case TUN -> "tunnel: " + vip;
            case NAT -> "gateway: " + duty.gateway().map(PlanPage::ip).orElse("?");
          });
    }
    return lines.stream().distinct().toList();
  }

  private void tier(String name, String kind, List<String> floating, List<Box> all) {
    List<Box> boxes = new ArrayList<>(all.subList(0, Math.min(all.size(), BOXES_MAX)));
    int lines = boxes.stream().mapToInt(box -> box.lines().size()).max().orElse(0);
    int boxHeight = (lines + 1) * LINE + PADDING;
    int rows = (boxes.size() + BOXES_IN_ROW - 1) / BOXES_IN_ROW;
    boolean more = all.size() > boxes.size();
    int boxesHeight = rows * (boxHeight + BOX_GAP) - BOX_GAP + (more ? LINE : 0);
    int height = Math.max(boxesHeight, (floating.size() + 2) * LINE) + 2 * PADDING;
    below.append(
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#f5f8fb\" stroke=\"#a9bccd\"/>\n"
            .formatted(MARGIN, y, WIDTH - 2 * MARGIN, height));
    text(below, MARGIN + PADDING, y + PADDING + 13, name, "start", "#111111", true);
    text(below, MARGIN + PADDING, y + PADDING + 13 + LINE, kind, "start", "#666666", false);
    for (int i = 0; i < floating.size(); i++) {
      String line = cut(floating.get(i), LEFT_LETTERS);
      text(
          below,
          MARGIN + PADDING,
          y + PADDING + 13 + (i + 2) * LINE,
          line,
          "start",
          "#0b6b2d",
          true);
    }
    int inRow = Math.min(boxes.size(), BOXES_IN_ROW);
    int span = inRow * (BOX_WIDTH + BOX_GAP) - BOX_GAP;
    int from = LEFT + (WIDTH - MARGIN - PADDING - LEFT - span) / 2;
    for (int i = 0; i < boxes.size(); i++) {
      int x = from + i % BOXES_IN_ROW * (BOX_WIDTH + BOX_GAP);
      int top = y + PADDING + i / BOXES_IN_ROW * (boxHeight + BOX_GAP);
      box(boxes.get(i), x, top, boxHeight);
      targets.put(key(name, boxes.get(i).name()), new Point(x + BOX_WIDTH / 2, top));
    }
    if (more) {
      int bottom = y + height - PADDING;
      String left = "and " + (all.size() - boxes.size()) + " more";
      text(below, from, bottom, left, "start", "#666666", false);
    }
    targets.put(key(name, ""), new Point(MARGIN + 110, y));
    sources.put(name, new Point(from + span / 2, y + height));
    y += height;
  }

  private void box(Box box, int x, int top, int height) {
    below.append(
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\" fill=\"#ffffff\" stroke=\"#5b7890\"/>\n"
            .formatted(x, top, BOX_WIDTH, height));
    int middle = x + BOX_WIDTH / 2;
    text(below, middle, top + 18, cut(box.name(), BOX_LETTERS), "middle", "#111111", true);
    for (int i = 0; i < box.lines().size(); i++) {
      String line = cut(box.lines().get(i), BOX_LETTERS);
      String colour = line.indexOf(": ") > 0 ? "#0b6b2d" : "#333333";
      text(below, middle, top + 18 + (i + 1) * LINE, line, "middle", colour, false);
    }
  }

  /** Room below a tier for the words on its ways. */
  private void gap(Pair pair) {
    long ways = paths.stream().filter(path -> path.from().equals(pair)).count();
    y += ways == 0 ? MARGIN : 44 + (int) ways * LINE;
  }

  /** Servers that are in no tier of the file. */
  private void elsewhere() {
    Map<String, Box> boxes = new LinkedHashMap<>();
    for (SitePath path : paths) {
      for (SitePath.Stop stop : path.to()) {
        if (stop.tier().isEmpty()) {
          boxes.putIfAbsent(
              stop.name() + stop.ip(), new Box(stop.name(), List.of(PlanPage.ip(stop.ip()))));
        }
      }
    }
    if (!boxes.isEmpty()) {
      tier("", "other machines", List.of(), List.copyOf(boxes.values()));
      y += MARGIN;
    }
  }

  private final Map<String, Integer> labels = new HashMap<>();

  private void way(SitePath path) {
    Point from = sources.get(path.from().name());
    String colour = colour(path.mode());
    int label = labels.merge(path.from().name(), 1, Integer::sum);
    String words =
        path.label() + " by " + path.mode() + path.tier().map(tier -> " to " + tier).orElse("");
    text(above, MARGIN + PADDING, from.y() + 8 + label * LINE, words, "start", colour, true);
    for (SitePath.Stop stop : path.to()) {
      Point to = targets.get(key(stop.tier(), stop.floating() ? "" : stop.name()));
      if (to != null) {
        arrow(from, to, colour);
      }
    }
    entry(path);
  }

  private void arrow(Point from, Point to, String colour) {
    above.append(
        "<path d=\"M%d,%d C%d,%d %d,%d %d,%d\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" marker-end=\"url(#h%s)\"/>\n"
            .formatted(
                from.x(),
                from.y(),
                from.x(),
                from.y() + 30,
                to.x(),
                to.y() - 34,
                to.x(),
                to.y() - 1,
                colour,
                colour.substring(1)));
  }

  /** Clients come to the pairs to which no other tier sends. */
  private void entry(SitePath path) {
    String name = path.from().name();
    boolean inner =
        paths.stream().anyMatch(p -> p.to().stream().anyMatch(s -> s.tier().equals(name)));
    if (!inner && labels.get(name) == 1) {
      Point top = targets.get(key(name, path.from().nodes().get(0).name()));
      Point other = targets.get(key(name, path.from().nodes().get(1).name()));
      Point clients = sources.get("");
      arrow(clients, new Point((top.x() + other.x()) / 2, top.y() - PADDING), "#555555");
    }
  }

  private static String colour(String mode) {
    return switch (mode) {
      case "DR" -> "#1f6fb2";
      case "TUN" -> "#7a3fa0";
      case "NAT" -> "#b5521b";
      default -> "#00757a";
    };
  }

  private static String key(String tier, String machine) {
    return tier + " " + machine.toLowerCase(Locale.ROOT);
  }

  private static String cut(String text, int letters) {
    return text.length() <= letters ? text : text.substring(0, letters - 1) + "…";
  }

  private static void text(
      StringBuilder to, int x, int y, String words, String anchor, String colour, boolean bold) {
    String safe = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    to.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\"%s>%s</text>\n"
            .formatted(x, y, anchor, colour, bold ? " font-weight=\"bold\"" : "", safe));
  }
}
