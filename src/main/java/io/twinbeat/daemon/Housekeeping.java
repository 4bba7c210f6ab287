package io.twinbeat.daemon;

import io.twinbeat.decision.Effect;
import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.Phase;
import io.twinbeat.linux.SystemdNotifier;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.Resource;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What comes round: readiness, the hot standby, what the peer is shown, systemd's watchdog. */
final class Housekeeping implements AutoCloseable {
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);
  private static final Duration FACTS_INTERVAL = Duration.ofSeconds(2);
  private static final Duration FAILED_INTERVAL = Duration.ofSeconds(2);
  private static final Duration INSPECT_INTERVAL = Duration.ofSeconds(2);
  private static final Duration HEAL_INTERVAL = Duration.ofSeconds(10);

  /** A loop that did not go round for this long is not fed to systemd's watchdog. */
  private static final Duration LOOP_IDLE_MAX = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

  private final Parts parts;
  private final Connection connection;
  private final SystemdNotifier systemd;
  private final StatusView view;
  private final ForgeryWatch forgeries;
  private final CountDownLatch ended = new CountDownLatch(1);
  private String said = "";

  Housekeeping(Parts parts, Connection connection, SystemdNotifier systemd) {
    this.parts = parts;
    this.connection = connection;
    this.systemd = systemd;
    this.view = new StatusView(parts);
    this.forgeries = new ForgeryWatch(parts.peer().name(), parts.alarms());
  }

  void start() {
    every(LOOK_INTERVAL, this::look);
    every(FACTS_INTERVAL, this::tellPeer);
    every(FAILED_INTERVAL, () -> parts.groups().forEach(GroupRunner::tellFailedAgain));
    every(HEAL_INTERVAL, this::heal);
    for (GroupRunner runner : parts.groups()) {
      for (Resource resource : runner.group().resources()) {
        every(INSPECT_INTERVAL, resource::inspect);
      }
    }
    systemd.watchdogInterval().ifPresent(interval -> every(interval.dividedBy(3), this::feed));
  }

  private void every(Duration interval, Runnable work) {
    Thread.ofVirtual().name("housekeeping").start(() -> repeat(interval, work));
  }

  private void repeat(Duration interval, Runnable work) {
    try {
      do {
        try {
          work.run();
        } catch (RuntimeException e) {
          log.error("housekeeping failed", e);
        }
      } while (!ended.await(interval.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void look() {
    connection.look();
    parts.readiness().look();
    forgeries.look(parts.heartbeat().links(), System.nanoTime());
    String trouble = parts.chronicle().trouble();
    if (trouble.isEmpty()) {
      parts.alarms().clear("journal");
    } else {
      parts.chronicle().tryAgain();
      parts.alarms().raise("journal", trouble, "make room in " + parts.pair().paths().state());
    }
    StringBuilder line = new StringBuilder();
    for (GroupState g : parts.loop().state().groups()) {
      line.append(line.isEmpty() ? "" : ", ").append(g.name()).append(' ').append(g.phase());
    }
    line.append("; ").append(parts.peer().name()).append(' ');
    line.append(parts.loop().state().peer().hearing());
    if (!said.contentEquals(line)) {
      said = line.toString();
      systemd.status(said);
    }
  }

  private void tellPeer() {
    parts.heartbeat().send(PeerFacts.message(view.own(parts.loop().state()), view.ownDevices()));
  }

  /** What should be hot on the standby and is not, is prepared again. */
  private void heal() {
    for (GroupRunner runner : parts.groups()) {
      GroupState g = parts.loop().state().group(runner.group().name());
      boolean bad =
          runner.group().readiness().stream()
              .anyMatch(item -> item.state() != ReadinessItem.State.GOOD);
      if (g.phase() == Phase.STANDBY && bad) {
        runner.prepare(new Effect.Prepare(g.name(), 0));
      }
    }
  }

  private void feed() {
    if (parts.loop().idleFor().compareTo(LOOP_IDLE_MAX) < 0) {
      systemd.watchdog();
    }
  }

  @Override
  public void close() {
    ended.countDown();
  }
}
