package io.twinbeat.decision;

import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.PeerState.Off;
import io.twinbeat.decision.Settings.Failback;
import io.twinbeat.decision.Status.GroupStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why nothing happens: for each group the ways in which it could move now, each with its conditions
 * and which of them hold. Asks the predicates that the rules ask, so that it cannot say otherwise.
 */
public final class WhyNot {
  /**
   * A condition of a way.
   *
   * @param rule the rule that asks for it
   * @param met whether it holds now
   * @param sentence what is known, with its age
   */
  public record Reason(Rule rule, boolean met, String sentence) {}

  /** A way in which a group could move; taken when all its conditions are met. */
  public record Way(String group, String goal, List<Reason> conditions) {
    public Way {
      conditions = List.copyOf(conditions);
    }

    public boolean open() {
      return conditions.stream().allMatch(Reason::met);
    }
  }

  /** The decisions on the way to a takeover: what was weighed belongs to their evidence. */
  private static final Set<Rule> WEIGHED =
      EnumSet.of(
          Rule.FENCE,
          Rule.START_FENCE_ONCE,
          Rule.FENCE_ON_REQUEST,
          Rule.UNFENCED,
          Rule.STILL_SERVED,
          Rule.CUT_OFF,
          Rule.CANNOT_TELL,
          Rule.WAIT_FIRST,
          Rule.BOTH_ASK);

  private static final Duration MILLIS_BELOW = Duration.ofSeconds(10);

  private final Turn t;
  private final List<Reason> reasons = new ArrayList<>();

  private WhyNot(Turn t) {
    this.t = t;
  }

  /** All ways of all groups at this moment. The state stays as it is. */
  public static List<Way> ways(State state, Settings settings, Moment now) {
    Turn t = new Turn(settings, now, state.copy(), Set.of());
    PeerRules.judge(t);
    List<Way> ways = new ArrayList<>();
    for (GroupState g : t.s.groups.values()) {
      String peer = settings.peer();
      switch (g.phase) {
        case STANDBY -> {
          ways.add(new Way(g.name, "to take it without a word of " + peer, takeover(t, g)));
          ways.add(new Way(g.name, "to ask " + peer + " for it", asking(t, g)));
        }
        case GRANTED ->
            ways.add(new Way(g.name, "to take it without a word of " + peer, takeover(t, g)));
        case ACTIVE -> ways.add(new Way(g.name, "to offer it to " + peer, offering(t, g)));
        case SETTLING, STARTING, STOPPING, STUCK -> {}
      }
    }
    return ways;
  }

  /** Adds to the evidence of a decision what was weighed for it. */
  static void weighed(Turn t, Rule rule, Map<String, String> evidence) {
    if (WEIGHED.contains(rule)) {
      for (GroupState g : TakeoverRules.contested(t)) {
        evidence.put(
            "weighed for " + g.name,
            takeover(t, g).stream().map(Reason::sentence).collect(Collectors.joining("; ")));
      }
    }
  }

  private void add(Rule rule, boolean met, String sentence) {
    reasons.add(new Reason(rule, met, sentence));
  }

  // Without the peer's word.

  private static List<Reason> takeover(Turn t, GroupState g) {
    WhyNot why = new WhyNot(t);
    why.stays();
    if (t.s.peer.off != Off.NO) {
      why.add(Rule.FENCE_CONFIRMED, true, t.settings.peer() + " is off: " + t.s.peer.off);
      why.able(g);
      return why.reasons;
    }
    boolean asked =
        t.s.peer.hearing == Hearing.HEARD && t.talking() && TakeoverRules.asksForFence(t.peers(g));
    if (asked) {
      why.add(Rule.FENCE_ON_REQUEST, true, t.settings.peer() + " asks to be fenced");
      why.able(g);
      why.connected();
    } else {
      why.silent();
      why.able(g);
      why.connected();
      for (GroupState each : TakeoverRules.contested(t)) {
        why.serviceGone(each);
      }
    }
    why.fence(asked);
    return why.reasons;
  }

  private void stays() {
    add(
        Rule.LEAVE,
        t.s.going == State.Going.STAYS,
        t.settings.self()
            + (t.s.going == State.Going.STAYS ? " stays" : " is leaving: " + t.s.going));
    if (t.s.maintenance.stands()) {
      add(
          Rule.WITHHELD,
          false,
          "nothing moves by itself: maintenance, "
              + MaintenanceRules.shown(t.s.maintenance, t.now));
    }
  }

  private void silent() {
    PeerState p = t.s.peer;
    String peer = t.settings.peer();
    boolean met =
        (p.hearing == Hearing.SILENT || p.hearing == Hearing.DISCONNECTED)
            && TakeoverRules.silentForDeadtime(t);
    if (p.lastHeard == null) {
      add(
          Rule.NEVER_HEARD,
          met,
          peer
              + " was never heard: listening for "
              + age(t.now.since(t.s.started))
              + " of "
              + age(t.settings.initdead()));
      return;
    }
    Duration counted = t.now.since(TakeoverRules.silentFrom(t));
    Duration heard = t.now.since(p.lastHeard);
    add(
        Rule.SILENT,
        met,
        peer
            + (met ? " is silent" : " is not silent")
            + ": last heard "
            + age(heard)
            + " ago"
            + (counted.equals(heard) ? "" : " (" + age(counted) + " count)")
            + ", the deadtime is "
            + age(t.settings.deadtime()));
  }

  private void able(GroupState g) {
    add(
        Rule.NOT_ABLE,
        g.able,
        g.able
            ? g.ready ? "ready here" : "not ready here, but a takeover is worth it: " + g.reason
            : "a takeover would be pointless here: " + g.reason);
    backingOff(g);
  }

  private void backingOff(GroupState g) {
    if (g.backingOff(t.now)) {
      add(
          Rule.START_FAILED,
          false,
          "a start just failed here: again in " + age(g.startRetryAt.since(t.now)));
    }
  }

  private void connected() {
    add(
        Rule.CUT_OFF,
        t.s.connected,
        "the connection of "
            + t.settings.self()
            + (t.s.connected ? " is good: " : " is bad: ")
            + t.s.connection);
  }

  private void serviceGone(GroupState g) {
    Look look = TakeoverRules.freshLook(t, g);
    String seen =
        g.look == null
            ? "not looked at yet"
            : g.look + " " + age(t.now.since(g.lookEnded)) + " ago: " + g.lookDetail;
    Rule rule = look == Look.CANNOT_TELL ? Rule.CANNOT_TELL : Rule.STILL_SERVED;
    add(
        rule,
        look == Look.NOT_ANSWERED && !TakeoverRules.slowBesideAStart(t, g),
        "the service of "
            + g.name
            + switch (look) {
              case NOT_ANSWERED ->
                  TakeoverRules.slowBesideAStart(t, g)
                      ? " is slow while a daemon starts there: a deadtime more (" + seen + ")"
                      : " is gone (" + seen + ")";
              case ANSWERED -> " answers (" + seen + ")";
              case CANNOT_TELL -> " cannot be judged (" + seen + ")";
              case null -> " was not seen to be gone (only a silence is a reason to look)";
            });
  }

  private void fence(boolean asked) {
    State s = t.s;
    if (t.settings.unfencedTakeover()) {
      add(Rule.UNFENCED, !asked, "the file accepts a takeover without a fence");
      return;
    }
    if (!asked && FenceTurns.takesTurns(t) && !FenceRules.onlyLooks(t)) {
      Moment turn = FenceTurns.turn(t);
      boolean over = !t.now.isBefore(turn);
      add(
          Rule.WAIT_FIRST,
          over,
          t.settings.peer()
              + " may have cause to fence too, so each shoots in its turn: "
              + (over ? "it is this node's" : "this node's is in " + age(turn.since(t.now))));
    }
    if (asked) {
      boolean may = FenceTurns.mayRelieve(t);
      String self = t.settings.self();
      add(
          Rule.BOTH_ASK,
          may,
          may
              ? "no shot of " + t.settings.peer() + " can be under way to " + self
              : self + " asks to be fenced too, or did a short while ago, or has just started");
    }
    if (!asked && s.peer.lastHeard == null && FenceRules.startFenceSpent(t)) {
      add(
          Rule.START_FENCE_ONCE,
          true,
          "the start-up fence is spent for "
              + age(s.startFenceSpentUntil.since(t.now))
              + ": only looking whether "
              + t.settings.peer()
              + " is off");
    }
    add(Rule.FENCE, s.fenceId == 0, s.fenceId == 0 ? "no fence is under way" : "being fenced now");
    if (FenceRules.backingOff(t)) {
      add(
          Rule.FENCE_FAILED,
          false,
          "the last "
              + s.fenceFailures
              + " fences failed: again in "
              + age(s.fenceRetryAt.since(t.now)));
    }
  }

  // With the peer's word.

  private static List<Reason> asking(Turn t, GroupState g) {
    WhyNot why = new WhyNot(t);
    why.stays();
    GroupStatus theirs = t.peers(g);
    boolean talking = t.talking() && theirs != null;
    why.add(
        Rule.HEARD,
        talking,
        t.settings.peer() + (talking ? " is heard" : " is not heard: it cannot be asked"));
    why.add(
        Rule.ASK_TIMED_OUT,
        g.ask == 0,
        g.ask == 0 ? "nothing is asked for yet" : "asked " + age(t.now.since(g.askSince)) + " ago");
    why.add(
        Rule.FENCE,
        t.s.fenceId == 0,
        "a fence is " + (t.s.fenceId == 0 ? "not " : "") + "under way");
    why.backingOff(g);
    if (!talking) {
      return why.reasons;
    }
    if (theirs.phase() == Phase.STANDBY) {
      boolean first = AgreementRules.startsFirst(t, g, theirs);
      why.add(
          Rule.ASK_NOBODY_HOLDS,
          first && theirs.ask() == 0,
          "nobody holds it, and "
              + (first ? t.settings.self() : t.settings.peer())
              + " starts first");
      return why.reasons;
    }
    why.add(
        Rule.OFFER_TAKEN,
        theirs.phase() == Phase.ACTIVE,
        "it is " + theirs.phase() + " on " + t.settings.peer() + ", term " + theirs.term());
    why.add(Rule.NOT_ABLE, g.ready, g.ready ? "ready here" : "not ready here: " + g.reason);
    why.connected();
    why.reasonToMove(g, theirs);
    return why.reasons;
  }

  private void reasonToMove(GroupState g, GroupStatus theirs) {
    if (!theirs.offer().isEmpty()) {
      add(Rule.OFFER_TAKEN, true, t.settings.peer() + " offers it: " + theirs.offer());
      return;
    }
    String unoffered = t.settings.peer() + " does not offer it";
    switch (t.settings.group(g.name).failback()) {
      case Failback.Manual() -> add(Rule.FAILBACK, false, unoffered + ", and failback is manual");
      case Failback.After(Duration ready) -> {
        boolean prefers = AgreementRules.prefers(t, g);
        add(
            Rule.FAILBACK,
            prefers,
            unoffered
                + ", and "
                + (prefers ? "this node is preferred" : "this node is not the preferred one"));
        add(
            Rule.OPERATOR_TAKEOVER,
            !g.failbackHeld,
            g.failbackHeld ? "the operator moved it away" : "no operator moved it away");
        boolean longEnough = g.readyFor(t.now, ready);
        add(
            Rule.FAILBACK,
            longEnough,
            (longEnough ? "ready for at least " : "not ready for ")
                + age(ready)
                + " without a break");
        boolean cooling = AgreementRules.coolingDown(t, g);
        add(
            Rule.COOL_DOWN,
            !cooling,
            cooling
                ? "the last failback was " + age(t.now.since(g.failbackAt)) + " ago: cooling down"
                : "no failback within the cool-down");
      }
    }
  }

  private static List<Reason> offering(Turn t, GroupState g) {
    WhyNot why = new WhyNot(t);
    GroupStatus theirs = t.peers(g);
    boolean ready = GroupRules.peerAble(t, g);
    why.add(
        Rule.HEARD,
        ready,
        t.settings.peer()
            + (ready
                ? " is heard, ready, and well connected"
                : !t.talking() || theirs == null
                    ? " is not heard: nobody would take it"
                    : !theirs.ready()
                        ? " is not ready: " + theirs.reason()
                        : !t.peer().last.connected()
                            ? " is badly connected"
                            : " could not take it: it is " + theirs.phase() + " there"));
    why.reasons.add(causeToOffer(t, g));
    return why.reasons;
  }

  private static Reason causeToOffer(Turn t, GroupState g) {
    if (!g.offer.isEmpty()) {
      return new Reason(g.offerRule, false, "it is offered already: " + g.offer);
    }
    if (GroupRules.retryDue(t, g)) {
      return new Reason(Rule.OFFER_FAILED, true, g.failedResource + " keeps failing");
    }
    if (GroupRules.connectionLastinglyLost(t)) {
      String bad = "the connection is bad: " + t.s.connection;
      return new Reason(Rule.OFFER_BAD_CONNECTION, true, bad);
    }
    if (g.reach == Reach.LOST) {
      boolean met = GroupRules.lastinglyOutOfReach(t, g);
      return new Reason(Rule.OFFER_OUT_OF_REACH, met, outOfReach(t, g));
    }
    String repair = g.failedResource + " is being repaired";
    return new Reason(
        Rule.OFFER_BAD_CONNECTION,
        false,
        "nothing is wrong here: "
            + (g.failedResource.isEmpty() ? "no resource fails" : repair)
            + ", connection "
            + t.s.connection);
  }

  private static String outOfReach(Turn t, GroupState g) {
    String here = "the real servers are out of reach from here, and ";
    GroupStatus theirs = t.peers(g);
    Reach there = theirs == null || !t.talking() ? Reach.UNKNOWN : theirs.reach();
    return here
        + switch (there) {
          case UNKNOWN -> "it is not known whether " + t.settings.peer() + " reaches them";
          case LOST -> "from " + t.settings.peer() + ", too: a move would not help";
          case THERE ->
              "not from "
                  + t.settings.peer()
                  + ", for "
                  + age(t.now.since(g.aloneOutOfReachSince))
                  + " of "
                  + age(t.settings.group(g.name).reachHold());
        };
  }

  private static String age(Duration d) {
    return d.compareTo(MILLIS_BELOW) < 0 ? Turn.millis(d) : d.toSeconds() + " s";
  }
}
