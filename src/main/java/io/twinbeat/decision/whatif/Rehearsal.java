package io.twinbeat.decision.whatif;

import io.twinbeat.decision.Core;
import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Mirror;
import io.twinbeat.decision.Moment;
import io.twinbeat.decision.PeerState;
import io.twinbeat.decision.PeerState.Off;
import io.twinbeat.decision.Rule;
import io.twinbeat.decision.Settings;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;
import io.twinbeat.decision.whatif.Prediction.End;
import io.twinbeat.decision.whatif.Prediction.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Runs both cores on from one node's state, in virtual time, after a fault. Used once. */
public final class Rehearsal {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final int EVENTS_MAX = 50_000;
  private static final int LINES_MAX = 200;

  private record Timed(long at, long order, Runnable work) implements Comparable<Timed> {
    @Override
    public int compareTo(Timed other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  private final Settings settings;
  private final Assumptions assumptions;
  private final Moment begin;
  private final List<String> assumed = new ArrayList<>();
  private final List<Line> story = new ArrayList<>();
  private final PriorityQueue<Timed> queue = new PriorityQueue<>();
  private final Map<String, Long> unserved = new HashMap<>();
  private final Map<String, Long> doubly = new HashMap<>();
  private final Machine own;
  private final Machine peer;
  private long nanos;
  private long order;
  private long lastTold;
  private boolean heartbeatsCut;
  private boolean fenceFails;
  private Duration quiet;

  private Rehearsal(State state, Settings settings, Assumptions assumptions, Moment now) {
    this.settings = settings;
    this.assumptions = assumptions;
    this.begin = now;
    this.quiet = longest(settings.deadtime().multipliedBy(3), settings.fenceWait().multipliedBy(2));
    for (Duration fence : assumptions.fence().values()) {
      quiet = longest(quiet, fence.multipliedBy(2));
    }
    assumed.addAll(assumptions.sentences());
    Core core = new Core(settings);
    Core theirs = new Core(Mirror.settings(settings));
    this.own = new Machine(this, core, state);
    Status says = core.status(state, now, "");
    boolean told = state.peer().last() != null;
    State mirrored = told ? Mirror.peer(state, theirs, says, now) : theirs.initial(now);
    this.peer = new Machine(this, theirs, mirrored);
    own.other = peer;
    peer.other = own;
    known(state);
  }

  /**
   * What would happen if these faults came now.
   *
   * @param state what this node's core knows
   * @param now the moment of that state
   */
  public static Prediction of(
      State state, Settings settings, Assumptions assumptions, List<Fault> faults, Moment now) {
    return new Rehearsal(state, settings, assumptions, now).run(faults);
  }

  private static Duration longest(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  /** How the world must be for the state to be what it is. */
  private void known(State state) {
    PeerState p = state.peer();
    String name = settings.peer();
    boolean answers = Mirror.serviceAnswers(state);
    if (p.off() != Off.NO) {
      peer.powerOff();
      assumed.add(name + " is off: " + p.off());
    } else if (p.last() == null) {
      peer.powerOff();
      assumed.add(name + " was never heard: taken for a node that is off");
    } else if (p.restarting()) {
      peer.restartDaemon();
      assumed.add(name + " is restarting its daemon and comes back");
    } else {
      switch (p.hearing()) {
        case LISTENING, HEARD, LATE, OFF ->
            assumed.add(name + " knows what its last heartbeat said");
        case SILENT, DISCONNECTED -> {
          heartbeatsCut = true;
          if (answers) {
            assumed.add(name + " is not heard but serves: taken for cut heartbeat links");
          } else {
            peer.powerOff();
            assumed.add(name + " is silent and does not serve: taken for a node that is off");
          }
        }
      }
    }
  }

  private Prediction run(List<Fault> faults) {
    Duration interval = settings.interval();
    own.begin(interval.dividedBy(2));
    peer.begin(interval.dividedBy(2));
    faults.forEach(this::strike);
    boolean goesOn = false;
    for (int events = 0; !queue.isEmpty() && !goesOn; events++) {
      Timed next = queue.poll();
      if (next.at - lastTold > quiet.toNanos()) {
        break;
      }
      goesOn = next.at > LONGEST.toNanos() || events >= EVENTS_MAX || story.size() >= LINES_MAX;
      account(next.at - nanos);
      nanos = next.at;
      next.work.run();
    }
    goesOn |= !story.isEmpty() && story.getLast().rule().equals(Rule.FENCE_FAILED.name());
    return new Prediction(assumed, story, ends(), goesOn);
  }

  private void strike(Fault fault) {
    switch (fault) {
      case Fault.PowerOff f -> {
        machine(f.node()).powerOff();
        world(f.node(), "loses its power");
      }
      case Fault.CutHeartbeats f -> {
        heartbeatsCut = true;
        world(settings.self(), "and " + settings.peer() + " lose all their heartbeat links");
      }
      case Fault.CutService f -> {
        machine(f.node()).cutFromClients();
        world(f.node(), "loses its service link");
      }
      case Fault.CutOff f -> {
        heartbeatsCut = true;
        machine(f.node()).cutFromClients();
        world(f.node(), "loses all its links");
      }
      case Fault.Stall f -> {
        machine(f.node()).stall(f.time());
        world(f.node(), "stands still for " + f.time().toMillis() + " ms");
      }
      case Fault.KillDaemon f -> {
        machine(f.node()).killDaemon();
        world(f.node(), "loses its daemon");
      }
      case Fault.KillService f -> {
        machine(f.node()).killService();
        world(f.node(), "loses its service");
      }
      case Fault.FenceFails f -> {
        fenceFails = true;
        assumed.add("every fence fails");
      }
    }
  }

  private Machine machine(String node) {
    return node.equals(own.name) ? own : peer;
  }

  private void account(long time) {
    for (Settings.GroupSettings group : settings.groups()) {
      String name = group.name();
      if (!own.serves(name) && !peer.serves(name)) {
        unserved.merge(name, time, Long::sum);
      }
      if (own.has(name) && peer.has(name)) {
        doubly.merge(name, time, Long::sum);
      }
    }
  }

  private List<End> ends() {
    List<End> ends = new ArrayList<>();
    for (Settings.GroupSettings group : settings.groups()) {
      String name = group.name();
      List<String> holders = new ArrayList<>();
      for (Machine machine : new Machine[] {own, peer}) {
        if (machine.has(name)) {
          holders.add(machine.name);
        }
      }
      ends.add(
          new End(
              name,
              holders,
              own.serves(name) || peer.serves(name),
              Duration.ofNanos(unserved.getOrDefault(name, 0L)),
              Duration.ofNanos(doubly.getOrDefault(name, 0L))));
    }
    return ends;
  }

  // For the machines.

  Moment now() {
    return begin.plus(Duration.ofNanos(nanos));
  }

  Assumptions assumptions() {
    return assumptions;
  }

  boolean heartbeatsCut() {
    return heartbeatsCut;
  }

  void after(Duration delay, Runnable work) {
    queue.add(new Timed(nanos + Math.max(0, delay.toNanos()), order++, work));
  }

  /** A daemon that starts decides nothing before it has listened. */
  void listensAnew() {
    quiet = longest(quiet, settings.initdead().multipliedBy(2));
  }

  void tell(String node, String kind, String rule, String sentence) {
    lastTold = nanos;
    story.add(new Line(Duration.ofNanos(nanos), node, kind, rule, sentence));
  }

  private void world(String node, String what) {
    tell(node, "world", "", node + " " + what);
  }

  void fence(Machine by, Machine target, Effect.Fence fence) {
    Duration took = assumptions.fence(target.name);
    after(
        took,
        () -> {
          boolean off = !fenceFails && (!fence.lookOnly() || !target.on);
          if (off && target.on) {
            target.powerOff();
            world(target.name, "is switched off by " + by.name);
          }
          String detail =
              fenceFails ? "fails, as supposed" : off ? "status says OFF" : "status says ON";
          by.fenced(fence.id(), off, detail + ", " + took.toMillis() + " ms");
        });
  }
}
