package io.twinbeat.simulation;

import io.twinbeat.decision.Protection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Runs schedules on all processors; exits 1 with the seed and its story when a promise breaks. */
public final class Simulate {
  private static final long EXHAUSTIVE_SECONDS = 60;

  /** Some gigabytes. */
  private static final long EXHAUSTIVE_STATES_MAX = 60_000_000;

  private static final long PROGRESS_MILLIS = 5_000;
  private static final double MORE = 20;

  /** A seed that broke a promise. */
  record Failure(long seed, String what) {}

  private Simulate() {}

  public static void main(String[] args) throws InterruptedException {
    long schedules = 20_000;
    long seed = 1;
    boolean one = false;
    boolean mutants = false;
    String only = "";
    int faults = Exhaustive.FAULTS;
    Set<Protection> without = Set.of();
    Map<Faults.Kind, Double> guide = Map.of();
    boolean all = false;
    boolean exhaustive = false;
    long seconds = EXHAUSTIVE_SECONDS;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--schedules" -> schedules = number(args, ++i);
        case "--seed" -> {
          seed = number(args, ++i);
          one = true;
        }
        case "--mutants" -> mutants = true;
        case "--faults" -> faults = (int) number(args, ++i);
        case "--without" -> without = Mutants.named(++i < args.length ? args[i] : "");
        case "--only" -> only = ++i < args.length ? args[i] : "";
        case "--all" -> all = true;
        case "--more" -> guide = more(++i < args.length ? args[i] : "");
        case "--exhaustive" -> exhaustive = true;
        case "--seconds" -> seconds = number(args, ++i);
        default -> usage("unknown: " + args[i]);
      }
    }
    if (exhaustive) {
      System.exit(exhaustive(without, faults, seconds) ? 0 : 1);
    }
    if (mutants) {
      System.exit(Mutants.table(System.out, only) ? 0 : 1);
    }
    boolean single = one && !java.util.Arrays.asList(args).contains("--schedules");
    if (single) {
      System.exit(tell(seed, without, guide) ? 0 : 1);
    }
    if (all) {
      survey(seed, schedules, guide);
      return;
    }
    Failure failure = run(seed, schedules, guide, true);
    if (failure == null) {
      System.out.println(schedules + " schedules, 0 violations");
      return;
    }
    tell(failure.seed(), Set.of(), guide);
    System.exit(1);
  }

  private static boolean exhaustive(Set<Protection> without, int faults, long seconds)
      throws InterruptedException {
    int room = (int) Math.min(EXHAUSTIVE_STATES_MAX, Runtime.getRuntime().maxMemory() / 64);
    Exhaustive.Result result =
        new Exhaustive(without, faults, room)
            .search(Integer.MAX_VALUE, seconds * Chance.SECOND, System.out);
    if (result.broken() != null) {
      System.out.println(result.path());
    }
    System.out.println(
        "depth "
            + result.depth()
            + ", "
            + result.states()
            + " states, "
            + (result.broken() == null ? "0 violations" : "1 violation: " + result.broken()));
    return result.broken() == null;
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

  /** Of these kinds of faults, separated by commas, many more. */
  private static Map<Faults.Kind, Double> more(String kinds) {
    Map<Faults.Kind, Double> guide = new java.util.EnumMap<>(Faults.Kind.class);
    for (String kind : kinds.split(",", -1)) {
      try {
        guide.put(Faults.Kind.valueOf(kind), MORE);
      } catch (IllegalArgumentException e) {
        usage("no kind of fault: " + kind);
      }
    }
    return guide;
  }

  private static void usage(String what) {
    System.err.println(what);
    System.err.println(
        "usage: simulate [--schedules N] [--seed S] [--more FAULT,FAULT] | --exhaustive [--seconds N] | --mutants [--only PATTERN]");
    System.exit(2);
  }

  /** Runs one seed and prints its story; true when all promises held. */
  static boolean tell(
      long seed, Set<? extends Protection> switchedOff, Map<Faults.Kind, Double> guide) {
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

  static String attempt(
      long seed, Set<? extends Protection> switchedOff, Map<Faults.Kind, Double> guide) {
    return attempt(new World(seed, switchedOff, guide, false));
  }

  /** The failure of the smallest seed found; null when there is none. */
  static Failure run(
      long firstSeed, long schedules, Map<Faults.Kind, Double> guide, boolean progress)
      throws InterruptedException {
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
                  String what = attempt(firstSeed + n, Set.of(), guide);
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
  private static void survey(long firstSeed, long schedules, Map<Faults.Kind, Double> guide) {
    java.util.Map<String, Integer> counts = new java.util.TreeMap<>();
    for (long seed = firstSeed; seed < firstSeed + schedules; seed++) {
      String what = attempt(seed, Set.of(), guide);
      if (what != null) {
        counts.merge(what.substring(0, 2), 1, Integer::sum);
        System.out.println(seed + " " + what);
      }
    }
    System.out.println(counts);
  }
}
