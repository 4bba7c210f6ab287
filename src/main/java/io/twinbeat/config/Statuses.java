package io.twinbeat.config;

/** Lists of HTTP statuses like {@code 200-299,304}. */
final class Statuses {
  private Statuses() {}

  /** Whether the list is well formed: three-digit statuses and rising ranges, 100 to 599. */
  static boolean valid(String list) {
    if (list.isEmpty() || list.length() > 100 || list.endsWith(",")) {
      return false;
    }
    int start = 0;
    while (start < list.length()) {
      int end = endOfItem(list, start);
      int low = status(list, start);
      boolean single = end - start == 3;
      boolean range = end - start == 7 && list.charAt(start + 3) == '-';
      if (low < 0 || !(single || range) || (range && status(list, start + 4) < low)) {
        return false;
      }
      start = end + 1;
    }
    return true;
  }

  static boolean accept(String list, int status) {
    int start = 0;
    while (start < list.length()) {
      int end = endOfItem(list, start);
      int low = status(list, start);
      int high = end - start == 3 ? low : status(list, start + 4);
      if (status >= low && status <= high) {
        return true;
      }
      start = end + 1;
    }
    return false;
  }

  private static int endOfItem(String list, int start) {
    int comma = list.indexOf(',', start);
    return comma < 0 ? list.length() : comma;
  }

  /** The status at this place, or -1. */
  private static int status(String list, int start) {
    if (start + 3 > list.length()) {
      return -1;
    }
    int value = 0;
    for (int i = start; i < start + 3; i++) {
      char c = list.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value >= 100 && value <= 599 ? value : -1;
  }
}
