package io.twinbeat.simulation;

/** The service side: each machine's carrier and way to the switch, and what parts the two. */
final class Lan {
  private final World world;
  final boolean[] carrier = {true, true};
  final boolean[] uplink = {true, true};

  /** The switch parts the two machines while clients reach both. */
  boolean parted;

  /** Since when a node has or would have the other in sight, but for its own way; -1: not so. */
  final long[] inSightSince = new long[2];

  Lan(World world) {
    this.world = world;
  }

  boolean up(int node) {
    return carrier[node] && uplink[node];
  }

  boolean reachable() {
    return up(0) && up(1) && !parted;
  }

  /** To be called after each change. */
  void changed() {
    for (int i = 0; i < 2; i++) {
      boolean inSight = up(1 - i) && !parted;
      inSightSince[i] = !inSight ? -1 : inSightSince[i] < 0 ? world.now : inSightSince[i];
    }
    for (Machine machine : world.machines) {
      machine.serviceChanged();
      if (machine.daemon != null) {
        machine.daemon.senses.connectionMayHaveChanged();
      }
    }
  }

  void mend() {
    for (int i = 0; i < 2; i++) {
      carrier[i] = true;
      uplink[i] = true;
    }
    parted = false;
    changed();
  }
}
