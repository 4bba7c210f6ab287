package io.twinbeat.fuzz;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The long run: {@code src/lab/fuzz --minutes N [--target T] [--seed S]}. */
final class Fuzz {
  private static final String USAGE =
      "usage: src/lab/fuzz --minutes N [--target "
          + String.join("|", List.of(Target.values()).stream().map(Target::text).toList())
          + "] [--seed S]";

  private Fuzz() {}

  public static void main(String[] args) throws IOException {
    long minutes = 0;
    long seed = System.nanoTime() & 0x7fff_ffff;
    List<Target> targets = List.of(Target.values());
    try {
      for (int i = 0; i < args.length; i += 2) {
        switch (args[i]) {
          case "--minutes" -> minutes = Long.parseLong(args[i + 1]);
          case "--seed" -> seed = Long.parseLong(args[i + 1]);
          case "--target" ->
              targets = List.of(Target.valueOf(args[i + 1].toUpperCase(Locale.ROOT)));
          default -> throw new IllegalArgumentException(args[i]);
        }
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      minutes = 0;
    }
    if (minutes <= 0) {
      System.err.println(USAGE);
      System.exit(2);
    }
    System.exit(run(targets, Duration.ofMinutes(minutes), seed) ? 0 : 1);
  }

  private static boolean run(List<Target> targets, Duration time, long seed) throws IOException {
    List<Fuzzer.Result> results = new ArrayList<>();
    for (Target target : targets) {
      Fuzzer.Result result =
          Fuzzer.run(target, Fuzzer.ENDLESS, time.dividedBy(targets.size()), seed);
      results.add(result);
      System.out.printf(
          "%-8s %,d executions, %d new paths%s%n",
          target.text(),
          result.executions(),
          result.fresh(),
          result.failure().isEmpty() ? "" : ", FAILED: " + result.failure());
    }
    long failures = results.stream().filter(result -> !result.failure().isEmpty()).count();
    System.out.printf(
        "%d targets, %d executions, %d new paths, %d failures (seed %d)%n",
        targets.size(),
        results.stream().mapToLong(Fuzzer.Result::executions).sum(),
        results.stream().mapToLong(Fuzzer.Result::fresh).sum(),
        failures,
        seed);
    return failures == 0;
  }
}
