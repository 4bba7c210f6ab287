package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;

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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** One life of the daemon on one machine: the event loop, the effects in order, and its senses. */
final class Daemon {
  private static final int SOCKET_BUFFER = 64;
  private static final long[] GOODBYES_AT = {0, 5 * MS, 15 * MS, 40 * MS};

  final Machine machine;
  final World world;
  final Core core;
  final long incarnation;
  final int format;
  private final Ear ear;
  private final Loop loop;
  private final Worker[] workers;

  /** What the core knows, and the latest of it that may be shown: all before is on disk. */
  State state;

  private State shown;
  private Status shownStatus;
  private State shownStatusOf;

  private final ArrayDeque<Object> effects = new ArrayDeque<>();
  private boolean writing;
  private boolean alive = true;

  /** The whole process stands still (SIGSTOP), and its loop with it. */
  private boolean frozen;

  private final List<Runnable> held = new ArrayList<>();
  private final List<Wire.Frame> socket = new ArrayList<>();
  long stallEndedAt = -1;
  private long stallBeganAt;

  /** When it last stood still, be it for ever so short: its queues may be full at this moment. */
  long wentOnAt = -1;

  private long sequence;
  final long startedAt;
  long maintenanceEndedAt = -1;

  /** Whether a heartbeat that proves to know this life was delivered. */
  boolean heardFresh;

  long lastFresh = -1;
  private long freshStamp;
  private long freshLifeBegan = -1;

  final Senses senses;
  private int untold;

  Daemon(Machine machine) {
    this.machine = machine;
    this.world = machine.world;
    this.core = world.cores[machine.index];
    this.incarnation = world.chance.number();
    this.format = machine.format;
    this.ear = new Ear(incarnation, world.plan.deadtime, world.plan.lax);
    int count = world.plan.groups.length;
    this.loop = new Loop(this);
    this.workers = new Worker[count];
    for (int g = 0; g < count; g++) {
      workers[g] = new Worker(this, g);
    }
    this.senses = new Senses(this, workers);
    this.startedAt = world.now;
    this.state = core.initial(machine.monotonic());
    this.shown = state;
  }

  void start(Event.Started started) {
    if (world.story.wanted) {
      world.story.tell(
          world.now, machine.name, "daemon", "starts " + new TreeMap<>(started.groups()));
    }
    loop.start(started);
    world.after(world.chance.between(0, world.plan.interval), this::beat);
    senses.begin();
  }

  void end() {
    alive = false;
  }

  boolean standsStill() {
    return loop.stalled();
  }

  boolean frozen() {
    return frozen;
  }

  boolean alive() {
    return alive;
  }

  // Stalls.

  void stall(long duration, boolean whole) {
    if (frozen || loop.stalled()) {
      return;
    }
    world.story.tell(
        world.now,
        machine.name,
        "fault",
        (whole ? "process" : "loop") + " stands still for " + duration / MS + " ms");
    frozen = whole;
    loop.stall();
    stallBeganAt = world.now;
    world.after(duration, this::goOn);
  }

  void goOn() {
    if (!alive || !loop.stalled()) {
      return;
    }
    frozen = false;
    wentOnAt = world.now;
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
    double loopRuns = world.chance.share();
    while (alive && !(own.isEmpty() && frames.isEmpty())) {
      if (world.chance.of(loopRuns)) {
        loop.goOn();
      }
      if (own.isEmpty() || (!frames.isEmpty() && world.chance.of(framesFirst))) {
        arrived(frames.poll());
      } else {
        own.poll().run();
      }
    }
    loop.goOn();
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

  // The loop and what follows from its steps.

  void toLoop(Event event) {
    run(() -> loop.put(event));
  }

  private void hears(Event sign) {
    run(() -> loop.hear(sign));
  }

  /** What the loop made of an event; the state is the new one already. */
  void stepped(Event event, State before, List<Effect> todo) {
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
              machine.keep(persist);
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
        startedAt,
        ++sequence,
        format,
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

  void falseGoodbye() {
    Status now = core.status(shown, machine.monotonic(), "hash");
    Status bye =
        new Status(
            now.node(),
            now.incarnation(),
            now.version(),
            now.hears(),
            Status.Leaving.GOODBYE,
            0,
            now.connected(),
            now.configHash(),
            now.groups(),
            now.maintenance());
    boolean holds = now.groups().values().stream().anyMatch(g -> g.phase().mayHold());
    if (holds) {
      world.wire.send(frame(bye, true));
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
    boolean understood = frame.format() == format;
    // What cannot be read says nothing of whom it hears: there the transport's echo is all there
    // is.
    long echoed = understood ? frame.status().hears() : frame.echoIncarnation();
    boolean knowsUs = echoed == incarnation;
    if (knowsUs) {
      heardFresh = true;
      // What was overtaken on the way, by the same life or by the next, says nothing new about
      // life.
      boolean sameLife = frame.began() == freshLifeBegan;
      if (sameLife ? frame.stamp() >= freshStamp : frame.began() > freshLifeBegan) {
        freshStamp = frame.stamp();
        freshLifeBegan = frame.began();
        lastFresh = world.now;
      }
    }
    if (!understood) {
      if (knowsUs) {
        hears(
            new Event.HeartbeatNotUnderstood(
                frame.incarnation(), "another version", machine.monotonic()));
      }
      return;
    }
    if (!frame.bye()) {
      hears(new Event.HeartbeatArrived(frame.status(), machine.monotonic()));
    } else if (world.switchedOff.contains(Habit.GOODBYE_IN_ORDER)) {
      toLoop(new Event.PeerSaidGoodbye(frame.status()));
    } else {
      hears(new Event.PeerSaidGoodbye(frame.status()));
    }
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
          boolean lost = !world.lan.up(machine.index) || world.faults.blind[machine.index];
          boolean reached = !lost && world.lan.reachable() && peer.serves(g);
          boolean answers = reached && !peer.slow();
          boolean taken = reached && !answers;
          Look look = lost ? Look.CANNOT_TELL : answers ? Look.ANSWERED : Look.NOT_ANSWERED;
          long rest =
              (answers || world.chance.of(0.3) ? MS / 2 : limit - asked)
                  + world.chance.between(0, world.faults.slowLooks[machine.index]);
          later(
              rest,
              () ->
                  toLoop(new Event.ProbeFinished(probe.group(), probe.id(), look, taken, "seen")));
        });
  }

  /** Whether this node hears that {@code stuck} cannot let go of a group, and could act on it. */
  boolean couldRelieve(Machine stuck, int group) {
    String name = world.plan.groups[group];
    return world.fencing.modes[stuck.index] == Fencing.Mode.HONEST
        && stuck.daemon.state.group(name).phase() == Phase.STUCK
        && state.peer().hearing() == Hearing.HEARD
        && !state.peer().isForeign()
        && state.peer().last().incarnation() == stuck.daemon.incarnation
        && world.now - lastFresh < world.plan.deadtime
        && state.group(name).phase() == Phase.STANDBY
        && senses.saidAble(group)
        && state.connected()
        && senses.connectedSaid
        && state.going() == State.Going.STAYS
        && !loop.stalled()
        && machine.diskDelay == 0;
  }

  boolean asksToBeFenced() {
    return state.groups().stream().anyMatch(g -> g.phase() == Phase.STUCK);
  }

  /** Asked each second: for how many it hears nobody and has no alarm. */
  int secondsUntold() {
    boolean deaf = Set.of(Hearing.SILENT, Hearing.DISCONNECTED).contains(state.peer().hearing());
    untold = deaf && state.alarms().isEmpty() && !loop.stalled() ? untold + 1 : 0;
    return untold;
  }

  /** Whether nothing is under way here and nothing is left to be noticed. */
  boolean calm(int group) {
    GroupState g = state.group(world.plan.groups[group]);
    return senses.calm(group)
        && g.offer().isEmpty()
        && Inside.ask(g) == 0
        && state.going() == State.Going.STAYS
        && !state.fencing()
        && !loop.stalled();
  }

  void fenced(long id, boolean confirmed, String detail) {
    run(() -> toLoop(new Event.FenceFinished(id, confirmed, detail)));
  }
}
