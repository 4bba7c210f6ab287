package io.twinbeat.journal;

import io.twinbeat.decision.Rule;
import io.twinbeat.journal.Timeline.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What happened when a group was active on two nodes and they met: who held it from when to when,
 * and what each knew.
 *
 * @param from when the second one began to hold it; null when no journal tells
 * @param to when one of them had let go; null when no journal tells
 */
public record Autopsy(
    String group,
    Instant met,
    String stayed,
    String yielded,
    Instant from,
    Instant to,
    List<Holding> holdings) {
  /**
   * One node's time with the group.
   *
   * @param from null: longer than its journal was read
   * @param to null: it holds it still
   * @param knew the decisions in force on that node when there came to be two holders
   */
  public record Holding(String node, String term, Instant from, Instant to, List<Line> knew) {
    public Holding {
      knew = List.copyOf(knew);
    }
  }

  private static final Set<Rule> MET = EnumSet.of(Rule.TWO_HOLDERS_STAY, Rule.TWO_HOLDERS_YIELD);
  private static final Pattern TERMS = Pattern.compile("term (\\d+) here, (\\d+) there");

  /** The two nodes meet by the same heartbeats: what is further apart were two meetings. */
  private static final Duration ONE_MEETING = Duration.ofSeconds(30);

  public Autopsy {
    holdings = List.copyOf(holdings);
  }

  /** Of each time that two holders met, in the timeline's order. */
  public static List<Autopsy> all(Timeline timeline) {
    List<Autopsy> all = new ArrayList<>();
    for (int i = 0; i < timeline.lines().size(); i++) {
      Line line = timeline.lines().get(i);
      if (line.followsAny(MET) && !isKnown(all, line)) {
        all.add(of(timeline.lines(), line));
      }
    }
    return all;
  }

  private static boolean isKnown(List<Autopsy> all, Line line) {
    return all.stream()
        .anyMatch(autopsy ->
            line.isAbout(autopsy.group)
                && Duration.between(autopsy.met, line.at()).compareTo(ONE_MEETING) < 0);
  }

  private static Autopsy of(List<Line> lines, Line met) {
    String group = met.entry().sentence().replaceFirst(": .*", "");
    boolean stays = met.follows(Rule.TWO_HOLDERS_STAY);
    Matcher terms = TERMS.matcher(met.entry().sentence());
    boolean told = terms.find();
    String other =
        lines.stream()
            .map(Line::node)
            .filter(node -> !node.equals(met.node()))
            .findFirst()
            .orElse("the peer");
    List<Holding> bare = new ArrayList<>();
    bare.add(holding(lines, met, group, met.node(), told ? terms.group(1) : ""));
    bare.add(holding(lines, met, group, other, told ? terms.group(2) : ""));
    bare.sort(Comparator.comparing(Holding::node));
    Instant from =
        bare.stream()
            .map(Holding::from)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .orElse(null);
    Instant to =
        bare.stream()
            .map(Holding::to)
            .filter(Objects::nonNull)
            .min(Comparator.naturalOrder())
            .orElse(null);
    List<Holding> holdings = new ArrayList<>();
    for (Holding holding : bare) {
      List<Line> knew = knew(lines, holding.node, group, from == null ? met.at() : from);
      holdings.add(new Holding(holding.node, holding.term, holding.from, holding.to, knew));
    }
    return new Autopsy(
        group,
        met.at(),
        stays ? met.node() : other,
        stays ? other : met.node(),
        from,
        to,
        holdings);
  }

  private static Holding holding(
      List<Line> lines, Line met, String group, String node, String term) {
    Instant from = null;
    Instant to = null;
    String boot = "";
    boolean yields = false;
    for (Line line : lines) {
      if (!line.node().equals(node)) {
        continue;
      }
      String its = Stamp.of(line.entry()).map(Stamp::boot).orElse(boot);
      from = its.equals(boot) || yields ? from : null;
      boot = its;
      if (!line.isAbout(group)) {
        continue;
      }
      boolean gone = line.entry().rule().equals(Timeline.ADDRESS_REMOVED);
      if (line.at().isBefore(met.at()) && !yields) {
        if (line.entry().rule().equals(Timeline.ADDRESS_ADDED)) {
          from = from == null ? line.at() : from;
        } else if (gone || line.follows(Rule.STOPPED)) {
          from = null;
        }
      }
      yields |= line.follows(Rule.TWO_HOLDERS_YIELD);
      if (to == null && gone && (yields || line.at().isAfter(met.at()))) {
        to = line.at();
      }
    }
    return new Holding(node, term, from, to, List.of());
  }

  /** Its last decision on the peer and on the group before there were two holders, and that one. */
  private static List<Line> knew(List<Line> lines, String node, String group, Instant at) {
    Line ofPeer = null;
    Line ofGroup = null;
    for (Line line : lines) {
      boolean decided = line.entry().kind().equals("decision");
      if (!line.node().equals(node) || !decided || line.at().isAfter(at)) {
        continue;
      }
      if (line.isAbout(Timeline.PEER)) {
        ofPeer = line;
      } else if (line.isAbout(group)) {
        ofGroup = line;
      }
    }
    List<Line> knew = new ArrayList<>();
    for (Line line : new Line[] {ofPeer, ofGroup}) {
      if (line != null) {
        knew.add(line);
      }
    }
    knew.sort(Comparator.comparing(Line::at));
    return knew;
  }
}
