package io.twinbeat.lvs;

import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ServerCheckConfig;
import io.twinbeat.config.VirtualServiceConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all real servers, each on a virtual thread of its own, spread over the interval so that
 * they do not all come at once.
 */
final class Checks {
  /** Gets each result, on the thread of its server. */
  interface Listener {
    void seen(VirtualServiceConfig service, RealServerConfig server, Look.Seen seen);
  }

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
    try {
      Thread.sleep(random(check.interval()));
      while (true) {
        long began = System.nanoTime();
        Look.Seen seen = guarded(look, server, port, check.timeout());
        if (Thread.interrupted()) {
          return; // The look was ended, not answered.
        }
        listener.seen(service, server, seen);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        Duration left = check.interval().plus(random(check.jitter())).minus(took);
        Thread.sleep(left.isNegative() ? Duration.ZERO : left);
      }
    } catch (InterruptedException e) {
      // Stopped.
    }
  }

  private static Look.Seen guarded(Look look, RealServerConfig server, int port, Duration limit)
      throws InterruptedException {
    try {
      return look.at(server.ip(), port, limit);
    } catch (RuntimeException e) {
      log.error("the look at {} broke", server.name(), e);
      Thread.sleep(PAUSE);
      return Look.Seen.none("the look broke: " + e);
    }
  }

  private static Duration random(Duration most) {
    return Duration.ofNanos(ThreadLocalRandom.current().nextLong(most.toNanos() + 1));
  }
}
