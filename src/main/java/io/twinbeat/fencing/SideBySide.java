package io.twinbeat.fencing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks several devices at once, and gets an answer of each whatever the device does. */
final class SideBySide {
  private static final Logger log = LoggerFactory.getLogger(SideBySide.class);

  /** How long after its limit a device's answer is still awaited; children are killed by then. */
  private static final Duration GRACE = Duration.ofSeconds(4);

  private SideBySide() {}

  /**
   * Runs the question on a virtual thread for each device. One that throws, or that has not
   * answered at its limit plus a grace, or an interrupt of the caller (which stays set), gives what
   * {@code broken} makes of the reason.
   */
  static <T> List<T> ask(
      List<FenceDevice> devices,
      Duration limit,
      Function<FenceDevice, T> question,
      BiFunction<String, Duration, T> broken) {
    long started = System.nanoTime();
    List<FutureTask<T>> tasks = new ArrayList<>(devices.size());
    for (FenceDevice device : devices) {
      FutureTask<T> task = new FutureTask<>(() -> question.apply(device));
      tasks.add(task);
      Thread.ofVirtual().name("fence-" + device.name()).start(task);
    }
    long until = started + limit.plus(GRACE).toNanos();
    List<T> answers = new ArrayList<>(tasks.size());
    for (int i = 0; i < tasks.size(); i++) {
      String reason;
      try {
        T answer = tasks.get(i).get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (answer != null) {
          answers.add(answer);
          continue;
        }
        reason = "gave no answer";
      } catch (ExecutionException e) {
        // Asked again and again while it is verified: the whole trace would drown the rest.
        log.warn("{} failed in itself: {}", devices.get(i).name(), e.getCause().toString());
        log.debug("trace", e.getCause());
        reason = "failed in itself: " + e.getCause();
      } catch (TimeoutException e) {
        log.warn("{} did not keep its time limit of {}", devices.get(i).name(), limit);
        reason = "did not keep its time limit and was left alone";
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        reason = "was interrupted";
      }
      tasks.get(i).cancel(true);
      answers.add(broken.apply(reason, Duration.ofNanos(System.nanoTime() - started)));
    }
    return answers;
  }
}
