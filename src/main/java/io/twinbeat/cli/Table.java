package io.twinbeat.cli;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns under a heading; columns that are empty in all rows are left out. */
final class Table {
  private static final String INDENT = "  ";
  private static final String GAP = "  ";

  private final List<String[]> rows = new ArrayList<>();
  private final Paint paint;

  Table(Paint paint, String... heading) {
    this.paint = paint;
    rows.add(heading);
  }

  Table row(String... cells) {
    rows.add(cells);
    return this;
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  void print(StringBuilder to) {
    int columns = rows.getFirst().length;
    int[] widths = new int[columns];
    for (int column = 0; column < columns; column++) {
      for (int row = 1; row < rows.size(); row++) {
        widths[column] = Math.max(widths[column], Paint.width(rows.get(row)[column]));
      }
      if (widths[column] > 0) {
        widths[column] = Math.max(widths[column], rows.getFirst()[column].length());
      }
    }
    for (int row = 0; row < rows.size(); row++) {
      StringBuilder line = new StringBuilder(INDENT);
      int owed = 0;
      for (int column = 0; column < columns; column++) {
        String cell = rows.get(row)[column];
        if (widths[column] == 0) {
          continue;
        }
        if (!cell.isEmpty()) { // So that no line ends in blanks.
          line.repeat(" ", owed).append(row == 0 ? paint.faint(cell) : cell);
          owed = 0;
        }
        owed += widths[column] - Paint.width(cell) + GAP.length();
      }
      to.append(line).append('\n');
    }
  }
}
