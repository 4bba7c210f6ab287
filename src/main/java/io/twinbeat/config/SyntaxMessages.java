package io.twinbeat.config;

/** Says in an operator's words what the YAML parser says in a parser author's. */
final class SyntaxMessages {
  private SyntaxMessages() {}

  static String found(String problem, String context) {
    String text = problem == null ? "" : problem;
    if (text.contains("TAB")) {
      return "a tab";
    }
    if (text.contains("mapping values are not allowed")) {
      return "a second ':' in one line, or a key that is indented differently from its neighbours";
    }
    if (text.contains("could not find expected ':'")) {
      return "a line without ':'";
    }
    if (text.contains("found unexpected end of stream")) {
      return "the end of the file inside quotes";
    }
    if (text.contains("document separator")) {
      return "'---' or '...' inside quotes";
    }
    if (text.contains("expected <block end>")) {
      return "a line that is indented differently from its neighbours, or text after a value";
    }
    if (text.contains("expected ',' or")) {
      boolean list = text.contains("']'");
      return "no ',' or closing '" + (list ? "]" : "}") + "'";
    }
    if (text.contains("sequence entries are not allowed")) {
      return "a '-' in the wrong place";
    }
    if (text.contains("cannot start any token")) {
      return "a word that starts with a special character (one of % @ `)";
    }
    if (text.contains("DEL character") || text.contains("special characters")) {
      return "a control character";
    }
    if (text.contains("escape")) {
      return "an unknown escape (\\) inside double quotes";
    }
    return "text that is not YAML ("
        + Values.shortened(context == null || context.isEmpty() ? text : context + ": " + text)
        + ")";
  }

  static String expected(String problem, String context) {
    String text = problem == null ? "" : problem;
    if (text.contains("TAB")) {
      return "spaces";
    }
    if (text.contains("mapping values are not allowed")) {
      return "'key: value' in line with the keys beside it (a value with ': ' in it goes in quotes)";
    }
    if (text.contains("could not find expected ':'")) {
      return "'key: value'";
    }
    if (text.contains("found unexpected end of stream") || text.contains("document separator")) {
      return "a closing quote";
    }
    if (text.contains("expected <block end>")) {
      return "keys of one map (or items of one list) in the same column";
    }
    if (text.contains("expected ',' or")) {
      return "a '"
          + (context != null && context.contains("sequence") ? "[" : "{")
          + "' that is closed";
    }
    if (text.contains("cannot start any token")) {
      return "such a word in quotes";
    }
    if (text.contains("escape")) {
      return "single quotes, or \\\\ for a backslash";
    }
    return "YAML";
  }
}
