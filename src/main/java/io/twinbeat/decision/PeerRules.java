package io.twinbeat.decision;

import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.PeerState.Off;
import java.time.Duration;

/** Judges what is known of the peer: heard, late, silent, gone. */
final class PeerRules {
  static final String SILENT_ALARM = "peer-silent";
  static final String FOREIGN_ALARM = "not-understood";

  private PeerRules() {}

  static void heartbeat(Turn t, Event.HeartbeatArrived e) {
    heard(t, e.status(), e.receivedAt());
  }

  private static boolean heard(Turn t, Status status, Moment receivedAt) {
    PeerState p = t.peer();
    if (!acceptable(t, status, receivedAt)) {
      return false;
    }
    boolean sameLife = alive(t, status.incarnation(), receivedAt);
    p.last = status;
    rememberTerms(t);
    if (p.foreign != 0) {
      p.foreign = 0;
      t.clear(FOREIGN_ALARM);
      set(t, Hearing.LISTENING);
    }
    if (p.hearing != Hearing.HEARD) {
      String silent = p.hearing == Hearing.LATE ? "late only" : sameLife ? "same life" : "new life";
      hear(t);
      t.decideOnce(Rule.HEARD, Turn.PEER, silent);
    }
    return true;
  }

  /** Known from here on, should the peer lose its disk; also from words too old to agree on. */
  private static void rememberTerms(Turn t) {
    for (GroupState g : t.s.groups.values()) {
      Status.GroupStatus theirs = t.peers(g);
      if (!g.phase.mayHold() && theirs != null && t.on(Guard.TERM_REMEMBERED)) {
        g.term = Math.max(g.term, theirs.term());
      }
    }
  }

  /**
   * It is alive, so it is not silent: never fenced for what it cannot be understood to say. What it
   * held is unknown from here on, and nothing can be agreed with it.
   */
  static void notUnderstood(Turn t, Event.HeartbeatNotUnderstood e) {
    PeerState p = t.peer();
    if (!t.on(Rule.NOT_UNDERSTOOD) || p.retired.contains(e.incarnation())) {
      return;
    }
    p.seen = e.incarnation();
    if (mayBeFromBeforeItsEnd(t, e.receivedAt())) {
      return;
    }
    alive(t, e.incarnation(), e.receivedAt());
    p.last = null;
    p.foreign = e.incarnation();
    if (p.hearing != Hearing.HEARD) {
      hear(t);
    }
    t.decideOnce(Rule.NOT_UNDERSTOOD, Turn.PEER, e.detail());
    t.alarm(
        FOREIGN_ALARM,
        t.settings.peer() + " is alive but not understood: " + e.detail(),
        "run the same version of twinbeat on both nodes");
  }

  /**
   * What follows for certain from a heartbeat of this life; whether it is the life heard so far.
   */
  private static boolean alive(Turn t, long incarnation, Moment receivedAt) {
    PeerState p = t.peer();
    boolean sameLife = p.life() == incarnation;
    if (p.life() != 0 && !sameLife) {
      p.retire(p.life());
    }
    if (sameLife && (p.off == Off.FENCED || p.off == Off.CONFIRMED)) {
      t.decide(Rule.FENCE_LIED, Turn.PEER, "it was taken for off: " + p.off);
      t.alarm(
          Aftermath.FENCE_LIED,
          t.settings.peer() + " was reported off but is alive",
          "check the fence device of " + t.settings.peer());
    }
    p.lastHeard = p.lastHeard == null ? receivedAt : Moment.later(p.lastHeard, receivedAt);
    p.processDied = false;
    p.restarting = false;
    p.off = Off.NO;
    return sameLife;
  }

  private static boolean acceptable(Turn t, Status status, Moment receivedAt) {
    PeerState p = t.peer();
    if (t.on(Guard.RETIRED_LIVES) && p.retired.contains(status.incarnation())) {
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
    return !mayBeFromBeforeItsEnd(t, receivedAt);
  }

  /**
   * Frames prove life only for a deadtime: what arrives sooner may have been sent before the end,
   * also by a life that had begun just before it.
   */
  private static boolean mayBeFromBeforeItsEnd(Turn t, Moment receivedAt) {
    PeerState p = t.peer();
    boolean takenForOff =
        t.on(Guard.GRACE_AFTER_OFF) && (p.off == Off.FENCED || p.off == Off.CONFIRMED);
    return takenForOff && receivedAt.isBefore(p.since.plus(t.settings.deadtime()));
  }

  private static void hear(Turn t) {
    set(t, Hearing.HEARD);
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
        !t.on(Guard.GOODBYE_HOLDS_NOTHING)
            || status.groups().values().stream().noneMatch(group -> group.phase().mayHold());
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
        p.backBy = t.now.plus(Duration.ofMillis(status.backWithinMillis()));
        t.decide(
            Rule.PEER_RESTARTING, Turn.PEER, "back within " + status.backWithinMillis() + " ms");
      }
      case NO -> {}
    }
  }

  static void processDied(Turn t, long incarnation) {
    PeerState p = t.peer();
    if (p.life() == incarnation && incarnation != 0 && !p.processDied) {
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
    if (p.restarting && t.on(Rule.PEER_NOT_BACK) && !t.now.isBefore(p.backBy)) {
      p.restarting = false;
      if (p.hearing == Hearing.SILENT || p.hearing == Hearing.DISCONNECTED) {
        t.decide(Rule.PEER_NOT_BACK, Turn.PEER, "");
        silentAlarm(t);
      }
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
      t.clear(FOREIGN_ALARM);
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
      boolean idle = g.phase == Phase.STANDBY || g.phase == Phase.GRANTED;
      if (idle && !t.s.maintenance.stands()) {
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
