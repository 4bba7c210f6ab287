package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

/**
 * When all is well the holder loses its power, or its way to the real servers: the other must serve
 * within the promised time.
 */
final class SingleFault {
  private static final long HAND_OVER_MAX = 4 * SECOND;

  private final World world;
  private final Machine holder;
  private final Machine standby;
  private final boolean[] held;
  private long began;
  private String what = "the power loss of its holder";

  SingleFault(World world) {
    this.world = world;
    boolean aHolds = world.machines[0].serves(0);
    this.holder = world.machines[aHolds ? 0 : 1];
    this.standby = world.peer(holder);
    this.held = holder.address.clone();
  }

  void begin() {
    began = world.now;
    if (world.plan.directs && world.chance.of(0.5)) {
      what = "the loss of its holder's way to the real servers";
      world.tier.setWay(holder.index, false);
      world.after(outOfReach(), this::judge);
      return;
    }
    holder.powerOff("fault");
    long detection = (long) (world.plan.deadtime * 1.001) + 2 * MS;
    long limit =
        detection + world.plan.fenceTime + 100 * MS + world.faults.startTimeMax + fenceWait();
    world.after(limit, this::judge);
  }

  /** Until it is noticed for certain, has lasted, and each group was handed over. */
  private long outOfReach() {
    long noticed = 3 * world.plan.lookLate;
    long hold = world.plan.settings[0].groups().getFirst().reachHold().toNanos();
    return noticed + hold + held.length * world.faults.startTimeMax + HAND_OVER_MAX;
  }

  /** Where each held a group, one side lets the other go first. */
  private long fenceWait() {
    for (int g = 0; g < held.length; g++) {
      if (standby.address[g]) {
        return world.plan.settings[0].fenceWait().toNanos() * 2;
      }
    }
    return 0;
  }

  private void judge() {
    for (int g = 0; g < held.length; g++) {
      if (held[g] && !standby.serves(g)) {
        throw new Violation(
            "P6",
            world.plan.groups[g]
                + " is not served "
                + (world.now - began) / MS
                + " ms after "
                + what);
      }
    }
    world.after(5 * SECOND, world::heal);
  }
}
