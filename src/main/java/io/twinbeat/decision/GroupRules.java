package io.twinbeat.decision;

import io.twinbeat.decision.Effect.Right;
import io.twinbeat.decision.Settings.GroupSettings;
import io.twinbeat.decision.Status.GroupStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the node's own resources and connection lead to. */
final class GroupRules {
  private static final int STOP_TRIES_MAX = 3;
  private static final Duration STOP_RETRY = Duration.ofSeconds(1);
  private static final Duration STUCK_RETRY = Duration.ofSeconds(5);

  private GroupRules() {}

  static void started(Turn t, Event.GroupStarted e) {
    GroupState g = t.s.groups.get(e.group());
    if (g == null || g.phase != Phase.STARTING || g.term != e.term()) {
      return;
    }
    if (e.ok()) {
      g.startFailures = 0;
      g.startRetryAt = null;
      t.holdFailback(g, false);
      t.clear("start:" + g.name);
      t.clear("not-able:" + g.name);
      t.note(Rule.STARTED, g.name, "term " + g.term + ": " + g.why);
      t.enter(g, Phase.ACTIVE, g.why);
    } else {
      g.startFailures++;
      g.startRetryAt = t.now.plus(Turn.backoff(g.startFailures));
      t.decide(Rule.START_FAILED, g.name, e.detail());
      t.alarm(
          "start:" + g.name,
          g.name + " could not be started: " + e.detail(),
          "see: twinbeat check");
      t.stop(g, GroupState.StopGoal.GIVE_UP, Rule.START_FAILED);
      g.why = Rule.START_FAILED.sentence() + " (" + e.detail() + ")";
    }
  }

  static void stopped(Turn t, Event.GroupStopped e) {
    GroupState g = t.s.groups.get(e.group());
    if (g == null
        || !(g.phase == Phase.STOPPING || g.phase == Phase.SETTLING || g.phase == Phase.STUCK)) {
      return;
    }
    if (e.ok() || !t.on(Rule.STOP_FAILED)) {
      t.clear("stuck:" + g.name);
      released(t, g);
      return;
    }
    g.stopTries++;
    boolean stuck = g.stopTries >= STOP_TRIES_MAX;
    g.stopRetryAt = t.now.plus(stuck ? STUCK_RETRY : STOP_RETRY);
    t.decide(Rule.STOP_FAILED, g.name, "try " + g.stopTries + ": " + e.detail());
    if (stuck && g.phase != Phase.STUCK) {
      t.alarm(
          "stuck:" + g.name,
          g.name + " could not be stopped on " + t.settings.self() + ": " + e.detail(),
          "remove it by hand, or let the peer fence this node");
      t.enter(g, Phase.STUCK, Rule.STOP_FAILED.sentence());
    }
  }

  private static void released(Turn t, GroupState g) {
    if (g.stopGoal == GroupState.StopGoal.GRANT) {
      if (askStands(t, g) || !t.on(Guard.GRANT_STANDS)) {
        g.grantTerm = t.nextTerm(g);
        t.note(Rule.GRANT, g.name, "request " + g.grantAsk + ", term " + g.grantTerm);
        t.withdrawOffer(g);
        t.enter(g, Phase.GRANTED, Rule.HAND_OVER.sentence());
        if (t.on(Guard.TERM_GIVEN_IS_USED)) {
          g.term = g.grantTerm;
        }
        t.keep(g, g.term, false);
        return;
      }
      if (t.s.going == State.Going.STAYS) {
        t.decide(Rule.RESUME, g.name, "");
        t.start(g, Right.KEPT, g.term + (t.on(Guard.TERM_RAISED_BY_RESUMING) ? 1 : 0), Rule.RESUME);
        return;
      }
    }
    String why = g.stopGoal == GroupState.StopGoal.GIVE_UP ? g.why : Rule.STOPPED.sentence();
    g.grantAsk = 0;
    t.withdrawOffer(g);
    t.note(Rule.STOPPED, g.name, "");
    t.enter(g, Phase.STANDBY, why);
    t.keep(g, g.term, false);
  }

  private static boolean askStands(Turn t, GroupState g) {
    GroupStatus theirs = t.peers(g);
    return t.talking()
        && theirs != null
        && t.peer().last.incarnation() == g.grantTo
        && theirs.ask() == g.grantAsk
        && theirs.phase() == Phase.STANDBY;
  }

  static void resourceFailed(Turn t, Event.ResourceFailed e) {
    GroupState g = t.s.groups.get(e.group());
    if (g != null && g.phase == Phase.ACTIVE && !g.restarting) {
      g.failedResource = e.resource();
      repair(t, g, e.detail());
    }
  }

  static void repair(Turn t, GroupState g, String detail) {
    if (MaintenanceRules.withholds(t, Rule.RESTART_IN_PLACE, g.name, failed(g, detail))) {
      g.restartRetryAt = null;
      return;
    }
    GroupSettings settings = t.settings.group(g.name);
    List<Moment> recent = new ArrayList<>();
    for (Moment restart : g.restarts) {
      if (t.now.since(restart).compareTo(settings.restartsWithin()) < 0) {
        recent.add(restart);
      }
    }
    if (recent.size() < settings.restarts()) {
      recent.add(t.now);
      g.restarts = List.copyOf(recent);
      t.decide(Rule.RESTART_IN_PLACE, g.name, g.failedResource + ": " + detail);
      restart(t, g);
      return;
    }
    g.restarts = List.copyOf(recent);
    t.alarm(
        "resource:" + g.name,
        g.failedResource + " of " + g.name + " keeps failing: " + detail,
        "look at " + g.failedResource + " on " + t.settings.self());
    if (peerAble(t, g)) {
      if (g.offer.isEmpty()) {
        t.offer(g, Rule.OFFER_FAILED, g.failedResource + ": " + detail);
      }
    } else {
      t.decideOnce(Rule.KEEP_TRYING, g.name, g.failedResource + ": " + detail);
    }
    g.restartRetryAt = t.now.plus(STOP_RETRY);
  }

  private static String failed(GroupState g, String detail) {
    return g.failedResource + ": " + detail;
  }

  private static void restart(Turn t, GroupState g) {
    g.restarting = true;
    g.restartRetryAt = null;
    t.effects.add(new Effect.RestartResource(g.name, g.failedResource));
  }

  static void resourceRestarted(Turn t, Event.ResourceRestarted e) {
    GroupState g = t.s.groups.get(e.group());
    if (g == null || g.phase != Phase.ACTIVE || !g.restarting) {
      return;
    }
    g.restarting = false;
    if (e.ok()) {
      repaired(t, g);
    } else {
      repair(t, g, e.detail());
    }
  }

  static void resourceRecovered(Turn t, Event.ResourceRecovered e) {
    GroupState g = t.s.groups.get(e.group());
    if (g != null && g.failedResource.equals(e.resource()) && !g.restarting) {
      repaired(t, g);
    }
  }

  private static void repaired(Turn t, GroupState g) {
    g.failedResource = "";
    g.restartRetryAt = null;
    t.clear("resource:" + g.name);
    if (g.offerRule == Rule.OFFER_FAILED) {
      t.withdrawOffer(g);
    }
  }

  static void readinessChanged(Turn t, Event.ReadinessChanged e) {
    GroupState g = t.s.groups.get(e.group());
    if (g == null) {
      return;
    }
    if (e.ready() && !g.ready) {
      g.readySince = t.now;
    }
    boolean said = g.ready != e.ready() || g.able != e.able();
    g.ready = e.ready();
    g.able = e.able();
    g.reason = e.reason();
    if (g.able) {
      t.clear("not-able:" + g.name);
    }
    if (said) {
      t.sendStatus();
    }
  }

  static void realServersSeen(Turn t, Event.RealServersSeen e) {
    GroupState g = t.s.groups.get(e.group());
    if (g != null && g.reach != e.reach()) {
      g.reach = e.reach();
      t.sendStatus();
    }
  }

  /** An offer that no operator asked for. */
  static boolean offeredByItself(GroupState g) {
    return g.offerRule == Rule.OFFER_FAILED
        || g.offerRule == Rule.OFFER_BAD_CONNECTION
        || g.offerRule == Rule.OFFER_OUT_OF_REACH;
  }

  static void connectionChanged(Turn t, Event.ConnectionChanged e) {
    if (e.connected()) {
      t.s.connectionLostAt = null;
    } else if (t.s.connected) {
      t.s.connectionLostAt = t.now;
    }
    t.s.connected = e.connected();
    t.s.connection = e.detail();
    if (e.connected()) {
      t.clear("connection");
      for (GroupState g : t.s.groups.values()) {
        if (g.offerRule == Rule.OFFER_BAD_CONNECTION) {
          t.withdrawOffer(g);
        }
      }
    } else {
      t.alarm(
          "connection",
          "the connection of " + t.settings.self() + " is bad: " + e.detail(),
          "look at its service interface and the reference points");
    }
    t.sendStatus();
  }

  /**
   * Whether the peer could save a service that is dead here: that it is not ready keeps plans from
   * being carried out, but is no reason to leave a service dead.
   */
  static boolean peerAble(Turn t, GroupState g) {
    GroupStatus theirs = t.peers(g);
    return t.talking()
        && theirs != null
        && theirs.phase() == Phase.STANDBY
        && (t.on(Guard.OFFERED_TO_ABLE) ? theirs.able() : theirs.ready())
        && t.peer().last.connected();
  }

  static void consider(Turn t) {
    for (GroupState g : t.s.groups.values()) {
      weighReach(t, g);
      switch (g.phase) {
        case STOPPING, SETTLING, STUCK -> {
          if (g.stopRetryAt != null && !t.now.isBefore(g.stopRetryAt)) {
            g.stopRetryAt = null;
            t.note(Rule.STOP_FAILED, g.name, "trying again");
            t.effects.add(new Effect.StopGroup(g.name));
          }
        }
        case ACTIVE -> active(t, g);
        case STANDBY, STARTING, GRANTED -> {}
      }
    }
  }

  private static void active(Turn t, GroupState g) {
    if (!g.failedResource.isEmpty()
        && MaintenanceRules.withholds(t, Rule.RESTART_IN_PLACE, g.name, g.failedResource)) {
      return;
    }
    if (retryDue(t, g)) {
      if (g.offer.isEmpty() && peerAble(t, g)) {
        t.offer(g, Rule.OFFER_FAILED, g.failedResource);
      }
      t.note(Rule.KEEP_TRYING, g.name, g.failedResource);
      restart(t, g);
    }
    if (connectionLastinglyLost(t)
        && g.offer.isEmpty()
        && peerAble(t, g)
        && !MaintenanceRules.withholds(t, Rule.OFFER_BAD_CONNECTION, g.name, t.s.connection)) {
      t.offer(g, Rule.OFFER_BAD_CONNECTION, t.s.connection);
    }
    if (lastinglyOutOfReach(t, g)
        && t.on(Rule.OFFER_OUT_OF_REACH)
        && g.offer.isEmpty()
        && peerAble(t, g)
        && !MaintenanceRules.withholds(t, Rule.OFFER_OUT_OF_REACH, g.name, "")) {
      t.offer(
          g, Rule.OFFER_OUT_OF_REACH, "for " + Turn.millis(t.now.since(g.aloneOutOfReachSince)));
    }
  }

  /**
   * Real servers that are dead for both are no reason to move, and each node notices in its own
   * time that they die or come back: what counts is how long the two have said the contrary.
   */
  private static void weighReach(Turn t, GroupState g) {
    GroupStatus theirs = t.peers(g);
    boolean peerReaches = t.talking() && theirs != null && theirs.reach() == Reach.THERE;
    boolean alone = g.reach == Reach.LOST && (peerReaches || !t.on(Guard.PEER_REACHES));
    if (!alone) {
      g.aloneOutOfReachSince = null;
      if (g.phase == Phase.ACTIVE && g.offerRule == Rule.OFFER_OUT_OF_REACH) {
        t.withdrawOffer(g);
      }
    } else if (g.aloneOutOfReachSince == null) {
      g.aloneOutOfReachSince = t.now;
    }
  }

  /** What was seen before an own stall, or in a maintenance, is void. */
  static boolean lastinglyOutOfReach(Turn t, GroupState g) {
    if (g.aloneOutOfReachSince == null) {
      return false;
    }
    Duration alone = t.now.since(Moment.later(g.aloneOutOfReachSince, t.s.listeningSince));
    return alone.compareTo(t.settings.group(g.name).reachHold()) >= 0
        || !t.on(Guard.LASTING_OUT_OF_REACH);
  }

  static boolean retryDue(Turn t, GroupState g) {
    return !g.failedResource.isEmpty()
        && !g.restarting
        && g.restartRetryAt != null
        && !t.now.isBefore(g.restartRetryAt);
  }

  /**
   * A few lost pings are reason enough not to shoot, but not to move a service that works. What
   * brings the loss to light takes up to half a deadtime too, so that all takes one deadtime.
   */
  static boolean connectionLastinglyLost(Turn t) {
    return !t.s.connected
        && t.s.connectionLostAt != null
        && (!t.on(Guard.LASTING_LOSS)
            || t.now.since(t.s.connectionLostAt).compareTo(t.settings.deadtime().dividedBy(2))
                >= 0);
  }
}
