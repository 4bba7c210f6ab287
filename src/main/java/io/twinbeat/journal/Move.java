package io.twinbeat.journal;

import io.twinbeat.decision.Rule;
import io.twinbeat.journal.Timeline.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a group came to a node, phase by phase, as both journals tell it: from the last heartbeat or
 * the request to the moment in which it was served.
 *
 * @param steps in the order of time
 */
public record Move(String group, String to, String term, List<Step> steps) {
  /** Where one phase ends; {@code number} is the entry's on that node, 0 for none of its own. */
  public record Step(String name, String node, Instant at, long number, String detail) {}

  private static final Set<Rule> FENCES =
      EnumSet.of(Rule.FENCE, Rule.FENCE_ON_REQUEST, Rule.START_FENCE_ONCE, Rule.OPERATOR_FENCE);
  private static final Set<Rule> PROOFS =
      EnumSet.of(Rule.FENCE_CONFIRMED, Rule.GOODBYE, Rule.CONFIRMED_BY_OPERATOR);
  private static final Set<Rule> VERDICTS = EnumSet.of(Rule.SILENT, Rule.NEVER_HEARD);
  private static final Set<Rule> ASKS =
      EnumSet.of(Rule.OPERATOR_TAKEOVER, Rule.OFFER_TAKEN, Rule.FAILBACK, Rule.ASK_NOBODY_HOLDS);
  private static final Set<Rule> STARTS =
      EnumSet.of(Rule.TAKE_OVER, Rule.UNFENCED, Rule.GRANT_RECEIVED, Rule.RESUME, Rule.ADOPT);

  private static final Pattern TERM = Pattern.compile("\\(term (\\d+)");
  private static final Pattern MILLIS = Pattern.compile("(\\d+) ms");

  /** What began longer before was another move. */
  private static final Duration LONGEST = Duration.ofMinutes(30);

  public Move {
    steps = List.copyOf(steps);
  }

  public Duration whole() {
    return Duration.between(steps.getFirst().at(), steps.getLast().at());
  }

  /** How long the phase took that this step ended. */
  public Duration took(int step) {
    return step == 0
        ? Duration.ZERO
        : Duration.between(steps.get(step - 1).at(), steps.get(step).at());
  }

  /** The step that ended the longest phase; 0 when there is but one. */
  public int longest() {
    int longest = 0;
    for (int i = 1; i < steps.size(); i++) {
      longest = took(i).compareTo(took(longest)) > 0 ? i : longest;
    }
    return longest;
  }

  /** All moves that the timeline tells to their end, in its order. */
  public static List<Move> all(Timeline timeline) {
    List<Move> moves = new ArrayList<>();
    for (int i = 0; i < timeline.lines().size(); i++) {
      if (timeline.lines().get(i).follows(Rule.STARTED)) {
        moves.add(new Finder(timeline.lines(), i).move());
      }
    }
    return moves;
  }

  /** The move that this place of the timeline belongs to: the first that ends at or after it. */
  public static Optional<Move> around(Timeline timeline, Instant at) {
    return all(timeline).stream()
        .filter(m -> !m.steps.getLast().at().isBefore(at) && !m.steps.getFirst().at().isAfter(at))
        .findFirst();
  }

  /** Walks backwards from a group's STARTED. */
  private static final class Finder {
    private final List<Line> lines;
    private final int end;
    private final Line started;
    private final String group;
    private final List<Step> steps = new ArrayList<>();
    private boolean begun;
    private boolean granted;
    private boolean proven;
    private int failures;

    Finder(List<Line> lines, int end) {
      this.lines = lines;
      this.end = end;
      this.started = lines.get(end);
      this.group = started.entry().sentence().replaceFirst(": .*", "");
    }

    Move move() {
      step("served", started, "");
      for (int i = end - 1; i >= 0 && !isBefore(lines.get(i)); i--) {
        Line line = lines.get(i);
        if (line.node().equals(started.node()) ? own(line) : others(line)) {
          break;
        }
      }
      // What one decision told at once stays in its order.
      Collections.reverse(steps);
      steps.sort(Comparator.comparing(Step::at));
      Matcher term = TERM.matcher(started.entry().sentence());
      return new Move(group, started.node(), term.find() ? term.group(1) : "", steps);
    }

    private boolean isBefore(Line line) {
      return Duration.between(line.at(), started.at()).compareTo(LONGEST) > 0;
    }

    private void step(String name, Line line, String detail) {
      steps.add(new Step(name, line.node(), line.at(), line.entry().number(), detail));
    }

    private boolean has(String name) {
      return steps.stream().anyMatch(step -> step.name().equals(name));
    }

    /** True when the move began with this line, or before it another one ended. */
    private boolean own(Line line) {
      if (line.isAbout(group) && line.entry().rule().equals(Timeline.ADDRESS_ADDED) && !begun) {
        step("address", line, "");
      } else if (line.isAbout(group) && line.followsAny(STARTS) && !begun) {
        begun = true;
        granted = line.follows(Rule.GRANT_RECEIVED);
        proven = line.follows(Rule.TAKE_OVER);
        step("start", line, line.words());
        return line.follows(Rule.ADOPT) || line.follows(Rule.RESUME);
      } else if (line.isAbout(group)
          && (line.follows(Rule.STARTED) || line.follows(Rule.STOPPED))) {
        return true;
      } else if (!begun) {
        return false;
      } else if (granted) {
        if (line.isAbout(group) && line.followsAny(ASKS)) {
          step("asked", line, line.words());
          return true;
        }
      } else if (line.isAbout(group) && line.follows(Rule.LOOKED)) {
        look(line);
      } else if (line.isAbout(Timeline.PEER)) {
        return ofPeer(line);
      }
      return false;
    }

    /** The service is gone since the first look of the last ones that all found it so. */
    private void look(Line line) {
      boolean gone = line.words().contains("NOT_ANSWERED");
      if (gone && !has("service answered")) {
        steps.removeIf(step -> step.name().equals("service gone"));
        step("service gone", line, line.words());
      } else if (!gone && !has("service answered")) {
        step("service answered", line, line.words());
      }
    }

    private boolean ofPeer(Line line) {
      if (line.followsAny(PROOFS) && proven && !has("proven off")) {
        step("proven off", line, line.words());
        return line.follows(Rule.GOODBYE);
      } else if (line.follows(Rule.FENCE_FAILED)) {
        failures++;
      } else if (line.followsAny(FENCES)) {
        steps.removeIf(step -> step.name().equals("fence"));
        String failed = failures == 0 ? "" : "; " + failures + " failed before it was confirmed";
        step("fence", line, line.words() + failed);
      } else if (line.follows(Rule.WAIT_FIRST)) {
        step("waiting", line, line.words());
      } else if (line.followsAny(VERDICTS)) {
        step("silent", line, line.words());
        if (line.follows(Rule.NEVER_HEARD)) {
          return false;
        }
      } else if (line.follows(Rule.LATE) && !has("late")) {
        step("late", line, line.words());
        lastHeard(line);
      } else if (line.follows(Rule.LISTEN_FIRST)) {
        step("daemon started", line, line.words());
        return true;
      } else if (line.follows(Rule.HEARD)) {
        return true;
      }
      return false;
    }

    /** Nobody writes down each heartbeat: the first that missed it says how long ago it was. */
    private void lastHeard(Line late) {
      Matcher ago = MILLIS.matcher(late.entry().evidence().getOrDefault("silent", ""));
      if (ago.matches()) {
        Instant at = late.at().minusMillis(Long.parseLong(ago.group(1)));
        steps.add(new Step("last heard", late.node(), at, 0, ""));
      }
    }

    private boolean others(Line line) {
      if (!begun || !granted || !line.isAbout(group)) {
        return false;
      }
      if (line.follows(Rule.GRANT) && !has("granted")) {
        step("granted", line, line.words());
      } else if (line.entry().rule().equals(Timeline.ADDRESS_REMOVED) && !has("address removed")) {
        step("address removed", line, "");
      } else if (line.follows(Rule.HAND_OVER) && !has("holder stops")) {
        step("holder stops", line, line.words());
      }
      return false;
    }
  }
}
