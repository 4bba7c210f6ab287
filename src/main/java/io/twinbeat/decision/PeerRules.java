package io.twinbeat.decision;

import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.PeerState.Off;
import java.time.Duration;

/** Judges what is known of the peer: heard, late, silent, gone. */
final class PeerRules {
  static final String SILENT_ALARM = "peer-silent";

  private PeerRules() {}

  static void heartbeat(Turn t, Event.HeartbeatArrived e) {
    heard(t, e.status(), e.receivedAt());
  }

  private static boolean heard(Turn t, Status status, Moment receivedAt) {
    PeerState p = t.peer();
    if (!acceptable(t, status, receivedAt)) {
      return false;
    }
    boolean sameLife = p.last != null && p.last.incarnation() == status.incarnation();
    if (p.last != null && !sameLife) {
      p.retire(p.last.incarnation());
    }
    if (sameLife && (p.off == Off.FENCED || p.off == Off.CONFIRMED)) {
      t.decide(Rule.FENCE_LIED, Turn.PEER, "it was taken for off: " + p.off);
      t.alarm(
          "fence-lied",
          t.settings.peer() + " was reported off but is alive",
          "check the fence device of " + t.settings.peer());
    }
    p.last = status;
    p.lastHeard = p.lastHeard == null ? receivedAt : Moment.later(p.lastHeard, receivedAt);
    p.processDied = false;
    p.restarting = false;
    p.off = Off.NO;
    if (p.hearing != Hearing.HEARD) {
      hear(t, sameLife);
    }
    return true;
  }

  private static boolean acceptable(Turn t, Status status, Moment receivedAt) {
    PeerState p = t.peer();
    if (p.retired.contains(status.incarnation())) {
      return false;
    }
    // Said back in our next heartbeat, or two nodes that start would wait for each other's echo.
    p.seen = status.incarnation();
    if (t.on(Rule.ECHO) && status.hears() != t.s.incarnation) {
      return false;
    }
    boolean sameLife = p.last != null && p.last.incarnation() == status.incarnation();
    if (t.on(Rule.OLD_NEWS) && sameLife && status.version() < p.last.version()) {
      return false;
    }
    // Frames prove life only for a deadtime: what arrives sooner may have been sent before the end,
    // also by a life that had begun just before it.
    boolean takenForOff = p.off == Off.FENCED || p.off == Off.CONFIRMED;
    return !(takenForOff && receivedAt.isBefore(p.since.plus(t.settings.deadtime())));
  }

  private static void hear(Turn t, boolean sameLife) {
    PeerState p = t.peer();
    String silent = p.hearing == Hearing.LATE ? "late only" : sameLife ? "same life" : "new life";
    set(t, Hearing.HEARD);
    t.decideOnce(Rule.HEARD, Turn.PEER, silent);
    t.clear(SILENT_ALARM);
    t.clear("peer-off");
    t.clear(TakeoverRules.DISCONNECTED_ALARM);
    t.clear(FenceRules.FAILED_ALARM);
    t.s.fenceWaitUntil = null;
    t.s.fenceFailures = 0;
    t.s.fenceRetryAt = null;
  }

  static void set(Turn t, Hearing hearing) {
    if (t.peer().hearing != hearing) {
      t.peer().hearing = hearing;
      t.peer().since = t.now;
    }
  }

  static void goodbye(Turn t, Status status) {
    PeerState p = t.peer();
    if (!heard(t, status, t.now)) {
      return;
    }
    boolean holdsNothing =
        status.groups().values().stream().noneMatch(group -> group.phase().mayHold());
    switch (status.leaving()) {
      case GOODBYE -> {
        if (holdsNothing) {
          p.off = Off.LEFT;
          set(t, Hearing.OFF);
          t.decide(Rule.GOODBYE, Turn.PEER, "");
        }
      }
      case RESTARTING -> {
        p.restarting = true;
        t.decide(
            Rule.PEER_RESTARTING, Turn.PEER, "back within " + status.backWithinMillis() + " ms");
      }
      case NO -> {}
    }
  }

  static void processDied(Turn t, long incarnation) {
    PeerState p = t.peer();
    if (p.last != null && p.last.incarnation() == incarnation && !p.processDied) {
      p.processDied = true;
      t.note(Rule.PROCESS_DIED, Turn.PEER, "its services may go on; judged at the deadtime");
      if (p.hearing == Hearing.HEARD) {
        late(t);
      }
    }
  }

  static void ownStall(Turn t, Duration gap) {
    if (!t.on(Rule.OWN_STALL)) {
      return;
    }
    t.s.listeningSince = t.now;
    t.s.fenceWaitUntil = null;
    t.decide(Rule.OWN_STALL, Turn.PEER, "for " + Turn.millis(gap));
  }

  /** Moves along heard, late, silent as time passes. */
  static void judge(Turn t) {
    PeerState p = t.peer();
    if (p.off != Off.NO) {
      return;
    }
    if (p.lastHeard == null) {
      judgeNeverHeard(t);
      return;
    }
    Duration silent = t.now.since(Moment.later(p.lastHeard, t.s.listeningSince));
    Duration deadtime = t.on(Rule.SILENT) ? t.settings.deadtime() : t.settings.warntime();
    boolean deadtimePassed = silent.compareTo(deadtime) >= 0;
    boolean warntimePassed = silent.compareTo(t.settings.warntime()) >= 0;
    if (p.hearing == Hearing.HEARD && warntimePassed) {
      late(t);
    }
    if (p.hearing == Hearing.LATE && deadtimePassed) {
      set(t, Hearing.SILENT);
      if (!p.restarting) {
        t.decideOnce(Rule.SILENT, Turn.PEER, Turn.millis(silent));
        silentAlarm(t);
      }
    }
  }

  private static void judgeNeverHeard(Turn t) {
    PeerState p = t.peer();
    Duration sinceStart = t.now.since(t.s.started);
    Duration initdead = t.on(Rule.LISTEN_FIRST) ? t.settings.initdead() : t.settings.deadtime();
    Duration listened = t.now.since(t.s.listeningSince);
    Duration head = t.settings.deadtime().minus(t.settings.warntime());
    if (p.hearing == Hearing.LISTENING
        && sinceStart.compareTo(initdead.minus(head)) >= 0
        && listened.compareTo(t.settings.warntime()) >= 0) {
      late(t);
    }
    if (p.hearing == Hearing.LATE
        && sinceStart.compareTo(initdead) >= 0
        && listened.compareTo(t.settings.deadtime()) >= 0) {
      set(t, Hearing.SILENT);
      t.decideOnce(Rule.NEVER_HEARD, Turn.PEER, Turn.millis(sinceStart));
      silentAlarm(t);
    }
  }

  private static void late(Turn t) {
    set(t, Hearing.LATE);
    t.note(Rule.LATE, Turn.PEER, "");
    t.effects.add(new Effect.WarmFence());
    for (GroupState g : t.s.groups.values()) {
      if (g.phase == Phase.STANDBY || g.phase == Phase.GRANTED) {
        t.effects.add(new Effect.Prepare(g.name, 0));
      }
    }
  }

  private static void silentAlarm(Turn t) {
    t.alarm(
        SILENT_ALARM,
        t.settings.peer() + " is not heard on any link",
        "look at " + t.settings.peer() + " and at the heartbeat links");
  }
}
