package io.twinbeat.config;

import java.util.ArrayList;
import java.util.Comparator;
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
    if (problems.size() < PROBLEMS_MAX) {
      problems.add(made(place, found, expected, nearest));
    }
  }

  void warning(Place place, String found, String expected) {
    if (warnings.size() < PROBLEMS_MAX) {
      warnings.add(made(place, found, expected, Optional.empty()));
    }
  }

  int count() {
    return problems.size();
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
