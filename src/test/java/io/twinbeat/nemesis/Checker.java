package io.twinbeat.nemesis;

import io.twinbeat.lab.Outage;
import io.twinbeat.lab.PowerAction;
import io.twinbeat.nemesis.Entry.Began;
import io.twinbeat.nemesis.Verdict.Judged;
import io.twinbeat.nemesis.Verdict.Kind;
import io.twinbeat.nemesis.Verdict.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides from a history alone whether promises P1, P3 and P6 were kept; pure. The history is in
 * the order of {@link Entry#atNanos}.
 */
final class Checker {
  /** A fault, from its beginning until the pair was seen at rest after its end. */
  private record Span(Began began, long ended, long calm) {
    boolean touches(long from, long to) {
      return began.atNanos() - to < 0 && from - calm < 0;
    }
  }

  private static final String NO_FAULT = "(none)";

  private final List<Entry> history;
  private final Bounds bounds;
  private final List<Violation> violations = new ArrayList<>();
  private final List<Judged> judged = new ArrayList<>();

  private Checker(List<Entry> history, Bounds bounds) {
    this.history = history;
    this.bounds = bounds;
  }

  static Verdict check(List<Entry> history, Bounds bounds) {
    Checker checker = new Checker(history, bounds);
    checker.exclusive();
    checker.shots();
    checker.orders();
    checker.outages();
    checker.rest();
    Map<String, Integer> faults = new HashMap<>();
    for (Began began : checker.all(Began.class)) {
      faults.merge(began.fault(), 1, Integer::sum);
    }
    return new Verdict(checker.violations, checker.judged, faults);
  }

  private <T extends Entry> List<T> all(Class<T> type) {
    return history.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private void broke(Kind kind, long at, String sentence) {
    violations.add(new Violation(kind, at, sentence));
  }

  /** P1. */
  private void exclusive() {
    for (Entry.Held held : all(Entry.Held.class)) {
      if (held.nodes().size() > 1) {
        broke(Kind.DOUBLE_HOLDER, held.atNanos(), "the address was on %s".formatted(held.nodes()));
      }
    }
  }

  /**
   * P3. A node was shot while its service worked when it alone gave the client good answers for the
   * whole deadtime before the shot was asked for: whoever shot it had a deadtime to see that.
   */
  private void shots() {
    Map<String, Boolean> off = new HashMap<>();
    for (Entry.Power power : all(Entry.Power.class)) {
      PowerAction action = power.action();
      boolean wasOff = off.getOrDefault(action.node(), false);
      switch (action.verb()) {
        case OFF -> off.put(action.node(), wasOff || action.result().equals("off"));
        case ON, RESET -> off.put(action.node(), false);
        case STATUS -> {}
      }
      if (action.isFence() && !wasOff && action.result().equals("off")) {
        long from = power.atNanos() - bounds.deadtime().toNanos();
        if (answeredThroughout(action.node(), from, power.atNanos())) {
          broke(
              Kind.WORKING_SERVICE_SHOT,
              power.atNanos(),
              "%s was shot by %s while it served the client"
                  .formatted(action.node(), action.asker()));
        }
      }
    }
  }

  private boolean answeredThroughout(String node, long from, long to) {
    String answering = "";
    for (Entry entry : history) {
      if (entry.atNanos() - to >= 0) {
        break;
      }
      String before = answering;
      switch (entry) {
        case Entry.Answering a -> answering = a.node();
        case Entry.Up up -> answering = up.outage().after();
        case Entry.Down down -> answering = "";
        case Entry.ClientStalled s -> {
          if (s.atNanos() + s.lengthNanos() - from > 0) {
            return false; // nobody knows what it would have seen
          }
        }
        case Entry.Held h -> {}
        case Entry.Blind b -> {}
        case Entry.Power p -> {}
        case Entry.Began b -> {}
        case Entry.Ended e -> {}
        case Entry.Ordered o -> {}
        case Entry.Calm c -> {}
        case Entry.NotCalm n -> {}
        case Entry.Note n -> {}
      }
      boolean changed = !answering.equals(before);
      if (changed && entry.atNanos() - from >= 0) {
        return false;
      }
    }
    return answering.equals(node);
  }

  /** An operator's word that a node is off, given while that node is heard, must be refused. */
  private void orders() {
    for (Entry.Ordered order : all(Entry.Ordered.class)) {
      if (order.order().equals(Orders.CONFIRM_HEARD) && order.outcome() == Entry.Outcome.DONE) {
        broke(
            Kind.LIVING_NODE_TAKEN_FOR_OFF,
            order.atNanos(),
            "%s took its peer's end from an operator while it heard it".formatted(order.node()));
      }
    }
  }

  /** P6. */
  private void outages() {
    List<Span> spans = spans();
    for (Entry.Up up : all(Entry.Up.class)) {
      Outage outage = up.outage();
      long from = outage.startNanos();
      long to = from + outage.lengthNanos();
      List<Span> behind = spans.stream().filter(span -> span.touches(from, to)).toList();
      if (behind.size() <= 1) {
        single(outage, behind.isEmpty() ? null : behind.getFirst().began());
      } else {
        long mended = behind.stream().mapToLong(Span::ended).reduce(from, Checker::later);
        long after = to - mended;
        if (after > bounds.rest().toNanos()) {
          broke(
              Kind.OUTAGE_TOO_LONG,
              from,
              "the client waited %.0f ms more after %d faults had ended"
                  .formatted(after / 1e6, behind.size()));
        }
      }
    }
    Entry lastOfClient = null;
    for (Entry entry : history) {
      if (entry instanceof Entry.Down || entry instanceof Entry.Up) {
        lastOfClient = entry;
      }
    }
    if (lastOfClient instanceof Entry.Down down) {
      broke(Kind.OUTAGE_TOO_LONG, down.atNanos(), "the client is without an answer at the end");
    }
  }

  private void single(Outage outage, Began fault) {
    String name = fault == null ? NO_FAULT : fault.fault();
    long heldUp = fault == null ? 0 : fault.heldUp().toNanos();
    long length = outage.lengthNanos() - outage.stalledNanos() - heldUp;
    long strict = bounds.deadtime().toNanos() + fenceTime(outage) + bounds.afterFence().toNanos();
    long bound = strict + bounds.starved().toNanos();
    judged.add(new Judged(name, Math.max(0, length), bound, strict));
    if (length > bound) {
      broke(
          Kind.OUTAGE_TOO_LONG,
          outage.startNanos(),
          "the client waited %.0f ms (besides what %s held up: %.0f ms), at most %.0f are allowed"
              .formatted(length / 1e6, name, heldUp / 1e6, bound / 1e6));
    }
  }

  /** From the first order after the last failure to the proof, as the power switch saw it. */
  private long fenceTime(Outage outage) {
    long begun = 0;
    long took = 0;
    boolean under = false;
    for (Entry.Power power : all(Entry.Power.class)) {
      PowerAction action = power.action();
      boolean within =
          action.startNanos() - outage.startNanos() >= 0
              && action.startNanos() - outage.startNanos() < outage.lengthNanos();
      if (!within || action.asker().equals("operator")) {
        continue;
      }
      if (action.result().startsWith("error")) {
        under = false;
      } else if (action.isFence() || action.result().equals("off")) {
        begun = under ? begun : action.startNanos();
        under = true;
        if (action.result().equals("off")) {
          took = action.endNanos() - begun;
        }
      }
    }
    return took;
  }

  private List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    long end = history.isEmpty() ? 0 : history.getLast().atNanos();
    for (Began began : all(Began.class)) {
      long ended = end;
      for (Entry.Ended each : all(Entry.Ended.class)) {
        if (each.id() == began.id()) {
          ended = each.atNanos();
        }
      }
      long calm = end;
      for (Entry.Calm each : all(Entry.Calm.class)) {
        if (each.atNanos() - ended >= 0) {
          calm = each.atNanos();
          break;
        }
      }
      spans.add(new Span(began, ended, calm));
    }
    return spans;
  }

  private static long later(long a, long b) {
    return a - b >= 0 ? a : b;
  }

  /** P6, its second half: after any faults that have ended, active on exactly one node. */
  private void rest() {
    for (Entry.NotCalm not : all(Entry.NotCalm.class)) {
      broke(
          Kind.NO_REST,
          not.atNanos(),
          "all faults had ended, but not: %s".formatted(not.missing()));
    }
    if (history.isEmpty()) {
      return;
    }
    List<Entry.Held> held = all(Entry.Held.class);
    Set<String> last = held.isEmpty() ? Set.of() : held.getLast().nodes();
    if (last.size() != 1) {
      broke(
          Kind.NO_REST,
          history.getLast().atNanos(),
          "at the end the address was on %s".formatted(last));
    }
  }
}
