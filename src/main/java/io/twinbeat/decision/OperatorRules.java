package io.twinbeat.decision;

import io.twinbeat.decision.Effect.Verdict;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.Event.Order;
import io.twinbeat.decision.GroupState.StopGoal;
import io.twinbeat.decision.GroupState.Want;
import io.twinbeat.decision.PeerState.Off;
import io.twinbeat.decision.State.Pending;
import io.twinbeat.decision.Status.GroupStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the operator asks for: done, failed or refused with the reason, never ignored. */
final class OperatorRules {
  private static final Duration MOVE_LIMIT = Duration.ofSeconds(60);
  private static final Duration FENCE_LIMIT = Duration.ofMinutes(5);
  private static final Duration HAND_OVER_LIMIT = Duration.ofSeconds(10);
  private static final int PENDING_MAX = 16;
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(30);

  private OperatorRules() {}

  static void ordered(Turn t, Event.Commanded e) {
    boolean waits =
        switch (e.order()) {
          case Order.Takeover o -> true;
          case Order.Standby o -> true;
          case Order.Failback o -> true;
          case Order.FenceOff o -> true;
          case Order.MaintenanceOn o -> true;
          case Order.MaintenanceOff o -> true;
          case Order.ConfirmOff o -> false;
          case Order.Leave o -> false;
          case Order.Restart o -> false;
        };
    if (waits && t.s.pending.size() >= PENDING_MAX && t.on(Guard.ORDERS_BOUNDED)) {
      t.answer(e.id(), Verdict.REFUSED, "too many orders wait for their end");
      return;
    }
    switch (e.order()) {
      case Order.Takeover o -> takeover(t, e.id(), o.group());
      case Order.Standby o -> standby(t, e.id(), o.group());
      case Order.Failback o -> failback(t, e.id(), o.group());
      case Order.ConfirmOff o -> confirmOff(t, e.id(), o.node());
      case Order.FenceOff o -> fenceOff(t, e.id(), o.node());
      case Order.Leave o -> leave(t, e.id());
      case Order.Restart o -> restart(t, e.id(), o.backWithin());
      case Order.MaintenanceOn o -> MaintenanceRules.on(t, e.id(), o);
      case Order.MaintenanceOff o -> MaintenanceRules.off(t, e.id());
    }
  }

  private static GroupState known(Turn t, long id, String group) {
    GroupState g = t.s.groups.get(group);
    if (g == null) {
      t.answer(id, Verdict.REFUSED, "there is no group " + group);
    }
    return g;
  }

  static boolean refused(Turn t, long id, boolean when, String why) {
    if (when) {
      t.answer(id, Verdict.REFUSED, why);
    }
    return when;
  }

  private static void takeover(Turn t, long id, String group) {
    GroupState g = known(t, id, group);
    if (g == null) {
      return;
    }
    if (g.phase == Phase.ACTIVE) {
      t.answer(id, Verdict.DONE, g.name + " is already active on " + t.settings.self());
      return;
    }
    String peer = t.settings.peer();
    if (refused(t, id, t.s.going != State.Going.STAYS, "this node is leaving")
        || refused(
            t,
            id,
            g.phase != Phase.STANDBY && g.phase != Phase.STARTING,
            g.name + " is " + g.phase + " here")
        || refused(
            t,
            id,
            t.peer().off == Off.NO && !t.talking(),
            peer
                + " is not heard: a takeover without its word needs a fence; if it is off: twinbeat fence confirm "
                + peer)
        || refused(
            t,
            id,
            !g.ready && t.on(Guard.TAKEOVER_READY),
            t.settings.self() + " is not ready: " + g.reason)) {
      return;
    }
    if (t.talking() && g.ask == 0 && g.phase == Phase.STANDBY) {
      t.holdFailback(g, false);
      t.openAsk(g, Want.OPERATOR, Rule.OPERATOR_TAKEOVER, "");
    }
    await(t, id, "takeover", group, MOVE_LIMIT);
  }

  private static void standby(Turn t, long id, String group) {
    GroupState g = known(t, id, group);
    if (g == null) {
      return;
    }
    GroupStatus theirs = t.peers(g);
    String peer = t.settings.peer();
    if (refused(t, id, g.phase != Phase.ACTIVE, g.name + " is not active on " + t.settings.self())
        || refused(
            t,
            id,
            !t.talking() || theirs == null,
            peer + " is not heard: nobody would take " + g.name)
        || refused(
            t,
            id,
            !theirs.ready() && t.on(Guard.STANDBY_READY),
            peer + " is not ready: " + theirs.reason())) {
      return;
    }
    t.holdFailback(g, true);
    t.offer(g, Rule.OFFER_OPERATOR, "");
    await(t, id, "standby", group, MOVE_LIMIT);
  }

  private static void failback(Turn t, long id, String group) {
    GroupState g = known(t, id, group);
    if (g == null) {
      return;
    }
    if (t.settings.group(group).prefer().equals(t.settings.self())) {
      takeover(t, id, group);
    } else if (g.phase == Phase.ACTIVE) {
      standby(t, id, group);
      t.holdFailback(g, false);
    } else {
      GroupStatus theirs = t.peers(g);
      boolean there = t.talking() && theirs != null && theirs.phase() == Phase.ACTIVE;
      t.answer(
          id,
          there ? Verdict.DONE : Verdict.REFUSED,
          there
              ? g.name + " is already active on " + t.settings.peer()
              : g.name + " is not active here");
    }
  }

  private static void confirmOff(Turn t, long id, String node) {
    PeerState p = t.peer();
    boolean silentNow =
        p.lastHeard == null
            ? t.now.since(t.s.listeningSince).compareTo(t.settings.deadtime()) >= 0
            : t.now
                    .since(Moment.later(p.lastHeard, t.s.listeningSince))
                    .compareTo(t.settings.deadtime())
                >= 0;
    GroupState served = null;
    boolean vouched = !t.on(Rule.CONFIRMED_BY_OPERATOR);
    for (GroupState g : t.s.groups.values()) {
      boolean here = g.phase == Phase.ACTIVE || g.phase == Phase.STARTING;
      if (!here && g.look == Look.ANSWERED && silentNow) {
        served = g;
      }
    }
    if (refused(
            t,
            id,
            !node.equals(t.settings.peer()),
            node + " is not the peer of " + t.settings.self())
        || refused(
            t,
            id,
            p.off == Off.NO && !silentNow && !vouched,
            node + " is heard, or was within the deadtime: it is not off")
        || refused(
            t,
            id,
            p.off == Off.NO && served != null && !vouched,
            served == null
                ? ""
                : served.name
                    + " still answers through its address ("
                    + served.lookDetail
                    + "): "
                    + node
                    + " is not off")) {
      return;
    }
    if (p.off == Off.NO) {
      t.decide(Rule.CONFIRMED_BY_OPERATOR, Turn.PEER, "");
      FenceRules.off(t, Off.CONFIRMED);
    }
    t.answer(id, Verdict.DONE, node + " is taken for off");
  }

  private static void fenceOff(Turn t, long id, String node) {
    if (refused(
            t,
            id,
            !node.equals(t.settings.peer()),
            node + " is not the peer of " + t.settings.self())
        || refused(t, id, t.s.fenceId != 0, "a fence of " + node + " is under way")
        || refused(t, id, t.settings.unfencedTakeover(), "the file has no fence device")) {
      return;
    }
    t.s.fenceRetryAt = null;
    FenceRules.fence(t, Rule.OPERATOR_FENCE, List.of());
    await(t, id, "fence", "", FENCE_LIMIT);
  }

  private static void leave(Turn t, long id) {
    if (refused(t, id, t.s.going != State.Going.STAYS, "this node is leaving already")) {
      return;
    }
    t.decide(Rule.LEAVE, t.settings.self(), "");
    t.s.going = State.Going.LEAVES;
    t.s.goingSince = t.now;
    for (GroupState g : t.s.groups.values()) {
      t.closeAsk(g);
      GroupStatus theirs = t.peers(g);
      if (g.phase == Phase.ACTIVE && t.talking() && theirs != null && theirs.ready()) {
        t.offer(g, Rule.OFFER_LEAVING, "");
      }
    }
    await(t, id, "leave", "", LEAVE_LIMIT.multipliedBy(2));
  }

  private static void restart(Turn t, long id, Duration backWithin) {
    t.decide(Rule.RESTART, t.settings.self(), "back within " + Turn.millis(backWithin));
    t.s.backWithinMillis = Math.max(1, backWithin.toMillis());
    t.answer(id, Verdict.DONE, "services are kept");
    go(t, true);
  }

  private static void go(Turn t, boolean servicesKept) {
    t.s.going = State.Going.GONE;
    t.effects.add(new Effect.SayGoodbye());
    t.effects.add(new Effect.Exit(servicesKept ? Effect.End.RESTARTS : Effect.End.LEFT));
  }

  /** Whether an operator waits for this node to take the group. */
  static boolean ordersTakeover(Turn t, GroupState g) {
    return t.s.pending.stream()
        .anyMatch(p -> p.kind().equals("takeover") && p.group().equals(g.name));
  }

  static void await(Turn t, long id, String kind, String group, Duration limit) {
    List<Pending> all = new ArrayList<>(t.s.pending);
    all.add(new Pending(id, kind, group, t.now.plus(limit)));
    t.s.pending = List.copyOf(all);
  }

  static void consider(Turn t) {
    if (t.s.going == State.Going.LEAVES) {
      leaving(t);
    }
    if (t.s.pending.isEmpty()) {
      return;
    }
    List<Pending> open = new ArrayList<>();
    for (Pending p : t.s.pending) {
      if (!ended(t, p)) {
        open.add(p);
      }
    }
    t.s.pending = List.copyOf(open);
  }

  private static boolean ended(Turn t, Pending p) {
    boolean late = !t.now.isBefore(p.deadline());
    return switch (p.kind()) {
      case "takeover" -> takeoverEnded(t, p, late);
      case "standby" -> standbyEnded(t, p, late);
      case "fence" -> fenceEnded(t, p, late);
      case MaintenanceRules.ON -> MaintenanceRules.onEnded(t, p, late);
      case MaintenanceRules.OFF -> MaintenanceRules.offEnded(t, p, late);
      default -> false;
    };
  }

  private static boolean takeoverEnded(Turn t, Pending p, boolean late) {
    GroupState g = t.s.groups.get(p.group());
    if (g.phase == Phase.ACTIVE) {
      t.answer(p.id(), Verdict.DONE, g.name + " is active on " + t.settings.self());
      return true;
    }
    boolean over = g.phase == Phase.STANDBY && g.ask == 0 && t.peer().off == Off.NO;
    if (over || late) {
      t.answer(p.id(), Verdict.FAILED, g.name + " was not taken over: " + g.why);
      return true;
    }
    return false;
  }

  private static boolean standbyEnded(Turn t, Pending p, boolean late) {
    GroupState g = t.s.groups.get(p.group());
    GroupStatus theirs = t.peers(g);
    if (!g.phase.mayHold() && theirs != null && theirs.phase() == Phase.ACTIVE) {
      t.answer(p.id(), Verdict.DONE, g.name + " is active on " + t.settings.peer());
      return true;
    }
    boolean backHere = g.phase == Phase.ACTIVE && g.offer.isEmpty();
    if (backHere || late) {
      t.withdrawOffer(g);
      t.answer(
          p.id(),
          Verdict.FAILED,
          g.name
              + " was not taken by "
              + t.settings.peer()
              + (theirs == null ? "" : ": " + theirs.reason()));
      return true;
    }
    return false;
  }

  private static boolean fenceEnded(Turn t, Pending p, boolean late) {
    if (t.peer().off == Off.FENCED) {
      t.answer(p.id(), Verdict.DONE, t.settings.peer() + " is off, and a separate status said so");
      return true;
    }
    if (t.s.fenceId == 0 || late) {
      t.answer(p.id(), Verdict.FAILED, t.settings.peer() + " was not fenced");
      return true;
    }
    return false;
  }

  private static void leaving(Turn t) {
    boolean patient = t.now.since(t.s.goingSince).compareTo(HAND_OVER_LIMIT) < 0;
    boolean late = t.now.since(t.s.goingSince).compareTo(LEAVE_LIMIT) >= 0;
    boolean held = false;
    boolean untaken = false;
    for (GroupState g : t.s.groups.values()) {
      GroupStatus theirs = t.peers(g);
      boolean willBeTaken = t.talking() && theirs != null && theirs.ready() && !g.offer.isEmpty();
      if (g.phase == Phase.ACTIVE && !(willBeTaken && patient)) {
        t.decide(Rule.LEAVE, g.name, "nobody takes it");
        t.stop(g, StopGoal.LEAVE, Rule.LEAVE);
      }
      held |= g.phase.mayHold();
      untaken |= g.phase == Phase.GRANTED && t.talking() && patient;
    }
    if ((!held || !t.on(Guard.GOODBYE_WHEN_STOPPED)) && !untaken) {
      answerLeave(t, Verdict.DONE, "everything is handed over or stopped");
      go(t, false);
    } else if (late) {
      answerLeave(t, Verdict.FAILED, "not everything could be stopped: leaving without goodbye");
      t.s.going = State.Going.GONE;
      t.effects.add(new Effect.Exit(Effect.End.COULD_NOT_LEAVE));
    }
  }

  private static void answerLeave(Turn t, Verdict verdict, String sentence) {
    for (Pending p : t.s.pending) {
      if (p.kind().equals("leave")) {
        t.answer(p.id(), verdict, sentence);
      }
    }
    t.s.pending = List.of();
  }
}
