package io.twinbeat.simulation;

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
  static final long SCHEDULES_MAX = 60_000;

  /**
   * One guard switched off.
   *
   * @param does what the core does without it
   * @param guide factors for the weights of the faults, so that the search is short
   */
  record Mutant(Rule rule, String does, Map<Kind, Double> guide) {}

  static final List<Mutant> ALL =
      List.of(
          new Mutant(Rule.SILENT, "judges at warntime", Map.of()),
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
              Rule.GRANT_RECEIVED, "acts on a grant to another life", Map.of(Kind.KILL, 5.0)),
          new Mutant(Rule.GRANT_RETURNED, "takes a grant back at once", Map.of(Kind.TAKEOVER, 5.0)),
          new Mutant(Rule.TWO_HOLDERS_YIELD, "stays though the other's term is higher", Map.of()),
          new Mutant(
              Rule.STOP_FAILED, "takes a failed stop for a stop", Map.of(Kind.STOP_FAILS, 5.0)),
          new Mutant(
              Rule.COOL_DOWN,
              "fails back again and again",
              Map.of(Kind.CRASH, 5.0, Kind.BROKEN, 5.0)));

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
            String what = Simulate.attempt(seed, Set.of(mutant.rule), mutant.guide);
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

  /** Prints who was caught by which seed; true when all were. */
  static boolean table(PrintStream out) throws InterruptedException {
    int caught = 0;
    for (Mutant mutant : ALL) {
      Found found = search(mutant, SCHEDULES_MAX);
      caught += found == null ? 0 : 1;
      out.println(
          String.format(
              Locale.ROOT,
              "%-22s %-42s %s",
              mutant.rule,
              mutant.does,
              found == null ? "NOT CAUGHT" : "seed " + found.seed + ", " + found.what));
    }
    out.println(ALL.size() + " mutants, " + caught + " caught");
    return caught == ALL.size();
  }
}
