package io.twinbeat.decision;

import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.Event.Remembered;
import io.twinbeat.decision.Settings.Failback;
import io.twinbeat.decision.Settings.GroupSettings;
import io.twinbeat.decision.Status.GroupStatus;
import io.twinbeat.decision.Status.Leaving;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The core of node A fed by hand, with a peer B whose words the test chooses. Deadtime 1000 ms,
 * warntime 500 ms, initdead 3000 ms; times are in milliseconds.
 */
final class Hand {
  static final String SITE = "site";
  static final long LIFE = 1000;
  static final int DEADTIME = 1000;
  static final int INITDEAD = 3000;
  static final int FENCE_WAIT = 5000;
  static final int REACH_HOLD = 3000;

  final Core core;
  State state;
  private long nanos;
  private long orders;

  /** What all steps so far led to; {@link #forget} empties it. */
  final List<Effect> effects = new ArrayList<>();

  // What B says next.
  long peerLife = 2000;
  long peerVersion = 1;
  long peerHears = LIFE;
  boolean peerConnected = true;
  Phase peerPhase = Phase.STANDBY;
  long peerTerm;
  boolean peerReady = true;
  boolean peerAbleAnyway;
  Reach peerReach = Reach.UNKNOWN;
  long peerAsk;
  long peerClosedAsk;
  String peerOffer = "";
  long peerGrantedAsk;
  long peerGrantedTo;
  long peerGrantedTerm;
  Status.Word peerMaintenance = Status.Word.NONE;

  Hand() {
    this("A", new Failback.Manual());
  }

  Hand(String prefer, Failback failback) {
    this(prefer, failback, false);
  }

  Hand(String prefer, Failback failback, boolean unfenced) {
    Settings settings =
        new Settings(
            "A",
            "B",
            Duration.ofMillis(200),
            Duration.ofMillis(DEADTIME),
            Duration.ofMillis(DEADTIME / 2),
            Duration.ofMillis(INITDEAD),
            unfenced,
            Duration.ofMillis(FENCE_WAIT),
            Duration.ofMinutes(10),
            Duration.ofMillis(200),
            List.of(
                new GroupSettings(
                    SITE,
                    prefer,
                    failback,
                    Duration.ofMinutes(1),
                    Duration.ofMillis(REACH_HOLD),
                    1,
                    Duration.ofMinutes(1))));
    core = new Core(settings, Set.of());
    state = core.initial(now());
  }

  private Moment now() {
    return new Moment(nanos);
  }

  long millis() {
    return nanos / 1_000_000;
  }

  /** Starts with nothing left behind, able and ready. */
  Hand started() {
    return started(new Remembered(0, false, false), Duration.ZERO);
  }

  Hand started(Remembered left, Duration startFenceSpentFor) {
    step(new Event.Started(LIFE, Map.of(SITE, left), startFenceSpentFor));
    return step(new Event.ReadinessChanged(SITE, true, true, ""));
  }

  /** Started, and active here after B's grant; B is heard now. */
  static Hand active() {
    Hand a = new Hand().started();
    a.hear().granted(7).step(new Event.GroupStarted(SITE, 7, true, ""));
    a.peerGrantedAsk = 0;
    a.peerPhase = Phase.STANDBY;
    a.hear();
    a.forget();
    return a;
  }

  /** Started, and B is active with term 5; B is heard now. */
  static Hand standby() {
    Hand a = new Hand().started();
    a.peerPhase = Phase.ACTIVE;
    a.peerTerm = 5;
    a.hear();
    a.forget();
    return a;
  }

  Hand step(Event event) {
    Step step = core.step(state, event, now());
    state = step.next();
    effects.addAll(step.effects());
    return this;
  }

  /** Lets time pass with a tick each 50 ms, the last at the end. */
  Hand pass(long millis) {
    long end = nanos + millis * 1_000_000;
    while (nanos < end) {
      nanos = Math.min(end, nanos + 50_000_000);
      step(new Event.Ticked());
    }
    return this;
  }

  /** Lets time pass without anything being run. */
  Hand sleep(long millis) {
    nanos += millis * 1_000_000;
    return this;
  }

  Hand sleepNanos(long time) {
    nanos += time;
    return this;
  }

  /** Lets time pass while B goes on saying the same. */
  Hand passHearing(long millis) {
    for (long at = 0; at < millis; at += 200) {
      pass(Math.min(200, millis - at));
      hear();
    }
    return this;
  }

  Status peerStatus(Leaving leaving) {
    return new Status(
        "B",
        peerLife,
        ++peerVersion,
        peerHears,
        leaving,
        leaving == Leaving.RESTARTING ? 3000 : 0,
        peerConnected,
        "hash",
        Map.of(
            SITE,
            new GroupStatus(
                peerPhase,
                peerTerm,
                peerReady,
                peerReady || peerAbleAnyway,
                peerReach,
                peerAsk,
                peerClosedAsk,
                peerOffer,
                peerGrantedAsk,
                peerGrantedTo,
                peerGrantedTerm,
                peerReady ? "" : "nginx is broken")),
        peerMaintenance);
  }

  Hand hear() {
    return step(new Event.HeartbeatArrived(peerStatus(Leaving.NO), now()));
  }

  /** B is heard in a life of a version that A does not understand. */
  Hand foreign(long life) {
    return step(new Event.HeartbeatNotUnderstood(life, "version 9", now()));
  }

  Hand goodbye(Leaving leaving) {
    return step(new Event.PeerSaidGoodbye(peerStatus(leaving)));
  }

  /** B grants what A asks for now. */
  Hand granted(long term) {
    peerGrantedAsk = site().ask;
    peerGrantedTo = LIFE;
    peerGrantedTerm = term;
    peerPhase = Phase.GRANTED;
    hear();
    return this;
  }

  /** The look that is under way ends so. */
  Hand looked(Look look) {
    return looked(look, false);
  }

  /** {@code taken}: the kernel took the connection. */
  Hand looked(Look look, boolean taken) {
    Effect.Probe probe = last(Effect.Probe.class);
    if (probe == null) {
      throw new AssertionError("no look is under way");
    }
    return step(new Event.ProbeFinished(SITE, probe.id(), look, taken, "by hand"));
  }

  /** B becomes silent, and each look at the service ends like this; until {@code millis} passed. */
  Hand silentFor(long millis, Look look) {
    return silentFor(millis, look, false);
  }

  /** As long, B's kernel takes connections and nobody answers over them. */
  Hand slowFor(long millis) {
    return silentFor(millis, Look.NOT_ANSWERED, true);
  }

  private Hand silentFor(long millis, Look look, boolean taken) {
    for (long at = 0; at < millis; at += 50) {
      pass(50);
      if (site().probePending) {
        looked(look, taken);
      }
    }
    return this;
  }

  Hand fenced(boolean confirmed) {
    return step(new Event.FenceFinished(last(Effect.Fence.class).id(), confirmed, "by hand"));
  }

  Hand order(Event.Order order) {
    orders++;
    return step(new Event.Commanded(orders, order));
  }

  GroupState site() {
    return state.group(SITE);
  }

  PeerState peer() {
    return state.peer();
  }

  Hand forget() {
    effects.clear();
    return this;
  }

  <T extends Effect> T last(Class<T> type) {
    T found = null;
    for (Effect effect : effects) {
      if (type.isInstance(effect)) {
        found = type.cast(effect);
      }
    }
    return found;
  }

  boolean did(Class<? extends Effect> type) {
    return last(type) != null;
  }

  boolean said(Rule rule) {
    for (Effect effect : effects) {
      if ((effect instanceof Effect.Explain e && e.rule() == rule)
          || (effect instanceof Effect.Note n && n.rule() == rule)) {
        return true;
      }
    }
    return false;
  }

  boolean alarm(String key) {
    return state.alarms().containsKey(key);
  }

  Effect.Answer answer() {
    return last(Effect.Answer.class);
  }
}
