package io.twinbeat.simulation;

import io.twinbeat.decision.Guard;
import io.twinbeat.decision.Protection;
import io.twinbeat.decision.Rule;
import io.twinbeat.simulation.Faults.Kind;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Each guard of the core switched off, one at a time: a schedule must be found that breaks a
 * promise.
 */
final class Mutants {
  static final long SCHEDULES_MAX = Long.getLong("mutants.schedules", 20_000);

  /**
   * One guard switched off.
   *
   * @param does what the core does without it
   * @param guide factors for the weights of the faults, so that the search is short
   */
  record Mutant(Protection without, String does, Map<Kind, Double> guide) {}

  static final List<Mutant> ALL =
      List.of(
          new Mutant(Rule.SILENT, "judges at warntime", Map.of()),
          new Mutant(
              Rule.NOT_UNDERSTOOD,
              "takes another version for silence",
              Map.of(Kind.UPGRADE, 20.0, Kind.POWER_BOTH, 5.0)),
          new Mutant(Rule.LATE, "does not look before the deadtime", Map.of()),
          new Mutant(
              Rule.OWN_STALL, "counts silence that it slept through", Map.of(Kind.STALL, 5.0)),
          new Mutant(Rule.NOT_ABLE, "fences though it cannot serve", Map.of(Kind.BROKEN, 5.0)),
          new Mutant(Rule.CUT_OFF, "fences while itself cut off", Map.of(Kind.UPLINK, 5.0)),
          new Mutant(Rule.STILL_SERVED, "fences whoever serves", Map.of()),
          new Mutant(Rule.CANNOT_TELL, "takes unknown for dead", Map.of(Kind.BLIND, 8.0)),
          new Mutant(
              Rule.WAIT_FIRST, "shoots at once, as the peer does", Map.of(Kind.PARTITION, 8.0)),
          new Mutant(Rule.START_FENCE_ONCE, "shoots at each start", Map.of(Kind.POWER, 5.0)),
          new Mutant(
              Rule.FENCE_ON_REQUEST, "leaves a stuck peer alone", Map.of(Kind.STOP_FAILS, 8.0)),
          new Mutant(Rule.FENCE_FAILED, "takes over on a failed fence", Map.of(Kind.DEVICE, 5.0)),
          new Mutant(
              Rule.FENCE_OVERTAKEN,
              "takes a new life for dead",
              Map.of(Kind.POWER, 5.0, Kind.DEVICE, 5.0)),
          new Mutant(
              Rule.CONFIRMED_BY_OPERATOR,
              "believes the operator against its eyes",
              Map.of(Kind.CONFIRM, 20.0)),
          new Mutant(Rule.LISTEN_FIRST, "does not listen for initdead", Map.of()),
          new Mutant(
              Rule.ADOPT, "adopts what it has no right to", Map.of(Kind.KILL_LOSE_DISK, 8.0)),
          new Mutant(
              Rule.CLEAN_UP,
              "leaves addresses of an earlier life",
              Map.of(Kind.KILL_LOSE_DISK, 8.0)),
          new Mutant(Rule.ECHO, "believes who does not know it", Map.of(Kind.KILL, 5.0)),
          new Mutant(Rule.OLD_NEWS, "believes old news", Map.of(Kind.DELAY, 5.0)),
          new Mutant(Rule.HAND_OVER, "grants before it has stopped", Map.of(Kind.TAKEOVER, 5.0)),
          new Mutant(
              Rule.GRANT_RECEIVED,
              "acts on a grant to another life",
              Map.of(Kind.KILL, 8.0, Kind.TAKEOVER, 8.0, Kind.DELAY, 4.0)),
          new Mutant(Rule.GRANT_RETURNED, "takes a grant back at once", Map.of(Kind.TAKEOVER, 5.0)),
          new Mutant(Rule.TWO_HOLDERS_YIELD, "stays though the other's term is higher", Map.of()),
          new Mutant(
              Rule.STOP_FAILED, "takes a failed stop for a stop", Map.of(Kind.STOP_FAILS, 5.0)),
          new Mutant(Rule.PEER_NOT_BACK, "waits silently for ever", Map.of(Kind.RESTART, 8.0)),
          new Mutant(
              Rule.COOL_DOWN,
              "fails back again and again",
              Map.of(Kind.CRASH, 5.0, Kind.BROKEN, 5.0)),
          new Mutant(Rule.WITHHELD, "acts by itself in maintenance", Map.of(Kind.MAINTENANCE, 5.0)),
          new Mutant(
              Rule.MAINTENANCE_ASKED, "enters maintenance alone", Map.of(Kind.MAINTENANCE, 5.0)),
          new Mutant(
              Rule.MAINTENANCE_REFUSED,
              "hides a lost service by maintenance",
              Map.of(Kind.MAINTENANCE, 5.0)),
          new Mutant(
              Rule.MAINTENANCE_OVER,
              "counts the silence of a maintenance",
              Map.of(Kind.MAINTENANCE, 8.0, Kind.POWER, 3.0)),
          new Mutant(Guard.GAPS_NOTICED, "does not notice its own gaps", Map.of(Kind.STALL, 5.0)),
          new Mutant(
              Guard.NO_VERDICT_WHILE_IT_SPEAKS,
              "judges while heartbeats wait",
              Map.of(Kind.LAG, 20.0, Kind.LOSS, 10.0, Kind.DEVICE, 3.0)),
          new Mutant(
              Guard.RETIRED_LIVES,
              "believes a life that is over",
              Map.of(Kind.KILL, 20.0, Kind.DELAY, 20.0)),
          new Mutant(
              Guard.GRACE_AFTER_OFF,
              "takes old frames for life after a fence",
              Map.of(Kind.DELAY, 8.0)),
          new Mutant(
              Guard.GOODBYE_HOLDS_NOTHING,
              "believes each goodbye",
              Map.of(Kind.FALSE_GOODBYE, 20.0)),
          new Mutant(Guard.LOOK_FIRST, "fences before it looked", Map.of(Kind.CUT_ALL, 5.0)),
          new Mutant(
              Guard.LOOK_FRESH,
              "believes old looks",
              Map.of(Kind.SLOW_LOOKS, 10.0, Kind.CUT_ALL, 5.0, Kind.CRASH, 5.0)),
          new Mutant(
              Rule.BOTH_ASK, "shoots who asks while it asks itself", Map.of(Kind.STUCK_BOTH, 30.0)),
          new Mutant(
              Guard.TURNS_END,
              "shoots as soon as its late cause begins",
              Map.of(Kind.LATE_CAUSES, 40.0)),
          new Mutant(
              Guard.PATIENCE_WITH_RESTART,
              "shoots who is slow while its daemon starts",
              Map.of(Kind.RESTART, 10.0, Kind.KILL, 5.0)),
          new Mutant(
              Guard.WAIT_UNEQUAL,
              "takes the peer's turns",
              Map.of(Kind.TAKEOVER, 10.0, Kind.CUT_ALL, 10.0, Kind.LOSS, 4.0)),
          new Mutant(
              Guard.UNKNOWN_HOLDS,
              "does not wait for who was never heard",
              Map.of(Kind.PARTITION, 8.0, Kind.LONG_PARTITION, 5.0)),
          new Mutant(
              Guard.GRANTED_COUNTS,
              "forgets what it granted",
              Map.of(Kind.TAKEOVER, 5.0, Kind.PARTITION, 8.0)),
          new Mutant(
              Guard.NO_FENCE_WHILE_LEAVING,
              "fences while it leaves",
              Map.of(Kind.LEAVE, 8.0, Kind.CUT_ALL, 3.0)),
          new Mutant(Guard.ONE_FENCE, "fences again while it fences", Map.of(Kind.POWER, 3.0)),
          new Mutant(
              Guard.FENCE_BACKOFF, "tries a failed fence again at once", Map.of(Kind.DEVICE, 5.0)),
          new Mutant(
              Guard.START_FENCE_ON_DISK,
              "forgets its start-up fence",
              Map.of(Kind.POWER, 5.0, Kind.KILL, 5.0)),
          new Mutant(
              Guard.RELIEF_USEFUL,
              "fences on request what it cannot serve",
              Map.of(Kind.STOP_FAILS, 8.0, Kind.BROKEN, 5.0)),
          new Mutant(
              Guard.TALK_IS_FRESH,
              "agrees with whom it does not hear",
              Map.of(Kind.TAKEOVER, 5.0, Kind.CUT_WAY, 5.0, Kind.CUT_ALL, 3.0)),
          new Mutant(
              Guard.TALK_NOT_LEAVING,
              "agrees with whom is leaving",
              Map.of(Kind.RESTART, 20.0, Kind.TAKEOVER, 20.0)),
          new Mutant(
              Guard.ONE_ASKS_FIRST,
              "gives way to each request",
              Map.of(Kind.TAKEOVER, 20.0, Kind.UNREADY, 10.0)),
          new Mutant(
              Guard.GRANT_IN_USE, "takes back what is being started", Map.of(Kind.TAKEOVER, 10.0)),
          new Mutant(
              Guard.GRANT_STANDS,
              "grants what nobody asks for any more",
              Map.of(Kind.TAKEOVER, 10.0, Kind.KILL, 5.0)),
          new Mutant(
              Guard.TERM_REMEMBERED,
              "forgets the peer's term",
              Map.of(Kind.KILL_LOSE_DISK, 30.0, Kind.RESTORE, 20.0, Kind.TAKEOVER, 3.0)),
          new Mutant(
              Guard.TERM_GIVEN_IS_USED,
              "gives a term away twice",
              Map.of(Kind.TAKEOVER, 10.0, Kind.POWER, 5.0)),
          new Mutant(
              Guard.ASK_IS_CAUSE,
              "forgets that its request may have moved the peer",
              Map.of(Kind.CUT_IN_MOVE, 60.0)),
          new Mutant(
              Guard.OFFERED_TO_ABLE,
              "leaves a dead service to a ready peer only",
              Map.of(Kind.UNREADY, 10.0, Kind.BROKEN, 10.0)),
          new Mutant(Guard.CLAIM_FIRST, "takes an address unasked", Map.of(Kind.CONFIRM, 10.0)),
          new Mutant(Guard.TERM_ABOVE_PEERS, "counts its own terms only", Map.of()),
          new Mutant(
              Guard.TERM_RAISED_BY_RESUMING,
              "resumes with an old term",
              Map.of(Kind.TAKEOVER, 5.0, Kind.KILL, 5.0)),
          new Mutant(
              Guard.START_BACKOFF,
              "starts again at once",
              Map.of(Kind.BROKEN, 5.0, Kind.START_FAILS_LATE, 5.0, Kind.POWER, 3.0)),
          new Mutant(Guard.LASTING_LOSS, "moves at the first lost ping", Map.of(Kind.UPLINK, 5.0)),
          new Mutant(
              Rule.OFFER_OUT_OF_REACH,
              "stays where it reaches no real server",
              Map.of(Kind.WAY_LOST, 10.0)),
          new Mutant(
              Guard.LASTING_OUT_OF_REACH,
              "moves at the first difference in reach",
              Map.of(Kind.TIER_DOWN, 5.0, Kind.WAY_LOST, 5.0)),
          new Mutant(
              Guard.PEER_REACHES,
              "moves to who reaches no real server either",
              Map.of(Kind.TIER_DOWN, 10.0)),
          new Mutant(Guard.FAILBACK_READY_LONG, "fails back at once", Map.of()),
          new Mutant(
              Guard.FAILBACK_HELD,
              "fails back what the operator moved",
              Map.of(Kind.STANDBY, 10.0)),
          new Mutant(
              Guard.TAKEOVER_READY,
              "takes over by order, not ready",
              Map.of(Kind.TAKEOVER, 8.0, Kind.BROKEN, 5.0)),
          new Mutant(
              Guard.STANDBY_READY,
              "gives away to who is not ready",
              Map.of(Kind.STANDBY, 8.0, Kind.BROKEN, 5.0)),
          new Mutant(
              Guard.GOODBYE_WHEN_STOPPED,
              "says goodbye before it has stopped",
              Map.of(Kind.LEAVE, 8.0)),
          new Mutant(
              Habit.LIFE_FIRST,
              "takes its queue in order",
              Map.of(Kind.LAG, 20.0, Kind.LOSS, 10.0, Kind.DEVICE, 3.0)),
          new Mutant(
              Habit.GOODBYE_IN_ORDER,
              "takes a goodbye after what came later",
              Map.of(Kind.STALL_LOOP, 20.0, Kind.RESTART, 8.0, Kind.KILL, 3.0)),
          new Mutant(Guard.ORDERS_BOUNDED, "keeps all orders", Map.of(Kind.ORDERS, 50.0)));

  /** What a search found. */
  record Found(long seed, String what) {}

  private Mutants() {}

  /** The first seed found at which the mutant breaks a promise; null when there is none. */
  static Found search(Mutant mutant, long schedulesMax) throws InterruptedException {
    AtomicLong next = new AtomicLong(1);
    AtomicReference<Found> found = new AtomicReference<>();
    Runnable work =
        () -> {
          for (long seed = next.getAndIncrement();
              seed <= schedulesMax && found.get() == null;
              seed = next.getAndIncrement()) {
            String what = Simulate.attempt(seed, Set.of(mutant.without), mutant.guide);
            // What the whole core does as well is not the mutant's doing.
            if (what != null && Simulate.attempt(seed, Set.of(), mutant.guide) == null) {
              found.compareAndSet(null, new Found(seed, what));
            }
          }
        };
    Thread[] workers = new Thread[Runtime.getRuntime().availableProcessors()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = Thread.ofPlatform().daemon().start(work);
    }
    for (Thread worker : workers) {
      worker.join();
    }
    return found.get();
  }

  /** The rule or guard of this name, as a set; empty when there is none. */
  static Set<Protection> named(String name) {
    for (Mutant mutant : ALL) {
      if (mutant.without.toString().equals(name)) {
        return Set.of(mutant.without);
      }
    }
    return Set.of();
  }

  /** Prints who was caught by which seed; true when all were. {@code only}: a pattern, or empty. */
  static boolean table(PrintStream out, String only) throws InterruptedException {
    int caught = 0;
    int tried = 0;
    for (Mutant mutant : ALL) {
      if (!only.isEmpty() && !mutant.without.toString().matches(only)) {
        continue;
      }
      tried++;
      Found found = search(mutant, SCHEDULES_MAX);
      caught += found == null ? 0 : 1;
      out.println(
          String.format(
              Locale.ROOT,
              "%-22s %-42s %s",
              mutant.without,
              mutant.does,
              found == null ? "NOT CAUGHT" : "seed " + found.seed + ", " + found.what));
    }
    out.println(tried + " mutants, " + caught + " caught");
    return caught == tried;
  }
}
