package io.twinbeat.simulation;

import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.Inside;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Rule;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;

/** Holds requests, grants and their terms against what each node knew when it decided. */
final class Agreement {
  /** A request of its own that a node gave up for the other's, and what it knew of both. */
  private record GaveWay(long own, long granted, String here, String there) {
    boolean crosses(GaveWay other) {
      boolean knewTheSame = here.equals(other.there) && there.equals(other.here);
      return knewTheSame && own == other.granted && granted == other.own;
    }
  }

  private final World world;
  private final GaveWay[][] gaveWay = new GaveWay[2][3];
  private final Daemon[] lives = new Daemon[2];

  /** The highest term of each group that was given away by this life, or heard while not held. */
  private final long[][] knownTerm = new long[2][3];

  Agreement(World world) {
    this.world = world;
  }

  private static void broken(String promise, String what) {
    throw new Violation(promise, what);
  }

  void stepped(Daemon daemon, Event event, State before) {
    int node = daemon.machine.index;
    if (lives[node] != daemon) {
      lives[node] = daemon;
      knownTerm[node] = new long[3];
      gaveWay[node] = new GaveWay[3];
    }
    Status last = daemon.state.peer().last();
    boolean accepted = event instanceof Event.HeartbeatArrived e && e.status().equals(last);
    for (int g = 0; g < world.plan.groups.length; g++) {
      GroupState now = daemon.state.group(world.plan.groups[g]);
      GroupState was = before.group(world.plan.groups[g]);
      if (now.phase() == Phase.GRANTED && was.phase() != Phase.GRANTED) {
        used(daemon, g, Inside.grantTerm(now));
        knownTerm[node][g] = Inside.grantTerm(now);
      }
      if (accepted && !was.phase().mayHold() && !now.phase().mayHold()) {
        knownTerm[node][g] = Math.max(knownTerm[node][g], last.groups().get(now.name()).term());
      }
    }
  }

  /** A group is to be started, or granted, with this term. */
  void used(Daemon daemon, int group, long term) {
    if (lives[daemon.machine.index] == daemon && term <= knownTerm[daemon.machine.index][group]) {
      broken(
          "rule",
          daemon.machine.name + " uses term " + term + ", and knows that it was used before");
    }
  }

  void said(Daemon daemon, State before, Rule rule, String subject) {
    switch (rule) {
      case HAND_OVER -> goesOn(daemon);
      case GRANT -> grants(daemon, before, subject);
      case GRANT_RETURNED -> notInUse(daemon, before, subject);
      default -> {}
    }
  }

  private static void goesOn(Daemon daemon) {
    if (daemon.state.peer().last().leaving() != Status.Leaving.NO) {
      broken("P8", daemon.machine.name + " hands over to a peer that has said its last word");
    }
  }

  private void grants(Daemon daemon, State before, String subject) {
    goesOn(daemon);
    GroupState was = before.group(subject);
    GroupState now = daemon.state.group(subject);
    Status.GroupStatus theirs = daemon.state.peer().last().groups().get(subject);
    boolean stands =
        daemon.state.peer().last().incarnation() == Inside.grantTo(now)
            && theirs.ask() == Inside.grantAsk(now)
            && world.now - daemon.lastFresh <= world.plan.deadtime;
    if (!stands) {
      broken("rule", daemon.machine.name + " grants a request that it knows to be over");
    }
    // Who leaves gives its request up for that, not for the other's.
    if (Inside.ask(was) != 0 && daemon.state.going() == State.Going.STAYS) {
      gaveWay(daemon, Inside.ask(was), now, theirs);
    }
  }

  private void gaveWay(Daemon daemon, long own, GroupState now, Status.GroupStatus theirs) {
    int g = daemon.group(now.name());
    int node = daemon.machine.index;
    boolean able = now.able() && !Inside.backingOff(now, daemon.machine.monotonic());
    String here = now.ready() + " " + able + " " + daemon.state.connected();
    boolean connected = daemon.state.peer().last().connected();
    String there = theirs.ready() + " " + theirs.able() + " " + connected;
    gaveWay[node][g] = new GaveWay(own, Inside.grantAsk(now), here, there);
    GaveWay other = gaveWay[1 - node][g];
    if (other != null && gaveWay[node][g].crosses(other)) {
      broken("rule", "each node granted " + now.name() + " to the other, and both knew the same");
    }
  }

  private void notInUse(Daemon daemon, State before, String subject) {
    Daemon peer = world.peer(daemon.machine).daemon;
    GroupState was = before.group(subject);
    if (peer == null || peer.incarnation != Inside.grantTo(was)) {
      return;
    }
    GroupState theirs = peer.state.group(subject);
    boolean starts = theirs.phase() == Phase.STARTING || theirs.phase() == Phase.ACTIVE;
    if (starts && theirs.term() == Inside.grantTerm(was)) {
      broken("P7", daemon.machine.name + " says that its grant came back, and it is in use");
    }
  }

  /** The rule that an effect tells of, and on what; null for other effects. */
  void told(Daemon daemon, State before, Effect effect) {
    switch (effect) {
      case Effect.Explain e -> said(daemon, before, e.rule(), e.subject());
      case Effect.Note e -> said(daemon, before, e.rule(), e.subject());
      default -> {}
    }
  }
}
