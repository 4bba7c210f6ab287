package io.twinbeat.cli;

import io.twinbeat.cli.Svg.Point;
import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Pair;
import io.twinbeat.config.RealServerDuty;
import io.twinbeat.config.Site;
import io.twinbeat.config.Tier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The tiers of a site as a picture: each with its machines and the floating addresses that requests
 * come to; below it the ways of requests to the next, and the addresses that float on that side.
 */
final class PlanDrawing {
  private static final int MARGIN = 24;
  private static final int PADDING = 12;
  private static final int LINE = 17;

  /** From the top of a line to the foot of its letters. */
  private static final int FOOT = 13;

  private static final int BOX_GAP = 16;
  private static final int BOX_WIDTH_MIN = 172;
  private static final int LEFT_WIDTH_MIN = 214;
  private static final int SPAN_MIN = 736;
  private static final int BOXES_IN_ROW = 4;

  /** So many machines of a tier are drawn; the others are counted. */
  private static final int BOXES_MAX = 12;

  private static final String CLIENTS_WAY = "#555555";

  private final Site site;
  private final List<SitePath> paths;
  private final List<Row> rows;
  private final Svg svg = new Svg();

  private final int boxWidth;
  private final int left;
  private final int width;
  private final int centre;

  /** Where a way ends: a machine's box, or a tier's floating addresses. */
  private final Map<String, Target> targets = new HashMap<>();

  private final Map<String, Target> sources = new HashMap<>();

  /** The upper edge of each tier. */
  private final List<Integer> tops = new ArrayList<>();

  private int y = MARGIN;

  /** {@code tier}: how many are above it; {@code first}: nothing is before it in its tier. */
  private record Target(Point at, int tier, boolean first) {}

  private record Box(String name, List<String> lines) {
    Stream<Integer> widths() {
      return Stream.concat(
          Stream.of(Svg.width(name, true)), lines.stream().map(line -> Svg.width(line, false)));
    }
  }

  /** What is drawn of a tier: {@code inside} and {@code ways} are words below it. */
  private record Row(
      String name,
      String kind,
      List<String> floating,
      List<Box> boxes,
      List<String> inside,
      List<SitePath> ways,
      boolean clients) {}

  private PlanDrawing(Site site) {
    this.site = site;
    this.paths = SitePath.of(site);
    this.rows = rows();
    this.boxWidth =
        PADDING
            + rows.stream()
                .flatMap(row -> row.boxes().stream())
                .flatMap(Box::widths)
                .reduce(BOX_WIDTH_MIN - PADDING, Math::max);
    this.left =
        MARGIN
            + 2 * PADDING
            + rows.stream()
                .flatMap(row -> Stream.concat(Stream.of(row.name()), row.floating().stream()))
                .map(words -> Svg.width(words, true))
                .reduce(LEFT_WIDTH_MIN, Math::max);
    int columns = rows.stream().map(row -> row.boxes().size()).reduce(0, Math::max);
    int span = Math.max(SPAN_MIN, span(Math.min(columns, BOXES_IN_ROW)));
    this.centre = left + span / 2;
    int below =
        rows.stream()
            .flatMap(row ->
                Stream.concat(row.inside().stream(), row.ways().stream().map(PlanDrawing::words)))
            .map(words -> Svg.width(words, true))
            .reduce(0, Math::max);
    this.width = Math.max(left + span + PADDING, below + 4 * PADDING) + MARGIN;
  }

  static String svg(Site site) {
    return new PlanDrawing(site).draw();
  }

  private int span(int boxes) {
    return boxes * (boxWidth + BOX_GAP) - BOX_GAP;
  }

  private List<Row> rows() {
    List<Row> all = new ArrayList<>();
    for (Tier tier : site.tiers()) {
      switch (tier) {
        case Tier.OfPair(Pair pair) -> all.add(row(pair));
        case Tier.OfServers servers -> {
          List<Box> boxes =
              servers.servers().stream()
                  .map(server -> box(server.name(), server.addresses().stream().map(PlanPage::ip)))
                  .toList();
          all.add(row(servers.name(), "servers", boxes));
        }
      }
    }
    List<Box> elsewhere = elsewhere();
    if (!elsewhere.isEmpty()) {
      all.add(row("", "other machines", elsewhere));
    }
    return all;
  }

  private Row row(Pair pair) {
    List<InsideAddress> inside = InsideAddress.of(pair, paths);
    return new Row(
        pair.name(),
        "a pair",
        InsideAddress.outside(pair, inside).stream().map(PlanDrawing::shown).toList(),
        pair.nodes().stream()
            .map(node -> box(node.name(), node.links().stream().map(PlanPage::ip)))
            .toList(),
        inside.stream().map(each -> shown(each.address()) + ": " + each.sentence()).toList(),
        paths.stream().filter(path -> path.from().equals(pair)).toList(),
        !SitePath.isReached(pair.name(), paths));
  }

  private static Row row(String name, String kind, List<Box> boxes) {
    return new Row(name, kind, List.of(), boxes, List.of(), List.of(), false);
  }

  private static String shown(AddressConfig address) {
    return PlanPage.shown(address) + " " + address.dev();
  }

  /** With what the machine has as a real server. */
  private Box box(String machine, Stream<String> addresses) {
    Stream<String> duties =
        RealServerDuty.of(site, machine, Set.of()).stream()
            .map(duty ->
                switch (duty.mode()) {
                  case DR -> "lo: " + PlanPage.ip(duty.vip());
                  case TUN -> "tunnel: " + PlanPage.ip(duty.vip());
                  case NAT -> "gateway: " + duty.gateway().map(PlanPage::ip).orElse("?");
                });
    return new Box(machine, Stream.concat(addresses, duties).distinct().toList());
  }

  /** Servers that are in no tier of the file. */
  private List<Box> elsewhere() {
    Map<String, Set<String>> addresses = new LinkedHashMap<>();
    for (SitePath path : paths) {
      for (SitePath.Stop stop : path.to()) {
        if (stop.tier().isEmpty()) {
          addresses
              .computeIfAbsent(stop.name(), name -> new LinkedHashSet<>())
              .add(PlanPage.ip(stop.ip()));
        }
      }
    }
    List<Box> boxes = new ArrayList<>();
    addresses.forEach((name, all) -> boxes.add(new Box(name, List.copyOf(all))));
    return boxes;
  }

  private String draw() {
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      if (row.clients()) {
        clients();
      }
      tier(row, i);
      below(row);
    }
    rows.forEach(row -> row.ways().forEach(way -> way(row, way)));
    return svg.document(width, y);
  }

  private void clients() {
    svg.pill(centre - 60, y, 120, 30);
    svg.centred(centre, y + 20, "clients", "#333333", false);
    svg.arrow(new Point(centre, y + 30), new Point(centre, y + 86), CLIENTS_WAY);
    y += 30 + 56;
  }

  private void tier(Row row, int number) {
    List<Box> boxes = row.boxes().subList(0, Math.min(row.boxes().size(), BOXES_MAX));
    int lines = boxes.stream().mapToInt(box -> box.lines().size()).max().orElse(0);
    int boxHeight = (lines + 1) * LINE + PADDING;
    int boxRows = (boxes.size() + BOXES_IN_ROW - 1) / BOXES_IN_ROW;
    int more = row.boxes().size() - boxes.size();
    int boxesHeight = boxRows * (boxHeight + BOX_GAP) - BOX_GAP + (more > 0 ? LINE : 0);
    int height = Math.max(boxesHeight, (row.floating().size() + 2) * LINE) + 2 * PADDING;
    if (!row.inside().isEmpty()) {
      tab(row.inside(), y + height);
    }
    svg.ground(MARGIN, y, width - 2 * MARGIN, height);
    tops.add(y);
    int foot = y + PADDING + FOOT;
    svg.text(MARGIN + PADDING, foot, row.name(), Svg.DARK, true);
    svg.text(MARGIN + PADDING, foot + LINE, row.kind(), Svg.GREY, false);
    for (int i = 0; i < row.floating().size(); i++) {
      int line = foot + (i + 2) * LINE;
      svg.text(MARGIN + PADDING, line, row.floating().get(i), Svg.GREEN, true);
    }
    int from = centre - span(Math.min(boxes.size(), BOXES_IN_ROW)) / 2;
    for (int i = 0; i < boxes.size(); i++) {
      int x = from + i % BOXES_IN_ROW * (boxWidth + BOX_GAP);
      int top = y + PADDING + i / BOXES_IN_ROW * (boxHeight + BOX_GAP);
      box(boxes.get(i), x, top, boxHeight);
      Point middle = new Point(x + boxWidth / 2, top);
      targets.put(
          key(row.name(), boxes.get(i).name()), new Target(middle, number, i < BOXES_IN_ROW));
    }
    if (more > 0) {
      svg.text(from, y + height - PADDING, "and " + more + " more", Svg.GREY, false);
    }
    targets.put(key(row.name(), ""), new Target(new Point(MARGIN + 110, y), number, true));
    sources.put(row.name(), new Target(new Point(centre, y + height), number, true));
    y += height;
  }

  /** What floats on the inner side hangs there. */
  private void tab(List<String> inside, int edge) {
    int widest = inside.stream().map(line -> Svg.width(line, true)).reduce(0, Math::max);
    svg.ground(MARGIN + PADDING, edge - PADDING, widest + 2 * PADDING, tabHeight(inside) + PADDING);
    for (int i = 0; i < inside.size(); i++) {
      svg.text(MARGIN + 2 * PADDING, edge + (i + 1) * LINE, inside.get(i), Svg.GREEN, true);
    }
  }

  private static int tabHeight(List<String> inside) {
    return inside.isEmpty() ? 0 : inside.size() * LINE + 8;
  }

  private void box(Box box, int x, int top, int height) {
    svg.box(x, top, boxWidth, height);
    int middle = x + boxWidth / 2;
    svg.centred(middle, top + 18, box.name(), Svg.DARK, true);
    for (int i = 0; i < box.lines().size(); i++) {
      String line = box.lines().get(i);
      String colour = line.indexOf(": ") > 0 ? Svg.GREEN : "#333333";
      svg.centred(middle, top + 18 + (i + 1) * LINE, line, colour, false);
    }
  }

  /** The words on the ways. */
  private void below(Row row) {
    int line = y + tabHeight(row.inside()) + 8;
    for (SitePath way : row.ways()) {
      line += LINE;
      svg.text(MARGIN + PADDING, line, words(way), colour(way.mode()), true);
    }
    y = row.ways().isEmpty() ? y + MARGIN : line + 36;
  }

  private static String words(SitePath way) {
    return way.label() + " by " + way.mode() + way.tier().map(tier -> " to " + tier).orElse("");
  }

  private void way(Row row, SitePath way) {
    Target from = sources.get(row.name());
    // Ways by different modes stay apart where they go the same way.
    List<String> modes = row.ways().stream().map(SitePath::mode).distinct().toList();
    int shift = 8 * modes.indexOf(way.mode());
    for (SitePath.Stop stop : way.to()) {
      Target to = targets.get(key(stop.tier(), stop.floating() ? "" : stop.name()));
      if (to != null) {
        arrow(from, to, shift, colour(way.mode()));
      }
    }
  }

  private void arrow(Target from, Target to, int shift, String colour) {
    Point start = new Point(from.at().x() + shift, from.at().y());
    Point end = new Point(to.at().x() + shift, to.at().y());
    int top = tops.get(to.tier());
    if (to.tier() != from.tier() + 1) {
      int side = width - 4 - (4 * from.tier() + shift / 4) % MARGIN;
      svg.arrowRound(start, side, top - PADDING, end, colour);
    } else if (to.first()) {
      svg.arrow(start, end, colour);
    } else {
      int edge = to.at().x() - boxWidth / 2;
      svg.arrowBeside(start, top, new Point(edge, end.y() + FOOT + shift), colour);
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
}
