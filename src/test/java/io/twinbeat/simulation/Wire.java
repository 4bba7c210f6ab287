package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;

import io.twinbeat.decision.Status;

/** The heartbeat links between the two machines, each direction with faults of its own. */
final class Wire {
  static final int LINKS = 2;

  /**
   * One heartbeat on its way. Stamps are by monotonic clocks: the sender's at sending, and the
   * receiver's at its last sending that the sender had heard. {@code began}: when the sender's life
   * did, in true time. {@code format}: a daemon of another one does not understand the status.
   */
  record Frame(
      int from,
      long incarnation,
      long began,
      long sequence,
      int format,
      Status status,
      boolean bye,
      long sentAt,
      long stamp,
      long echoIncarnation,
      long echoStamp) {}

  /** One direction of one link. */
  static final class Way {
    boolean cut;
    double loss;
    long delay;
  }

  private final World world;
  final Way[][] ways = new Way[LINKS][2];

  Wire(World world) {
    this.world = world;
    for (Way[] pair : ways) {
      pair[0] = new Way();
      pair[1] = new Way();
    }
  }

  void mend() {
    for (Way[] pair : ways) {
      for (Way way : pair) {
        way.cut = false;
        way.loss = 0;
        way.delay = 0;
      }
    }
  }

  void send(Frame frame) {
    for (int link = 0; link < LINKS; link++) {
      Way way = ways[link][frame.from];
      Chance chance = world.chance;
      if (way.cut || (way.loss > 0 && chance.of(way.loss))) {
        continue;
      }
      int toss = chance.below(1000);
      long delay = chance.between(MS / 20, MS) + (way.delay > 0 ? chance.between(0, way.delay) : 0);
      // Some frames are overtaken, some come twice; that is no fault.
      if (toss < 15 && !world.plan.single) {
        delay += chance.between(0, world.plan.deadtime / 4);
      }
      world.after(delay, () -> arrive(frame));
      if (toss > 985 && !world.plan.single) {
        world.after(delay + chance.between(0, world.plan.deadtime / 4), () -> arrive(frame));
      }
    }
  }

  private void arrive(Frame frame) {
    Machine to = world.machines[1 - frame.from];
    if (!to.on) {
      return;
    }
    if (to.daemon != null) {
      to.daemon.arrived(frame);
      return;
    }
    Daemon sender = world.machines[frame.from].daemon;
    boolean back = !ways[0][to.index].cut && !ways[1][to.index].cut;
    if (sender != null && back && world.chance.of(0.5)) {
      world.after(world.chance.between(MS, 20 * MS), () -> sender.nobodyListens());
    }
  }
}
