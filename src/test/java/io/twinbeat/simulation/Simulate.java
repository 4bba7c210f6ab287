package io.twinbeat.simulation;

import io.twinbeat.decision.Rule;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Runs schedules on all processors; exits 1 with the seed and its story when a promise breaks. */
public final class Simulate {
  private static final long PROGRESS_MILLIS = 5_000;
  private static final Map<Faults.Kind, Double> NO_GUIDE = Map.of();

  /** A seed that broke a promise. */
  record Failure(long seed, String what) {}

  private Simulate() {}

  public static void main(String[] args) throws InterruptedException {
    long schedules = 20_000;
    long seed = 1;
    boolean one = false;
    boolean mutants = false;
    boolean all = false;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--schedules" -> schedules = number(args, ++i);
        case "--seed" -> {
          seed = number(args, ++i);
          one = true;
        }
        case "--mutants" -> mutants = true;
        case "--all" -> all = true;
        default -> usage("unknown: " + args[i]);
      }
    }
    if (mutants) {
      System.exit(Mutants.table(System.out) ? 0 : 1);
    }
    boolean single = one && !java.util.Arrays.asList(args).contains("--schedules");
    if (single) {
      System.exit(tell(seed, Set.of(), NO_GUIDE) ? 0 : 1);
    }
    if (all) {
      survey(seed, schedules);
      return;
    }
    Failure failure = run(seed, schedules, true);
    if (failure == null) {
      System.out.println(schedules + " schedules, 0 violations");
      return;
    }
    tell(failure.seed(), Set.of(), NO_GUIDE);
    System.exit(1);
  }

  private static long number(String[] args, int at) {
    if (at < args.length) {
      try {
        return Long.parseLong(args[at].replace("_", "").replace(",", ""));
      } catch (NumberFormatException e) {
        usage("no number: " + args[at]);
      }
    }
    usage("a number is missing after " + args[at - 1]);
    return 0;
  }

  private static void usage(String what) {
    System.err.println(what);
    System.err.println("usage: simulate [--schedules N] [--seed S] | --mutants");
    System.exit(2);
  }

  /** Runs one seed and prints its story; true when all promises held. */
  static boolean tell(long seed, Set<Rule> switchedOff, Map<Faults.Kind, Double> guide) {
    World world = new World(seed, switchedOff, guide, true);
    String what = attempt(world);
    System.out.println(world.story.text());
    System.out.println(
        what == null ? "seed " + seed + ": all promises held" : "seed " + seed + ": " + what);
    return what == null;
  }

  /** What broke in a schedule; null when all promises held. */
  static String attempt(World world) {
    try {
      world.run();
      return null;
    } catch (Violation e) {
      world.story.tell(world.now, "", "VIOLATION", String.valueOf(e.getMessage()));
      return e.getMessage();
    } catch (RuntimeException e) {
      StackTraceElement[] trace = e.getStackTrace();
      return "the core threw " + e + (trace.length > 0 ? " at " + trace[0] : "");
    }
  }

  static String attempt(long seed, Set<Rule> switchedOff, Map<Faults.Kind, Double> guide) {
    return attempt(new World(seed, switchedOff, guide, false));
  }

  /** The failure of the smallest seed found; null when there is none. */
  static Failure run(long firstSeed, long schedules, boolean progress) throws InterruptedException {
    AtomicLong next = new AtomicLong();
    AtomicReference<Failure> found = new AtomicReference<>();
    Thread[] workers = new Thread[Runtime.getRuntime().availableProcessors()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                long n = next.getAndIncrement();
                while (n < schedules && found.get() == null) {
                  String what = attempt(firstSeed + n, Set.of(), NO_GUIDE);
                  if (what != null) {
                    found.compareAndSet(null, new Failure(firstSeed + n, what));
                  }
                  n = next.getAndIncrement();
                }
              });
    }
    for (Thread worker : workers) {
      while (!worker.join(java.time.Duration.ofMillis(PROGRESS_MILLIS))) {
        if (progress) {
          System.out.println(Math.min(next.get(), schedules) + " of " + schedules + " schedules");
        }
      }
    }
    return found.get();
  }

  /** All failures, one line each, for hunting. */
  private static void survey(long firstSeed, long schedules) throws InterruptedException {
    java.util.Map<String, Integer> counts = new java.util.TreeMap<>();
    for (long seed = firstSeed; seed < firstSeed + schedules; seed++) {
      String what = attempt(seed, Set.of(), NO_GUIDE);
      if (what != null) {
        counts.merge(what.substring(0, 2), 1, Integer::sum);
        System.out.println(seed + " " + what);
      }
    }
    System.out.println(counts);
  }
}
