package io.twinbeat.decision;

import io.twinbeat.decision.Effect.Right;
import io.twinbeat.decision.PeerState.Hearing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a rehearsal needs to go on from a state: the peer's core as it tells it, and open ends. */
public final class Mirror {
  /** Above any number that the real peer has used by now. */
  private static final long IDS_LATER = 1_000_000;

  private Mirror() {}

  /** The file as the peer reads it. */
  public static Settings settings(Settings own) {
    return new Settings(
        /* self= */ own.peer(),
        /* peer= */ own.self(),
        own.interval(),
        own.deadtime(),
        own.warntime(),
        own.initdead(),
        own.unfencedTakeover(),
        own.fenceWait(),
        own.startFenceWindow(),
        own.probeLimit(),
        own.groups());
  }

  /**
   * The peer's core as well as its last status tells it; it hears {@code says} at this moment.
   * There must be a last status.
   */
  public static State peer(State own, Core peers, Status says, Moment now) {
    Status last = own.peer.last;
    State s = peers.initial(now);
    s.incarnation = last.incarnation();
    s.version = last.version();
    s.lastId = IDS_LATER;
    s.connected = last.connected();
    s.connection = last.connected() ? "good, as it says" : "bad, as it says";
    // It has long been listening.
    s.started = now.minus(peers.settings().initdead());
    s.listeningSince = s.started;
    s.askedAt = now.minus(peers.settings().fenceWait());
    s.peer.hearing = Hearing.HEARD;
    s.peer.last = says;
    s.peer.seen = says.incarnation();
    s.peer.lastHeard = now;
    s.maintenance = own.maintenance;
    last.groups()
        .forEach((name, told) -> {
          GroupState g = s.groups.get(name);
          if (g != null) {
            fill(g, told, now);
            s.lastId = Math.max(s.lastId, Math.max(g.ask, g.closedAsk) + IDS_LATER);
          }
        });
    return s;
  }

  private static void fill(GroupState g, Status.GroupStatus told, Moment now) {
    g.phase = told.phase();
    g.term = told.term();
    g.keptTerm = told.term();
    g.keptHeld = told.phase().mayHold();
    g.why = "as its status says";
    g.ready = told.ready();
    g.able = told.able();
    g.reason = told.reason();
    g.reach = told.reach();
    g.readySince = told.ready() ? now : null;
    g.ask = told.ask();
    g.askPrepared = told.ask() != 0;
    g.askSince = now;
    g.want = told.ask() == 0 ? GroupState.Want.NOTHING : GroupState.Want.OPERATOR;
    g.closedAsk = told.closedAsk();
    g.grantAsk = told.grantedAsk();
    g.grantTo = told.grantedTo();
    g.grantTerm = told.grantedTerm();
    g.offer = told.offer();
    g.offerRule = told.offer().isEmpty() ? null : Rule.OFFER_OPERATOR;
    g.offerSince = now;
  }

  /** Whether the last look at any group that is not here found it served. */
  public static boolean serviceAnswers(State s) {
    return s.groups.values().stream()
        .anyMatch(g -> !g.phase.mayHold() && g.look == Event.Look.ANSWERED);
  }

  /** What was begun and has not ended in this state, as it would be begun now. */
  public static List<Effect> underWay(State s, Settings settings) {
    List<Effect> open = new ArrayList<>();
    if (s.fenceId != 0) {
      open.add(new Effect.Fence(s.fenceId, s.fenceLookOnly));
    }
    for (GroupState g : s.groups.values()) {
      switch (g.phase) {
        case STARTING -> open.add(new Effect.StartGroup(g.name, g.term, Right.KEPT, false, false));
        case SETTLING, STOPPING, STUCK -> {
          if (g.stopRetryAt == null) {
            open.add(new Effect.StopGroup(g.name));
          }
        }
        case STANDBY, ACTIVE, GRANTED -> {}
      }
      if (g.restarting) {
        open.add(new Effect.RestartResource(g.name, g.failedResource));
      }
      if (g.ask != 0 && !g.askPrepared) {
        open.add(new Effect.Prepare(g.name, g.ask));
      }
      if (g.probePending) {
        open.add(new Effect.Probe(g.name, g.probeId, settings.probeLimit()));
      }
    }
    return open;
  }

  /** The first event of the next life of this daemon, in the same boot. */
  public static Event.Started nextLife(State s, Map<String, Boolean> present, Moment now) {
    Map<String, Event.Remembered> left = new HashMap<>();
    for (GroupState g : s.groups.values()) {
      boolean there = present.getOrDefault(g.name, false);
      left.put(g.name, new Event.Remembered(g.keptTerm, g.keptHeld, there));
    }
    boolean spent = s.startFenceSpentUntil != null && now.isBefore(s.startFenceSpentUntil);
    Duration spentFor = spent ? s.startFenceSpentUntil.since(now) : Duration.ZERO;
    Maintenance m = s.maintenance;
    return new Event.Started(
        s.incarnation + 1,
        left,
        spentFor,
        new Event.RememberedMaintenance(m.number(), m.left(now), m.reason(), true));
  }
}
