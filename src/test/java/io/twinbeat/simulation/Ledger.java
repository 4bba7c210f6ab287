package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.Inside;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Rule;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Knows the truth of a schedule, and holds each step of both cores against the promises. */
final class Ledger {
  private static final long FLOOD_WINDOW = 10 * SECOND;
  private static final int FLOOD_MAX = 400;
  private static final long ANSWER_MAX = 70 * SECOND;

  /** A grant as its giver showed it to the world. */
  private static final class Grant {
    long by;
    long to;
    long ask;
    long term;
    long at = -1;
    boolean used;
  }

  /** An order to a life of a daemon that is not answered yet. */
  private record Open(Daemon daemon, long at, Event.Order order) {}

  private final World world;
  private final Grant[][] grants = new Grant[2][];
  private final long[][] lastStart = new long[2][];
  private final long[] goodbyeAt = {-1, -1};
  private final Daemon[] confirmedFor = new Daemon[2];
  private final Daemon[] fencedFor = new Daemon[2];
  private final Map<Long, Open> orders = new HashMap<>();
  private final MaintenanceLedger maintenance;
  private final long[] floodFrom = new long[2];
  private final int[] flood = new int[2];

  /** Somebody lied about a machine being off: exclusiveness is lost until the heal. */
  private boolean lied;

  private boolean quiet;

  /** Terms may be used twice when a disk was lost. */
  boolean diskLost;

  private final long[] highestTerm = new long[3];
  private final int[] moves;

  // Statistics of what was reached at all.
  int starts;
  int fences;

  Ledger(World world) {
    this.world = world;
    this.maintenance = new MaintenanceLedger(world, this);
    int count = world.plan.groups.length;
    for (int i = 0; i < 2; i++) {
      grants[i] = new Grant[count];
      lastStart[i] = new long[count];
      for (int g = 0; g < count; g++) {
        grants[i][g] = new Grant();
        lastStart[i][g] = -1;
      }
    }
    moves = new int[count];
  }

  boolean exempt() {
    return (lied || world.plan.unfenced) && !quiet;
  }

  void lie(String who) {
    world.story.tell(world.now, "", "lie", who + " lies");
    lied = true;
  }

  private static void broken(String promise, String what) {
    throw new Violation(promise, what);
  }

  // The kernels.

  void addressChanged(Machine machine, int group) {
    Machine peer = world.peer(machine);
    if (machine.address[group] && peer.on && peer.address[group] && !exempt()) {
      broken("P1", world.plan.groups[group] + " is on both running machines");
    }
  }

  // The cores.

  void shown(Daemon daemon, State state) {
    int node = daemon.machine.index;
    for (int g = 0; g < moves.length; g++) {
      GroupState group = state.group(world.plan.groups[g]);
      if (group.phase() == Phase.GRANTED) {
        Grant grant = grants[node][g];
        if (grant.by != daemon.incarnation
            || grant.to != Inside.grantTo(group)
            || grant.ask != Inside.grantAsk(group)) {
          grant.by = daemon.incarnation;
          grant.to = Inside.grantTo(group);
          grant.ask = Inside.grantAsk(group);
          grant.term = Inside.grantTerm(group);
          grant.at = world.now;
          grant.used = false;
        }
      }
    }
  }

  void stepped(Daemon daemon, Event event, State before, List<Effect> effects) {
    if (event instanceof Event.FenceFinished f && f.confirmed()) {
      fencedFor[daemon.machine.index] = daemon;
    }
    if (event instanceof Event.Commanded c && c.order() instanceof Event.Order.ConfirmOff) {
      confirmedFor[daemon.machine.index] = daemon;
    }
    world.story.stepped(world.now, daemon.machine.name, event, effects);
    maintenance.stepped(daemon, event, before, effects);
    world.agreement.stepped(daemon, event, before);
    Rule said = null;
    Rule decided = null;
    for (Effect effect : effects) {
      world.agreement.told(daemon, before, effect);
      switch (effect) {
        case Effect.Explain e -> {
          said = e.rule();
          if (said == Rule.CONFIRMED_BY_OPERATOR) {
            believes(daemon);
          }
          decided = said;
          explained(daemon, e);
        }
        case Effect.Note e -> said = e.rule();
        case Effect.Fence e -> {
          accountable(said, effect);
          fence(daemon, e, decided);
        }
        case Effect.StartGroup e -> {
          accountable(said, effect);
          start(daemon, e);
        }
        case Effect.StopGroup e -> {
          accountable(said, effect);
          moved(daemon.group(e.group()), "stopped");
        }
        case Effect.RestartResource e -> accountable(said, effect);
        case Effect.Persist e -> {}
        case Effect.SendStatus e -> {}
        case Effect.SayGoodbye e -> {}
        case Effect.Prepare e -> {}
        case Effect.Announce e -> {}
        case Effect.WarmFence e -> {}
        case Effect.Probe e -> {}
        case Effect.RaiseAlarm e -> {}
        case Effect.ClearAlarm e -> {}
        case Effect.Answer e -> {}
        case Effect.Exit e -> {}
      }
    }
    bounded(daemon.state, effects);
  }

  private static void accountable(Rule said, Effect effect) {
    if (said == null) {
      broken("P7", "nothing was written before " + effect);
    }
  }

  private static void bounded(State state, List<Effect> effects) {
    if (Inside.alarms(state) > 24
        || Inside.pending(state) > 32
        || Inside.retired(state) > 16
        || Inside.said(state) > 8
        || effects.size() > 80) {
      broken("P9", "the state of the core grows");
    }
  }

  private void explained(Daemon daemon, Effect.Explain e) {
    int node = daemon.machine.index;
    if (world.now - floodFrom[node] > FLOOD_WINDOW) {
      floodFrom[node] = world.now;
      flood[node] = 0;
    }
    if (++flood[node] > FLOOD_MAX) {
      broken("P9", "a flood of decisions, the last: " + e.rule());
    }
    if (e.rule() == Rule.FENCE_LIED && !lied) {
      broken("P7", "a fence is said to have lied, and none did");
    }
    world.conduct.explained(daemon, e);
    boolean two = e.rule() == Rule.TWO_HOLDERS_STAY || e.rule() == Rule.TWO_HOLDERS_YIELD;
    if (two && !exemptEver()) {
      broken("P7", "two holders are said to have met, and never were two");
    }
  }

  boolean exemptEver() {
    return lied || world.plan.unfenced;
  }

  private void start(Daemon daemon, Effect.StartGroup e) {
    starts++;
    int g = daemon.group(e.group());
    int node = daemon.machine.index;
    int other = 1 - node;
    moved(g, "started");
    world.conduct.starts(daemon, g);
    if (!exempt()) {
      boolean backed =
          switch (e.right()) {
            case GRANTED -> granted(daemon, g, e.term());
            case FENCED ->
                fencedFor[node] == daemon
                    && world.machines[other].poweredOffAt >= 0
                    && world.machines[other].poweredOffAt > lastStart[other][g];
            case LEFT -> goodbyeAt[other] > lastStart[other][g] && goodbyeAt[other] >= 0;
            case CONFIRMED -> confirmedFor[node] == daemon;
            case UNFENCED -> world.plan.unfenced;
            case KEPT -> grants[node][g].at < lastStart[node][g] && lastStart[node][g] >= 0;
            case ADOPTED -> daemon.machine.diskHolds(g) && daemon.machine.address[g];
          };
      if (!backed) {
        broken("P2", e.group() + " is started on " + daemon.machine.name + " without right: " + e);
      }
    }
    switch (e.right()) {
      case ADOPTED, CONFIRMED, FENCED -> {}
      case GRANTED, LEFT, KEPT -> listened(daemon, "started");
      case UNFENCED -> {
        listened(daemon, "started");
        afterStall(daemon, "took over");
      }
    }
    lastStart[node][g] = world.now;
    if (e.right() != Effect.Right.ADOPTED) {
      // A term that was granted, its giver answers for.
      if (e.right() != Effect.Right.GRANTED) {
        world.agreement.used(daemon, g, e.term());
      }
      boolean agreed = e.right() == Effect.Right.GRANTED || e.right() == Effect.Right.KEPT;
      if (agreed && e.term() <= highestTerm[g] && daemon.heardFresh && !diskLost && !exemptEver()) {
        broken("rule", e.group() + " is started with term " + e.term() + ", which was used");
      }
    }
  }

  /** A start is carried out: its term is used from now on. */
  void carriedOut(int group, long term) {
    highestTerm[group] = Math.max(highestTerm[group], term);
  }

  private boolean granted(Daemon daemon, int g, long term) {
    Grant grant = grants[1 - daemon.machine.index][g];
    boolean good =
        grant.at >= 0 && !grant.used && grant.to == daemon.incarnation && grant.term == term;
    grant.used = true;
    return good;
  }

  private void listened(Daemon daemon, String what) {
    long age = world.now - daemon.startedAt;
    if (!daemon.heardFresh && age < world.plan.initdead * 0.998) {
      broken("P5", daemon.machine.name + " " + what + " before initdead, and heard nobody");
    }
  }

  private void afterStall(Daemon daemon, String what) {
    long since = world.now - daemon.stallEndedAt;
    if (daemon.stallEndedAt >= 0 && since < world.plan.deadtime * 0.998) {
      broken("P4", daemon.machine.name + " " + what + " " + since / MS + " ms after its own stall");
    }
  }

  private void fence(Daemon daemon, Effect.Fence e, Rule why) {
    fences++;
    world.conduct.fenced(daemon, why);
    if (quiet) {
      broken("P6", "a fence when all was well");
    }
    if (e.lookOnly() || why == Rule.OPERATOR_FENCE) {
      return;
    }
    listened(daemon, "fenced");
    world.fencing.firing(daemon.machine);
    if (why == Rule.FENCE) {
      silent(daemon);
      pointless(daemon);
      onceAtStart(daemon);
    }
    if (why == Rule.FENCE_ON_REQUEST) {
      return;
    }
    afterStall(daemon, "fenced");
    maintenance.fencing(daemon);
    if (exempt()) {
      return;
    }
    Machine by = daemon.machine;
    Machine peer = world.peer(by);
    long limit = world.plan.settings[0].probeLimit().toNanos();
    long window = 2 * limit + 250 * MS + world.plan.deadtime * 6 / 10;
    long from = world.now - window;
    for (int g = 0; g < moves.length; g++) {
      boolean served = peer.servingSince[g] >= 0 && peer.servingSince[g] <= from;
      long inSight = world.lan.inSightSince[by.index];
      boolean seen = inSight >= 0 && inSight <= from;
      boolean cutOff = !daemon.state.connected();
      boolean blind =
          world.faults.blindSince[by.index] >= 0 && world.faults.blindSince[by.index] <= from;
      if (served && (seen || cutOff || blind)) {
        broken(
            "P3",
            by.name
                + " fences "
                + peer.name
                + " while it serves "
                + world.plan.groups[g]
                + (seen
                    ? ", in sight from there"
                    : cutOff ? ", itself cut off" : ", itself blind"));
      }
    }
  }

  private void silent(Daemon daemon) {
    long silence = world.now - daemon.lastFresh;
    if (daemon.heardFresh && silence < world.plan.deadtime * 0.998) {
      broken("P3", "fenced after a silence of only " + silence / MS + " ms");
    }
  }

  private void pointless(Daemon daemon) {
    if (daemon.wentOnAt == world.now) {
      return; // That it is not able any more may still be in its queue.
    }
    for (int g = 0; g < moves.length; g++) {
      if (!daemon.machine.address[g] && daemon.senses.saidAble(g)) {
        return;
      }
    }
    broken("rule", daemon.machine.name + " fences, and is not able to serve anything more");
  }

  private void onceAtStart(Daemon daemon) {
    if (daemon.heardFresh) {
      return;
    }
    Machine machine = daemon.machine;
    long window = world.plan.settings[0].startFenceWindow().toNanos();
    if (machine.startFenceKept && world.now - machine.startFenceAt < window * 0.99) {
      broken("rule", machine.name + " shoots a second time at start-up within the window");
    }
    machine.startFencePending = true;
  }

  /** Called when a fence takes effect. */
  void shot(Machine by, Machine target) {
    Fencing.Shot returned = world.fencing.lastShot[target.index];
    Fencing.Shot shot = world.fencing.lastShot[by.index];
    if (returned != null
        && shot != null
        && !by.on
        && shot.mustNotMeet(returned, world.plan)
        && by.poweredOffAt == returned.hitAt()
        && returned.hitAt() > shot.firedAt()) {
      broken("P6", "the two nodes shot each other");
    }
  }

  void saidGoodbye(Daemon daemon, Status last) {
    if (last.leaving() == Status.Leaving.GOODBYE) {
      goodbyeAt[daemon.machine.index] = world.now;
      for (int g = 0; g < moves.length; g++) {
        if (daemon.machine.address[g]) {
          broken("P2", daemon.machine.name + " says goodbye and has " + world.plan.groups[g]);
        }
      }
    }
  }

  // The operator.

  private void believes(Daemon daemon) {
    boolean heard = daemon.heardFresh && world.now - daemon.lastFresh < world.plan.deadtime / 2;
    if (heard && world.peer(daemon.machine).on) {
      broken("rule", daemon.machine.name + " believes that its peer is off, and hears it");
    }
    afterStall(daemon, "believed the operator");
  }

  void ordered(Daemon daemon, long id, Event.Order order) {
    orders.put(id, new Open(daemon, world.now, order));
    if (world.story.wanted) {
      world.story.tell(world.now, daemon.machine.name, "operator", order.toString());
    }
  }

  /** Whether an operator's order with these words waits for its end. */
  boolean isOrdered(Daemon daemon, String what) {
    return orders.values().stream()
        .anyMatch(open -> open.daemon == daemon && open.order.toString().contains(what));
  }

  void answered(Daemon daemon, Effect.Answer answer) {
    Open open = orders.remove(answer.id());
    if (open == null) {
      broken("P9", daemon.machine.name + " answers an order twice: " + answer);
      return;
    }
    world.conduct.answered(daemon, open.order, answer);
  }

  // The end.

  void quietBegins() {
    quiet = true;
  }

  private void moved(int group, String what) {
    if (quiet) {
      moves[group]++;
      if (moves[group] > (world.plan.autoFailback ? 2 : 0)) {
        broken("P6", world.plan.groups[group] + " is " + what + " when all was well");
      }
    }
  }

  void atEnd() {
    for (Open open : orders.values()) {
      if (open.daemon.alive()
          && world.now - open.at > ANSWER_MAX
          && !(open.order instanceof Event.Order.FenceOff)) {
        broken("P9", "never answered: " + open.order);
      }
    }
    for (Machine machine : world.machines) {
      for (String key :
          machine.daemon == null ? List.<String>of() : machine.daemon.state.alarms().keySet()) {
        boolean backingOff =
            key.startsWith("start:")
                && Inside.backingOff(
                    machine.daemon.state.group(key.substring(6)),
                    machine.monotonic().minus(Duration.ofNanos(world.plan.deadtime)));
        if (backingOff) {
          continue;
        }
        if (!exemptEver() || !(key.startsWith("two-holders") || key.equals("fence-lied"))) {
          broken("P9", "an alarm stands for ever on " + machine.name + ": " + key);
        }
      }
    }
  }
}
