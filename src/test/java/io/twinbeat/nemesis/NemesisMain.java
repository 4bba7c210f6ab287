package io.twinbeat.nemesis;

import io.twinbeat.lab.LabException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** {@code src/lab/nemesis --minutes N --seed S}. Exit status 1: a promise broke. */
public final class NemesisMain {
  private static final String USAGE = "usage: nemesis [--minutes N] [--seed S] [--faults N]";

  private NemesisMain() {}

  public static void main(String[] arguments) {
    long minutes = 5;
    int faults = Integer.MAX_VALUE;
    long seed = ThreadLocalRandom.current().nextLong(1, 1_000_000);
    try {
      for (int i = 0; i < arguments.length; i += 2) {
        switch (arguments[i]) {
          case "--minutes" -> minutes = Long.parseLong(arguments[i + 1]);
          case "--seed" -> seed = Long.parseLong(arguments[i + 1]);
          case "--faults" -> faults = Integer.parseInt(arguments[i + 1]);
          default -> throw new NumberFormatException("unknown option " + arguments[i]);
        }
      }
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      System.err.println(USAGE + ": " + e.getMessage());
      System.exit(2);
    }
    System.out.printf("nemesis: seed %d, %d minutes%n", seed, minutes);
    int status;
    try {
      Verdict verdict =
          new Nemesis(seed, System.out)
              .run(faults, Duration.ofMinutes(minutes), Path.of("target", "nemesis"));
      System.out.println(verdict.summary());
      status = verdict.isClean() ? 0 : 1;
    } catch (LabException e) {
      System.err.println("nemesis: the lab failed: " + e.getMessage());
      status = 1;
    }
    System.out.flush();
    System.exit(status);
  }
}
