package io.twinbeat.lvs;

import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ServerCheckConfig;
import io.twinbeat.config.VirtualServiceConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all real servers, each on a virtual thread of its own: at once, since nothing is known
 * of them, and then spread over the interval so that they do not all come together. Neither a look
 * nor its listener ends the looks, whatever they throw.
 */
final class Checks {
  /** Gets each result, on the thread of its server. */
  interface Listener {
    void seen(VirtualServiceConfig service, RealServerConfig server, Look.Seen seen);
  }

  /** The first looks are spread over this, or over a tenth of the interval if that is less. */
  static final Duration FIRST_SPREAD = Duration.ofMillis(100);

  private static final int FIRST_PART = 10;

  /** After a look that broke in an unforeseen way. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(Checks.class);

  private final List<VirtualServiceConfig> services;
  private final Function<ServerCheckConfig.How, Look> looks;
  private final Listener listener;
  private List<Thread> threads = List.of();

  Checks(
      List<VirtualServiceConfig> services,
      Function<ServerCheckConfig.How, Look> looks,
      Listener listener) {
    this.services = services;
    this.looks = looks;
    this.listener = listener;
  }

  synchronized boolean running() {
    return !threads.isEmpty();
  }

  /** Again is harmless. */
  synchronized void start() {
    if (!threads.isEmpty()) {
      return;
    }
    List<Thread> started = new ArrayList<>();
    for (VirtualServiceConfig service : services) {
      Look look = looks.apply(service.check().how());
      if (service.check().how() instanceof ServerCheckConfig.How.Off) {
        continue;
      }
      for (RealServerConfig server : service.realServers()) {
        started.add(
            Thread.ofVirtual()
                .name("check-" + server.name())
                .start(() -> repeat(service, server, look)));
      }
    }
    threads = started;
  }

  /** No result comes after the looks that are under way. */
  synchronized void stop() {
    threads.forEach(Thread::interrupt);
    threads = List.of();
  }

  private void repeat(VirtualServiceConfig service, RealServerConfig server, Look look) {
    ServerCheckConfig check = service.check();
    int port = check.port().orElse(server.port());
    RandomGenerator random = ThreadLocalRandom.current();
    try {
      Thread.sleep(untilFirst(check, random));
      for (boolean first = true; ; first = false) {
        long began = System.nanoTime();
        Look.Seen seen = guarded(look, server, port, check.timeout());
        if (Thread.interrupted()) {
          return; // The look was ended, not answered.
        }
        tell(service, server, seen);
        Duration apart = apart(check, first, random);
        Thread.sleep(shorter(apart, Duration.ofNanos(System.nanoTime() - began)));
      }
    } catch (InterruptedException e) {
      // Stopped.
    }
  }

  static Duration untilFirst(ServerCheckConfig check, RandomGenerator random) {
    Duration tenth = check.interval().dividedBy(FIRST_PART);
    return random(tenth.compareTo(FIRST_SPREAD) < 0 ? tenth : FIRST_SPREAD, random);
  }

  /** From the beginning of one look to that of the next; the second ones are spread anew. */
  static Duration apart(ServerCheckConfig check, boolean first, RandomGenerator random) {
    return first
        ? check.interval().dividedBy(2).plus(random(check.interval(), random))
        : check.interval().plus(random(check.jitter(), random));
  }

  private static Duration shorter(Duration time, Duration gone) {
    Duration left = time.minus(gone);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Duration random(Duration most, RandomGenerator random) {
    return Duration.ofNanos(random.nextLong(most.toNanos() + 1));
  }

  private void tell(VirtualServiceConfig service, RealServerConfig server, Look.Seen seen) {
    try {
      listener.seen(service, server, seen);
    } catch (RuntimeException | Error e) {
      log.error("what was seen of {} is lost ({})", server.name(), seen, e);
    }
  }

  private static Look.Seen guarded(Look look, RealServerConfig server, int port, Duration limit)
      throws InterruptedException {
    try {
      return look.at(server.ip(), port, limit);
    } catch (StackOverflowError e) {
      // A pattern of java.util.regex goes deeper with each repetition of a group.
      return Look.Seen.bad("what it answers is too much for the check's pattern (" + e + ")");
    } catch (RuntimeException | Error e) {
      log.error("the look at {} broke", server.name(), e);
      Thread.sleep(PAUSE);
      return Look.Seen.none("the look broke: " + e);
    }
  }
}
