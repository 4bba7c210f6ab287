package io.twinbeat.daemon;

import io.twinbeat.heartbeat.LinkState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Alarms about what comes on the links and is not made with the pair's key: a peer that has another
 * key is silent for ever, and without this nobody would know why.
 */
final class ForgeryWatch {
  /** The alarm ends when nothing of the kind has come for so long. */
  static final Duration OVER_AFTER = Duration.ofSeconds(3);

  /** A reload that changes the key takes less on both nodes. */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  private record Last(long count, long sinceNanos, long nanos) {}

  private final String peer;
  private final DaemonAlarms alarms;
  private final Map<Integer, Last> last = new HashMap<>();

  ForgeryWatch(String peer, DaemonAlarms alarms) {
    this.peer = peer;
    this.alarms = alarms;
  }

  /** One thread at a time. */
  void look(List<LinkState> links, long nowNanos) {
    for (LinkState link : links) {
      String key = "key:" + link.link();
      Last before = last.get(link.link());
      boolean over = before == null || nowNanos - before.nanos() > OVER_AFTER.toNanos();
      if (link.forged() > (before == null ? 0 : before.count())) {
        long since = over ? nowNanos : before.sinceNanos();
        last.put(link.link(), new Last(link.forged(), since, nowNanos));
        if (nowNanos - since < PATIENCE.toNanos()) {
          continue;
        }
        alarms.raise(
            key,
            "link "
                + link.link()
                + ": heartbeats come that are made with another key than this node's, or forged",
            "make the key files of both nodes alike and restart the daemon of the node that has"
                + " the wrong one; if "
                + peer
                + " is heard, look for a stranger on this network");
      } else if (over) {
        alarms.clear(key);
      }
    }
  }
}
