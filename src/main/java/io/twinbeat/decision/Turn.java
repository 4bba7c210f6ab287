package io.twinbeat.decision;

import io.twinbeat.decision.Effect.Right;
import io.twinbeat.decision.Effect.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One step being made: the copy that is written, the moment, and the effects so far. */
final class Turn {
  static final String PEER = "peer";

  final Settings settings;
  final Moment now;
  final State s;
  final List<Effect> effects = new ArrayList<>();

  /** What maintenance keeps from being done in this step, by subject. */
  final Map<String, MaintenanceRules.Cause> withheld = new LinkedHashMap<>();

  private final Set<Protection> switchedOff;

  /** This step is about what the peer says, be it something that counts or not. */
  boolean peerSpoke;

  Turn(Settings settings, Moment now, State copy, Set<Protection> switchedOff) {
    this.settings = settings;
    this.now = now;
    this.s = copy;
    this.switchedOff = switchedOff;
  }

  /** False only in the simulator's mutants. */
  boolean on(Protection protection) {
    return !switchedOff.contains(protection);
  }

  /** Behind what the peer says newer words may wait; the loop ticks after the last of them. */
  boolean maySeeSilence() {
    return !peerSpoke || !on(Guard.NO_VERDICT_WHILE_IT_SPEAKS);
  }

  PeerState peer() {
    return s.peer;
  }

  /** Whether the two nodes hear each other now, so that they can agree on something. */
  boolean talking() {
    PeerState p = s.peer;
    return p.last != null
        && p.off == PeerState.Off.NO
        && (now.since(p.lastHeard).compareTo(settings.deadtime()) < 0 || !on(Guard.TALK_IS_FRESH))
        && (p.last.leaving() == Status.Leaving.NO || !on(Guard.TALK_NOT_LEAVING));
  }

  /** The peer's last word on a group; null when it has none. */
  Status.GroupStatus peers(GroupState g) {
    return s.peer.last == null ? null : s.peer.last.groups().get(g.name);
  }

  long newId() {
    s.lastId++;
    return s.lastId;
  }

  // What is said.

  /** A decision: on disk before the effects that follow. */
  void decide(Rule rule, String subject, String detail) {
    s.said.put(subject, rule.name());
    Map<String, String> e = evidence();
    WhyNot.weighed(this, rule, e);
    effects.add(new Effect.Explain(rule, subject, sentence(rule, detail), e));
  }

  /** A consequence of an earlier decision. */
  void note(Rule rule, String subject, String detail) {
    s.said.put(subject, rule.name());
    effects.add(new Effect.Note(rule, subject, sentence(rule, detail), evidence()));
  }

  /** What was seen; changes nothing of what stands decided on the subject. */
  void tell(Rule rule, String subject, String detail) {
    effects.add(new Effect.Note(rule, subject, sentence(rule, detail), evidence()));
  }

  /** A decision that stands until another one is made on the same subject: said once. */
  void decideOnce(Rule rule, String subject, String detail) {
    if (!rule.name().equals(s.said.get(subject))) {
      decide(rule, subject, detail);
    }
  }

  static String sentence(Rule rule, String detail) {
    return detail.isEmpty() ? rule.sentence() : rule.sentence() + " (" + detail + ")";
  }

  private Map<String, String> evidence() {
    Map<String, String> e = new LinkedHashMap<>();
    PeerState p = s.peer;
    e.put("peer", p.hearing.name().toLowerCase(java.util.Locale.ROOT));
    e.put("silent", p.lastHeard == null ? "never heard" : millis(now.since(p.lastHeard)));
    if (p.off != PeerState.Off.NO) {
      e.put("off", p.off.name().toLowerCase(java.util.Locale.ROOT));
    }
    if (!s.connected) {
      e.put("connection", s.connection);
    }
    if (s.maintenance.stands()) {
      e.put("maintenance", MaintenanceRules.shown(s.maintenance, now));
    }
    for (GroupState g : s.groups.values()) {
      Status.GroupStatus theirs = peers(g);
      e.put(
          g.name,
          "here "
              + g.phase
              + " term "
              + g.term
              + (g.ready ? "" : ", not ready: " + g.reason)
              + (theirs == null ? "" : "; peer " + theirs.phase() + " term " + theirs.term())
              + (g.look == null
                  ? ""
                  : "; service "
                      + g.look
                      + " "
                      + millis(now.since(g.lookEnded))
                      + " ago: "
                      + g.lookDetail));
    }
    return e;
  }

  static String millis(Duration d) {
    return d.toMillis() + " ms";
  }

  void alarm(String key, String sentence, String mend) {
    State.Alarm standing = s.alarms.get(key);
    if (standing == null || !standing.sentence().equals(sentence)) {
      s.alarms.put(key, new State.Alarm(now, sentence, mend));
      effects.add(new Effect.RaiseAlarm(key, sentence, mend));
    }
  }

  void clear(String key) {
    if (s.alarms.remove(key) != null) {
      effects.add(new Effect.ClearAlarm(key));
    }
  }

  void answer(long id, Verdict verdict, String sentence) {
    boolean say = verdict != Verdict.DONE && s.maintenance.stands();
    String mode = say ? "; in maintenance " + MaintenanceRules.shown(s.maintenance, now) : "";
    effects.add(new Effect.Answer(id, verdict, sentence + mode));
  }

  /** Once a step: what is sent is the state after the step. */
  void sendStatus() {
    Effect send = new Effect.SendStatus();
    if (!effects.contains(send)) {
      effects.add(send);
    }
  }

  // Moves that several rules make.

  void enter(GroupState g, Phase phase, String why) {
    g.phase = phase;
    g.since = now;
    g.why = why;
    sendStatus();
  }

  void keep(GroupState g, long term, boolean held) {
    if (g.keptTerm != term || g.keptHeld != held) {
      g.keptTerm = term;
      g.keptHeld = held;
      persist(g, false);
    }
  }

  /** The operator moved the group away, or says otherwise. */
  void holdFailback(GroupState g, boolean held) {
    if (g.failbackHeld != held) {
      g.failbackHeld = held;
      persist(g, false);
    }
  }

  void failsBack(GroupState g) {
    g.failbackAt = now;
    persist(g, true);
  }

  private void persist(GroupState g, boolean failsBackNow) {
    Effect.Held held = new Effect.Held(g.keptTerm, g.keptHeld, g.failbackHeld, failsBackNow);
    effects.add(new Effect.Persist(Map.of(g.name, held), false));
  }

  long nextTerm(GroupState g) {
    Status.GroupStatus theirs = peers(g);
    return Math.max(g.term, theirs == null || !on(Guard.TERM_ABOVE_PEERS) ? 0 : theirs.term()) + 1;
  }

  /** The caller has said why. */
  void start(GroupState g, Right right, long term, Rule why) {
    boolean provenFree =
        switch (right) {
          case GRANTED, FENCED, ADOPTED -> true;
          case LEFT, CONFIRMED, UNFENCED, KEPT -> false;
        };
    closeAsk(g);
    withdrawOffer(g);
    g.grantAsk = 0;
    g.restarts = List.of();
    g.term = term;
    keep(g, term, true);
    enter(g, Phase.STARTING, why.sentence());
    boolean watchOnly = right == Right.ADOPTED && s.maintenance.stands();
    boolean claimFirst = !provenFree && on(Guard.CLAIM_FIRST);
    effects.add(new Effect.StartGroup(g.name, term, right, claimFirst, watchOnly));
  }

  /** The caller has said why. */
  void stop(GroupState g, GroupState.StopGoal goal, Rule why) {
    g.stopGoal = goal;
    g.stopTries = 0;
    g.stopRetryAt = null;
    g.failedResource = "";
    g.restarting = false;
    g.restartRetryAt = null;
    clear("resource:" + g.name);
    enter(
        g, goal == GroupState.StopGoal.CLEAN_UP ? Phase.SETTLING : Phase.STOPPING, why.sentence());
    effects.add(new Effect.StopGroup(g.name));
  }

  void openAsk(GroupState g, GroupState.Want want, Rule why, String detail) {
    g.ask = newId();
    g.want = want;
    g.askSince = now;
    g.askPrepared = want == GroupState.Want.NOBODY_HOLDS;
    decide(why, g.name, detail);
    if (g.askPrepared) {
      sendStatus();
    } else {
      effects.add(new Effect.Prepare(g.name, g.ask));
    }
  }

  /** Never acted on again, whatever is granted later. */
  void closeAsk(GroupState g) {
    if (g.ask != 0) {
      g.closedAsk = g.ask;
      g.ask = 0;
      g.want = GroupState.Want.NOTHING;
      g.askPrepared = false;
      g.askSince = null;
      sendStatus();
    }
  }

  void offer(GroupState g, Rule why, String detail) {
    g.offer = detail.isEmpty() ? why.sentence() : why.sentence() + " (" + detail + ")";
    g.offerRule = why;
    g.offerSince = now;
    decide(why, g.name, detail);
    sendStatus();
  }

  void withdrawOffer(GroupState g) {
    if (!g.offer.isEmpty()) {
      g.offer = "";
      g.offerRule = null;
      g.offerSince = null;
      sendStatus();
    }
  }

  /** Doubles from one second to half a minute. */
  static Duration backoff(int failures) {
    return Duration.ofSeconds(Math.min(30, 1L << Math.min(5, Math.max(0, failures - 1))));
  }
}
