package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;

import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import java.util.ArrayDeque;

/** Carries out one group's work in order, each with a duration; addresses change in its midst. */
final class Worker {
  private final Daemon daemon;
  private final Machine machine;
  private final World world;
  private final int group;
  private final String name;
  private final ArrayDeque<Effect> queue = new ArrayDeque<>();
  private boolean busy;

  Worker(Daemon daemon, int group) {
    this.daemon = daemon;
    this.machine = daemon.machine;
    this.world = daemon.world;
    this.group = group;
    this.name = world.plan.groups[group];
  }

  boolean busy() {
    return busy || !queue.isEmpty();
  }

  void add(Effect effect) {
    queue.add(effect);
    next();
  }

  private void next() {
    if (busy || queue.isEmpty()) {
      return;
    }
    busy = true;
    switch (queue.poll()) {
      case Effect.Prepare e -> prepare(e);
      case Effect.StartGroup e -> start(e);
      case Effect.StopGroup e -> stop();
      case Effect.RestartResource e -> restart(e);
      case Effect e -> throw new IllegalStateException("no work: " + e);
    }
  }

  private void done(Event event) {
    busy = false;
    daemon.toLoop(event);
    if (daemon.alive()) {
      next();
    }
  }

  private void prepare(Effect.Prepare e) {
    daemon.later(
        world.chance.between(5 * MS, 200 * MS),
        () -> {
          boolean ok = !machine.broken[group];
          if (ok) {
            machine.setRunning(group, true);
          }
          done(new Event.GroupPrepared(name, e.ask(), ok, ok ? "" : "nginx is broken"));
        });
  }

  private void start(Effect.StartGroup e) {
    long time = world.chance.between(5 * MS, world.faults.startTimeMax);
    boolean taken = world.plan.claims && othersAnswer();
    world.conduct.claims(e, taken);
    boolean claimed = taken && e.claimFirst();
    if (claimed || (machine.broken[group] && !machine.running[group])) {
      daemon.later(
          time, () -> done(new Event.GroupStarted(name, e.term(), false, "nginx is broken")));
      return;
    }
    boolean late = machine.startFailsLate[group];
    long up = world.chance.between(time / 4, time);
    daemon.later(
        up,
        () -> {
          machine.setRunning(group, true);
          machine.setAddress(group, true);
          daemon.later(
              time - up,
              () ->
                  done(
                      new Event.GroupStarted(
                          name, e.term(), !late, late ? "failed half way" : "")));
        });
  }

  private boolean othersAnswer() {
    return world.peer(machine).address[group] && world.lan.reachable();
  }

  private void stop() {
    long time = world.chance.between(5 * MS, 300 * MS);
    boolean fails = machine.stopFails[group];
    long down = world.chance.between(time / 4, time);
    daemon.later(
        down,
        () -> {
          if (!fails) {
            machine.setAddress(group, false);
          }
          daemon.later(
              time - down,
              () -> done(new Event.GroupStopped(name, !fails, fails ? "it hangs" : "")));
        });
  }

  private void restart(Effect.RestartResource e) {
    daemon.later(
        world.chance.between(10 * MS, 300 * MS),
        () -> {
          boolean ok = !machine.broken[group];
          machine.setRunning(group, ok);
          done(new Event.ResourceRestarted(name, e.resource(), ok, ok ? "" : "nginx is broken"));
        });
  }
}
