package io.twinbeat.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/** Collects the problems and warnings of one file; one thread. */
final class Report {
  /** More would only scroll the first one away. */
  private static final int PROBLEMS_MAX = 100;

  private static final Comparator<Problem> FILE_ORDER =
      Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

  private final String file;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private final IdentityHashMap<Object, Place> places = new IdentityHashMap<>();
  private int count;

  Report(String file) {
    this.file = file;
  }

  /** A place in the file and the path that leads there. */
  record Place(int line, int column, String path) {
    static final Place TOP = new Place(1, 1, "");

    static Place of(Tree tree, String path) {
      return new Place(tree.line(), tree.column(), path);
    }
  }

  void problem(Place place, String found, String expected) {
    problem(place, found, expected, Optional.empty());
  }

  void problem(Place place, String found, String expected, Optional<String> nearest) {
    count++;
    add(problems, made(place, found, expected, nearest));
  }

  void warning(Place place, String found, String expected) {
    add(warnings, made(place, found, expected, Optional.empty()));
  }

  private static void add(List<Problem> to, Problem problem) {
    if (to.size() < PROBLEMS_MAX && to.stream().noneMatch(told -> isSame(told, problem))) {
      to.add(problem);
    }
  }

  /** What stands for several tiers is read with each, and told once. */
  private static boolean isSame(Problem a, Problem b) {
    return a.line() == b.line()
        && a.column() == b.column()
        && a.found().equals(b.found())
        && a.expected().equals(b.expected());
  }

  /** Remembers where a value stands, for what is found out when all is read. */
  <T> T placed(T value, Place place) {
    places.put(value, place);
    return value;
  }

  Place placeOf(Object value) {
    return places.getOrDefault(value, Place.TOP);
  }

  /** How often something was wrong, also where it was told before. */
  int count() {
    return count;
  }

  List<Problem> problems() {
    problems.sort(FILE_ORDER);
    return problems;
  }

  List<Problem> warnings() {
    warnings.sort(FILE_ORDER);
    return warnings;
  }

  private Problem made(Place place, String found, String expected, Optional<String> nearest) {
    return new Problem(file, place.line(), place.column(), place.path(), found, expected, nearest);
  }
}
