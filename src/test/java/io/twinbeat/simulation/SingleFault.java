package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

/** The holder loses its power when all is well: the other must serve within the promised time. */
final class SingleFault {
  private final World world;
  private final Machine holder;
  private final Machine standby;
  private final boolean[] held;
  private long began;

  SingleFault(World world) {
    this.world = world;
    boolean aHolds = world.machines[0].serves(0);
    this.holder = world.machines[aHolds ? 0 : 1];
    this.standby = world.peer(holder);
    this.held = holder.address.clone();
  }

  void begin() {
    began = world.now;
    holder.powerOff("fault");
    long detection = (long) (world.plan.deadtime * 1.001) + 2 * MS;
    long limit =
        detection + world.plan.fenceTime + 100 * MS + world.faults.startTimeMax + fenceWait();
    world.after(limit, this::judge);
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
                + " ms after the power loss of its holder");
      }
    }
    world.after(5 * SECOND, world::heal);
  }
}
