package io.twinbeat.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds the right word for a wrong one: by edit distance, or by what it is called elsewhere. */
final class Nearest {
  private static final int WORD_MAX = 64;

  /** What Heartbeat, ldirectord and keepalived call our words. */
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry("keepalive", "interval"),
          Map.entry("advert_int", "interval"),
          Map.entry("udpport", "port"),
          Map.entry("authkeys", "key-file"),
          Map.entry("ucast", "links"),
          Map.entry("bcast", "links"),
          Map.entry("mcast", "links"),
          Map.entry("ping", "reference-points"),
          Map.entry("ping_group", "reference-points"),
          Map.entry("stonith", "fence"),
          Map.entry("stonith_host", "fence"),
          Map.entry("auto_failback", "failback"),
          Map.entry("cluster", "pair"),
          Map.entry("node", "nodes"),
          Map.entry("vip", "address"),
          Map.entry("virtual_ipaddress", "address"),
          Map.entry("ipaddr", "address"),
          Map.entry("ipaddr2", "address"),
          Map.entry("ipv6addr", "address"),
          Map.entry("interface", "dev"),
          Map.entry("nic", "dev"),
          Map.entry("priority", "prefer"));

  private Nearest() {}

  static Optional<String> of(String word, List<String> right) {
    if (word.isEmpty() || word.length() > WORD_MAX) {
      return Optional.empty();
    }
    String lower = word.toLowerCase(Locale.ROOT);
    String known = ELSEWHERE.get(lower);
    if (known != null && right.contains(known)) {
      return Optional.of(known);
    }
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : right) {
      int distance = distance(lower, candidate.toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best != null && bestDistance <= allowed(lower, best)
        ? Optional.of(best)
        : Optional.empty();
  }

  /** A third of the longer word may be wrong, one letter of a short one. */
  private static int allowed(String word, String candidate) {
    return Math.max(1, Math.max(word.length(), candidate.length()) / 3);
  }

  /** Insertions, deletions, replacements and swaps of neighbours. */
  static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
    }
    return last[b.length()];
  }
}
