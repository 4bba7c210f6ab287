package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

import io.twinbeat.decision.Event.Commanded;
import io.twinbeat.decision.Event.Order;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Draws what goes wrong in a schedule, and what operators ask for. */
final class Faults {
  /** What can go wrong; the order is that of the weights. */
  enum Kind {
    CUT_WAY(8),
    CUT_LINK(6),
    CUT_ALL(10),
    LOSS(5),
    DELAY(5),
    POWER(6),
    POWER_BOTH(1),
    /** Both lose power, and only one comes back. */
    POWER_ONE_BACK(1),
    KILL(8),
    KILL_LOSE_DISK(2),
    RESTORE(2),
    FUTURE(1),
    STALL(8),
    STALL_LOOP(4),
    STALL_BOTH(1),
    /** Again and again the loop, or the whole process, is late by less than a stall. */
    LAG(4),
    CLOCK(2),
    DEVICE(8),
    DEVICE_BOTH(2),
    CRASH(6),
    BROKEN(6),
    /** One node is able, but not ready. */
    UNREADY(4),
    START_FAILS_LATE(4),
    STOP_FAILS(5),
    /**
     * The links fail in the midst of a move, and the asker cannot judge the service for a while.
     */
    CUT_IN_MOVE(2),
    /** Neither node can let go of what the other one is told to take. */
    STUCK_BOTH(2),
    CARRIER(4),
    UPLINK(4),
    PARTED(4),
    /** One node's way to the real servers is lost. */
    WAY_LOST(4),
    /** All real servers are down. */
    TIER_DOWN(3),
    PARTITION(5),
    /** Of the links, perhaps of the service side too, long enough for a fenced node to be back. */
    LONG_PARTITION(2),
    /** Of the links; then, each at its own moment, what each node serves is gone. */
    LATE_CAUSES(2),
    BLIND(3),
    /** The looks of a node take longer than their limit. */
    SLOW_LOOKS(3),
    SLOW_DISK(3),
    TAKEOVER(8),
    STANDBY(6),
    FAILBACK(2),
    CONFIRM(5),
    FENCE(2),
    LEAVE(4),
    /** A goodbye from a peer that still holds, as another program's might be. */
    FALSE_GOODBYE(1),
    ORDERS(0.5),
    RESTART(6),
    /** To a version that the other one does not understand, or back. */
    UPGRADE(2),
    MAINTENANCE(5),
    MAINTENANCE_OFF(2);

    final double weight;

    Kind(double weight) {
      this.weight = weight;
    }
  }

  private static final int ORDERS_BURST = 60;

  private final World world;
  private final Chance chance;
  private final Map<Kind, Double> weights = new EnumMap<>(Kind.class);
  private double total;
  private long orderId = 1;
  final long[] slowLooks = new long[2];
  final boolean[] blind = new boolean[2];
  final long[] blindSince = {-1, -1};
  final long startTimeMax;

  /**
   * @param guide factors for the weights
   */
  Faults(World world, Map<Kind, Double> guide) {
    this.world = world;
    this.chance = world.chance;
    this.startTimeMax = chance.of(0.2) ? 3 * SECOND : 300 * MS;
    for (Kind kind : Kind.values()) {
      double theme = chance.of(0.4) ? 1 : chance.of(0.6) ? 0 : 5;
      double weight = kind.weight * theme * guide.getOrDefault(kind, 1.0);
      weights.put(kind, weight);
      total += weight;
    }
  }

  void begin() {
    for (Machine machine : world.machines) {
      long latest = chance.of(0.7) ? SECOND : 2 * world.plan.initdead;
      long delay = chance.between(0, world.plan.single ? world.plan.deadtime : latest);
      world.after(delay, machine::startDaemon);
    }
    if (world.plan.single) {
      world.after(3 * world.plan.initdead + 20 * SECOND, this::single);
      return;
    }
    int count = (int) chance.between(4, 16);
    long at = chance.between(0, 2 * world.plan.initdead);
    for (int i = 0; i < count; i++) {
      Kind kind = draw();
      world.after(at, () -> happen(kind));
      at +=
          chance.of(0.45)
              ? chance.between(0, chance.of(0.5) ? 300 * MS : 2 * world.plan.deadtime)
              : chance.between(0, 12 * SECOND);
    }
    world.after(at + chance.between(0, 15 * SECOND), world::heal);
  }

  private Kind draw() {
    double at = chance.share() * total;
    for (Map.Entry<Kind, Double> entry : weights.entrySet()) {
      at -= entry.getValue();
      if (at < 0) {
        return entry.getKey();
      }
    }
    return Kind.POWER;
  }

  private void single() {
    if (!world.converged()) {
      throw new Violation("P6", "two healthy nodes did not agree");
    }
    new SingleFault(world).begin();
  }

  private void happen(Kind kind) {
    if (world.healed) {
      return;
    }
    Machine machine = world.machines[chance.below(2)];
    int node = machine.index;
    int group = chance.below(world.plan.groups.length);
    long duration = chance.between(world.plan.deadtime / 5, 7 * world.plan.deadtime);
    world.story.tell(world.now, machine.name, "fault", kind + " for " + duration / MS + " ms");
    switch (kind) {
      case CUT_WAY -> cut(chance.below(Wire.LINKS), node, duration);
      case CUT_LINK -> {
        int link = chance.below(Wire.LINKS);
        cut(link, 0, duration);
        cut(link, 1, duration);
      }
      case CUT_ALL -> cutAll(chance.below(4), duration);
      case LOSS -> disturb(0.2 + 0.75 * chance.share(), 0, duration);
      case DELAY -> disturb(0, chance.between(MS, world.plan.deadtime), duration);
      case POWER -> power(machine, chance.of(0.3));
      case POWER_BOTH -> {
        power(world.machines[0], chance.of(0.3));
        power(world.machines[1], chance.of(0.3));
      }
      case POWER_ONE_BACK -> {
        machine.powerOff("fault");
        world.peer(machine).powerOff("fault");
        world.after(chance.between(SECOND, 5 * SECOND), machine::powerOn);
      }
      case KILL -> kill(machine, false);
      case RESTORE -> changeState(machine, machine::restoreBackup);
      case FUTURE -> changeState(machine, machine::stateFromTheFuture);
      case STALL_BOTH -> {
        stall(machine, duration, true);
        stall(world.peer(machine), duration, true);
      }
      case DEVICE_BOTH -> {
        device(0, 4 * duration);
        device(1, 4 * duration);
      }
      case LONG_PARTITION -> {
        long time = chance.between(20 * SECOND, 60 * SECOND);
        cutAll(0, time);
        if (chance.of(0.6)) {
          lan(() -> world.lan.parted = true, () -> world.lan.parted = false, time);
        }
      }
      case LATE_CAUSES -> {
        long time = chance.between(20 * SECOND, 60 * SECOND);
        cutAll(0, time);
        for (Machine each : world.machines) {
          long wait = world.plan.settings[0].fenceWait().toNanos();
          world.after(chance.between(0, 4 * wait), () -> breakAll(each, time));
        }
      }
      case CUT_IN_MOVE -> {
        order(machine, new Order.Takeover(world.plan.groups[group]));
        long time = chance.between(20 * SECOND, 60 * SECOND);
        world.after(chance.between(0, 300 * MS), () -> cutAll(chance.of(0.5) ? 0 : 1 + node, time));
        long wait = world.plan.settings[0].fenceWait().toNanos();
        blind(node, world.plan.deadtime + chance.between(0, 3 * wait));
      }
      case STUCK_BOTH -> {
        for (Machine each : world.machines) {
          java.util.Arrays.fill(each.stopFails, true);
          world.after(20 * SECOND, () -> java.util.Arrays.fill(each.stopFails, false));
          for (String name : world.plan.groups) {
            order(each, new Order.Takeover(name));
          }
        }
      }
      case FALSE_GOODBYE -> {
        if (machine.daemon != null) {
          machine.daemon.falseGoodbye();
        }
      }
      case ORDERS -> {
        for (int i = 0; i < ORDERS_BURST; i++) {
          order(machine, new Order.Takeover(world.plan.groups[group]));
        }
      }
      case KILL_LOSE_DISK -> kill(machine, true);
      case STALL -> stall(machine, chance.of(0.2) ? 2 * world.plan.initdead : duration, true);
      case STALL_LOOP -> stall(machine, duration, false);
      case LAG -> lag(machine, chance.of(0.3), world.now + 4 * duration);
      case CLOCK -> machine.jumpWall(chance.between(-3600 * SECOND, 3600 * SECOND));
      case DEVICE -> device(node, 4 * duration);
      case CRASH -> machine.setRunning(group, false);
      case BROKEN -> {
        machine.broken[group] = true;
        if (chance.of(0.6)) {
          machine.setRunning(group, false);
        }
        world.after(3 * duration, () -> machine.broken[group] = false);
      }
      case UNREADY -> {
        machine.unready[group] = true;
        world.after(6 * duration, () -> machine.unready[group] = false);
      }
      case START_FAILS_LATE -> {
        machine.startFailsLate[group] = true;
        world.after(3 * duration, () -> machine.startFailsLate[group] = false);
      }
      case STOP_FAILS -> {
        machine.stopFails[group] = true;
        world.after(3 * duration, () -> machine.stopFails[group] = false);
      }
      case CARRIER ->
          lan(
              () -> world.lan.carrier[node] = false,
              () -> world.lan.carrier[node] = true,
              duration);
      case UPLINK ->
          lan(() -> world.lan.uplink[node] = false, () -> world.lan.uplink[node] = true, duration);
      case WAY_LOST -> {
        world.tier.setWay(node, false);
        long time = chance.of(0.5) ? duration : chance.between(20 * SECOND, 100 * SECOND);
        world.after(time, () -> world.tier.setWay(node, true));
      }
      case TIER_DOWN -> {
        world.tier.set(false);
        long time = chance.of(0.5) ? duration : chance.between(5 * SECOND, 30 * SECOND);
        world.after(time, () -> world.tier.set(true));
      }
      case PARTED -> lan(() -> world.lan.parted = true, () -> world.lan.parted = false, duration);
      case PARTITION -> {
        lan(() -> world.lan.parted = true, () -> world.lan.parted = false, duration);
        cutAll(0, duration);
      }
      case BLIND -> {
        blind(node, duration);
        if (chance.of(0.6)) {
          cutAll(0, duration);
        }
      }
      case SLOW_LOOKS -> {
        slowLooks[node] = chance.between(0, 2 * world.plan.deadtime);
        world.after(4 * duration, () -> slowLooks[node] = 0);
        if (chance.of(0.6)) {
          cutAll(0, 3 * duration);
        }
      }
      case SLOW_DISK -> {
        machine.diskDelay = chance.between(10 * MS, 3 * SECOND);
        world.after(duration, () -> machine.diskDelay = 0);
      }
      case TAKEOVER -> order(machine, new Order.Takeover(world.plan.groups[group]));
      case STANDBY -> order(machine, new Order.Standby(world.plan.groups[group]));
      case FAILBACK -> order(machine, new Order.Failback(world.plan.groups[group]));
      case CONFIRM -> confirm(machine);
      case FENCE -> order(machine, new Order.FenceOff(world.peer(machine).name));
      case LEAVE -> order(machine, new Order.Leave());
      case RESTART ->
          order(machine, new Order.Restart(Duration.ofNanos(chance.between(SECOND, 5 * SECOND))));
      case UPGRADE -> {
        machine.format = 1 - machine.format;
        order(machine, new Order.Restart(Duration.ofSeconds(3)));
      }
      case MAINTENANCE -> {
        Duration length = Duration.ofNanos(chance.between(SECOND, 40 * SECOND));
        order(machine, new Order.MaintenanceOn(length, "work"));
      }
      case MAINTENANCE_OFF -> order(machine, new Order.MaintenanceOff());
    }
  }

  private void breakAll(Machine machine, long duration) {
    for (int g = 0; g < machine.broken.length; g++) {
      int group = g;
      if (machine.address[g] && !world.healed) {
        machine.broken[g] = true;
        machine.setRunning(g, false);
        world.after(duration, () -> machine.broken[group] = false);
      }
    }
  }

  private void cut(int link, int from, long duration) {
    Wire.Way way = world.wire.ways[link][from];
    way.cut = true;
    world.after(duration, () -> way.cut = false);
  }

  private void cutAll(int which, long duration) {
    for (int link = 0; link < Wire.LINKS; link++) {
      if (which != 1) {
        cut(link, 0, duration);
      }
      if (which != 2) {
        cut(link, 1, duration);
      }
    }
  }

  private void disturb(double loss, long delay, long duration) {
    for (Wire.Way[] pair : world.wire.ways) {
      for (Wire.Way way : pair) {
        if (chance.of(0.7)) {
          way.loss = Math.max(way.loss, loss);
          way.delay = Math.max(way.delay, delay);
          world.after(
              duration,
              () -> {
                way.loss = 0;
                way.delay = 0;
              });
        }
      }
    }
  }

  private void power(Machine machine, boolean loseDisk) {
    machine.powerOff("fault");
    if (loseDisk) {
      machine.loseDisk();
    }
    if (chance.of(0.6)) {
      world.after(chance.between(SECOND, 20 * SECOND), machine::powerOn);
    }
  }

  private void kill(Machine machine, boolean loseDisk) {
    machine.daemonEnded("killed");
    if (loseDisk) {
      machine.loseDisk();
    }
    respawn(machine);
  }

  /** What is on disk is exchanged while the daemon does not run. */
  private void changeState(Machine machine, Runnable change) {
    if (chance.of(0.5)) {
      power(machine, false);
    } else {
      machine.daemonEnded("killed");
      respawn(machine);
    }
    change.run();
  }

  private void respawn(Machine machine) {
    long delay =
        chance.of(0.7) ? chance.between(100 * MS, 3 * SECOND) : chance.between(0, 20 * SECOND);
    world.after(delay, machine::startDaemon);
  }

  void daemonExited(Machine machine, boolean comesBack) {
    if (comesBack || chance.of(0.5)) {
      respawn(machine);
    }
  }

  private static void stall(Machine machine, long duration, boolean whole) {
    if (machine.daemon != null) {
      machine.daemon.stall(duration, whole);
    }
  }

  private void lag(Machine machine, boolean whole, long until) {
    if (world.now < until && !world.healed) {
      stall(machine, chance.between(0, world.plan.deadtime / 2), whole);
      world.after(chance.between(0, world.plan.deadtime), () -> lag(machine, whole, until));
    }
  }

  private void device(int node, long duration) {
    Fencing.Mode[] all = Fencing.Mode.values();
    Fencing.Mode mode = all[1 + chance.below(all.length - (world.plan.liars ? 1 : 2))];
    world.fencing.modes[node] = mode;
    world.story.tell(world.now, world.machines[node].name, "fault", "its fence device: " + mode);
    world.after(duration, () -> world.fencing.modes[node] = Fencing.Mode.HONEST);
  }

  private void lan(Runnable fault, Runnable mend, long duration) {
    fault.run();
    world.lan.changed();
    world.after(
        duration,
        () -> {
          mend.run();
          world.lan.changed();
        });
  }

  private void blind(int node, long duration) {
    blind[node] = true;
    blindSince[node] = world.now;
    world.after(duration, () -> seesAgain(node));
  }

  private void seesAgain(int node) {
    blind[node] = false;
    blindSince[node] = -1;
  }

  private void order(Machine machine, Order order) {
    if (machine.daemon != null) {
      long id = orderId++;
      world.ledger.ordered(machine.daemon, id, order);
      machine.daemon.toLoop(new Commanded(id, order));
    }
  }

  private void confirm(Machine machine) {
    Machine peer = world.peer(machine);
    if (peer.on && !world.plan.liars) {
      return;
    }
    if (peer.on) {
      world.ledger.lie("the operator");
    }
    order(machine, new Order.ConfirmOff(peer.name));
  }

  /** All faults end. */
  void mend() {
    world.wire.mend();
    world.lan.mend();
    world.tier.mend();
    for (Machine machine : world.machines) {
      int node = machine.index;
      seesAgain(node);
      slowLooks[node] = 0;
      world.fencing.modes[node] = Fencing.Mode.HONEST;
      machine.diskDelay = 0;
      java.util.Arrays.fill(machine.broken, false);
      java.util.Arrays.fill(machine.unready, false);
      java.util.Arrays.fill(machine.startFailsLate, false);
      java.util.Arrays.fill(machine.stopFails, false);
      machine.format = 0;
      if (machine.daemon != null) {
        machine.daemon.goOn();
      }
      if (machine.daemon != null && machine.daemon.format != machine.format) {
        machine.daemonEnded("ended for another version");
      }
    }
  }
}
