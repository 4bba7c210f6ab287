package io.twinbeat.nemesis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the checker found in a history. Times are nanoseconds. */
record Verdict(List<Violation> violations, List<Judged> outages, Map<String, Integer> faults) {

  enum Kind {
    DOUBLE_HOLDER,
    WORKING_SERVICE_SHOT,
    OUTAGE_TOO_LONG,
    NO_REST,
    LIVING_NODE_TAKEN_FOR_OFF
  }

  record Violation(Kind kind, long atNanos, String sentence) {}

  /**
   * An outage with one fault at most behind it: its length without what the fault and the client
   * themselves held up, and what promise P6 allows ({@code strict} without the allowance).
   */
  record Judged(String fault, long lengthNanos, long boundNanos, long strictNanos) {}

  Verdict {
    violations = List.copyOf(violations);
    outages = List.copyOf(outages);
    faults = Map.copyOf(faults);
  }

  boolean isClean() {
    return violations.isEmpty();
  }

  int faultCount() {
    return faults.values().stream().mapToInt(Integer::intValue).sum();
  }

  long count(Kind kind) {
    return violations.stream().filter(violation -> violation.kind() == kind).count();
  }

  /** The last line of a run; the longest of the outages with one fault at most behind them. */
  String summary() {
    Judged longest =
        outages.stream()
            .max(java.util.Comparator.comparingLong(Judged::lengthNanos))
            .orElse(new Judged("", 0, 0, 0));
    return "%d faults, %d double holders, %d working services shot, longest outage %d ms, bound %d ms"
        .formatted(
            faultCount(),
            count(Kind.DOUBLE_HOLDER),
            count(Kind.WORKING_SERVICE_SHOT),
            longest.lengthNanos() / 1_000_000,
            longest.boundNanos() / 1_000_000);
  }

  /** A line for each kind of fault: how often, and the outages it alone led to. */
  List<String> table() {
    Map<String, List<Judged>> byFault = new TreeMap<>();
    faults.keySet().forEach(fault -> byFault.put(fault, new ArrayList<>()));
    outages.forEach(o -> byFault.computeIfAbsent(o.fault(), f -> new ArrayList<>()).add(o));
    List<String> lines = new ArrayList<>();
    lines.add(
        "%-28s %6s %8s %11s %9s %11s"
            .formatted("fault", "times", "outages", "longest ms", "bound ms", "over strict"));
    byFault.forEach((fault, judged) -> {
      Judged longest =
          judged.stream()
              .max(java.util.Comparator.comparingLong(Judged::lengthNanos))
              .orElse(new Judged(fault, 0, 0, 0));
      long over = judged.stream().filter(j -> j.lengthNanos() > j.strictNanos()).count();
      lines.add(
          "%-28s %6d %8d %11.0f %9.0f %11d"
              .formatted(
                  fault,
                  faults.getOrDefault(fault, 0),
                  judged.size(),
                  longest.lengthNanos() / 1e6,
                  longest.boundNanos() / 1e6,
                  over));
    });
    return lines;
  }
}
