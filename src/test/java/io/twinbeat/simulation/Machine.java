package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

import io.twinbeat.decision.Effect.Held;
import io.twinbeat.decision.Effect.KeptMaintenance;
import io.twinbeat.decision.Effect.Persist;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.Event.RememberedMaintenance;
import io.twinbeat.decision.Inside;
import io.twinbeat.decision.Moment;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.Phase;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One machine: power, kernel, disk, clocks, and perhaps a daemon. */
final class Machine {
  /** What is on disk of one group, and in which boot it was written. */
  private record Kept(Held held, long boot) {}

  private record Word(KeptMaintenance kept, long boot, long wall, long nanos) {}

  final World world;
  final int index;
  final String name;
  boolean on = true;
  private long boot = 1;
  Daemon daemon;

  /** The incarnation of the daemon that runs, or ran last. */
  long lastLife;

  /** What the heartbeats of the next daemon are written in: the version of the program there. */
  int format;

  /** The groups' addresses in the kernel, and their services in the process table. */
  final boolean[] address;

  final boolean[] running;

  // Faults of the resources.
  final boolean[] broken;

  /** Able, but not ready: something would be amiss after a planned move. */
  final boolean[] unready;

  final boolean[] startFailsLate;
  final boolean[] stopFails;
  long diskDelay;

  /** Until then its services answer too slowly for a look: a daemon starts beside them. */
  private long slowUntil = -1;

  /** Since when clients are served; -1 when they are not. */
  final long[] servingSince;

  private final Map<String, Kept> disk = new HashMap<>();
  private final Map<String, Long> failbackAtWall = new HashMap<>();

  /** Groups whose last failback is on disk, with a clock that was not tampered with since. */
  final Set<String> failbackKept = new HashSet<>();

  /** The state file as it was at some moment, for somebody to bring back. */
  private Map<String, Kept> backup = Map.of();

  private Map<String, Long> failbackBackup = Map.of();
  private Word maintenanceBackup;
  private long startFenceAtWall = Long.MIN_VALUE;
  private Word maintenance;
  private final long monotonicOffset;
  private final double rate;
  private long wallOffset;
  long poweredOffAt = -1;

  /** When a start-up fence was shot; forgotten when the disk or the clock was tampered with. */
  boolean startFenceKept;

  long startFenceAt;
  boolean startFencePending;

  Machine(World world, int index) {
    this.world = world;
    this.index = index;
    this.name = index == 0 ? "lb1" : "lb2";
    int count = world.plan.groups.length;
    address = new boolean[count];
    running = new boolean[count];
    broken = new boolean[count];
    unready = new boolean[count];
    startFailsLate = new boolean[count];
    stopFails = new boolean[count];
    servingSince = new long[count];
    java.util.Arrays.fill(servingSince, -1);
    java.util.Arrays.fill(running, true);
    monotonicOffset = world.chance.between(-1L << 40, 1L << 40);
    rate = 1 + (world.chance.share() - 0.5) * 0.001;
  }

  /** Whether it goes first where both may have cause to shoot. */
  boolean preferred() {
    return world.plan.settings[0].groups().getFirst().prefer().equals(name);
  }

  Moment monotonic() {
    return new Moment(monotonicOffset + (long) (world.now * rate));
  }

  /** How long until this machine's clock shows {@code moment}. */
  long until(Moment moment) {
    return (long) Math.ceil((moment.nanos() - monotonicOffset) / rate) - world.now;
  }

  private long wall() {
    return world.now + wallOffset;
  }

  void jumpWall(long by) {
    wallOffset += by;
    failbackKept.clear();
    startFenceKept = false;
  }

  void keep(Persist persist) {
    persist
        .groups()
        .forEach((group, held) -> {
          disk.put(group, new Kept(held, boot));
          if (held.failsBackNow()) {
            failbackAtWall.put(group, wall());
            failbackKept.add(group);
          }
        });
    if (persist.startFenceSpent()) {
      startFenceAtWall = wall();
    }
    persist
        .maintenance()
        .ifPresent(word -> maintenance = new Word(word, boot, wall(), monotonic().nanos()));
  }

  private RememberedMaintenance maintenance() {
    if (maintenance == null) {
      return RememberedMaintenance.NONE;
    }
    boolean sure = maintenance.boot == boot;
    long passed = sure ? monotonic().nanos() - maintenance.nanos : wall() - maintenance.wall;
    long left = maintenance.kept.left().toNanos();
    return new RememberedMaintenance(
        maintenance.kept.number(),
        Duration.ofNanos(Math.clamp(left - passed, 0, left)),
        maintenance.kept.reason(),
        sure);
  }

  void loseDisk() {
    world.story.tell(world.now, name, "fault", "disk lost");
    disk.clear();
    failbackAtWall.clear();
    failbackKept.clear();
    maintenance = null;
    startFenceKept = false;
    world.ledger.diskLost = true;
    startFenceAtWall = Long.MIN_VALUE;
  }

  /** Called each second: now and then a copy is made. */
  void backUp() {
    if (world.chance.of(0.1)) {
      copyState();
    }
  }

  void copyState() {
    backup = Map.copyOf(disk);
    failbackBackup = Map.copyOf(failbackAtWall);
    maintenanceBackup = maintenance;
  }

  /** An old state comes back: terms go back, and what was held then is said to be held. */
  void restoreBackup() {
    world.story.tell(world.now, name, "fault", "state file restored: " + backup);
    disk.clear();
    disk.putAll(backup);
    failbackAtWall.clear();
    failbackAtWall.putAll(failbackBackup);
    maintenance = maintenanceBackup;
    failbackKept.clear();
    startFenceKept = false;
    world.ledger.diskLost = true;
  }

  /** A state from the future: terms far above all that were used. */
  void stateFromTheFuture() {
    long ahead = world.chance.between(1, 1_000_000);
    world.story.tell(world.now, name, "fault", "terms " + ahead + " ahead on disk");
    disk.replaceAll((group, kept) ->
        new Kept(
            new Held(kept.held.term() + ahead, kept.held.held(), kept.held.failbackHeld(), false),
            kept.boot));
  }

  boolean diskHolds(int group) {
    Kept kept = disk.get(world.plan.groups[group]);
    return kept != null && kept.held.held() && kept.boot == boot;
  }

  void setAddress(int group, boolean up) {
    if (address[group] == up) {
      return;
    }
    address[group] = up;
    if (world.story.wanted) {
      world.story.tell(
          world.now, name, "kernel", world.plan.groups[group] + " address " + (up ? "up" : "gone"));
    }
    world.ledger.addressChanged(this, group);
    serviceChanged();
  }

  void setRunning(int group, boolean runs) {
    running[group] = runs;
    serviceChanged();
  }

  void serviceChanged() {
    for (int g = 0; g < address.length; g++) {
      boolean serving = serves(g);
      if (!serving) {
        servingSince[g] = -1;
      } else if (servingSince[g] < 0) {
        servingSince[g] = world.now;
      }
    }
  }

  /** Whether clients get answers from here. */
  boolean serves(int group) {
    return on
        && address[group]
        && running[group]
        && world.lan.up(index)
        && (!world.plan.directs || world.tier.reachedFrom(index));
  }

  boolean slow() {
    return world.now < slowUntil;
  }

  /** Only where the peer knows why; whom a slow service is shot by else is right in that. */
  private void startTakesTheProcessor() {
    Daemon other = world.peer(this).daemon;
    long length = world.plan.deadtime * 2 / 5;
    Duration whole = Duration.ofNanos(2 * world.plan.deadtime);
    if (other != null
        && Inside.awaits(other.state, whole, other.machine.monotonic())
        && world.chance.of(0.5)) {
      slowUntil = world.now + length;
    }
  }

  boolean settled(int group) {
    if (!on
        || daemon == null
        || daemon.state.peer().hearing() != Hearing.HEARD
        || daemon.state.peer().life() != world.peer(this).lastLife
        || daemon.state.maintenance().until() != null
        || !daemon.calm(group)) {
      return false;
    }
    Phase phase = daemon.state.group(world.plan.groups[group]).phase();
    return address[group] ? phase == Phase.ACTIVE : phase == Phase.STANDBY;
  }

  void startDaemon() {
    if (!on || daemon != null) {
      return;
    }
    Map<String, Event.Remembered> remembered = new HashMap<>();
    for (int g = 0; g < address.length; g++) {
      Kept kept = disk.get(world.plan.groups[g]);
      remembered.put(
          world.plan.groups[g],
          new Event.Remembered(
              kept == null ? 0 : kept.held.term(),
              diskHolds(g),
              address[g],
              kept != null && kept.held.failbackHeld(),
              Optional.ofNullable(failbackAtWall.get(world.plan.groups[g]))
                  .map(at -> Duration.ofNanos(Math.max(0, wall() - at)))));
    }
    long window = world.plan.settings[index].startFenceWindow().toNanos();
    long spent =
        startFenceAtWall == Long.MIN_VALUE
            ? 0
            : Math.clamp(startFenceAtWall + window - wall(), 0, window);
    startFencePending = false;
    startTakesTheProcessor();
    daemon = new Daemon(this);
    lastLife = daemon.incarnation;
    daemon.start(
        new Event.Started(daemon.incarnation, remembered, Duration.ofNanos(spent), maintenance()));
  }

  /** The daemon ends in whatever way; what it started stays. */
  void daemonEnded(String how) {
    if (daemon == null) {
      return;
    }
    world.story.tell(world.now, name, "daemon", how);
    daemon.end();
    daemon = null;
    if (world.healed) {
      world.after(world.chance.between(100 * MS, SECOND), this::startDaemon);
    }
  }

  void powerOff(String why) {
    if (!on) {
      return;
    }
    world.story.tell(world.now, name, "power", "off: " + why);
    on = false;
    poweredOffAt = world.now;
    if (daemon != null) {
      daemon.end();
      daemon = null;
    }
    for (int g = 0; g < address.length; g++) {
      setAddress(g, false);
      running[g] = false;
    }
    serviceChanged();
    if (world.healed) {
      world.after(world.chance.between(SECOND, 3 * SECOND), this::powerOn);
    } else if (!why.equals("fault") && world.chance.of(0.6)) {
      world.after(world.chance.between(200 * MS, 12 * SECOND), this::powerOn);
    }
  }

  void powerOn() {
    if (on) {
      return;
    }
    on = true;
    boot++;
    world.story.tell(world.now, name, "power", "on");
    for (int g = 0; g < address.length; g++) {
      running[g] = !broken[g];
    }
    world.after(world.chance.between(50 * MS, SECOND), this::startDaemon);
  }

  /** What is off or ended when the faults have ended is brought back. */
  void revive(long delay) {
    world.after(
        delay,
        () -> {
          if (!on) {
            powerOn();
          } else {
            startDaemon();
          }
        });
  }
}
