package io.twinbeat.daemon;

import io.twinbeat.address.Addresses;
import io.twinbeat.address.FloatingAddress;
import io.twinbeat.config.Group;
import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.config.SiteStatusConfig;
import io.twinbeat.control.SiteServer;
import io.twinbeat.daemon.LifeSigns.Sign;
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
import io.twinbeat.linux.WatchdogDevice;
import io.twinbeat.lvs.Director;
import io.twinbeat.resource.Resource;
import io.twinbeat.resource.ResourceException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private static final Logger log = LoggerFactory.getLogger(Life.class);

  private final Pair pair;
  private final Node self;
  private final Node peer;
  private final Instant since = Instant.now();
  private final ControlDesk desk;
  private final CountDownLatch published = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final PeerFacts facts = new PeerFacts();
  private final PeerQuestions questions;
  private final List<AutoCloseable> toClose;
  private final Fencing fencing;
  private final Chronicle chronicle;
  private final KeptState kept;
  private final Notifier notifier;
  private final DaemonAlarms alarms;
  private final Addresses addresses;
  private final LeftBehind leftBehind;
  private final Core core;
  private final Directors directors;
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
  private final Optional<WatchdogFeeder> watchdog;
  private volatile State told;
  private volatile int exitStatus;
  private boolean silent;

  /** Leaves nothing open when it throws. */
  static Life of(Loaded from, ControlDesk desk, Reload reload) throws IOException {
    List<AutoCloseable> toClose = new ArrayList<>();
    boolean made = false;
    try {
      Life life = new Life(from, desk, toClose);
      reload.answer(life.questions);
      made = true;
      return life;
    } finally {
      if (!made) {
        closeAll(toClose);
      }
    }
  }

  private Life(Loaded from, ControlDesk desk, List<AutoCloseable> toClose) throws IOException {
    this.desk = desk;
    this.toClose = toClose;
    this.pair = from.pair();
    this.self = from.self();
    this.peer = pair.peer(self);
    this.fencing = FromFile.fencing(pair);
    this.questions = new PeerQuestions(peer.name(), this::tellPeer);
    this.kept = KeptState.read(pair.paths().state().resolve("state"), BootId.read());
    Journal journal = Journal.open(pair.paths().state().resolve("journal"), pair.journal().size());
    this.chronicle = closing(new Chronicle(journal, kept));
    this.notifier = closing(new Notifier(self.name(), pair.hooks()));
    this.alarms = new DaemonAlarms(chronicle, notifier);
    AddressWatch watch = new AddressWatch(alarms, chronicle);
    List<FloatingAddress> floating = ResourceFactory.addresses(pair);
    this.addresses = closing(Addresses.open(floating, watch));
    this.leftBehind = new LeftBehind(pair, kept, alarms);
    this.core = new Core(FromFile.settings(pair, self, fencing));
    this.effects = closing(new EffectRunner(chronicle, notifier, this::carryOut, this::publish));
    this.loop = new EventLoop(core, effects::submit);
    closing(loop::stop);
    this.orders = closing(new Orders(loop::put));
    this.fencer = new Fencer(fencing, peer.name(), pair.heartbeat().deadtime(), loop::put);
    AddressOnWire.Peer onLan = onLan();
    this.directors = closing(new Directors(pair, alarms, chronicle));
    References references =
        closing(
            References.watch(
                pair.referencePoints(), pair.heartbeat().deadtime(), core.settings().probeLimit()));
    for (Group group : pair.groups()) {
      HeldGroup held =
          ResourceFactory.group(group, addresses, onLan, pair.paths().run(), directors);
      held.directors().forEach(this::closing);
      runners.put(group.name(), closing(new GroupRunner(held, addresses, loop::put, chronicle)));
      lookers.put(
          group.name(),
          new Looker(held, ResourceFactory.probe(group), addresses, references, loop::put));
    }
    PeerEar ear = new PeerEar(peer.name(), loop, facts, questions, alarms, chronicle);
    this.heartbeat =
        closing(new Heartbeat(FromFile.heartbeat(pair, self, from.keys()), this::status, ear));
    List<GroupRunner> inOrder =
        pair.groups().stream().map(group -> runners.get(group.name())).toList();
    List<Director> all =
        inOrder.stream()
            .flatMap(runner -> runner.group().directors().stream())
            .map(LvsResource::director)
            .toList();
    Drains drains = new Drains(pair.paths().state(), all, chronicle, alarms);
    DrainExchange drainExchange =
        new DrainExchange(peer.name(), drains, questions, facts, loop::state);
    LifeSigns signs = signs();
    this.watchdog =
        pair.watchdog()
            .map(w ->
                new WatchdogFeeder(
                    w.device(), () -> WatchdogDevice.open(w.device(), w.timeout()), signs));
    NodeItems items =
        new NodeItems(
            pair,
            peer,
            loop::state,
            chronicle,
            new FenceItems(pair, self, peer, fencing, facts),
            new SameFiles(
                self.name(), peer.name(), this::comparedFiles, pair.files().own(), questions),
            new PeerClock(peer.name(), questions),
            drainExchange,
            watchdog);
    this.parts =
        new Parts(
            from.file(),
            pair,
            self,
            peer,
            core.settings(),
            loop,
            heartbeat,
            fencing,
            inOrder,
            new Readiness(inOrder, items::items, loop::put),
            items,
            addresses,
            references,
            signs,
            watchdog,
            facts,
            questions,
            alarms,
            chronicle,
            orders,
            drains,
            drainExchange,
            new DrainCount(self.name(), peer.name(), drains::knowing, questions),
            since);
    Set<String> devices = new TreeSet<>();
    floating.forEach(address -> devices.add(address.device()));
    this.connection = new Connection(addresses, devices, references, loop::put);
    watch.onCarrierChange(connection::look);
    references.onChange(connection::look);
    this.systemd = closing(SystemdNotifier.open(System.getenv()));
    watchdog.ifPresent(this::closing); // Last, so that it is closed while its node can be asked.
  }

  private LifeSigns signs() {
    List<Sign> signs = new ArrayList<>();
    signs.add(new Sign("the decision loop", loop::idleFor, LifeSigns.LOOP_MAX));
    signs.add(new Sign("carrying out decisions", effects::behind, LifeSigns.EFFECTS_MAX));
    signs.add(
        new Sign(
            "the heartbeat",
            heartbeat::idleFor,
            pair.heartbeat().interval().plus(LifeSigns.BEAT_MAX)));
    for (Group group : pair.groups()) {
      signs.add(
          new Sign(
              "the work on " + group.name(),
              runners.get(group.name())::busyFor,
              FromFile.busyLimit(group)));
    }
    return new LifeSigns(signs, loop::state);
  }

  private <T extends AutoCloseable> T closing(T part) {
    toClose.add(part);
    return part;
  }

  Parts parts() {
    return parts;
  }

  /** Looks at itself, decides for the first time, and lets itself be heard. */
  void begin() throws IOException, InterruptedException {
    ProcessMemory.Lock lock = ProcessMemory.lockAll();
    if (!lock.locked()) {
      log.info("memory is not locked: {}", lock.reason());
    }
    kept.lost().ifPresent(why -> alarms.raise("state", why, "nothing to do: it is written anew"));
    Event.Started started = startEvent();
    leftBehind.remove();
    directors.begin();
    loop.start(started);
    watchdog.ifPresent(WatchdogFeeder::start);
    // Before the first heartbeat: a node that has not looked at itself would let the other start.
    connection.look();
    parts.readiness().look();
    if (!published.await(FIRST_STATE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("the first decision did not come within " + FIRST_STATE_LIMIT);
    }
    heartbeat.start();
    desk.open(parts);
    pair.siteStatus().ifPresent(this::answerTheSite);
    closing(proofs()).start();
    closing(new Housekeeping(parts, connection, systemd, practiceLooks())).start();
    lookers.values().forEach(Looker::warmUp);
    for (GroupRunner runner : runners.values()) {
      runner.group().directors().forEach(each -> each.director().begin());
    }
    parts.drains().forgetOthers();
    log.info(
        "{} on {}: listening for {} on {} links",
        pair.name(),
        self.name(),
        peer.name(),
        self.links().size());
    systemd.ready();
  }

  private void answerTheSite(SiteStatusConfig config) {
    List<InetSocketAddress> own =
        self.links().stream().map(ip -> new InetSocketAddress(ip, config.port())).toList();
    SiteDesk site = new SiteDesk(config, alarms, new StatusView(parts)::report);
    closing(SiteServer.open(own, site));
  }

  private List<PracticeLook> practiceLooks() {
    Duration limit = core.settings().probeLimit();
    List<PracticeLook> looks = new ArrayList<>();
    lookers.forEach((group, looker) ->
        looks.add(new PracticeLook(group, loop::state, () -> looker.practise(limit), alarms)));
    return looks;
  }

  /** Waits until the core wants this life to end; the exit status, should none follow. */
  int live() throws InterruptedException {
    ended.await();
    return exitStatus;
  }

  /** Services are kept, and the peer is told that this node comes back. */
  void endToBeContinued() {
    try {
      if (ended.getCount() > 0) {
        orders.order(new Event.Order.Restart(ControlDesk.BACK_WITHIN));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void end() {
    ended.countDown();
  }

  /** No other life follows: what goes on for a while after a stop ends first. */
  void stopping() {
    systemd.stopping();
    directors.finish();
  }

  /**
   * After this life: what it started and the next file does not have would run on for ever. What is
   * hot on both nodes stays.
   */
  void stopServicesNotIn(Pair next) throws IOException {
    for (Group group : pair.groups()) {
      if (loop.state().group(group.name()).phase() == Phase.ACTIVE) {
        for (Resource resource : runners.get(group.name()).group().resources().reversed()) {
          if (!Difference.keeps(group, resource.name(), next)) {
            stopForGood(resource);
          }
        }
      }
    }
  }

  private static void stopForGood(Resource resource) throws IOException {
    try {
      resource.stop(Resource.StopMode.HAND_OVER);
    } catch (ResourceException e) {
      throw new IOException(
          resource.name()
              + ", which the file no longer has, could not be stopped: "
              + e.getMessage(),
          e);
    }
  }

  private AddressOnWire.Peer onLan() {
    return new AddressOnWire.Peer() {
      @Override
      public String name() {
        return peer.name();
      }

      @Override
      public Set<String> macs() {
        return facts.macs();
      }
    };
  }

  private List<Path> comparedFiles() {
    List<Path> files = new ArrayList<>(pair.files().same());
    for (GroupRunner runner : runners.values()) {
      runner.group().resources().forEach(resource -> files.addAll(resource.files()));
    }
    return files;
  }

  private ProofSchedule proofs() {
    return new ProofSchedule(
        fencing,
        List.of(peer.name()),
        ProofSchedule.FIRST_DELAY,
        pair.fencing().testInterval(),
        ProofSchedule.RETRY_MIN,
        node -> loop.state().peer().hearing() == Hearing.HEARD,
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
      String name = runner.group().name();
      boolean present =
          runner.group().addresses().stream().anyMatch(AddressResource::anyPresent)
              || leftBehind.anyPresent(name);
      remembered.put(name, kept.remembered(name, present));
    }
    return new Event.Started(
        heartbeat.incarnation(),
        remembered,
        kept.startFenceSpentFor(pair.fencing().startupWindow()),
        kept.maintenance());
  }

  private boolean tellPeer(byte[] message) {
    return heartbeat.send(message);
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
      case Effect.Exit e -> {
        exitStatus = e.end() == Effect.End.COULD_NOT_LEAVE ? Daemon.FAILED : 0;
        ended.countDown();
      }
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
    closeAll(toClose);
  }

  private static void closeAll(List<AutoCloseable> parts) {
    for (AutoCloseable part : parts.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        log.warn("closing {}: {}", part.getClass().getSimpleName(), e.getMessage());
      }
    }
    parts.clear();
  }
}
