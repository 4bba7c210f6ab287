package io.twinbeat.decision;

import io.twinbeat.decision.Effect.KeptMaintenance;
import io.twinbeat.decision.Effect.Verdict;
import io.twinbeat.decision.Event.Order;
import io.twinbeat.decision.PeerState.Off;
import io.twinbeat.decision.State.Pending;
import io.twinbeat.decision.State.Withheld;
import io.twinbeat.decision.Status.GroupStatus;
import io.twinbeat.decision.Status.Word;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Maintenance: for a while nothing is done by itself, on both nodes; what would have been done is
 * said. What operators order is done, what is held is watched and kept, and two holders still
 * become one.
 */
final class MaintenanceRules {
  static final String ON = "maintenance on";
  static final String OFF = "maintenance off";
  static final String SUBJECT = "maintenance";

  /** Whoever needs more can say so again; a mode forgotten for days is no availability. */
  static final Duration LENGTH_MAX = Duration.ofHours(24);

  /** A reason is a line in a status, and goes with each heartbeat. */
  static final int REASON_CHARS_MAX = 100;

  /** The peer needs a heartbeat and a write to its disk. */
  private static final Duration ACK_LIMIT = Duration.ofSeconds(10);

  /** What a clock that was set back can add to it, at the most, at each boot. */
  private static final Duration KEEP_EACH = Duration.ofMinutes(1);

  private static final String WITHHELD_ALARM = "withheld:";

  /** What would have been done. */
  record Cause(Rule rule, String detail) {}

  private MaintenanceRules() {}

  /** What this node tells the peer. What is not sure is not told: the peer may know better. */
  static Word word(Maintenance m, Moment now) {
    if (!m.sure()) {
      return Word.NONE;
    }
    long left = m.asked() ? Math.max(1, m.left(now).toMillis()) : 0;
    return new Word(m.number(), left, m.reason(), m.agreed());
  }

  static String shown(Maintenance m, Moment now) {
    return "for another " + m.left(now).toSeconds() + " s: " + m.reason();
  }

  // Orders.

  static void on(Turn t, long id, Order.MaintenanceOn order) {
    Maintenance m = t.s.maintenance;
    boolean peerOff = t.peer().off != Off.NO;
    boolean longer = m.stands();
    String hidden = longer ? "" : hidden(t);
    String peer = t.settings.peer();
    if (OperatorRules.refused(t, id, t.s.going != State.Going.STAYS, "this node is leaving")
        || OperatorRules.refused(
            t,
            id,
            order.length().compareTo(Duration.ofSeconds(1)) < 0
                || order.length().compareTo(LENGTH_MAX) > 0,
            "a maintenance lasts from 1s to " + LENGTH_MAX.toHours() + "h")
        || OperatorRules.refused(
            t,
            id,
            order.reason().isBlank() || order.reason().length() > REASON_CHARS_MAX,
            "a reason is a text of at most " + REASON_CHARS_MAX + " characters")
        || OperatorRules.refused(
            t, id, m.asked() && !longer, "maintenance is being asked for already")
        || OperatorRules.refused(
            t,
            id,
            !longer && !peerOff && !t.talking(),
            peer
                + " is not heard: it would not join, and might fence this node while you work; if it is off: twinbeat fence confirm "
                + peer)
        || OperatorRules.refused(
            t,
            id,
            !hidden.isEmpty() && t.on(Rule.MAINTENANCE_REFUSED),
            "it would hide a lost service: " + hidden)) {
      return;
    }
    boolean agreed = longer || peerOff || !t.on(Rule.MAINTENANCE_ASKED);
    take(
        t,
        new Maintenance(next(t), t.now.plus(order.length()), order.reason(), agreed, true),
        longer ? "for longer" : "ordered here");
    if (!agreed) {
      t.decide(Rule.MAINTENANCE_ASKED, SUBJECT, order.reason());
    }
    t.sendStatus();
    OperatorRules.await(t, id, ON, "", ACK_LIMIT);
  }

  static void off(Turn t, long id) {
    if (!t.s.maintenance.asked()) {
      t.answer(id, Verdict.DONE, "there is no maintenance");
      return;
    }
    take(
        t, t.s.maintenance.over(next(t), "ended on " + t.settings.self() + " by the operator"), "");
    t.sendStatus();
    OperatorRules.await(t, id, OFF, "", ACK_LIMIT);
  }

  private static long next(Turn t) {
    PeerState p = t.peer();
    long theirs = p.last == null ? 0 : p.last.maintenance().number();
    return Math.max(t.s.maintenance.number(), theirs) + 1;
  }

  static boolean onEnded(Turn t, Pending p, boolean late) {
    Maintenance m = t.s.maintenance;
    String peer = t.settings.peer();
    if (!m.asked()) {
      t.answer(p.id(), Verdict.REFUSED, m.reason());
      return true;
    }
    Word theirs = t.talking() ? t.peer().last.maintenance() : Word.NONE;
    if (m.stands() && theirs.number() >= m.number() && theirs.agreed()) {
      t.answer(p.id(), Verdict.DONE, t.settings.self() + " and " + peer + " are in maintenance");
      return true;
    }
    if (m.stands() && !t.talking()) {
      String why = t.peer().off == Off.NO ? " is not heard" : " is off";
      t.answer(
          p.id(),
          Verdict.DONE,
          t.settings.self()
              + " is in maintenance; "
              + peer
              + why
              + ": it joins as soon as it hears this node");
      return true;
    }
    if (late) {
      String why = peer + " did not join within " + ACK_LIMIT.toSeconds() + " s";
      if (!m.stands()) {
        take(t, m.over(next(t), why), "");
        t.sendStatus();
      }
      t.answer(p.id(), Verdict.FAILED, why);
    }
    return late;
  }

  static boolean offEnded(Turn t, Pending p, boolean late) {
    Maintenance m = t.s.maintenance;
    String peer = t.settings.peer();
    if (m.asked()) {
      t.answer(p.id(), Verdict.FAILED, "maintenance was ordered anew: " + m.reason());
      return true;
    }
    Word theirs = t.talking() ? t.peer().last.maintenance() : Word.NONE;
    if (theirs.number() >= m.number()) {
      t.answer(p.id(), Verdict.DONE, "maintenance is over on both nodes");
      return true;
    }
    if (!t.talking() || late) {
      t.answer(
          p.id(),
          t.talking() ? Verdict.FAILED : Verdict.DONE,
          "maintenance is over here; "
              + peer
              + (t.talking() ? " did not say so of itself" : " is not heard")
              + ": there it ends when it hears this node, or with its time");
      return true;
    }
    return false;
  }

  /** Why this would be no time to look away; empty when all is well. */
  private static String hidden(Turn t) {
    if (t.s.fenceId != 0) {
      return t.settings.peer() + " is being fenced";
    }
    for (GroupState g : t.s.groups.values()) {
      String why = hidden(t, g, t.talking() ? t.peers(g) : null);
      if (!why.isEmpty()) {
        return why;
      }
    }
    return "";
  }

  private static String hidden(Turn t, GroupState g, GroupStatus theirs) {
    boolean there = theirs != null && theirs.phase() == Phase.ACTIVE;
    if (g.phase == Phase.ACTIVE) {
      return there
          ? g.name + " is active on both nodes"
          : !g.failedResource.isEmpty()
              ? g.failedResource + " of " + g.name + " has failed on " + t.settings.self()
              : !g.offer.isEmpty()
                  ? g.name + " is being handed over: " + g.offer
                  : t.s.connected
                      ? ""
                      : "the connection of " + t.settings.self() + " is bad: " + t.s.connection;
    }
    if (g.phase != Phase.STANDBY || g.ask != 0) {
      return g.name + " is on the move: it is " + g.phase + " on " + t.settings.self();
    }
    return !there
        ? g.name + " is active on no node"
        : theirs.offer().isEmpty() ? "" : g.name + " is being handed over: " + theirs.offer();
  }

  // The course of it.

  static void remembered(Turn t, Event.RememberedMaintenance left) {
    boolean on = !left.left().isZero();
    Moment until = on ? t.now.plus(left.left()) : null;
    t.s.maintenance = new Maintenance(left.number(), until, left.reason(), on, left.sure());
    t.s.maintenanceKeptAt = t.now;
    if (on) {
      begin(t, "an earlier life of this daemon was in it");
    }
  }

  static void consider(Turn t) {
    if (t.talking()) {
      hear(t, t.peer().last.maintenance());
    }
    Maintenance m = t.s.maintenance;
    if (m.asked() && !t.now.isBefore(m.until())) {
      take(t, m.over(m.number(), "its time is over"), "");
      t.sendStatus();
    } else if (m.stands() && t.now.since(t.s.maintenanceKeptAt).compareTo(KEEP_EACH) >= 0) {
      keep(t);
    }
  }

  private static void hear(Turn t, Word theirs) {
    Maintenance mine = t.s.maintenance;
    boolean on = theirs.leftMillis() > 0;
    Moment until = on ? t.now.plus(Duration.ofMillis(theirs.leftMillis())) : null;
    if (theirs.number() > mine.number() || (theirs.number() == mine.number() && !mine.sure())) {
      String hidden = on && !theirs.agreed() && !mine.stands() ? hidden(t) : "";
      if (!hidden.isEmpty() && t.on(Rule.MAINTENANCE_REFUSED)) {
        String why = t.settings.self() + " does not join: " + hidden;
        t.decide(Rule.MAINTENANCE_REFUSED, SUBJECT, hidden);
        take(t, mine.over(theirs.number() + 1, why), "");
      } else {
        take(
            t,
            new Maintenance(theirs.number(), until, theirs.reason(), on, true),
            "ordered on " + t.settings.peer());
      }
      t.sendStatus();
    } else if (theirs.number() == mine.number() && mine.asked()) {
      if (!on) {
        take(t, mine.over(mine.number(), theirs.reason()), "");
      } else if (until.isBefore(mine.until()) || !mine.agreed()) {
        Moment sooner = until.isBefore(mine.until()) ? until : mine.until();
        take(t, new Maintenance(mine.number(), sooner, mine.reason(), true, true), "agreed");
      }
    } else if (!mine.sure()) {
      // The peer knows nothing newer: what the wall clock says must do.
      t.s.maintenance =
          new Maintenance(mine.number(), mine.until(), mine.reason(), mine.agreed(), true);
      t.sendStatus();
    }
  }

  /** The only place where the word changes in a way that counts. */
  private static void take(Turn t, Maintenance next, String how) {
    Maintenance before = t.s.maintenance;
    t.s.maintenance = next;
    if (next.stands() && (!before.stands() || next.number() != before.number())) {
      keep(t);
      begin(t, how);
    } else if (before.stands() && !next.stands()) {
      keep(t);
      end(t);
    } else if (before.number() != next.number() && !next.asked()) {
      keep(t);
    }
  }

  private static void keep(Turn t) {
    Maintenance m = t.s.maintenance;
    t.s.maintenanceKeptAt = t.now;
    KeptMaintenance kept = new KeptMaintenance(m.number(), m.left(t.now), m.reason());
    t.effects.add(new Effect.Persist(Map.of(), false, Optional.of(kept)));
  }

  private static void begin(Turn t, String how) {
    Maintenance m = t.s.maintenance;
    t.decide(Rule.MAINTENANCE_ON, SUBJECT, how + ", " + shown(m, t.now));
    t.alarm(
        SUBJECT,
        "in maintenance: nothing is done by itself on both nodes (" + m.reason() + ")",
        "when it is done: twinbeat maintenance off");
    t.s.fenceWaitUntil = null;
    for (GroupState g : t.s.groups.values()) {
      if (g.want == GroupState.Want.NOBODY_HOLDS || g.want == GroupState.Want.FAILBACK) {
        t.closeAsk(g);
      }
      if (GroupRules.offeredByItself(g)) {
        t.withdrawOffer(g);
      }
    }
  }

  /** From here on all is as if it had never been: nothing that was seen in it counts. */
  private static void end(Turn t) {
    t.decide(Rule.MAINTENANCE_OVER, SUBJECT, t.s.maintenance.reason());
    t.clear(SUBJECT);
    t.s.withheld.keySet().forEach(subject -> t.clear(WITHHELD_ALARM + subject));
    t.s.withheld.clear();
    if (!t.on(Rule.MAINTENANCE_OVER)) {
      return;
    }
    t.s.listeningSince = t.now;
    t.s.fenceWaitUntil = null;
    t.s.connectionLostAt = t.s.connected ? null : t.now;
    for (GroupState g : t.s.groups.values()) {
      g.restarts = List.of();
      if (g.phase == Phase.ACTIVE && !g.failedResource.isEmpty() && !g.restarting) {
        GroupRules.repair(t, g, "it failed during the maintenance");
      }
    }
  }

  // What is not done.

  /** True: there is cause for what the rule does, and it is not to be done now. */
  static boolean withholds(Turn t, Rule rule, String subject, String detail) {
    if (!t.s.maintenance.stands() || !t.on(Rule.WITHHELD)) {
      return false;
    }
    t.withheld.putIfAbsent(subject, new Cause(rule, detail));
    return true;
  }

  /** Says what would have been done, once as long as there is cause for it. */
  static void settle(Turn t) {
    Map<String, Withheld> standing = t.s.withheld;
    t.withheld.forEach((subject, cause) -> {
      Withheld before = standing.put(subject, new Withheld(cause.rule(), t.now));
      if (before == null || before.rule() != cause.rule()) {
        String sentence = Turn.sentence(cause.rule(), cause.detail());
        t.decide(Rule.WITHHELD, subject, "would have: " + sentence);
        t.alarm(
            WITHHELD_ALARM + subject,
            "in maintenance, " + subject + ": would have: " + sentence,
            "do it by hand if it is wanted, or: twinbeat maintenance off");
      }
    });
    // Looks at the service come and go: only what had no cause for some time has none any more.
    Duration memory = t.settings.deadtime().multipliedBy(2);
    Iterator<Map.Entry<String, Withheld>> each = standing.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<String, Withheld> entry = each.next();
      if (t.now.since(entry.getValue().lastCause()).compareTo(memory) > 0) {
        each.remove();
        t.clear(WITHHELD_ALARM + entry.getKey());
      }
    }
  }
}
