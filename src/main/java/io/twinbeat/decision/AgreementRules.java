package io.twinbeat.decision;

import io.twinbeat.decision.Effect.Right;
import io.twinbeat.decision.GroupState.StopGoal;
import io.twinbeat.decision.GroupState.Want;
import io.twinbeat.decision.Settings.Failback;
import io.twinbeat.decision.Settings.GroupSettings;
import io.twinbeat.decision.Status.GroupStatus;
import java.time.Duration;

/**
 * How two nodes that hear each other move a group: ask, the holder stops, granted with a term, the
 * asker starts. Requests and grants stand in each status until they are over, so a lost, repeated
 * or reordered heartbeat changes nothing.
 */
final class AgreementRules {
  /** How long a request stands while the peer does nothing about it. */
  private static final Duration ASK_LIMIT = Duration.ofSeconds(15);

  private AgreementRules() {}

  static void consider(Turn t) {
    for (GroupState g : t.s.groups.values()) {
      if (t.talking() && t.peers(g) != null) {
        agree(t, g, t.peers(g));
      }
      timeOut(t, g);
    }
  }

  private static void agree(Turn t, GroupState g, GroupStatus theirs) {
    switch (g.phase) {
      case ACTIVE, STARTING -> holding(t, g, theirs);
      case STANDBY -> standby(t, g, theirs);
      case GRANTED -> granted(t, g, theirs);
      case SETTLING, STOPPING, STUCK -> {}
    }
  }

  private static void holding(Turn t, GroupState g, GroupStatus theirs) {
    boolean theyHold = theirs.phase() == Phase.ACTIVE || theirs.phase() == Phase.STARTING;
    if (theyHold) {
      twoHolders(t, g, theirs);
    } else if (g.phase == Phase.ACTIVE && theirs.phase() == Phase.STANDBY && theirs.ask() != 0) {
      boolean unasked = g.offer.isEmpty() && prefers(t, g);
      t.holdFailback(g, g.failbackHeld || unasked);
      g.grantAsk = theirs.ask();
      g.grantTo = t.peer().last.incarnation();
      t.decide(Rule.HAND_OVER, g.name, "request " + g.grantAsk + " of " + t.settings.peer());
      if (!t.on(Rule.HAND_OVER)) {
        grant(t, g, theirs);
        t.effects.add(new Effect.StopGroup(g.name));
        return;
      }
      t.stop(g, StopGoal.GRANT, Rule.HAND_OVER);
    }
  }

  private static void twoHolders(Turn t, GroupState g, GroupStatus theirs) {
    boolean stay = theirs.term() == g.term ? prefers(t, g) : g.term > theirs.term();
    String detail = "term " + g.term + " here, " + theirs.term() + " there";
    t.alarm(
        Aftermath.TWO_HOLDERS + g.name,
        g.name + " was active on both nodes at once",
        "see: twinbeat explain; check the fence devices");
    if (stay || !t.on(Rule.TWO_HOLDERS_YIELD)) {
      if (!Rule.TWO_HOLDERS_STAY.name().equals(t.s.said.get(g.name))) {
        t.decide(Rule.TWO_HOLDERS_STAY, g.name, detail);
        t.effects.add(new Effect.Announce(g.name));
      }
    } else {
      t.decide(Rule.TWO_HOLDERS_YIELD, g.name, detail);
      t.stop(g, StopGoal.YIELD, Rule.TWO_HOLDERS_YIELD);
    }
  }

  private static void standby(Turn t, GroupState g, GroupStatus theirs) {
    if (g.ask != 0 && grantedToUs(t, g, theirs)) {
      t.note(Rule.GRANT_RECEIVED, g.name, "term " + theirs.grantedTerm());
      t.start(g, Right.GRANTED, theirs.grantedTerm(), Rule.GRANT_RECEIVED);
      return;
    }
    if (theirs.phase() == Phase.ACTIVE && g.ready && !g.backingOff(t.now)) {
      t.clear("start:" + g.name);
    }
    if (t.s.fenceId != 0) {
      return; // Its result may be that the peer is off.
    }
    if (theirs.phase() == Phase.STANDBY && theirs.ask() != 0) {
      if (g.ask == 0 || !startsFirst(t, g, theirs) || !t.on(Guard.ONE_ASKS_FIRST)) {
        t.closeAsk(g);
        grant(t, g, theirs);
      }
      return;
    }
    if (g.ask == 0 && t.s.going == State.Going.STAYS && !g.backingOff(t.now)) {
      want(t, g, theirs);
    }
  }

  private static boolean grantedToUs(Turn t, GroupState g, GroupStatus theirs) {
    boolean oursExactly = theirs.grantedAsk() == g.ask && theirs.grantedTo() == t.s.incarnation;
    return t.on(Rule.GRANT_RECEIVED) ? oursExactly : theirs.grantedAsk() != 0;
  }

  private static void grant(Turn t, GroupState g, GroupStatus theirs) {
    g.grantAsk = theirs.ask();
    g.grantTo = t.peer().last.incarnation();
    g.grantTerm = t.nextTerm(g);
    t.decide(Rule.GRANT, g.name, "request " + g.grantAsk + ", term " + g.grantTerm);
    t.enter(g, Phase.GRANTED, Rule.GRANT.sentence());
    // A term given away is used, also when the peer dies before it tells.
    if (t.on(Guard.TERM_GIVEN_IS_USED)) {
      g.term = g.grantTerm;
    }
    t.keep(g, g.term, false);
  }

  private static void want(Turn t, GroupState g, GroupStatus theirs) {
    if (theirs.phase() == Phase.STANDBY) {
      if (startsFirst(t, g, theirs)
          && !MaintenanceRules.withholds(t, Rule.ASK_NOBODY_HOLDS, g.name, "")) {
        t.openAsk(g, Want.NOBODY_HOLDS, Rule.ASK_NOBODY_HOLDS, "");
      }
    } else if (theirs.phase() == Phase.ACTIVE && t.s.connected) {
      if (!theirs.offer().isEmpty() && g.able) {
        t.openAsk(g, Want.OFFERED, Rule.OFFER_TAKEN, theirs.offer());
      } else if (theirs.offer().isEmpty() && g.ready) {
        failback(t, g);
      }
    }
  }

  /** The one that could serve better starts first; of equals the preferred one. */
  static boolean startsFirst(Turn t, GroupState g, GroupStatus theirs) {
    int mine = score(g.ready, g.able && !g.backingOff(t.now), t.s.connected);
    int other = score(theirs.ready(), theirs.able(), t.peer().last.connected());
    return mine > 0 && (mine == other ? prefers(t, g) : mine > other);
  }

  private static int score(boolean ready, boolean able, boolean connected) {
    if (!able) {
      return 0;
    }
    return 1 + (ready ? 1 : 0) + (connected ? 2 : 0);
  }

  private static void failback(Turn t, GroupState g) {
    GroupSettings settings = t.settings.group(g.name);
    switch (settings.failback()) {
      case Failback.Manual() -> {}
      case Failback.After(Duration ready) -> {
        if (!prefers(t, g)
            || (g.failbackHeld && t.on(Guard.FAILBACK_HELD))
            || (!g.readyFor(t.now, ready) && t.on(Guard.FAILBACK_READY_LONG))
            || MaintenanceRules.withholds(t, Rule.FAILBACK, g.name, "")) {
          return;
        }
        if (t.on(Rule.COOL_DOWN) && coolingDown(t, g)) {
          t.decideOnce(Rule.COOL_DOWN, g.name, "");
          return;
        }
        t.failsBack(g);
        t.openAsk(g, Want.FAILBACK, Rule.FAILBACK, "");
      }
    }
  }

  static boolean coolingDown(Turn t, GroupState g) {
    Duration cooldown = t.settings.group(g.name).cooldown();
    return g.failbackAt != null && t.now.since(g.failbackAt).compareTo(cooldown) < 0;
  }

  static boolean prefers(Turn t, GroupState g) {
    return t.settings.group(g.name).prefer().equals(t.settings.self());
  }

  private static void granted(Turn t, GroupState g, GroupStatus theirs) {
    boolean sameLife = t.peer().last.incarnation() == g.grantTo;
    if (theirs.phase() == Phase.ACTIVE) {
      g.term = Math.max(g.term, theirs.term());
      t.keep(g, g.term, false);
      back(t, g, Rule.STOPPED, "the peer is active with term " + theirs.term());
    } else if ((!theirs.phase().mayHold() || !t.on(Guard.GRANT_IN_USE))
        && (!sameLife || theirs.closedAsk() >= g.grantAsk || !t.on(Rule.GRANT_RETURNED))) {
      back(t, g, Rule.GRANT_RETURNED, theirs.reason());
    }
  }

  private static void back(Turn t, GroupState g, Rule why, String detail) {
    g.grantAsk = 0;
    t.note(why, g.name, detail);
    t.enter(g, Phase.STANDBY, Turn.sentence(why, detail));
  }

  static void prepared(Turn t, Event.GroupPrepared e) {
    GroupState g = t.s.groups.get(e.group());
    if (g == null || e.ask() == 0 || g.ask != e.ask()) {
      return;
    }
    if (e.ok()) {
      g.askPrepared = true;
      t.keep(g, t.nextTerm(g), true);
      t.sendStatus();
    } else {
      t.decide(Rule.START_FAILED, g.name, "could not be prepared: " + e.detail());
      g.why = "could not be prepared: " + e.detail();
      g.startFailures++;
      g.startRetryAt = t.now.plus(Turn.backoff(g.startFailures));
      t.closeAsk(g);
    }
  }

  private static void timeOut(Turn t, GroupState g) {
    if (g.ask == 0) {
      return;
    }
    GroupStatus theirs = t.peers(g);
    boolean underWay = t.talking() && theirs != null && theirs.phase() == Phase.STOPPING;
    Duration limit =
        ASK_LIMIT.compareTo(t.settings.deadtime().multipliedBy(2)) > 0
            ? ASK_LIMIT
            : t.settings.deadtime().multipliedBy(2);
    if (!underWay && t.now.since(g.askSince).compareTo(limit) > 0) {
      t.decide(Rule.ASK_TIMED_OUT, g.name, Turn.millis(t.now.since(g.askSince)));
      g.why = Rule.ASK_TIMED_OUT.sentence();
      t.closeAsk(g);
    }
  }
}
