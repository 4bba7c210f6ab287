package io.twinbeat.daemon;

import io.twinbeat.control.StatusReport;
import io.twinbeat.decision.Effect;
import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.State;
import io.twinbeat.linux.SystemdNotifier;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.Resource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What comes round: readiness, the hot standby, what the peer is shown, systemd's watchdog. */
final class Housekeeping implements AutoCloseable {
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);

  /** What has changed is told with the next look. */
  private static final Duration FACTS_INTERVAL = Duration.ofSeconds(2);

  private static final Duration FAILED_INTERVAL = Duration.ofSeconds(2);
  private static final Duration INSPECT_INTERVAL = Duration.ofSeconds(2);

  /** What dies at once again is not started more often than this. */
  private static final Duration HEAL_PAUSE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

  private final Parts parts;
  private final Connection connection;
  private final SystemdNotifier systemd;
  private final List<PracticeLook> looks;
  private final StatusView view;
  private final ForgeryWatch forgeries;
  private final UnreadyAlarm unready;
  private final WatchdogWatch watchdogs;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Map<GroupRunner, Long> healed = new HashMap<>();
  private String said = "";
  private List<Object> toldGist = List.of();
  private long toldNanos = System.nanoTime() - FACTS_INTERVAL.toNanos();

  Housekeeping(
      Parts parts, Connection connection, SystemdNotifier systemd, List<PracticeLook> looks) {
    this.parts = parts;
    this.connection = connection;
    this.systemd = systemd;
    this.looks = List.copyOf(looks);
    this.view = new StatusView(parts);
    this.unready = new UnreadyAlarm(parts.self().name(), parts.peer().name(), parts.alarms());
    this.watchdogs = new WatchdogWatch(parts);
    this.forgeries = new ForgeryWatch(parts.peer().name(), parts.alarms());
  }

  void start() {
    every(LOOK_INTERVAL, this::look);
    every(LOOK_INTERVAL, this::tellPeer);
    every(LOOK_INTERVAL, parts.drainExchange()::agree);
    every(FAILED_INTERVAL, () -> parts.groups().forEach(GroupRunner::tellFailedAgain));
    every(INSPECT_INTERVAL, this::heal);
    every(INSPECT_INTERVAL, this::standBy);
    looks.forEach(look -> every(PracticeLook.EACH, look::practise));
    parts.items().kept().forEach(item -> every(KeptItem.AGAIN, item::lookIfDue));
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
    unready.look(parts.loop().state(), System.nanoTime());
    watchdogs.look();
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
    State state = parts.loop().state();
    StatusReport.Readiness own = view.own(state);
    List<StatusReport.Device> devices = view.ownDevices();
    long life = state.peer().last() == null ? 0 : state.peer().last().incarnation();
    String drains = parts.drains().book().digest(parts.heartbeat().incarnation());
    List<Object> gist = PeerFacts.gist(life, own, devices, drains);
    long now = System.nanoTime();
    if (gist.equals(toldGist) && now - toldNanos < FACTS_INTERVAL.toNanos()) {
      return;
    }
    Set<String> macs = new TreeSet<>();
    parts.addresses().hardwareAddresses().forEach(mac -> macs.add(mac.toString()));
    StatusReport.Watchdog watchdog = new WatchdogView(parts).own();
    if (parts.heartbeat().send(PeerFacts.message(own, devices, macs, watchdog, drains))) {
      toldGist = gist;
      toldNanos = now;
    }
  }

  /** What should be hot on the standby and is not, is prepared again. */
  private void heal() {
    if (parts.loop().state().maintenance().stands()) {
      return;
    }
    for (GroupRunner runner : parts.groups()) {
      GroupState g = parts.loop().state().group(runner.group().name());
      boolean bad = runner.group().readiness().stream().anyMatch(ReadinessItem::gates);
      long now = System.nanoTime();
      Long before = healed.get(runner);
      boolean pausing = before != null && now - before < HEAL_PAUSE.toNanos();
      if (g.phase() == Phase.STANDBY && bad && !pausing) {
        healed.put(runner, now);
        runner.prepare(new Effect.Prepare(g.name(), 0));
      }
    }
  }

  /** What a standby must not have is taken away there, unless an operator is at work. */
  private void standBy() {
    State state = parts.loop().state();
    if (state.maintenance().stands()) {
      return;
    }
    for (GroupRunner runner : parts.groups()) {
      if (state.group(runner.group().name()).phase() == Phase.STANDBY) {
        runner.standBy();
      }
    }
  }

  private void feed() {
    if (parts.signs().standstill().isEmpty()) {
      systemd.watchdog();
    }
  }

  @Override
  public void close() {
    ended.countDown();
  }
}
