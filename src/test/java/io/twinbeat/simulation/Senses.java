package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

import io.twinbeat.decision.Event;
import io.twinbeat.decision.Phase;

/** What a daemon notices of its own machine, some time after it happens: resources, connection. */
final class Senses {
  private final Daemon daemon;
  private final Machine machine;
  private final World world;
  private final Worker[] workers;

  /** What was said last of each group: not able, able, ready; null before anything was. */
  private enum Fitness {
    UNABLE,
    ABLE,
    READY
  }

  private final Fitness[] said;
  private final boolean[] failureSaid;

  /** Since when each group was said to be ready; -1 when it is not. */
  final long[] readySince;

  boolean connectedSaid = true;
  long connectedSaidAt;
  private boolean connectionCheckPending;

  Senses(Daemon daemon, Worker[] workers) {
    this.daemon = daemon;
    this.machine = daemon.machine;
    this.world = daemon.world;
    this.workers = workers;
    this.said = new Fitness[workers.length];
    this.failureSaid = new boolean[workers.length];
    this.readySince = new long[workers.length];
    java.util.Arrays.fill(readySince, -1);
  }

  void begin() {
    world.after(world.chance.between(10 * MS, 300 * MS), this::monitor);
    connectionMayHaveChanged();
  }

  void connectionMayHaveChanged() {
    if (connectionCheckPending) {
      return;
    }
    connectionCheckPending = true;
    daemon.later(
        world.chance.between(10 * MS, 600 * MS),
        () -> {
          connectionCheckPending = false;
          boolean connected = world.lan.up(machine.index);
          if (connected != connectedSaid) {
            connectedSaid = connected;
            connectedSaidAt = world.now;
            daemon.toLoop(new Event.ConnectionChanged(connected, connected ? "good" : "lost"));
          }
        });
  }

  boolean saidAble(int group) {
    return saidReady(group) || said[group] == Fitness.ABLE;
  }

  boolean saidReady(int group) {
    return said[group] == Fitness.READY;
  }

  /** Whether nothing is left to be noticed. */
  boolean calm(int group) {
    return connectedSaid && !failureSaid[group] && saidReady(group);
  }

  private void monitor() {
    if (!daemon.alive()) {
      return;
    }
    world.after(world.chance.between(500 * MS, SECOND), this::monitor);
    if (daemon.frozen()) {
      return;
    }
    for (int g = 0; g < workers.length && daemon.alive(); g++) {
      String group = world.plan.groups[g];
      boolean able = !machine.broken[g];
      boolean ready = able && !machine.unready[g];
      Fitness fitness = ready ? Fitness.READY : able ? Fitness.ABLE : Fitness.UNABLE;
      if (said[g] != fitness) {
        said[g] = fitness;
        readySince[g] = ready ? world.now : -1;
        String why = ready ? "" : able ? "the fence device is not proven" : "nginx is broken";
        daemon.toLoop(new Event.ReadinessChanged(group, ready, able, why));
      }
      boolean active = daemon.state.group(group).phase() == Phase.ACTIVE;
      if (active && !machine.running[g]) {
        failureSaid[g] = true;
        daemon.toLoop(new Event.ResourceFailed(group, "nginx", "does not answer"));
      } else if (failureSaid[g] && machine.running[g]) {
        failureSaid[g] = false;
        daemon.toLoop(new Event.ResourceRecovered(group, "nginx"));
      } else if (!active && !machine.running[g] && able && !workers[g].busy()) {
        machine.setRunning(g, true);
      }
    }
  }
}
