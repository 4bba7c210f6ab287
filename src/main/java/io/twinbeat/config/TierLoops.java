package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds tiers that send to each other in a circle: a request would never come to an end. */
final class TierLoops {
  private final Report report;
  private final List<Edge> edges = new ArrayList<>();

  private record Edge(String from, String to, Place place) {}

  TierLoops(Report report) {
    this.report = report;
  }

  /** One tier sends to another; the first place of several is told. */
  void sends(String from, String to, Place place) {
    if (edges.stream().noneMatch(e -> e.from().equals(from) && e.to().equals(to))) {
      edges.add(new Edge(from, to, place));
    }
  }

  /** Each circle is told once, where it closes. */
  void check() {
    List<Edge> open = new ArrayList<>();
    for (Edge each : edges) {
      Set<String> way = new LinkedHashSet<>();
      if (reaches(each.to(), each.from(), open, way)) {
        report.problem(
            each.place(),
            "a loop: " + each.from() + " sends to " + String.join(", which sends to ", way),
            "a tier further inside");
      } else {
        open.add(each);
      }
    }
  }

  private static boolean reaches(String from, String to, List<Edge> edges, Set<String> way) {
    if (!way.add(from)) {
      return false;
    }
    if (from.equals(to)) {
      return true;
    }
    for (Edge each : edges) {
      if (each.from().equals(from) && reaches(each.to(), to, edges, way)) {
        return true;
      }
    }
    way.remove(from);
    return false;
  }
}
