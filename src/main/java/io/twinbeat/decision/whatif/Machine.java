package io.twinbeat.decision.whatif;

import io.twinbeat.decision.Core;
import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.Mirror;
import io.twinbeat.decision.Moment;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;
import io.twinbeat.decision.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One node of a rehearsal: its core, and the machine around it as it is assumed to be. */
final class Machine {
  final String name;
  private final Rehearsal world;
  private final Core core;
  private State state;
  Machine other;
  boolean on = true;
  boolean running = true;
  boolean cutFromClients;

  /** Groups whose address is on this machine, and those whose service does not answer. */
  final Set<String> addresses = new HashSet<>();

  private final Set<String> broken = new HashSet<>();
  private final Set<String> stuck = new HashSet<>();
  private final List<Event> held = new ArrayList<>();
  private boolean stalled;
  private int life;
  private Moment nextTick;

  Machine(Rehearsal world, Core core, State state) {
    this.name = core.settings().self();
    this.world = world;
    this.core = core;
    this.state = state;
    for (GroupState g : state.groups()) {
      if (g.phase().mayHold()) {
        addresses.add(g.name());
      }
      if (g.phase() == Phase.STUCK) {
        stuck.add(g.name());
      }
    }
  }

  boolean has(String group) {
    return on && addresses.contains(group);
  }

  boolean serves(String group) {
    return has(group) && !broken.contains(group) && !cutFromClients;
  }

  /** From now on: ends what is open, beats and ticks. */
  void begin(Duration firstBeat) {
    if (on && running) {
      Mirror.underWay(state, core.settings()).forEach(this::carryOut);
      world.after(firstBeat, () -> beat(life));
      step(new Event.Ticked());
    }
  }

  private void step(Event event) {
    if (!on || !running) {
      return;
    }
    if (stalled) {
      held.add(event);
      return;
    }
    Step step = core.step(state, event, world.now());
    state = step.next();
    step.effects().forEach(this::carryOut);
    setTick();
  }

  private void setTick() {
    Moment due = core.wakeAt(state, world.now());
    if (nextTick == null || due.isBefore(nextTick)) {
      nextTick = due;
      world.after(due.since(world.now()), () -> tick(due));
    }
  }

  private void tick(Moment due) {
    if (due.equals(nextTick)) {
      nextTick = null;
      step(new Event.Ticked());
    }
  }

  private void beat(int ofLife) {
    if (on && running && ofLife == life) {
      send();
      world.after(core.settings().interval(), () -> beat(ofLife));
    }
  }

  private void send() {
    if (stalled || world.heartbeatsCut() || !other.on) {
      return;
    }
    Status status = core.status(state, world.now(), "");
    world.after(
        Assumptions.NETWORK, () -> other.step(new Event.HeartbeatArrived(status, world.now())));
  }

  private void carryOut(Effect effect) {
    switch (effect) {
      case Effect.Explain e ->
          world.tell(name, "decision", e.rule().name(), e.subject() + ": " + e.sentence());
      case Effect.Note e ->
          world.tell(name, "event", e.rule().name(), e.subject() + ": " + e.sentence());
      case Effect.RaiseAlarm e -> world.tell(name, "alarm", e.key(), e.sentence());
      case Effect.SendStatus e -> send();
      case Effect.Prepare e ->
          later(
              Assumptions.PREPARE,
              () -> step(new Event.GroupPrepared(e.group(), e.ask(), true, "")));
      case Effect.StartGroup e -> start(e);
      case Effect.StopGroup e -> stop(e.group());
      case Effect.RestartResource e ->
          later(
              Assumptions.RESTART_RESOURCE,
              () -> {
                broken.remove(e.group());
                step(new Event.ResourceRestarted(e.group(), e.resource(), true, ""));
              });
      case Effect.Fence e -> world.fence(this, other, e);
      case Effect.Probe e -> look(e);
      case Effect.Exit e -> running = false;
      case Effect.Persist e -> {}
      case Effect.SayGoodbye e -> {}
      case Effect.Announce e -> {}
      case Effect.WarmFence e -> {}
      case Effect.ClearAlarm e -> {}
      case Effect.Answer e -> {}
    }
  }

  /** Done by this life of the daemon, or not at all. */
  private void later(Duration delay, Runnable work) {
    int ofLife = life;
    world.after(
        delay,
        () -> {
          if (on && running && ofLife == life) {
            work.run();
          }
        });
  }

  private void start(Effect.StartGroup start) {
    boolean taken =
        start.claimFirst()
            && other.on
            && other.addresses.contains(start.group())
            && !cutFromClients
            && !other.cutFromClients;
    later(
        start.claimFirst() ? Assumptions.CLAIM : Assumptions.START,
        () -> {
          if (!taken) {
            addresses.add(start.group());
          }
          String detail = taken ? "its address is in use by another machine" : "";
          step(new Event.GroupStarted(start.group(), start.term(), !taken, detail));
        });
  }

  private void stop(String group) {
    boolean fails = stuck.contains(group);
    later(
        Assumptions.STOP,
        () -> {
          if (!fails) {
            addresses.remove(group);
          }
          step(new Event.GroupStopped(group, !fails, fails ? "as before" : ""));
        });
  }

  private void look(Effect.Probe probe) {
    boolean answers = !cutFromClients && other.serves(probe.group());
    later(
        answers ? Assumptions.NETWORK.multipliedBy(2) : probe.limit(),
        () ->
            step(
                new Event.ProbeFinished(
                    probe.group(),
                    probe.id(),
                    answers ? Look.ANSWERED : Look.NOT_ANSWERED,
                    answers
                        ? "answered"
                        : "no answer within " + probe.limit().toMillis() + " ms")));
  }

  void fenced(long id, boolean confirmed, String detail) {
    step(new Event.FenceFinished(id, confirmed, detail));
  }

  // Faults.

  void powerOff() {
    on = false;
    running = false;
    life++;
  }

  void cutFromClients() {
    cutFromClients = true;
    if (world.assumptions().referencePoints()) {
      later(
          core.settings().deadtime().dividedBy(2),
          () -> step(new Event.ConnectionChanged(false, "no reference point answers")));
    }
  }

  void stall(Duration time) {
    stalled = true;
    later(
        time,
        () -> {
          stalled = false;
          step(new Event.Ticked());
          List<Event> missed = List.copyOf(held);
          held.clear();
          // A heartbeat that waited proves nothing of now; ticks are due anyway.
          missed.stream()
              .filter(e -> !(e instanceof Event.HeartbeatArrived) && !(e instanceof Event.Ticked))
              .forEach(this::step);
        });
  }

  void killDaemon() {
    restartDaemon();
    if (other.on && !world.heartbeatsCut()) {
      long incarnation = state.incarnation();
      world.after(
          Assumptions.DEATH_NOTICED, () -> other.step(new Event.PeerProcessDied(incarnation)));
    }
  }

  void restartDaemon() {
    Map<String, Boolean> present = new HashMap<>();
    addresses.forEach(group -> present.put(group, true));
    running = false;
    life++;
    world.after(Assumptions.RESTART_DAEMON, () -> restart(present));
  }

  private void restart(Map<String, Boolean> present) {
    if (!on) {
      return;
    }
    State before = state;
    running = true;
    stalled = false;
    nextTick = null;
    world.listensAnew();
    state = core.initial(world.now());
    step(Mirror.nextLife(before, present, world.now()));
    for (GroupState g : before.groups()) {
      step(new Event.ReadinessChanged(g.name(), g.ready(), g.able(), g.reason()));
    }
    step(new Event.ConnectionChanged(before.connected(), before.connection()));
    beat(life);
  }

  void killService() {
    for (String group : addresses) {
      broken.add(group);
      later(
          Assumptions.NETWORK,
          () -> step(new Event.ResourceFailed(group, "its service", "killed, as supposed")));
    }
  }
}
