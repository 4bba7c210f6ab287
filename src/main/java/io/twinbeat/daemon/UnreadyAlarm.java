package io.twinbeat.daemon;

import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Raises an alarm, on both nodes, when the standby has not been ready for a while: it is bad news
 * today, though nothing has failed yet. One thread.
 */
final class UnreadyAlarm {
  /** A reload, a restart of a daemon, a first look take less. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private record Trouble(String standby, String holder, boolean able, String reason) {
    /** The item that is to blame; what was seen of it may change from look to look. */
    String item() {
      int colon = reason.indexOf(':');
      return colon < 0 ? reason : reason.substring(0, colon);
    }

    boolean sameAs(Trouble other) {
      return standby.equals(other.standby) && able == other.able && item().equals(other.item());
    }
  }

  private final String self;
  private final String peer;
  private final DaemonAlarms alarms;
  private final Map<String, Long> since = new HashMap<>();
  private final Map<String, Trouble> raised = new HashMap<>();

  UnreadyAlarm(String self, String peer, DaemonAlarms alarms) {
    this.self = self;
    this.peer = peer;
    this.alarms = alarms;
  }

  void look(State s, long now) {
    for (GroupState g : s.groups()) {
      Trouble trouble = trouble(s, g);
      String key = "not-ready:" + g.name();
      if (trouble == null) {
        since.remove(g.name());
        if (raised.remove(g.name()) != null) {
          alarms.clear(key);
        }
      } else if (now - since.computeIfAbsent(g.name(), name -> now) >= PATIENCE.toNanos()) {
        Trouble before = raised.get(g.name());
        if (before == null || !before.sameAs(trouble)) {
          raised.put(g.name(), trouble);
          alarms.raise(key, sentence(g.name(), trouble), "see: twinbeat check");
        }
      }
    }
  }

  private static String sentence(String group, Trouble t) {
    return t.standby()
        + " could not take "
        + group
        + ": "
        + t.reason()
        + (t.able() ? " (if " + t.holder() + " died, it would try all the same)" : "");
  }

  /** Only of a standby that stays and whose holder is heard: of any other, other alarms speak. */
  private Trouble trouble(State s, GroupState g) {
    Hearing hearing = s.peer().hearing();
    Status last = s.peer().last();
    if (last == null
        || last.leaving() != Status.Leaving.NO
        || (hearing != Hearing.HEARD && hearing != Hearing.LATE)) {
      return null;
    }
    Status.GroupStatus theirs = last.groups().get(g.name());
    if (theirs == null) {
      return null;
    } else if (g.phase() == Phase.STANDBY && theirs.phase() == Phase.ACTIVE && !g.ready()) {
      return new Trouble(self, peer, g.able(), g.reason());
    } else if (g.phase() == Phase.ACTIVE && theirs.phase() == Phase.STANDBY && !theirs.ready()) {
      return new Trouble(peer, self, theirs.able(), theirs.reason());
    }
    return null;
  }
}
