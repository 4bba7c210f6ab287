package io.twinbeat.decision;

import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.PeerState.Off;
import java.util.List;
import java.util.Map;

/** Fencing the peer: one at a time, retried for ever, taken over only when confirmed. */
final class FenceRules {
  static final String FAILED_ALARM = "fence-failed";

  private FenceRules() {}

  static void fence(Turn t, Rule why, List<GroupState> wanted) {
    State s = t.s;
    boolean underWay = s.fenceId != 0 && t.on(Guard.ONE_FENCE);
    if (underWay || (backingOff(t) && t.on(Guard.FENCE_BACKOFF))) {
      return;
    }
    boolean neverHeard = s.peer.lastHeard == null;
    s.fenceLookOnly = why == Rule.FENCE && onlyLooks(t);
    t.decide(s.fenceLookOnly ? Rule.START_FENCE_ONCE : why, Turn.PEER, names(wanted));
    if (neverHeard && !s.fenceLookOnly) {
      s.startFenceSpentUntil = t.now.plus(t.settings.startFenceWindow());
      t.effects.add(new Effect.Persist(Map.of(), t.on(Guard.START_FENCE_ON_DISK)));
    }
    for (GroupState g : wanted) {
      // On disk now, so that nothing is left to write once the fence is confirmed.
      t.keep(g, t.nextTerm(g), true);
    }
    s.fenceId = t.newId();
    s.fenceTarget = s.peer.life();
    t.effects.add(new Effect.Fence(s.fenceId, s.fenceLookOnly));
  }

  static boolean backingOff(Turn t) {
    return t.s.fenceRetryAt != null && t.now.isBefore(t.s.fenceRetryAt);
  }

  static boolean startFenceSpent(Turn t) {
    return t.s.startFenceSpentUntil != null && t.now.isBefore(t.s.startFenceSpentUntil);
  }

  /** A start-up fence was shot lately: now it is only looked whether the peer is off. */
  static boolean onlyLooks(Turn t) {
    return t.s.peer.lastHeard == null && t.on(Rule.START_FENCE_ONCE) && startFenceSpent(t);
  }

  /** The peer is heard and asks for nothing: an earlier failure needs no answer any more. */
  static void noCause(Turn t) {
    if (t.s.fenceId == 0 && t.s.fenceFailures > 0) {
      t.s.fenceFailures = 0;
      t.s.fenceRetryAt = null;
      t.clear(FAILED_ALARM);
    }
  }

  static String names(List<GroupState> groups) {
    return groups.isEmpty()
        ? ""
        : "to take "
            + String.join(
                ", ", groups.stream().map(g -> g.name + " with term " + (g.term + 1)).toList());
  }

  static void finished(Turn t, Event.FenceFinished e) {
    State s = t.s;
    if (s.fenceId == 0 || s.fenceId != e.id()) {
      return;
    }
    s.fenceId = 0;
    long peerNow = s.peer.life();
    if (e.confirmed() || !t.on(Rule.FENCE_FAILED)) {
      if (peerNow != s.fenceTarget && t.on(Rule.FENCE_OVERTAKEN)) {
        t.note(Rule.FENCE_OVERTAKEN, Turn.PEER, e.detail());
        return;
      }
      s.fenceFailures = 0;
      s.fenceRetryAt = null;
      off(t, Off.FENCED);
      t.note(Rule.FENCE_CONFIRMED, Turn.PEER, e.detail());
      return;
    }
    if (s.peer.off != Off.NO) {
      return; // It was proven off in another way meanwhile.
    }
    s.fenceFailures++;
    s.fenceRetryAt = t.now.plus(Turn.backoff(s.fenceFailures));
    t.decide(Rule.FENCE_FAILED, Turn.PEER, e.detail());
    t.alarm(
        FAILED_ALARM,
        "fencing " + t.settings.peer() + " is not confirmed, its groups are not taken over",
        "make sure that "
            + t.settings.peer()
            + " is off, then: twinbeat fence confirm "
            + t.settings.peer());
  }

  static void off(Turn t, Off how) {
    t.peer().off = how;
    PeerRules.set(t, Hearing.OFF);
    t.peer().since = t.now;
    t.s.fenceWaitUntil = null;
    t.clear(FAILED_ALARM);
    t.clear(TakeoverRules.DISCONNECTED_ALARM);
    t.clear(PeerRules.SILENT_ALARM);
    t.clear(PeerRules.FOREIGN_ALARM);
    t.alarm(
        "peer-off",
        t.settings.peer() + " is off: there is no standby",
        "bring " + t.settings.peer() + " back");
  }
}
