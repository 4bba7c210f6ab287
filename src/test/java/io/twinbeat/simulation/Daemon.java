package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

import io.twinbeat.decision.Core;
import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.Inside;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;
import io.twinbeat.decision.Step;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** One life of the daemon on one machine: the event loop, the effects in order, and its senses. */
final class Daemon {
  private static final int SOCKET_BUFFER = 64;
  private static final long[] GOODBYES_AT = {0, 5 * MS, 15 * MS, 40 * MS};

  final Machine machine;
  final World world;
  final Core core;
  final long incarnation;
  private final Ear ear;
  private final Worker[] workers;

  /** What the core knows, and the latest of it that may be shown: all before is on disk. */
  State state;

  private State shown;
  private Status shownStatus;
  private State shownStatusOf;

  private final ArrayDeque<Object> effects = new ArrayDeque<>();
  private boolean writing;
  private boolean alive = true;

  /** The whole process stands still (SIGSTOP), or only the event loop. */
  private boolean frozen;

  private boolean loopStalled;
  private final List<Runnable> held = new ArrayList<>();
  private final List<Wire.Frame> socket = new ArrayList<>();
  long stallEndedAt = -1;
  private long stallBeganAt;

  private long sequence;
  private long nextTick = Long.MAX_VALUE;
  final long startedAt;

  /** Whether a heartbeat that proves to know this life was delivered. */
  boolean heardFresh;

  long lastFresh = -1;
  private long freshStamp;
  private long freshIncarnation;

  private final Boolean[] readySaid;
  private final boolean[] failureSaid;
  private boolean connectedSaid = true;
  private boolean connectionCheckPending;

  Daemon(Machine machine) {
    this.machine = machine;
    this.world = machine.world;
    this.core = world.cores[machine.index];
    this.incarnation = world.chance.number();
    this.ear = new Ear(incarnation, world.plan.deadtime, world.plan.lax);
    int count = world.plan.groups.length;
    this.workers = new Worker[count];
    for (int g = 0; g < count; g++) {
      workers[g] = new Worker(this, g);
    }
    this.readySaid = new Boolean[count];
    this.failureSaid = new boolean[count];
    this.startedAt = world.now;
    this.state = core.initial(machine.monotonic());
    this.shown = state;
  }

  void start(Event.Started started) {
    if (world.story.wanted) {
      world.story.tell(world.now, machine.name, "daemon", "starts " + started.groups());
    }
    toLoop(started);
    world.after(world.chance.between(0, world.plan.interval), this::beat);
    world.after(world.chance.between(10 * MS, 300 * MS), this::monitor);
    connectionMayHaveChanged();
  }

  void end() {
    alive = false;
  }

  boolean alive() {
    return alive;
  }

  // Stalls.

  void stall(long duration, boolean whole) {
    if (frozen || loopStalled) {
      return;
    }
    world.story.tell(
        world.now,
        machine.name,
        "fault",
        (whole ? "process" : "loop") + " stands still for " + duration / MS + " ms");
    frozen = whole;
    loopStalled = !whole;
    stallBeganAt = world.now;
    world.after(duration, this::goOn);
  }

  void goOn() {
    if (!alive || !(frozen || loopStalled)) {
      return;
    }
    frozen = false;
    loopStalled = false;
    world.story.tell(world.now, machine.name, "fault", "goes on");
    if (world.now - stallBeganAt > world.plan.deadtime / 2) {
      stallEndedAt = world.now;
    }
    // Its threads go on in any order: what was in the sockets, and what was in its own queues.
    ArrayDeque<Runnable> own = new ArrayDeque<>(held);
    ArrayDeque<Wire.Frame> frames = new ArrayDeque<>(socket);
    held.clear();
    socket.clear();
    double framesFirst = world.chance.share();
    while (alive && !(own.isEmpty() && frames.isEmpty())) {
      if (own.isEmpty() || (!frames.isEmpty() && world.chance.of(framesFirst))) {
        arrived(frames.poll());
      } else {
        own.poll().run();
      }
    }
    carryOut();
  }

  /** Work of the process: waits while it stands still, ends with it. */
  void run(Runnable work) {
    if (!alive) {
      return;
    }
    if (frozen) {
      held.add(work);
    } else {
      work.run();
    }
  }

  void later(long delay, Runnable work) {
    world.after(delay, () -> run(work));
  }

  // The loop.

  void toLoop(Event event) {
    if (!alive) {
      return;
    }
    if (frozen || loopStalled) {
      held.add(() -> toLoop(event));
    } else {
      step(event);
    }
  }

  private void step(Event event) {
    State before = state;
    Step step = core.step(before, event, machine.monotonic());
    state = step.next();
    List<Effect> todo = step.effects();
    if (!todo.isEmpty()) {
      world.ledger.stepped(this, event, before, todo);
    }
    if (todo.isEmpty() && effects.isEmpty()) {
      show(state);
    } else {
      effects.addAll(todo);
      effects.add(state);
      carryOut();
    }
    if (alive) {
      setTick();
    }
  }

  private void setTick() {
    long due = world.now + Math.max(1, machine.until(core.wakeAt(state, machine.monotonic())));
    if (due < nextTick) {
      nextTick = due;
      world.after(due - world.now, () -> tick(due));
    }
  }

  private void tick(long due) {
    if (alive && nextTick == due) {
      nextTick = Long.MAX_VALUE;
      toLoop(new Event.Ticked());
    }
  }

  private void show(State next) {
    shown = next;
    world.ledger.shown(this, next);
  }

  private void carryOut() {
    while (alive && !writing && !frozen && !effects.isEmpty()) {
      Object head = effects.peek();
      if (head instanceof Effect.Durable) {
        write();
      } else {
        effects.poll();
        if (head instanceof State next) {
          show(next);
        } else {
          carryOut((Effect) head);
        }
      }
    }
  }

  private void write() {
    List<Effect.Persist> batch = new ArrayList<>();
    while (effects.peek() instanceof Effect.Durable durable) {
      effects.poll();
      if (durable instanceof Effect.Persist persist) {
        batch.add(persist);
      }
    }
    long time = world.chance.between(MS / 10, 2 * MS) + world.chance.between(0, machine.diskDelay);
    // A write that has begun reaches the disk, or not, also when its process is killed.
    boolean survives = world.chance.of(0.5);
    writing = true;
    world.after(
        time,
        () -> {
          if (machine.on && (alive || (survives && machine.daemon == null))) {
            for (Effect.Persist persist : batch) {
              machine.keep(persist.groups(), persist.startFenceSpent());
            }
          }
          run(() -> {
            writing = false;
            carryOut();
          });
        });
  }

  private void carryOut(Effect effect) {
    switch (effect) {
      case Effect.Durable e -> throw new IllegalStateException("not written: " + e);
      case Effect.Note e -> {}
      case Effect.SendStatus e -> run(() -> world.after(0, () -> run(this::send)));
      case Effect.SayGoodbye e -> sayGoodbye();
      case Effect.Prepare e -> workers[group(e.group())].add(e);
      case Effect.StartGroup e -> {
        world.ledger.carriedOut(group(e.group()), e.term());
        workers[group(e.group())].add(e);
      }
      case Effect.StopGroup e -> workers[group(e.group())].add(e);
      case Effect.RestartResource e -> workers[group(e.group())].add(e);
      case Effect.Announce e -> {}
      case Effect.Fence e -> world.fencing.fence(this, e.id(), e.lookOnly());
      case Effect.WarmFence e -> {}
      case Effect.Probe e -> probe(e);
      case Effect.RaiseAlarm e -> {}
      case Effect.ClearAlarm e -> {}
      case Effect.Answer e -> world.ledger.answered(this, e);
      case Effect.Exit e -> {
        machine.daemonEnded(e.servicesKept() ? "exits, services kept" : "exits");
        world.faults.daemonExited(machine, e.servicesKept());
      }
    }
  }

  int group(String name) {
    return name.charAt(1) - '1';
  }

  // The heartbeat.

  private void beat() {
    if (alive) {
      run(this::send);
      world.after(world.plan.interval, this::beat);
    }
  }

  private void send() {
    if (shownStatusOf != shown) {
      shownStatusOf = shown;
      shownStatus = core.status(shown, machine.monotonic(), "hash");
    }
    world.wire.send(frame(shownStatus, false));
  }

  private Wire.Frame frame(Status status, boolean bye) {
    long monotonic = machine.monotonic().nanos();
    return new Wire.Frame(
        machine.index,
        incarnation,
        ++sequence,
        status,
        bye,
        world.now,
        monotonic,
        ear.echoIncarnation(monotonic),
        ear.echoStamp(monotonic));
  }

  private void sayGoodbye() {
    Status last = core.status(state, machine.monotonic(), "hash");
    world.ledger.saidGoodbye(this, last);
    world.story.tell(world.now, machine.name, "says", "goodbye: " + last.leaving());
    Wire.Frame frame = frame(last, true);
    for (long at : GOODBYES_AT) {
      world.after(at, () -> world.wire.send(frame));
    }
  }

  void arrived(Wire.Frame frame) {
    if (!alive) {
      return;
    }
    if (frozen) {
      if (socket.size() < SOCKET_BUFFER) {
        socket.add(frame);
      }
      return;
    }
    if (!ear.hear(frame, machine.monotonic().nanos(), world.now)) {
      return;
    }
    if (frame.status().hears() == incarnation) {
      heardFresh = true;
      // What was overtaken on the way says nothing new about life.
      if (frame.stamp() >= freshStamp || frame.incarnation() != freshIncarnation) {
        freshStamp = frame.stamp();
        freshIncarnation = frame.incarnation();
        lastFresh = world.now;
      }
    }
    toLoop(
        frame.bye()
            ? new Event.PeerSaidGoodbye(frame.status())
            : new Event.HeartbeatArrived(frame.status(), machine.monotonic()));
  }

  void nobodyListens() {
    if (ear.present() != 0) {
      toLoop(new Event.PeerProcessDied(ear.present()));
    }
  }

  // Senses.

  private void probe(Effect.Probe probe) {
    int g = group(probe.group());
    long limit = probe.limit().toNanos();
    Machine peer = world.peer(machine);
    long asked = world.chance.between(0, limit / 2);
    world.after(
        asked,
        () -> {
          boolean lost = !world.lan.carrier[machine.index] || world.faults.blind[machine.index];
          boolean answers = !lost && world.lan.reachable() && peer.serves(g);
          Look look = lost ? Look.CANNOT_TELL : answers ? Look.ANSWERED : Look.NOT_ANSWERED;
          long rest = answers || world.chance.of(0.3) ? MS / 2 : limit - asked;
          later(
              rest, () -> toLoop(new Event.ProbeFinished(probe.group(), probe.id(), look, "seen")));
        });
  }

  void connectionMayHaveChanged() {
    if (connectionCheckPending) {
      return;
    }
    connectionCheckPending = true;
    later(
        world.chance.between(10 * MS, 600 * MS),
        () -> {
          connectionCheckPending = false;
          boolean connected = world.lan.up(machine.index);
          if (connected != connectedSaid) {
            connectedSaid = connected;
            toLoop(new Event.ConnectionChanged(connected, connected ? "good" : "lost"));
          }
        });
  }

  /** Whether this node hears that {@code stuck} cannot let go of a group, and could act on it. */
  boolean couldRelieve(Machine stuck, int group) {
    String name = world.plan.groups[group];
    return world.fencing.modes[stuck.index] == Fencing.Mode.HONEST
        && stuck.daemon.state.group(name).phase() == Phase.STUCK
        && state.peer().hearing() == Hearing.HEARD
        && state.peer().last().incarnation() == stuck.daemon.incarnation
        && world.now - lastFresh < world.plan.deadtime
        && state.group(name).phase() == Phase.STANDBY
        && saidAble(group)
        && state.connected()
        && connectedSaid
        && state.going() == State.Going.STAYS
        && !frozen
        && !loopStalled
        && machine.diskDelay == 0;
  }

  boolean saidAble(int group) {
    return Boolean.TRUE.equals(readySaid[group]);
  }

  /** Whether nothing is under way here and nothing is left to be noticed. */
  boolean calm(int group) {
    GroupState g = state.group(world.plan.groups[group]);
    return connectedSaid
        && !failureSaid[group]
        && Boolean.TRUE.equals(readySaid[group])
        && g.offer().isEmpty()
        && Inside.ask(g) == 0
        && state.going() == State.Going.STAYS
        && !state.fencing()
        && !frozen
        && !loopStalled;
  }

  private void monitor() {
    if (!alive) {
      return;
    }
    world.after(world.chance.between(500 * MS, SECOND), this::monitor);
    if (frozen) {
      return;
    }
    for (int g = 0; g < workers.length && alive; g++) {
      String group = world.plan.groups[g];
      boolean ready = !machine.broken[g];
      if (readySaid[g] == null || readySaid[g] != ready) {
        readySaid[g] = ready;
        toLoop(new Event.ReadinessChanged(group, ready, ready, ready ? "" : "nginx is broken"));
      }
      boolean active = state.group(group).phase() == Phase.ACTIVE;
      if (active && !machine.running[g]) {
        failureSaid[g] = true;
        toLoop(new Event.ResourceFailed(group, "nginx", "does not answer"));
      } else if (failureSaid[g] && machine.running[g]) {
        failureSaid[g] = false;
        toLoop(new Event.ResourceRecovered(group, "nginx"));
      } else if (!active && !machine.running[g] && ready && !workers[g].busy()) {
        machine.setRunning(g, true);
      }
    }
  }

  void fenced(long id, boolean confirmed, String detail) {
    run(() -> toLoop(new Event.FenceFinished(id, confirmed, detail)));
  }

  void stallNoticed(Duration gap) {
    toLoop(new Event.OwnStallNoticed(gap));
  }
}
