package io.twinbeat.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * What one scene of the demo came to: what was done, who was switched off, the longest time without
 * an answer in milliseconds (0: none), how many requests had none, who answered, and what was
 * broken of the promise, if anything.
 */
record Verdict(
    String scene,
    String happened,
    String fenced,
    double outageMillis,
    long lost,
    String answers,
    List<String> broken) {
  Verdict {
    broken = List.copyOf(broken);
  }

  boolean kept() {
    return broken.isEmpty();
  }

  private static final String[] HEAD = {
    "scene", "what happened", "fenced", "longest gap", "lost", "answers from", "promise kept"
  };

  /** All of them as one table, the reasons of broken promises below it. */
  static String table(List<Verdict> verdicts) {
    List<String[]> rows = new ArrayList<>();
    rows.add(HEAD);
    for (Verdict verdict : verdicts) {
      String saw =
          verdict.outageMillis() == 0 ? "none" : "%.0f ms".formatted(verdict.outageMillis());
      rows.add(
          new String[] {
            verdict.scene(),
            verdict.happened(),
            verdict.fenced(),
            saw,
            Long.toString(verdict.lost()),
            verdict.answers(),
            verdict.kept() ? "yes" : "NO"
          });
    }
    int[] widths = new int[HEAD.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
      }
      table.append(line.toString().stripTrailing()).append('\n');
    }
    for (Verdict verdict : verdicts) {
      for (String reason : verdict.broken()) {
        table.append("NOT KEPT, ").append(verdict.scene()).append(": ").append(reason).append('\n');
      }
    }
    return table.toString();
  }
}
