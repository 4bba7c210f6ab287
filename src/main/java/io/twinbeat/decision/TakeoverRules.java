package io.twinbeat.decision;

import io.twinbeat.decision.Effect.Right;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.PeerState.Off;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a silent or absent peer leads to: looking, holding still, fencing, taking over. */
final class TakeoverRules {
  static final String DISCONNECTED_ALARM = "disconnected";

  /** The pause between two looks at the service. */
  private static final Duration LOOK_PAUSE = Duration.ofMillis(50);

  private TakeoverRules() {}

  static void consider(Turn t) {
    if (t.s.going != State.Going.STAYS) {
      return;
    }
    PeerState p = t.peer();
    if (p.off != Off.NO) {
      takeAllFree(t);
      return;
    }
    switch (p.hearing) {
      case LISTENING, OFF -> t.s.fenceWaitUntil = null;
      case HEARD -> {
        t.s.fenceWaitUntil = null;
        onRequest(t);
      }
      case LATE -> {
        if (t.on(Rule.LATE)) {
          look(t, contested(t));
        }
      }
      case SILENT, DISCONNECTED -> silent(t);
    }
  }

  private static void takeAllFree(Turn t) {
    Right right =
        switch (t.peer().off) {
          case FENCED -> Right.FENCED;
          case LEFT -> Right.LEFT;
          case CONFIRMED -> Right.CONFIRMED;
          case NO -> throw new IllegalStateException("the peer is not off");
        };
    for (GroupState g : contested(t)) {
      if (g.backingOff(t.now)) {
        continue;
      }
      if (t.on(Rule.NOT_ABLE) && !g.able) {
        notAble(t, g);
        continue;
      }
      t.note(Rule.TAKE_OVER, g.name, "the peer is off: " + right);
      t.start(g, right, t.nextTerm(g), Rule.TAKE_OVER);
    }
  }

  /** Groups that this node neither holds nor is still letting go of. */
  private static List<GroupState> contested(Turn t) {
    List<GroupState> groups = new ArrayList<>();
    for (GroupState g : t.s.groups.values()) {
      if (g.phase == Phase.STANDBY || g.phase == Phase.GRANTED) {
        groups.add(g);
      }
    }
    return groups;
  }

  private static void silent(Turn t) {
    List<GroupState> contested = contested(t);
    if (contested.isEmpty()) {
      t.s.fenceWaitUntil = null;
      t.decideOnce(Rule.NOTHING_TO_TAKE, Turn.PEER, "");
      return;
    }
    look(t, contested);
    List<GroupState> wanted = wanted(t, contested);
    if (wanted.isEmpty()) {
      t.s.fenceWaitUntil = null;
      return;
    }
    if (!evidenceAllowsFence(t, contested)) {
      return;
    }
    if (t.settings.unfencedTakeover()) {
      for (GroupState g : wanted) {
        t.decide(Rule.UNFENCED, g.name, "");
        t.start(g, Right.UNFENCED, t.nextTerm(g), Rule.UNFENCED);
      }
      return;
    }
    if (!mustWait(t)) {
      FenceRules.fence(t, Rule.FENCE, wanted);
    }
  }

  private static List<GroupState> wanted(Turn t, List<GroupState> contested) {
    List<GroupState> wanted = new ArrayList<>();
    for (GroupState g : contested) {
      if (t.on(Rule.NOT_ABLE) && !g.able) {
        notAble(t, g);
      } else if (!g.backingOff(t.now)) {
        wanted.add(g);
      }
    }
    return wanted;
  }

  private static void notAble(Turn t, GroupState g) {
    t.decideOnce(Rule.NOT_ABLE, g.name, g.reason);
    t.alarm(
        "not-able:" + g.name, g.name + " is not taken over: " + g.reason, "see: twinbeat check");
  }

  /**
   * Rules 1 and 2 of the peer's silence, and P5: each group's service must be seen to be gone. What
   * speaks against it ends a wait; that a look is under way does not, or the wait would never end.
   */
  private static boolean evidenceAllowsFence(Turn t, List<GroupState> contested) {
    if (t.on(Rule.CUT_OFF) && !t.s.connected) {
      t.s.fenceWaitUntil = null;
      t.decideOnce(Rule.CUT_OFF, Turn.PEER, t.s.connection);
      return false;
    }
    Moment silentFrom = silentFrom(t);
    if (t.on(Rule.SILENT) && t.now.since(silentFrom).compareTo(t.settings.deadtime()) < 0) {
      return false;
    }
    boolean allSeen = true;
    for (GroupState g : contested) {
      Look look = freshLook(t, g, silentFrom);
      if (look == Look.ANSWERED && t.on(Rule.STILL_SERVED)) {
        t.s.fenceWaitUntil = null;
        stillServed(t, g);
        return false;
      }
      if (look == Look.CANNOT_TELL && t.on(Rule.CANNOT_TELL)) {
        t.s.fenceWaitUntil = null;
        t.decideOnce(Rule.CANNOT_TELL, Turn.PEER, g.name + ": " + g.lookDetail);
        return false;
      }
      allSeen &= look != null;
    }
    if (allSeen) {
      PeerRules.set(t, Hearing.SILENT);
      t.clear(DISCONNECTED_ALARM);
    }
    return allSeen;
  }

  private static void stillServed(Turn t, GroupState g) {
    PeerRules.set(t, Hearing.DISCONNECTED);
    if (t.peer().restarting) {
      return;
    }
    t.decideOnce(Rule.STILL_SERVED, Turn.PEER, g.name + ": " + g.lookDetail);
    t.alarm(
        DISCONNECTED_ALARM,
        "disconnected: " + t.settings.peer() + " is not heard, but " + g.name + " is served",
        "mend the heartbeat links");
  }

  private static Moment silentFrom(Turn t) {
    Moment heard = t.peer().lastHeard;
    return heard == null ? t.s.listeningSince : Moment.later(heard, t.s.listeningSince);
  }

  /** The last look that began in this silence and is not old; null when there is none. */
  private static Look freshLook(Turn t, GroupState g, Moment silentFrom) {
    // One look after another, each noticed by a tick: never stale while they go on.
    Duration age =
        t.settings
            .probeLimit()
            .plus(LOOK_PAUSE.multipliedBy(4))
            .plus(t.settings.deadtime().dividedBy(4));
    boolean fresh =
        g.look != null
            && !g.lookStarted.isBefore(silentFrom)
            && t.now.since(g.lookEnded).compareTo(age) <= 0;
    return fresh ? g.look : null;
  }

  private static void look(Turn t, List<GroupState> groups) {
    for (GroupState g : groups) {
      boolean lost =
          g.probePending
              && t.now.since(g.probeStarted).compareTo(t.settings.probeLimit().multipliedBy(4)) > 0;
      boolean due =
          g.lookEnded == null
              || g.lookStarted.isBefore(silentFrom(t))
              || t.now.since(g.lookEnded).compareTo(LOOK_PAUSE) >= 0;
      if (lost || (!g.probePending && due)) {
        g.probeId = t.newId();
        g.probePending = true;
        g.probeStarted = t.now;
        t.effects.add(new Effect.Probe(g.name, g.probeId, t.settings.probeLimit()));
      }
    }
  }

  static void looked(Turn t, Event.ProbeFinished e) {
    GroupState g = t.s.groups.get(e.group());
    if (g == null || !g.probePending || g.probeId != e.id()) {
      return;
    }
    g.probePending = false;
    g.lookStarted = g.probeStarted;
    g.lookEnded = t.now;
    g.look = e.look();
    g.lookDetail = e.detail();
  }

  /**
   * Where both may have cause to shoot, one side lets the other go first. The two may know
   * different things of each other, so both may wait: then not equally long.
   */
  private static boolean mustWait(Turn t) {
    if (!t.on(Rule.WAIT_FIRST) || !peerMayHaveCause(t) || !goesSecond(t)) {
      return false;
    }
    if (t.s.fenceWaitUntil == null) {
      Duration wait = t.settings.fenceWait().multipliedBy(preferred(t) ? 2 : 1);
      t.s.fenceWaitUntil = t.now.plus(wait);
      t.decide(Rule.WAIT_FIRST, Turn.PEER, Turn.millis(wait));
    }
    return t.now.isBefore(t.s.fenceWaitUntil);
  }

  /**
   * Only an active holder has none. A start may have failed and a stop have ended since the last
   * word; with a request of ours open, also a holder may just have let go.
   */
  private static boolean peerMayHaveCause(Turn t) {
    for (GroupState g : t.s.groups.values()) {
      Status.GroupStatus theirs = t.peers(g);
      if (theirs == null || theirs.phase() != Phase.ACTIVE || g.ask != 0) {
        return true;
      }
    }
    return false;
  }

  /** Who was never heard may hold anything; and what we granted, the peer may hold by now. */
  private static boolean goesSecond(Turn t) {
    if (t.peer().last == null) {
      return true;
    }
    int mine = 0;
    int theirs = 0;
    for (GroupState g : t.s.groups.values()) {
      mine += g.phase.mayHold() ? 1 : 0;
      Status.GroupStatus peers = t.peers(g);
      boolean mayHold = peers != null && peers.phase().mayHold();
      theirs += mayHold || g.phase == Phase.GRANTED ? 1 : 0;
    }
    return mine == theirs ? !preferred(t) : mine < theirs;
  }

  private static boolean preferred(Turn t) {
    return t.settings.preferredNode().equals(t.settings.self());
  }

  /** A peer that cannot prove that it let go asks to be fenced. */
  private static void onRequest(Turn t) {
    if (!t.talking()) {
      return;
    }
    List<GroupState> wanted = new ArrayList<>();
    for (GroupState g : contested(t)) {
      Status.GroupStatus theirs = t.peers(g);
      if (theirs != null && theirs.phase() == Phase.STUCK && g.able && t.s.connected) {
        wanted.add(g);
      }
    }
    if (wanted.isEmpty()) {
      FenceRules.noCause(t);
    } else if (t.on(Rule.FENCE_ON_REQUEST) && !t.settings.unfencedTakeover()) {
      FenceRules.fence(t, Rule.FENCE_ON_REQUEST, wanted);
    }
  }
}
