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

  /** A look that differs from the last one told is told no sooner than this after it. */
  private static final Duration LOOK_TOLD_PAUSE = Duration.ofSeconds(1);

  private TakeoverRules() {}

  static void consider(Turn t) {
    FenceTurns.whoAsks(t);
    if (t.s.going != State.Going.STAYS && t.on(Guard.NO_FENCE_WHILE_LEAVING)) {
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
      case SILENT, DISCONNECTED -> {
        if (t.maySeeSilence()) {
          silent(t);
        }
      }
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
      if (g.backingOff(t.now) && t.on(Guard.START_BACKOFF)) {
        continue;
      }
      if (t.on(Rule.NOT_ABLE) && !g.able) {
        notAble(t, g);
        continue;
      }
      if (!OperatorRules.ordersTakeover(t, g)
          && MaintenanceRules.withholds(t, Rule.TAKE_OVER, g.name, "the peer is off: " + right)) {
        continue;
      }
      t.note(Rule.TAKE_OVER, g.name, "the peer is off: " + right);
      t.start(g, right, t.nextTerm(g), Rule.TAKE_OVER);
    }
  }

  /** Groups that this node neither holds nor is still letting go of. */
  static List<GroupState> contested(Turn t) {
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
    Rule act = t.settings.unfencedTakeover() ? Rule.UNFENCED : Rule.FENCE;
    if (MaintenanceRules.withholds(t, act, Turn.PEER, FenceRules.names(wanted))) {
      t.s.fenceWaitUntil = null;
      return;
    }
    if (t.settings.unfencedTakeover()) {
      for (GroupState g : wanted) {
        t.decide(Rule.UNFENCED, g.name, "");
        t.start(g, Right.UNFENCED, t.nextTerm(g), Rule.UNFENCED);
      }
      return;
    }
    if (!FenceTurns.mustWait(t)) {
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
    if (t.on(Rule.SILENT) && !silentForDeadtime(t)) {
      return false;
    }
    boolean allSeen = true;
    for (GroupState g : contested) {
      Look look = freshLook(t, g);
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
      allSeen &= look != null || !t.on(Guard.LOOK_FIRST);
      allSeen &= !slowBesideAStart(t, g);
    }
    if (allSeen) {
      PeerRules.set(t, Hearing.SILENT);
      t.clear(DISCONNECTED_ALARM);
    }
    return allSeen;
  }

  /**
   * A program that starts takes the processor from the service beside it, not from the kernel. That
   * the daemon restarts is known, so that a service whose kernel takes connections gets a deadtime
   * of its own, at whose end it was looked at, too.
   */
  static boolean slowBesideAStart(Turn t, GroupState g) {
    boolean starts = t.peer().restarting || t.peer().processDied;
    return starts
        && t.on(Guard.PATIENCE_WITH_RESTART)
        && g.takenSince != null
        && g.lookEnded.since(g.takenSince).compareTo(t.settings.deadtime()) < 0;
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

  static boolean silentForDeadtime(Turn t) {
    return t.now.since(silentFrom(t)).compareTo(t.settings.deadtime()) >= 0;
  }

  static Moment silentFrom(Turn t) {
    Moment heard = t.peer().lastHeard;
    return heard == null ? t.s.listeningSince : Moment.later(heard, t.s.listeningSince);
  }

  /**
   * The last look, if it began in this silence and a short while ago; null otherwise. However long
   * a look may take, after a deadtime the world may be another one.
   */
  static Look freshLook(Turn t, GroupState g) {
    // One look after another, each noticed by a tick: never stale while they go on.
    Duration age =
        t.settings
            .probeLimit()
            .multipliedBy(2)
            .plus(LOOK_PAUSE.multipliedBy(4))
            .plus(t.settings.deadtime().dividedBy(4));
    Duration deadtime = t.settings.deadtime();
    Duration limit = age.compareTo(deadtime) < 0 ? age : deadtime;
    boolean fresh =
        g.look != null
            && (!t.on(Guard.LOOK_FRESH)
                || (!g.lookStarted.isBefore(silentFrom(t))
                    && t.now.since(g.lookStarted).compareTo(limit) <= 0));
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
    if (e.look() != Look.NOT_ANSWERED || !e.taken()) {
      g.takenSince = null;
    } else if (g.takenSince == null || g.takenSince.isBefore(silentFrom(t))) {
      g.takenSince = g.lookStarted;
    }
    g.look = e.look();
    g.lookDetail = e.detail();
    tellLook(t, g);
  }

  /** The first of its kind in a silence; what flaps is told once a second. */
  private static void tellLook(Turn t, GroupState g) {
    boolean inThisSilence = g.lookToldAt != null && !g.lookToldAt.isBefore(silentFrom(t));
    boolean pausing = inThisSilence && t.now.since(g.lookToldAt).compareTo(LOOK_TOLD_PAUSE) < 0;
    if ((g.look != g.lookTold && !pausing) || !inThisSilence) {
      g.lookTold = g.look;
      g.lookToldAt = t.now;
      t.tell(Rule.LOOKED, g.name, g.look + ": " + g.lookDetail);
    }
  }

  static boolean asksForFence(Status.GroupStatus theirs) {
    return theirs != null && theirs.phase() == Phase.STUCK;
  }

  /** A peer that cannot prove that it let go asks to be fenced. */
  private static void onRequest(Turn t) {
    if (!t.talking()) {
      return;
    }
    List<GroupState> wanted = new ArrayList<>();
    for (GroupState g : contested(t)) {
      Status.GroupStatus theirs = t.peers(g);
      boolean useful = (g.able && t.s.connected) || !t.on(Guard.RELIEF_USEFUL);
      if (asksForFence(theirs) && useful) {
        wanted.add(g);
      }
    }
    if (wanted.isEmpty()) {
      FenceRules.noCause(t);
    } else if (t.on(Rule.FENCE_ON_REQUEST)
        && !t.settings.unfencedTakeover()
        && relieves(t)
        && !MaintenanceRules.withholds(t, Rule.FENCE_ON_REQUEST, Turn.PEER, "")) {
      FenceRules.fence(t, Rule.FENCE_ON_REQUEST, wanted);
    }
  }

  private static boolean relieves(Turn t) {
    boolean may = FenceTurns.mayRelieve(t) || !t.on(Rule.BOTH_ASK);
    if (!may) {
      t.decideOnce(Rule.BOTH_ASK, Turn.PEER, "");
    }
    return may;
  }
}
