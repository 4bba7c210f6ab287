package io.twinbeat.config;

import io.twinbeat.config.Report.Place;

/** Says in an operator's words what the YAML parser says in a parser author's. */
final class SyntaxMessages {
  private static final String SAME_COLUMN =
      "keys of one map (or items of one list) in the same column";

  private SyntaxMessages() {}

  /** {@code context} is where the thing began in which the problem was found. */
  static void report(
      Report report, String text, String said, Place problem, String within, Place context) {
    String found = said == null ? "" : said;
    if (found.contains("TAB")) {
      report.problem(problem, "a tab", "spaces");
    } else if (found.contains("mapping values are not allowed")) {
      misplacedColon(report, text, problem);
    } else if (found.contains("could not find expected ':'")) {
      report.problem(context, "a line without ':'", "'key: value'");
    } else if (found.contains("found unexpected end of stream")
        || found.contains("document separator")) {
      report.problem(context, "a quote that is never closed", "a closing quote");
    } else if (found.contains("expected ',' or")) {
      unclosed(report, found.contains("']'") ? "[" : "{", problem, context);
    } else if (found.contains("expected <block end>")) {
      report.problem(
          problem,
          "a line that is indented differently from its neighbours, or text after a value",
          SAME_COLUMN);
    } else if (found.contains("sequence entries are not allowed")) {
      report.problem(problem, "a '-' in the wrong place", SAME_COLUMN);
    } else if (found.contains("cannot start any token")) {
      report.problem(
          problem,
          "a word that starts with a special character (one of % @ `)",
          "such a word in quotes");
    } else if (found.contains("escape")) {
      report.problem(
          problem,
          "an unknown escape (\\) inside double quotes",
          "single quotes, or \\\\ for a backslash");
    } else {
      String whole = within == null || within.isEmpty() ? found : within + ": " + found;
      report.problem(problem, "text that is not YAML (" + Values.shortened(whole) + ")", "YAML");
    }
  }

  private static void unclosed(Report report, String open, Place problem, Place context) {
    String close = open.equals("[") ? "]" : "}";
    if (problem.line() == context.line()) {
      report.problem(
          problem, "no ',' or closing '" + close + "'", "a '" + close + "', or ',' between items");
    } else {
      report.problem(context, "a '" + open + "' that is never closed", "a '" + close + "'");
    }
  }

  /** A ':' where no key can be: the reason is in its own line, or in the one before. */
  private static void misplacedColon(Report report, String text, Place place) {
    String[] lines = text.split("\n", -1);
    int own = Math.min(place.line(), lines.length) - 1;
    int colon = lines[own].indexOf(": ");
    if (colon >= 0 && colon + 1 < place.column()) {
      report.problem(
          place,
          "a second ':' in one line",
          "one key in a line (a value with ': ' in it in quotes)");
      return;
    }
    for (int i = own - 1; i >= 0; i--) {
      String before = lines[i].strip();
      if (!before.isEmpty() && !before.startsWith("#")) {
        if (before.indexOf(':') < 0) {
          int column = lines[i].indexOf(before) + 1;
          report.problem(new Place(i + 1, column, ""), "a line without ':'", "'key: value'");
          return;
        }
        break;
      }
    }
    report.problem(
        place, "a key that is indented differently from the keys beside it", SAME_COLUMN);
  }
}
