package io.twinbeat.simulation;

/** The service side: each machine's carrier and way to the switch, and what parts the two. */
final class Lan {
  private final World world;
  final boolean[] carrier = {true, true};
  final boolean[] uplink = {true, true};

  /** The switch parts the two machines while clients reach both. */
  boolean parted;

  /** Since when the two reach each other; -1 when they do not. */
  long reachableSince;

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
    if (!reachable()) {
      reachableSince = -1;
    } else if (reachableSince < 0) {
      reachableSince = world.now;
    }
    for (Machine machine : world.machines) {
      machine.serviceChanged();
      if (machine.daemon != null) {
        machine.daemon.connectionMayHaveChanged();
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
