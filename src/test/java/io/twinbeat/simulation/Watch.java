package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.SECOND;

import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.Inside;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.State;

/** Looks each second for what must not last: asking, being dead, and hearing nobody, in vain. */
final class Watch {
  private static final int STUCK_SECONDS_MAX = 36;

  /** Restarts in place, a request that times out once, and the pause after a failed start. */
  private static final int DEAD_SECONDS_MAX = 40;

  /** Longer than any restart that is announced. */
  private static final int UNTOLD_SECONDS_MAX = 8;

  private final World world;
  private final int[][] stuck = new int[2][3];
  private final int[][] dead = new int[2][3];
  private final int[][] outOfReach = new int[2][3];
  private final long[] askedAt = {-1, -1};

  Watch(World world) {
    this.world = world;
  }

  private static void broken(String promise, String what) {
    throw new Violation(promise, what);
  }

  void eachSecond() {
    for (Machine machine : world.machines) {
      if (machine.daemon != null && machine.daemon.asksToBeFenced()) {
        askedAt[machine.index] = world.now;
      }
    }
    for (Machine machine : world.machines) {
      if (machine.daemon != null && machine.daemon.secondsUntold() > UNTOLD_SECONDS_MAX) {
        broken("P7", machine.name + " hears nobody for long, and no operator is told");
      }
      for (int g = 0; g < world.plan.groups.length; g++) {
        stuck(machine, g);
        dead(machine, g);
        outOfReach(machine, g);
      }
    }
  }

  /** A node that asks to be fenced must not be left alone for ever. */
  private void stuck(Machine machine, int g) {
    Machine peer = world.peer(machine);
    boolean asks =
        !world.plan.unfenced
            && machine.daemon != null
            && peer.daemon != null
            && peer.daemon.couldRelieve(machine, g)
            && (peer.preferred() || !askedLately(peer));
    stuck[machine.index][g] = asks ? stuck[machine.index][g] + 1 : 0;
    long wait = world.plan.settings[0].fenceWait().toSeconds();
    long patience = askedLately(peer) ? 2 * wait : 0;
    if (stuck[machine.index][g] > STUCK_SECONDS_MAX + patience) {
      broken("P6", machine.name + " asks to be fenced, and is not");
    }
  }

  /** A service that is dead where it is held must not be left so while the peer could serve it. */
  private void dead(Machine machine, int g) {
    Machine peer = world.peer(machine);
    boolean left =
        healthy(machine)
            && healthy(peer)
            && machine.broken[g]
            && !machine.running[g]
            && group(machine, g).phase() == Phase.ACTIVE
            && !peer.broken[g]
            && peer.daemon.senses.saidAble(g)
            && peer.daemon.senses.connectedSaid
            && group(peer, g).phase() == Phase.STANDBY
            && !Inside.backingOff(group(peer, g), peer.monotonic());
    dead[machine.index][g] = left ? dead[machine.index][g] + 1 : 0;
    if (dead[machine.index][g] > DEAD_SECONDS_MAX) {
      broken("P6", world.plan.groups[g] + " is dead on " + machine.name + ", and left there");
    }
  }

  /** Whoever asks itself, or did, or has just started, lets the other go first. */
  private boolean askedLately(Machine machine) {
    long wait = world.plan.settings[0].fenceWait().toNanos() + 2 * SECOND;
    long since = machine.daemon == null ? world.now : machine.daemon.startedAt;
    return world.now - Math.max(askedAt[machine.index], since) < wait;
  }

  private GroupState group(Machine machine, int g) {
    return machine.daemon.state.group(world.plan.groups[g]);
  }

  /** A director that alone has lost the real servers must not be left with the group. */
  private void outOfReach(Machine machine, int g) {
    Machine peer = world.peer(machine);
    boolean left =
        world.plan.directs
            && healthy(machine)
            && healthy(peer)
            && !world.tier.reachedFrom(machine.index)
            && world.tier.reachedFrom(peer.index)
            && group(machine, g).phase() == Phase.ACTIVE
            && !peer.broken[g]
            && peer.daemon.senses.saidAble(g)
            && peer.daemon.senses.connectedSaid
            && group(peer, g).phase() == Phase.STANDBY
            && !Inside.backingOff(group(peer, g), peer.monotonic());
    outOfReach[machine.index][g] = left ? outOfReach[machine.index][g] + 1 : 0;
    long hold = world.plan.settings[0].groups().get(g).reachHold().toSeconds();
    if (outOfReach[machine.index][g] > DEAD_SECONDS_MAX + hold) {
      broken("P6", world.plan.groups[g] + " stays where no real server is reached");
    }
  }

  private boolean healthy(Machine machine) {
    if (machine.daemon == null || machine.diskDelay > 0 || machine.daemon.standsStill()) {
      return false;
    }
    State state = machine.daemon.state;
    return state.peer().hearing() == Hearing.HEARD
        && !state.peer().isForeign()
        && state.going() == State.Going.STAYS
        && !state.maintenance().stands()
        && !state.fencing();
  }
}
