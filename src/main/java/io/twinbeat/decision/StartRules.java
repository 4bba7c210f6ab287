package io.twinbeat.decision;

import io.twinbeat.decision.Effect.Right;

/** What a daemon does with what an earlier life left behind. */
final class StartRules {
  private StartRules() {}

  static void started(Turn t, Event.Started e) {
    t.s.incarnation = e.incarnation();
    t.s.started = t.now;
    t.s.listeningSince = t.now;
    t.s.askedAt = t.now;
    t.s.peer.since = t.now;
    if (!e.startFenceSpentFor().isZero()) {
      t.s.startFenceSpentUntil = t.now.plus(e.startFenceSpentFor());
    }
    MaintenanceRules.remembered(t, e.maintenance());
    t.decide(Rule.LISTEN_FIRST, Turn.PEER, "for " + Turn.millis(t.settings.initdead()));
    for (GroupState g : t.s.groups.values()) {
      Event.Remembered left =
          e.groups().getOrDefault(g.name, new Event.Remembered(0, false, false));
      g.term = left.term();
      g.keptTerm = left.term();
      g.keptHeld = left.held();
      g.failbackHeld = left.failbackHeld();
      g.failbackAt = left.sinceFailback().map(ago -> t.now.minus(ago)).orElse(null);
      if (left.present() && (left.held() || !t.on(Rule.ADOPT))) {
        // Nobody can have taken it meanwhile without this machine having been off.
        t.decide(Rule.ADOPT, g.name, "term " + g.term);
        t.start(g, Right.ADOPTED, g.term, Rule.ADOPT);
      } else if (left.present() && t.on(Rule.CLEAN_UP)) {
        t.decide(Rule.CLEAN_UP, g.name, "");
        t.stop(g, GroupState.StopGoal.CLEAN_UP, Rule.CLEAN_UP);
      } else {
        t.keep(g, g.term, false);
      }
    }
  }
}
