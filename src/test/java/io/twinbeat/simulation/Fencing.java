package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

/** The fence devices, one for each machine. */
final class Fencing {
  /** How the device of a machine behaves. */
  enum Mode {
    HONEST,
    SLOW,
    /** Switches off and verifies it, but tells so much later. */
    TARDY,
    /** Does nothing and says so. */
    FAILS,
    /** Switches off, but the answer is lost. */
    FAILS_BUT_DONE,
    /** Says that it failed, and switches off seconds later. */
    LATE,
    /** Says off, while its status says on. */
    NOT_VERIFIED,
    /** Says off, and its status says so too; nothing guards against that. */
    LIES
  }

  private final World world;
  final Mode[] modes = {Mode.HONEST, Mode.HONEST};

  /**
   * The last fence that a machine shot.
   *
   * @param fair an honest device, told at once
   * @param known the target's life was heard: who was not heard counts its turns from elsewhere
   * @param silentFrom when the target was heard last
   * @param hitAt when the target lost its power; -1 when not yet
   */
  record Shot(boolean fair, boolean known, long silentFrom, long firedAt, long hitAt) {
    Shot hit(long at) {
      return new Shot(fair, known, silentFrom, firedAt, at);
    }

    Shot carriedOut(long at, long deadtime) {
      boolean prompt = at - firedAt < deadtime / 8;
      return new Shot(fair && prompt, known, silentFrom, firedAt, hitAt);
    }

    /**
     * Whether the rules promise that of two such shots one waits for the other. The real transport
     * proves that the two silences begin within a deadtime of each other; a lax one does not.
     */
    boolean mustNotMeet(Shot other, Plan plan) {
      boolean together = Math.abs(silentFrom - other.silentFrom) < plan.deadtime;
      return fair && other.fair && known && other.known && (!plan.lax || together);
    }
  }

  final Shot[] lastShot = new Shot[2];

  /** The core of {@code by} has decided to shoot. */
  void firing(Machine by) {
    Machine target = world.peer(by);
    boolean fair = modes[target.index] == Mode.HONEST;
    boolean known = by.daemon.state.peer().life() == target.lastLife;
    lastShot[by.index] = new Shot(fair, known, by.daemon.lastFresh, world.now, -1);
  }

  private void hit(Machine by, Machine target, String how) {
    if (!target.on) {
      return;
    }
    target.powerOff(how + " by " + by.name);
    Shot shot = lastShot[by.index];
    if (shot != null) {
      lastShot[by.index] = shot.hit(world.now);
    }
    world.ledger.shot(by, target);
  }

  /** How many machines will yet be switched off. */
  int pending;

  Fencing(World world) {
    this.world = world;
  }

  /** By the daemon of {@code by}, of its peer. */
  void fence(Daemon by, long id, boolean lookOnly) {
    Machine target = world.peer(by.machine);
    Mode mode = modes[target.index];
    Shot shot = lastShot[by.machine.index];
    if (shot != null) {
      lastShot[by.machine.index] = shot.carriedOut(world.now, world.plan.deadtime);
    }
    long time = world.plan.fenceTime;
    long duration = world.chance.between(time / 2, time);
    world.story.tell(
        world.now,
        by.machine.name,
        "device",
        (lookOnly ? "status of " : "off ") + target.name + ", device: " + mode);
    if (lookOnly) {
      boolean tells = mode != Mode.FAILS && mode != Mode.LIES;
      world.after(duration / 2, () -> by.fenced(id, tells && !target.on, "status"));
      if (mode == Mode.LIES) {
        world.ledger.lie("the fence device of " + target.name);
        world.after(duration / 2, () -> by.fenced(id, true, "status"));
      }
      return;
    }
    if (by.machine.startFencePending) {
      by.machine.startFencePending = false;
      by.machine.startFenceKept = true;
      by.machine.startFenceAt = world.now;
    }
    long cut = world.chance.between(duration / 4, duration * 3 / 4);
    switch (mode) {
      case HONEST -> {
        pending++;
        world.after(
            cut,
            () -> {
              pending--;
              hit(by.machine, target, "fenced");
            });
        world.after(duration, () -> by.fenced(id, !target.on, "off"));
      }
      case SLOW -> {
        long slow = world.chance.between(2 * time, 8 * time);
        pending++;
        world.after(
            slow - duration / 4,
            () -> {
              pending--;
              hit(by.machine, target, "fenced");
            });
        world.after(slow, () -> by.fenced(id, !target.on, "off"));
      }
      case TARDY -> {
        pending++;
        world.after(
            cut,
            () -> {
              pending--;
              hit(by.machine, target, "fenced");
            });
        long late = world.chance.between(SECOND, 10 * SECOND);
        world.after(
            duration,
            () -> {
              boolean off = !target.on;
              world.after(late, () -> by.fenced(id, off, "off"));
            });
      }
      case FAILS, NOT_VERIFIED ->
          world.after(duration, () -> by.fenced(id, false, mode.toString()));
      case FAILS_BUT_DONE -> {
        world.after(cut, () -> hit(by.machine, target, "fenced"));
        world.after(duration, () -> by.fenced(id, false, "timed out"));
      }
      case LATE -> {
        world.after(duration, () -> by.fenced(id, false, "timed out"));
        pending++;
        world.after(
            duration + world.chance.between(100 * MS, 8 * SECOND),
            () -> {
              pending--;
              hit(by.machine, target, "fenced late");
            });
      }
      case LIES -> {
        world.ledger.lie("the fence device of " + target.name);
        world.after(duration, () -> by.fenced(id, true, "off, it says"));
      }
    }
  }
}
