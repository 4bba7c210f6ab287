package io.twinbeat.fencing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tests all devices of some nodes once in each interval, each node on a virtual thread of its own,
 * so that a device's failure is known before the device is needed.
 */
public final class ProofSchedule implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ProofSchedule.class);

  public static final Duration INTERVAL = Duration.ofHours(1);

  /** The first tests come this soon after the start. */
  public static final Duration FIRST_DELAY = Duration.ofSeconds(2);

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
  private final RandomGenerator random;
  private final Listener listener;
  private final List<Thread> threads = new ArrayList<>();

  public ProofSchedule(
      Fencing fencing,
      List<String> nodes,
      Duration firstDelay,
      Duration interval,
      RandomGenerator random,
      Listener listener) {
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("the interval of fence device tests must be above zero");
    }
    this.fencing = fencing;
    this.nodes = List.copyOf(nodes);
    this.firstDelay = firstDelay;
    this.interval = interval;
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
      while (!Thread.currentThread().isInterrupted()) {
        List<DeviceProof> proofs = fencing.test(node);
        if (Thread.currentThread().isInterrupted()) {
          return; // A test that was cut short says nothing about its device.
        }
        for (DeviceProof proof : proofs) {
          tell(proof);
        }
        Thread.sleep(jittered(interval));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
