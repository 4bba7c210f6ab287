package io.twinbeat.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A short run on every target, from the kept inputs on and with one seed; src/lab/fuzz runs on. */
class FuzzTest {
  /** Counted, not timed: a busy machine does as much, only later. */
  private static final long RUNS = 1_000;

  private static final Duration TIME_MAX = Duration.ofMinutes(1);
  private static final long SEED = 20_261_123;

  /** As many as the machine that runs the tests has cores. */
  private static final int AT_ONCE = 2;

  /** The slowest target opens and closes files. */
  private static final long EXECUTIONS_MIN = 100;

  @Test
  void noInputBreaksAReader() throws Exception {
    List<Future<Fuzzer.Result>> all = new ArrayList<>();
    try (ExecutorService two = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Target target : Target.values()) {
        all.add(two.submit(() -> Fuzzer.run(target, RUNS, TIME_MAX, SEED)));
      }
    }
    for (Future<Fuzzer.Result> each : all) {
      Fuzzer.Result result = each.get();
      System.out.println(result);
      assertEquals("", result.failure(), result.target().text());
      assertTrue(result.executions() > EXECUTIONS_MIN, result::toString);
    }
  }
}
