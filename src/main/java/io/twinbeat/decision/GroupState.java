package io.twinbeat.decision;

import io.twinbeat.decision.Event.Look;
import java.time.Duration;
import java.util.List;

/** One group as this node's core sees it. Written only in a step's own copy of the state. */
public final class GroupState {
  /** Why a group is being stopped, which says what follows. */
  enum StopGoal {
    /** Hand it over to the peer that asks. */
    GRANT,
    /** The other holder stays. */
    YIELD,
    /** A start failed. */
    GIVE_UP,
    /** An earlier life left it behind. */
    CLEAN_UP,
    LEAVE
  }

  /** Why this node wants a group; says which rule explains the request. */
  enum Want {
    NOTHING,
    NOBODY_HOLDS,
    OFFERED,
    FAILBACK,
    OPERATOR
  }

  final String name;
  Phase phase = Phase.STANDBY;
  long term;

  /** What the disk says. */
  long keptTerm;

  boolean keptHeld;
  Moment since;
  String why = "";

  boolean ready;
  boolean able;
  String reason = "not examined yet";
  Moment readySince;
  Reach reach = Reach.UNKNOWN;

  /** Since when the real servers are out of this node's reach alone; null when they are not. */
  Moment aloneOutOfReachSince;

  /** The request being prepared or made; 0 for none. */
  long ask;

  Want want = Want.NOTHING;
  boolean askPrepared;
  Moment askSince;
  long closedAsk;

  /** The peer's request granted, or for which the group is being stopped. */
  long grantAsk;

  long grantTo;
  long grantTerm;

  StopGoal stopGoal = StopGoal.CLEAN_UP;
  int stopTries;
  Moment stopRetryAt;

  /** Why the peer is asked to take the group; empty for no offer. */
  String offer = "";

  Rule offerRule;
  Moment offerSince;

  /** The operator moved the group away: no failback by itself until the operator says otherwise. */
  boolean failbackHeld;

  Moment failbackAt;

  List<Moment> restarts = List.of();
  String failedResource = "";
  boolean restarting;
  Moment restartRetryAt;

  int startFailures;
  Moment startRetryAt;

  long probeId;
  boolean probePending;
  Moment probeStarted;

  /** When the last look that ended had begun and ended; null before any. */
  Moment lookStarted;

  Moment lookEnded;
  Look look;
  String lookDetail = "";

  /** Since when connections are taken and not answered, by one look after the other; or null. */
  Moment takenSince;

  /** The last look that was told, and when; null before any. */
  Look lookTold;

  Moment lookToldAt;

  GroupState(String name, Moment since) {
    this.name = name;
    this.since = since;
  }

  GroupState copy() {
    GroupState c = new GroupState(name, since);
    c.phase = phase;
    c.term = term;
    c.keptTerm = keptTerm;
    c.keptHeld = keptHeld;
    c.why = why;
    c.ready = ready;
    c.able = able;
    c.reason = reason;
    c.readySince = readySince;
    c.reach = reach;
    c.aloneOutOfReachSince = aloneOutOfReachSince;
    c.ask = ask;
    c.want = want;
    c.askPrepared = askPrepared;
    c.askSince = askSince;
    c.closedAsk = closedAsk;
    c.grantAsk = grantAsk;
    c.grantTo = grantTo;
    c.grantTerm = grantTerm;
    c.stopGoal = stopGoal;
    c.stopTries = stopTries;
    c.stopRetryAt = stopRetryAt;
    c.offer = offer;
    c.offerRule = offerRule;
    c.offerSince = offerSince;
    c.failbackHeld = failbackHeld;
    c.failbackAt = failbackAt;
    c.restarts = restarts;
    c.failedResource = failedResource;
    c.restarting = restarting;
    c.restartRetryAt = restartRetryAt;
    c.startFailures = startFailures;
    c.startRetryAt = startRetryAt;
    c.probeId = probeId;
    c.probePending = probePending;
    c.probeStarted = probeStarted;
    c.lookStarted = lookStarted;
    c.lookEnded = lookEnded;
    c.look = look;
    c.lookDetail = lookDetail;
    c.takenSince = takenSince;
    c.lookTold = lookTold;
    c.lookToldAt = lookToldAt;
    return c;
  }

  public String name() {
    return name;
  }

  public Phase phase() {
    return phase;
  }

  public long term() {
    return term;
  }

  /** When the phase was entered. */
  public Moment since() {
    return since;
  }

  /** The sentence of the decision that led to this phase. */
  public String why() {
    return why;
  }

  public boolean ready() {
    return ready;
  }

  public boolean able() {
    return able;
  }

  /** Why it is not ready; empty when it is. */
  public String reason() {
    return reason;
  }

  /** Why the peer is asked to take the group; empty for no offer. */
  public String offer() {
    return offer;
  }

  public boolean failbackHeld() {
    return failbackHeld;
  }

  /** Whether a start just failed and the next try is not due: it counts as not ready meanwhile. */
  boolean backingOff(Moment now) {
    return startRetryAt != null && now.isBefore(startRetryAt);
  }

  boolean readyFor(Moment now, Duration time) {
    return ready
        && !backingOff(now)
        && readySince != null
        && now.since(readySince).compareTo(time) >= 0;
  }
}
