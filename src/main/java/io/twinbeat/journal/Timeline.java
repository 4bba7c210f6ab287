package io.twinbeat.journal;

import io.twinbeat.decision.Rule;
import io.twinbeat.journal.Journal.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The journals of one or two nodes in one order, in one node's clock. Within a boot of a machine
 * its monotonic clock places the entries, so that a step of its wall clock moves nothing.
 */
public final class Timeline {
  /** A group's addresses came to a node, or left it: the rule of an entry of the daemon. */
  public static final String ADDRESS_ADDED = "ADDRESS_ADDED";

  public static final String ADDRESS_REMOVED = "ADDRESS_REMOVED";

  /** Entries about the peer begin with this subject, those about a group with its name. */
  public static final String PEER = "peer";

  /**
   * A node's entries, oldest first.
   *
   * @param now a moment by that node's clocks
   * @param here the same moment by the clock in which the timeline is told
   */
  public record Source(String node, List<Entry> entries, Stamp now, Instant here) {
    public Source {
      entries = List.copyOf(entries);
    }
  }

  /** An entry and when it was, in the timeline's clock. */
  public record Line(String node, Entry entry, Instant at) {
    public boolean follows(Rule rule) {
      return entry.rule().equals(rule.name());
    }

    boolean followsAny(Set<Rule> rules) {
      return rules.stream().anyMatch(this::follows);
    }

    public boolean isAbout(String subject) {
      return entry.sentence().startsWith(subject + ": ");
    }

    /** The sentence without its subject. */
    String words() {
      int colon = entry.sentence().indexOf(": ");
      return colon < 0 ? entry.sentence() : entry.sentence().substring(colon + 2);
    }
  }

  private final List<Line> lines;

  private Timeline(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  public static Timeline of(List<Source> sources) {
    List<List<Line>> placed = new ArrayList<>();
    for (Source source : sources) {
      placed.add(placed(source));
    }
    List<Line> merged = new ArrayList<>();
    int[] next = new int[placed.size()];
    while (true) {
      int first = -1;
      for (int i = 0; i < next.length; i++) {
        if (next[i] < placed.get(i).size()
            && (first < 0 || at(placed, next, i).isBefore(at(placed, next, first)))) {
          first = i;
        }
      }
      if (first < 0) {
        return new Timeline(merged);
      }
      merged.add(placed.get(first).get(next[first]));
      next[first]++;
    }
  }

  private static Instant at(List<List<Line>> placed, int[] next, int i) {
    return placed.get(i).get(next[i]).at();
  }

  private static List<Line> placed(Source source) {
    Duration ahead = Duration.between(source.here(), source.now().wall());
    Map<String, Stamp> anchors = new HashMap<>();
    for (Entry entry : source.entries()) {
      Stamp.of(entry).ifPresent(stamp -> anchors.put(stamp.boot(), stamp));
    }
    anchors.put(source.now().boot(), source.now());
    List<Line> lines = new ArrayList<>();
    for (Entry entry : source.entries()) {
      Optional<Stamp> stamp = Stamp.of(entry);
      Instant wall = entry.at();
      if (stamp.isPresent()) {
        Stamp anchor = anchors.get(stamp.get().boot());
        wall = anchor.wall().minusNanos(anchor.nanos() - stamp.get().nanos());
      }
      lines.add(new Line(source.node(), entry, wall.minus(ahead)));
    }
    return lines;
  }

  public List<Line> lines() {
    return lines;
  }

  /** The place of a node's entry; -1 when it is not there. */
  public int indexOf(String node, long number) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).node().equals(node) && lines.get(i).entry().number() == number) {
        return i;
      }
    }
    return -1;
  }
}
