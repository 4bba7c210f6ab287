package io.twinbeat.simulation;

/** The real servers behind both nodes, and each node's way to them. */
final class Tier {
  private final World world;
  private boolean up = true;
  private final boolean[] way = {true, true};

  /** Since when each node has reached them or not. */
  private final long[] since = new long[2];

  Tier(World world) {
    this.world = world;
  }

  boolean reachedFrom(int node) {
    return up && way[node];
  }

  /** For how long they have been out of that node's reach; -1 when they are not. */
  long lostFor(int node) {
    return reachedFrom(node) ? -1 : world.now - since[node];
  }

  void set(boolean now) {
    change(() -> up = now);
  }

  void setWay(int node, boolean now) {
    change(() -> way[node] = now);
  }

  void mend() {
    change(() -> {
      up = true;
      way[0] = true;
      way[1] = true;
    });
  }

  private void change(Runnable change) {
    boolean[] before = {reachedFrom(0), reachedFrom(1)};
    change.run();
    for (Machine machine : world.machines) {
      if (reachedFrom(machine.index) != before[machine.index]) {
        since[machine.index] = world.now;
        machine.serviceChanged();
        if (machine.daemon != null) {
          machine.daemon.senses.realServersMayHaveChanged();
        }
      }
    }
  }
}
