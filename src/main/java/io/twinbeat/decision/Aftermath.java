package io.twinbeat.decision;

import java.time.Duration;
import java.util.List;

/** Alarms about what is over and must still be looked into: they stand for a day. */
final class Aftermath {
  static final String FENCE_LIED = "fence-lied";
  static final String TWO_HOLDERS = "two-holders:";

  /** Whoever looks once a day has seen it; the journal keeps it for longer. */
  static final Duration STANDS = Duration.ofHours(24);

  private Aftermath() {}

  static void consider(Turn t) {
    if (t.s.alarms.isEmpty()) {
      return;
    }
    for (String key : List.copyOf(t.s.alarms.keySet())) {
      boolean past = key.equals(FENCE_LIED) || key.startsWith(TWO_HOLDERS);
      if (past && t.now.since(t.s.alarms.get(key).since()).compareTo(STANDS) >= 0) {
        t.clear(key);
      }
    }
  }
}
