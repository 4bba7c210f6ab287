package io.twinbeat.daemon;

import io.twinbeat.address.Addresses;
import io.twinbeat.address.FloatingAddress;
import io.twinbeat.config.Group;
import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.control.ControlServer;
import io.twinbeat.decision.Core;
import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.State;
import io.twinbeat.fencing.Fencing;
import io.twinbeat.fencing.ProofSchedule;
import io.twinbeat.heartbeat.Heartbeat;
import io.twinbeat.journal.Journal;
import io.twinbeat.linux.BootId;
import io.twinbeat.linux.ProcessMemory;
import io.twinbeat.linux.SystemdNotifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of the daemon: makes the parts, lets them run, takes them down. */
final class Life implements AutoCloseable {
  /** What no restart would mend. */
  static final class Misconfigured extends IOException {
    private static final long serialVersionUID = 1;

    Misconfigured(String message) {
      super(message);
    }
  }

  private static final Duration FIRST_STATE_LIMIT = Duration.ofSeconds(10);
  private static final Duration TERM_LIMIT = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(Life.class);

  private final Pair pair;
  private final Node self;
  private final Node peer;
  private final Instant since = Instant.now();
  private final ControlDesk desk = new ControlDesk();
  private final CountDownLatch published = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final PeerFacts facts = new PeerFacts();
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final Fencing fencing;
  private final Chronicle chronicle;
  private final KeptState kept;
  private final Notifier notifier;
  private final DaemonAlarms alarms;
  private final Addresses addresses;
  private final Core core;
  private final Heartbeat heartbeat;
  private final EventLoop loop;
  private final EffectRunner effects;
  private final Orders orders;
  private final Fencer fencer;
  private final Map<String, GroupRunner> runners = new HashMap<>();
  private final Map<String, Looker> lookers = new HashMap<>();
  private final Map<String, Phase> phases = new HashMap<>();
  private final Parts parts;
  private final Connection connection;
  private final SystemdNotifier systemd;
  private volatile State told;
  private boolean silent;

  Life(Path file, Pair pair, Node self, List<byte[]> keys) throws IOException {
    this.pair = pair;
    this.self = self;
    this.peer = pair.peer(self);
    this.fencing = FromFile.fencing(pair);
    // The socket comes first: a second daemon must end here, before it touches anything.
    Files.createDirectories(pair.paths().run());
    Files.createDirectories(pair.paths().state());
    closing(ControlServer.open(pair.control().socket(), pair.control().group(), desk));
    this.kept = KeptState.read(pair.paths().state().resolve("state"), BootId.read());
    Journal journal = Journal.open(pair.paths().state().resolve("journal"), pair.journal().size());
    this.chronicle = closing(new Chronicle(journal, kept));
    this.notifier = closing(new Notifier(self.name(), pair.hooks()));
    this.alarms = new DaemonAlarms(chronicle, notifier);
    AddressWatch watch = new AddressWatch(alarms, chronicle);
    List<FloatingAddress> floating = ResourceFactory.addresses(pair);
    this.addresses = closing(Addresses.open(floating, watch));
    this.core = new Core(FromFile.settings(pair, self, fencing));
    this.effects = closing(new EffectRunner(chronicle, notifier, this::carryOut, this::publish));
    this.loop = new EventLoop(core, effects::submit);
    closing(loop::stop);
    this.orders = new Orders(loop::put);
    this.fencer = new Fencer(fencing, peer.name(), pair.heartbeat().deadtime(), loop::put);
    for (Group group : pair.groups()) {
      HeldGroup held = ResourceFactory.group(group, addresses);
      runners.put(group.name(), closing(new GroupRunner(held, addresses, loop::put)));
      lookers.put(
          group.name(), new Looker(held, ResourceFactory.probe(group), addresses, loop::put));
    }
    PeerEar ear = new PeerEar(peer.name(), loop, facts, alarms, chronicle);
    this.heartbeat =
        closing(new Heartbeat(FromFile.heartbeat(pair, self, keys), this::status, ear));
    List<GroupRunner> inOrder =
        pair.groups().stream().map(group -> runners.get(group.name())).toList();
    NodeItems items = new NodeItems(pair, peer, fencing, loop::state, chronicle);
    References references =
        closing(References.watch(pair.referencePoints(), pair.heartbeat().deadtime()));
    this.parts =
        new Parts(
            file,
            pair,
            self,
            peer,
            loop,
            heartbeat,
            fencing,
            inOrder,
            new Readiness(inOrder, items::items, loop::put),
            references,
            facts,
            alarms,
            chronicle,
            orders,
            since);
    Set<String> devices = new TreeSet<>();
    floating.forEach(address -> devices.add(address.device()));
    this.connection = new Connection(addresses, devices, references, loop::put);
    watch.onCarrierChange(connection::look);
    references.onChange(connection::look);
    this.systemd = closing(SystemdNotifier.open(System.getenv()));
  }

  private <T extends AutoCloseable> T closing(T part) {
    toClose.add(part);
    return part;
  }

  /** Runs until the core wants the process to end. */
  int live() throws IOException, InterruptedException {
    ProcessMemory.Lock lock = ProcessMemory.lockAll();
    if (!lock.locked()) {
      log.info("memory is not locked: {}", lock.reason());
    }
    kept.lost().ifPresent(why -> alarms.raise("state", why, "nothing to do: it is written anew"));
    Thread term = new Thread(this::terminated, "terminated");
    Runtime.getRuntime().addShutdownHook(term);
    loop.start(startEvent());
    // Before the first heartbeat: a node that has not looked at itself would let the other start.
    connection.look();
    parts.readiness().look();
    if (!published.await(FIRST_STATE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("the first decision did not come within " + FIRST_STATE_LIMIT);
    }
    heartbeat.start();
    desk.open(parts);
    try (ProofSchedule proofs = proofs();
        Housekeeping house = new Housekeeping(parts, connection, systemd)) {
      proofs.start();
      house.start();
      lookers.values().forEach(Looker::warmUp);
      log.info(
          "{} on {}: listening for {} on {} links",
          pair.name(),
          self.name(),
          peer.name(),
          self.links().size());
      systemd.ready();
      ended.await();
      systemd.stopping();
    }
    return 0;
  }

  private ProofSchedule proofs() {
    return new ProofSchedule(
        fencing,
        List.of(peer.name()),
        ProofSchedule.FIRST_DELAY,
        pair.fencing().testInterval(),
        RandomGenerator.getDefault(),
        proof -> {
          String key = "device:" + proof.device();
          if (proof.succeeded()) {
            alarms.clear(key);
          } else {
            alarms.raise(
                key,
                "the fence device of "
                    + proof.node()
                    + " does not work: "
                    + proof.device()
                    + ": "
                    + proof.detail(),
                "mend it, then: twinbeat fence test " + proof.node());
          }
        });
  }

  private Event.Started startEvent() {
    Map<String, Event.Remembered> remembered = new HashMap<>();
    for (GroupRunner runner : runners.values()) {
      boolean present = runner.group().addresses().stream().anyMatch(AddressResource::anyPresent);
      remembered.put(runner.group().name(), kept.remembered(runner.group().name(), present));
    }
    return new Event.Started(
        heartbeat.incarnation(),
        remembered,
        kept.startFenceSpentFor(pair.fencing().startupWindow()));
  }

  /** SIGTERM: whoever sends it wants this process to end, not the service to move. */
  private void terminated() {
    try {
      if (ended.getCount() > 0) {
        Thread.ofVirtual().start(this::orderRestart).join(TERM_LIMIT);
      }
      ended.countDown();
      closed.await(TERM_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void orderRestart() {
    try {
      orders.order(new Event.Order.Restart(ControlDesk.BACK_WITHIN));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private byte[] status() {
    return StatusCodec.encode(core.status(told, EventLoop.now(), pair.hash()));
  }

  /** The peer is told of a state when what it rests on is on disk. */
  private void publish(State state) {
    told = state;
    published.countDown();
    boolean silentNow =
        state.peer().hearing() == Hearing.SILENT || state.peer().hearing() == Hearing.DISCONNECTED;
    if (silentNow && !silent) {
      heartbeat.peerJudgedSilent();
    }
    silent = silentNow;
    state
        .groups()
        .forEach(g -> {
          Phase before = phases.put(g.name(), g.phase());
          if (before != g.phase() && g.phase() == Phase.ACTIVE) {
            notifier.moved("takeover", g.name(), g.why());
          } else if (before == Phase.STOPPING && g.phase() != Phase.STUCK) {
            notifier.moved("release", g.name(), g.why());
          }
        });
  }

  private void carryOut(Effect effect, Duration decidedAgo) {
    switch (effect) {
      case Effect.SendStatus s -> heartbeat.sendNow();
      case Effect.SayGoodbye s -> heartbeat.goodbye();
      case Effect.Prepare e -> runners.get(e.group()).prepare(e);
      case Effect.StartGroup e -> runners.get(e.group()).start(e);
      case Effect.StopGroup e -> runners.get(e.group()).stop();
      case Effect.RestartResource e -> runners.get(e.group()).restart(e.resource());
      case Effect.Announce e ->
          runners.get(e.group()).group().addresses().forEach(a -> addresses.announce(a.all()));
      case Effect.Fence e -> fencer.fence(e, decidedAgo);
      case Effect.WarmFence e -> fencer.warm();
      case Effect.Probe e -> lookers.get(e.group()).look(e);
      case Effect.Answer e -> orders.answered(e);
      case Effect.Exit e -> ended.countDown();
      case Effect.Explain e -> throw new IllegalStateException("not for here: " + e);
      case Effect.Note e -> throw new IllegalStateException("not for here: " + e);
      case Effect.Persist e -> throw new IllegalStateException("not for here: " + e);
      case Effect.RaiseAlarm e -> throw new IllegalStateException("not for here: " + e);
      case Effect.ClearAlarm e -> throw new IllegalStateException("not for here: " + e);
    }
  }

  @Override
  public void close() {
    ended.countDown();
    for (AutoCloseable part : toClose.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        log.warn("closing {}: {}", part.getClass().getSimpleName(), e.getMessage());
      }
    }
    closed.countDown();
  }
}
