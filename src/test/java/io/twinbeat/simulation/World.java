package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

import io.twinbeat.decision.Core;
import io.twinbeat.decision.Inside;
import io.twinbeat.decision.Protection;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * One schedule: two machines, what is between them, and the true time, skipped from event to event.
 */
final class World {
  /** After the last fault, the groups must be served again within this time. */
  private static final long CONVERGE_MAX = 150 * SECOND;

  private static final long QUIET = 12 * SECOND;
  private static final int EVENTS_MAX = 2_000_000;

  private record Timed(long at, long order, Runnable action) implements Comparable<Timed> {
    @Override
    public int compareTo(Timed other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  final Chance chance;
  final Story story;
  final Plan plan;
  final Ledger ledger;
  final Conduct conduct;
  final Agreement agreement;
  final Watch watch;
  final Wire wire;
  final Lan lan;
  final Tier tier;
  final Fencing fencing;
  final Faults faults;
  final Set<Protection> switchedOff;
  final Core[] cores = new Core[2];
  final Machine[] machines = new Machine[2];
  private final PriorityQueue<Timed> queue = new PriorityQueue<>(256);
  long now;
  private long order;

  /** All faults have ended, and whoever is off is put on again. */
  boolean healed;

  long healedAt;
  long convergedAt;
  private boolean over;

  World(
      long seed,
      Set<? extends Protection> switchedOff,
      Map<Faults.Kind, Double> guide,
      boolean wantStory) {
    this(new Chance(seed), null, switchedOff, guide, new Story(wantStory));
  }

  /** A world without chance, in which happens what somebody tells it. */
  static World scripted(Plan plan, Story story) {
    World world = new World(Chance.none(), plan, Set.of(), Map.of(), story);
    world.after(SECOND, world::eachSecond);
    return world;
  }

  /**
   * @param plan null for one drawn by chance
   */
  private World(
      Chance chance,
      Plan plan,
      Set<? extends Protection> switchedOff,
      Map<Faults.Kind, Double> guide,
      Story story) {
    this.chance = chance;
    this.story = story;
    this.switchedOff = Set.copyOf(switchedOff);
    this.plan = plan == null ? new Plan(chance) : plan;
    ledger = new Ledger(this);
    conduct = new Conduct(this);
    agreement = new Agreement(this);
    watch = new Watch(this);
    for (int i = 0; i < 2; i++) {
      cores[i] = Inside.core(this.plan.settings[i], switchedOff);
      machines[i] = new Machine(this, i);
    }
    wire = new Wire(this);
    lan = new Lan(this);
    tier = new Tier(this);
    fencing = new Fencing(this);
    faults = new Faults(this, guide);
  }

  Machine peer(Machine machine) {
    return machines[1 - machine.index];
  }

  void after(long delay, Runnable action) {
    queue.add(new Timed(now + Math.max(0, delay), order++, action));
  }

  /** Lets time pass; a broken promise is thrown. */
  void pass(long duration) {
    long end = now + duration;
    while (!queue.isEmpty() && queue.peek().at <= end) {
      Timed next = queue.poll();
      now = next.at;
      next.action.run();
    }
    now = end;
  }

  /** Runs to the end; a broken promise is thrown. */
  void run() {
    story.tell(0, "", "plan", plan.text());
    faults.begin();
    after(SECOND, this::eachSecond);
    int events = 0;
    while (!over) {
      Timed next = queue.poll();
      if (next == null || ++events > EVENTS_MAX) {
        throw new Violation("simulator", next == null ? "nothing left to do" : "too many events");
      }
      now = next.at;
      next.action.run();
    }
  }

  /** Called once, when the last fault has ended. */
  void heal() {
    healed = true;
    healedAt = now;
    story.tell(now, "", "heal", "all faults have ended");
    faults.mend();
    for (Machine machine : machines) {
      machine.revive(chance.between(0, SECOND));
    }
    after(100 * MS, this::watch);
  }

  private void eachSecond() {
    for (Machine machine : machines) {
      machine.backUp();
    }
    watch.eachSecond();
    after(SECOND, this::eachSecond);
  }

  private void watch() {
    if (converged()) {
      convergedAt = now;
      story.tell(now, "", "converged", "each group is active on one node, and served");
      ledger.quietBegins();
      after(QUIET, this::end);
      return;
    }
    if (now - healedAt > CONVERGE_MAX + 4 * plan.initdead) {
      throw new Violation(
          "P6", "no agreement " + (now - healedAt) / SECOND + " s after the faults");
    }
    after(200 * MS, this::watch);
  }

  boolean converged() {
    if (fencing.pending > 0) {
      return false;
    }
    for (int g = 0; g < plan.groups.length; g++) {
      int serving = 0;
      if (machines[0].address[g] == machines[1].address[g]) {
        return false;
      }
      for (Machine machine : machines) {
        if (!machine.settled(g)) {
          return false;
        }
        serving += machine.serves(g) ? 1 : 0;
      }
      if (serving != 1) {
        return false;
      }
    }
    return true;
  }

  private void end() {
    if (!plan.autoFailback && !converged()) {
      throw new Violation("P6", "it did not stay as it was after the faults had ended");
    }
    ledger.atEnd();
    over = true;
  }
}
