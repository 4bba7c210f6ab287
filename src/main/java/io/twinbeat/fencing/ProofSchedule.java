package io.twinbeat.fencing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tests all devices of some nodes once in each interval, each node on a virtual thread of its own,
 * so that a device's failure is known before the device is needed. A device that failed, in a test
 * or when it was used, is tested again sooner, so that its mending is known too.
 */
public final class ProofSchedule implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ProofSchedule.class);

  public static final Duration INTERVAL = Duration.ofHours(1);

  /** The first tests come this soon after the start. */
  public static final Duration FIRST_DELAY = Duration.ofMillis(500);

  /** So long after a failure it is tested again, then after twice that, and so on. */
  public static final Duration RETRY_MIN = Duration.ofSeconds(2);

  /** And at last this often, or once in the interval if that is shorter. */
  static final Duration RETRY_MAX = Duration.ofMinutes(5);

  /** How soon a failed use is noticed, and that a retry is due. */
  private static final int LOOKS_PER_RETRY = 4;

  /** Each wait is up to this part shorter or longer: the two nodes share devices. */
  private static final double JITTER = 0.1;

  /** How long close() waits for a running test, whose child is killed by the interrupt. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

  /** Told of each proof, on the schedule's thread of that node; must not block for long. */
  @FunctionalInterface
  public interface Listener {
    void proved(DeviceProof proof);
  }

  private final Fencing fencing;
  private final List<String> nodes;
  private final Duration firstDelay;
  private final Duration interval;
  private final Duration retry;
  private final Predicate<String> retriable;
  private final RandomGenerator random;
  private final Listener listener;
  private final List<Thread> threads = new ArrayList<>();

  /**
   * @param retry the first wait after a failure
   * @param retriable whether a node may be tested again early: not while its fence may be wanted,
   *     because a device may serve one question at a time
   */
  public ProofSchedule(
      Fencing fencing,
      List<String> nodes,
      Duration firstDelay,
      Duration interval,
      Duration retry,
      Predicate<String> retriable,
      RandomGenerator random,
      Listener listener) {
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("the interval of fence device tests must be above zero");
    }
    this.fencing = fencing;
    this.nodes = List.copyOf(nodes);
    this.firstDelay = firstDelay;
    this.interval = interval;
    this.retry = retry;
    this.retriable = retriable;
    this.random = random;
    this.listener = listener;
  }

  /** Once only. Nodes without a device are left out. */
  public synchronized void start() {
    for (String node : nodes) {
      if (fencing.hasDevice(node)) {
        threads.add(Thread.ofVirtual().name("proofs-" + node).start(() -> run(node)));
      }
    }
  }

  private void run(String node) {
    try {
      Thread.sleep(jittered(firstDelay));
      int failures = 0;
      while (!Thread.currentThread().isInterrupted()) {
        List<DeviceProof> proofs = fencing.test(node);
        if (Thread.currentThread().isInterrupted()) {
          return; // A test that was cut short says nothing about its device.
        }
        for (DeviceProof proof : proofs) {
          tell(proof);
        }
        boolean good = proofs.stream().allMatch(DeviceProof::succeeded);
        failures = good ? 0 : failures + 1;
        awaitNext(node, failures);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Until the interval is over, or a failure has lasted its time; {@code failures} in a row. */
  private void awaitNext(String node, int failures) throws InterruptedException {
    long due = System.nanoTime() + jittered(interval).toNanos();
    long retryDue = System.nanoTime() + jittered(backoff(failures)).toNanos();
    boolean failed = failures > 0;
    while (System.nanoTime() - due < 0) {
      boolean fails = fencing.failing(node);
      if (fails && !failed) {
        retryDue = System.nanoTime() + jittered(retry).toNanos(); // It was used, and failed.
      }
      failed = fails;
      if (failed && System.nanoTime() - retryDue >= 0 && retriable.test(node)) {
        return;
      }
      Duration left = Duration.ofNanos(Math.max(1, due - System.nanoTime()));
      Thread.sleep(shorter(retry.dividedBy(LOOKS_PER_RETRY), left));
    }
  }

  private Duration backoff(int failures) {
    Duration wait = retry;
    for (int i = 1; i < failures && wait.compareTo(RETRY_MAX) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    return shorter(wait, RETRY_MAX);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void tell(DeviceProof proof) {
    try {
      listener.proved(proof);
    } catch (RuntimeException e) {
      log.warn("a listener failed on the proof of {}: {}", proof.device(), e.toString());
    }
  }

  private Duration jittered(Duration time) {
    double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
    return Duration.ofNanos((long) (time.toNanos() * factor));
  }

  /** Ends the schedule, and a test that is running. */
  @Override
  public synchronized void close() {
    threads.forEach(Thread::interrupt);
    long until = System.nanoTime() + CLOSE_LIMIT.toNanos();
    try {
      for (Thread thread : threads) {
        thread.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.clear();
  }
}
