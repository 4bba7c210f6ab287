package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

import io.twinbeat.decision.Event;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Reach;

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

  /** What was said last of the real servers; and when it was last said that they are lost. */
  private Reach reachSaid = Reach.UNKNOWN;

  long lostSaidAt;

  void begin() {
    realServersMayHaveChanged();
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

  /**
   * The first look that differs makes it unknown, within {@code lookLate}; the last that is needed
   * to be sure may come a good deal later.
   */
  void realServersMayHaveChanged() {
    if (!world.plan.directs) {
      return;
    }
    daemon.later(
        world.chance.between(10 * MS, world.plan.lookLate),
        () -> {
          if (seen() != reachSaid) {
            say(Reach.UNKNOWN);
            daemon.later(world.chance.between(0, 2 * world.plan.lookLate), () -> say(seen()));
          }
        });
  }

  private Reach seen() {
    return world.tier.reachedFrom(machine.index) ? Reach.THERE : Reach.LOST;
  }

  private void say(Reach reach) {
    if (reach == reachSaid) {
      return;
    }
    reachSaid = reach;
    lostSaidAt = reach == Reach.LOST ? world.now : lostSaidAt;
    for (String group : world.plan.groups) {
      daemon.toLoop(new Event.RealServersSeen(group, reach));
    }
  }

  boolean saidAble(int group) {
    return saidReady(group) || said[group] == Fitness.ABLE;
  }

  boolean saidReady(int group) {
    return said[group] == Fitness.READY;
  }

  /** Whether nothing is left to be noticed. */
  boolean calm(int group) {
    return connectedSaid
        && !failureSaid[group]
        && saidReady(group)
        && (!world.plan.directs || reachSaid == Reach.THERE);
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
      boolean ready = able && !machine.unready[g] && reachSaid != Reach.LOST;
      Fitness fitness = ready ? Fitness.READY : able ? Fitness.ABLE : Fitness.UNABLE;
      if (said[g] != fitness) {
        said[g] = fitness;
        readySince[g] = ready ? world.now : -1;
        String amiss =
            reachSaid == Reach.LOST ? "no real server answers" : "the fence device is not proven";
        String why = ready ? "" : able ? amiss : "nginx is broken";
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
