package io.twinbeat.decision;

import io.twinbeat.decision.PeerState.Hearing;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The decision core of one node: pure, so one instance may serve any number of states. Ticks must
 * come at least each quarter of the deadtime, or the core takes their absence for an own stall.
 */
public final class Core {
  private final Settings settings;
  private final Set<Protection> switchedOff;

  public Core(Settings settings) {
    this(settings, Set.of());
  }

  /** For the simulator's mutants only. */
  Core(Settings settings, Set<? extends Protection> switchedOff) {
    this.settings = settings;
    this.switchedOff = Set.copyOf(switchedOff);
  }

  public Settings settings() {
    return settings;
  }

  /** Before {@link Event.Started}, which must be the first event. */
  public State initial(Moment now) {
    State s = new State();
    s.started = now;
    s.lastEvent = now;
    s.askedAt = now;
    s.listeningSince = now;
    s.peer = new PeerState(now);
    for (Settings.GroupSettings group : settings.groups()) {
      s.groups.put(group.name(), new GroupState(group.name(), now));
    }
    return s;
  }

  /** What follows from an event at a moment. The given state stays as it is. */
  public Step step(State state, Event event, Moment now) {
    Turn t = new Turn(settings, now, state.copy(), switchedOff);
    t.peerSpoke =
        switch (event) {
          case Event.HeartbeatArrived e -> true;
          case Event.HeartbeatNotUnderstood e -> true;
          case Event.PeerSaidGoodbye e -> true;
          default -> false;
        };
    if (t.s.going == State.Going.GONE) {
      return new Step(state, t.effects);
    }
    t.s.version++;
    noticeGap(t, event);
    handle(t, event);
    consider(t);
    return new Step(t.s, t.effects);
  }

  private void noticeGap(Turn t, Event event) {
    Duration gap = t.now.since(t.s.lastEvent);
    t.s.lastEvent = t.now;
    if (t.on(Guard.GAPS_NOTICED)
        && !(event instanceof Event.Started)
        && gap.compareTo(settings.deadtime().dividedBy(2)) > 0) {
      PeerRules.ownStall(t, gap);
    }
  }

  private static void handle(Turn t, Event event) {
    switch (event) {
      case Event.Started e -> StartRules.started(t, e);
      case Event.Ticked e -> {}
      case Event.HeartbeatArrived e -> PeerRules.heartbeat(t, e);
      case Event.HeartbeatNotUnderstood e -> PeerRules.notUnderstood(t, e);
      case Event.PeerSaidGoodbye e -> PeerRules.goodbye(t, e.status());
      case Event.PeerProcessDied e -> PeerRules.processDied(t, e.incarnation());
      case Event.OwnStallNoticed e -> PeerRules.ownStall(t, e.gap());
      case Event.FenceFinished e -> FenceRules.finished(t, e);
      case Event.GroupPrepared e -> AgreementRules.prepared(t, e);
      case Event.GroupStarted e -> GroupRules.started(t, e);
      case Event.GroupStopped e -> GroupRules.stopped(t, e);
      case Event.ResourceFailed e -> GroupRules.resourceFailed(t, e);
      case Event.ResourceRestarted e -> GroupRules.resourceRestarted(t, e);
      case Event.ResourceRecovered e -> GroupRules.resourceRecovered(t, e);
      case Event.ReadinessChanged e -> GroupRules.readinessChanged(t, e);
      case Event.RealServersSeen e -> GroupRules.realServersSeen(t, e);
      case Event.ProbeFinished e -> TakeoverRules.looked(t, e);
      case Event.ConnectionChanged e -> GroupRules.connectionChanged(t, e);
      case Event.Commanded e -> OperatorRules.ordered(t, e);
    }
  }

  private static void consider(Turn t) {
    MaintenanceRules.consider(t);
    if (t.maySeeSilence()) {
      PeerRules.judge(t);
    }
    TakeoverRules.consider(t);
    AgreementRules.consider(t);
    GroupRules.consider(t);
    OperatorRules.consider(t);
    Aftermath.consider(t);
    MaintenanceRules.settle(t);
  }

  /** When the next tick is needed at the latest for a verdict on the peer to be on time. */
  public Moment wakeAt(State s, Moment now) {
    Moment latest = now.plus(settings.deadtime().dividedBy(8));
    latest = sooner(s.fenceWaitUntil, now, latest);
    latest = sooner(s.fenceRetryAt, now, latest);
    if (s.peer.lastHeard == null || s.peer.off != PeerState.Off.NO) {
      return latest;
    }
    Moment from = Moment.later(s.peer.lastHeard, s.listeningSince);
    Duration limit = s.peer.hearing == Hearing.HEARD ? settings.warntime() : settings.deadtime();
    return sooner(from.plus(limit), now, latest);
  }

  private static Moment sooner(Moment wish, Moment now, Moment latest) {
    return wish != null && wish.isAfter(now) && wish.isBefore(latest) ? wish : latest;
  }

  /** What this node says of itself. */
  public Status status(State s, Moment now, String configHash) {
    Map<String, Status.GroupStatus> groups = new HashMap<>();
    for (GroupState g : s.groups.values()) {
      boolean backingOff = g.backingOff(now);
      groups.put(
          g.name,
          new Status.GroupStatus(
              g.phase,
              g.term,
              g.ready && !backingOff && s.going == State.Going.STAYS,
              g.able && !backingOff && s.going == State.Going.STAYS,
              g.reach,
              g.askPrepared ? g.ask : 0,
              g.closedAsk,
              g.offer,
              g.phase == Phase.GRANTED ? g.grantAsk : 0,
              g.grantTo,
              g.grantTerm,
              backingOff ? "a start just failed here" : g.reason));
    }
    Status.Leaving leaving =
        s.going != State.Going.GONE
            ? Status.Leaving.NO
            : s.backWithinMillis > 0 ? Status.Leaving.RESTARTING : Status.Leaving.GOODBYE;
    return new Status(
        settings.self(),
        s.incarnation,
        s.version,
        s.peer.seen,
        leaving,
        s.backWithinMillis,
        s.connected,
        configHash,
        groups,
        MaintenanceRules.word(s.maintenance, now));
  }
}
