package io.twinbeat.nemesis;

import io.twinbeat.lab.Holders;
import io.twinbeat.lab.LabNode;
import io.twinbeat.lab.LabOptions;
import io.twinbeat.lab.LabSite;
import io.twinbeat.lab.NodeStatus;
import io.twinbeat.lab.Probe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The real pair that is hurt, and the eyes on it, which write down what they see. */
final class Ground implements AutoCloseable {
  /** So short that a fault takes two seconds; the least that the file allows is 300 ms. */
  static final Duration DEADTIME = Duration.ofMillis(500);

  /** Between two kernel looks nothing may be missed that lasts as long as a message does. */
  private static final long BLIND_NANOS = 10_000_000;

  private static final Duration POLL = Duration.ofMillis(25);

  /**
   * An operator looks for what is not ready only after the daemons had time for their own tries.
   */
  private static final Duration OPERATOR_PAUSE = Duration.ofSeconds(2);

  /**
   * A hung nginx must be seen as such within about a deadtime, so its check is quick. The wait
   * before a fence is made for devices of milliseconds.
   */
  private static final String SITE =
      """
      pair: web
      nodes:
        lb1: { links: [192.168.76.1, 192.168.77.1], fence: { hook: /etc/twinbeat/fence-lab } }
        lb2: { links: [192.168.76.2, 192.168.77.2], fence: { hook: /etc/twinbeat/fence-lab } }
      heartbeat: { interval: 100ms, deadtime: %dms, initdead: 3s, key-file: /etc/twinbeat/key }
      fencing: { limit: 5s, wait: 1s, startup-window: 10m }
      reference-points: [10.10.10.1]
      groups:
        site:
          prefer: lb1
          resources:
            - nginx:
                check: { url: http://127.0.0.1/healthz, interval: 250ms, limit: 500ms, fall: 2 }
            - address: { ip: 10.10.10.100/24, dev: eth0 }
          restart: { times: 3, within: 1s }
      """
          .formatted(DEADTIME.toMillis());

  final LabSite lab;
  final History history;
  private final Path siteFile;
  private final Probe probe;
  private final Holders holders;
  private final long powerFrom;
  private String fileHash = ""; // of the right file, known at the first rest

  Ground(History history) {
    this.history = history;
    try {
      siteFile = Files.createTempFile("twinbeat-nemesis", ".yaml");
      Files.writeString(siteFile, SITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lab = LabSite.up(LabOptions.fresh().withSiteFile(siteFile));
    powerFrom = System.nanoTime();
    probe = lab.probe(this::seen);
    holders = lab.watchHolders(this::held, this::blind);
  }

  private void seen(Probe.Event event) {
    history.add(
        switch (event) {
          case Probe.Down d -> new Entry.Down(d.atNanos(), d.lastNode());
          case Probe.Up u -> new Entry.Up(u.atNanos(), u.outage());
          case Probe.Moved m -> new Entry.Answering(m.atNanos(), m.after());
          case Probe.Stalled s -> new Entry.ClientStalled(s.atNanos(), s.lengthNanos());
        });
  }

  private void held(Holders.Change change) {
    history.add(new Entry.Held(change.atNanos(), change.holders()));
  }

  private void blind(long atNanos, long lengthNanos) {
    if (lengthNanos > BLIND_NANOS) {
      history.add(new Entry.Blind(atNanos, lengthNanos));
    }
  }

  Probe probe() {
    return probe;
  }

  void note(String text) {
    history.add(new Entry.Note(System.nanoTime(), text));
  }

  LabNode holder() {
    Set<String> now = lab.holders();
    return now.size() == 1 ? lab.node(now.iterator().next()) : lab.nodes().getFirst();
  }

  LabNode standby() {
    return lab.peer(holder().name());
  }

  /** Gives power to what is off, as somebody would; true: something was. */
  boolean powerOn() {
    boolean any = false;
    for (LabNode node : lab.nodes()) {
      if (!node.isOn()) {
        node.powerOn();
        any = true;
      }
    }
    return any;
  }

  /** Waits for both nodes whole and one holder; what is missing, if it is not so in time. */
  Optional<String> rest(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    long operated = System.nanoTime();
    while (true) {
      String missing = missing();
      if (missing.isEmpty()) {
        if (fileHash.isEmpty()) {
          fileHash = Orders.status(holder()).map(Orders::fileHash).orElse("");
        }
        history.add(new Entry.Calm(System.nanoTime(), holder().name()));
        return Optional.empty();
      }
      if (System.nanoTime() - deadline > 0) {
        history.add(new Entry.NotCalm(System.nanoTime(), missing));
        return Optional.of(missing);
      }
      // A fence that was under way when the faults ended has still switched its node off.
      powerOn();
      if (System.nanoTime() - operated > OPERATOR_PAUSE.toNanos()) {
        operate();
        operated = System.nanoTime();
      }
      LabSite.await(POLL, () -> false);
    }
  }

  /**
   * Does what a node that is not ready tells the operator to do. An old file: a restart that was
   * ordered while the daemon started, or was stopped, came to nothing.
   */
  private void operate() {
    for (LabNode node : lab.nodes()) {
      Optional<NodeStatus> status = Orders.status(node);
      if (status.isEmpty()) {
        continue;
      }
      if (!fileHash.isEmpty() && !Orders.fileHash(status.get()).equals(fileHash)) {
        Orders.restart(this, node);
      }
    }
  }

  private String missing() {
    Set<String> now = lab.holders();
    if (now.size() != 1) {
      return "one holder (there are " + now + ")";
    }
    String holder = now.iterator().next();
    for (LabNode node : lab.nodes()) {
      Optional<NodeStatus> status = Orders.status(node);
      if (status.isEmpty()) {
        return "a daemon on " + node.name() + " that answers";
      }
      if (!status.get().peer().equals("heard") || !status.get().holder().equals(holder)) {
        return "%s hears its peer and knows that %s holds (it says: %s, holder %s)"
            .formatted(node.name(), holder, status.get().peer(), status.get().holder());
      }
      for (LabNode each : lab.nodes()) {
        if (!status.get().isReady(each.name())) {
          return "%s ready, as %s sees it: %s"
              .formatted(each.name(), node.name(), Orders.unready(status.get(), each.name()));
        }
      }
    }
    return probe.node().equals(holder) && !probe.isDown() ? "" : "an answer from " + holder;
  }

  /** Writes down what the power switch was asked, once, at the end of a run. */
  void tellPower() {
    probe.settle();
    lab.powerLog().stream()
        .filter(action -> action.endNanos() - powerFrom >= 0)
        .forEach(action -> history.add(new Entry.Power(action)));
  }

  @Override
  public void close() {
    holders.close();
    probe.close();
    lab.close();
    try {
      Files.deleteIfExists(siteFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
