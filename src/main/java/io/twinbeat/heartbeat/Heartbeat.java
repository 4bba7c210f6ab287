package io.twinbeat.heartbeat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says and hears heartbeats over all links, sealed, and carries reliable messages between the two
 * nodes. Reports what was heard and how each link does; whether the peer is silent is judged by who
 * listens. Methods may be called from any thread; failures of the network are states, never
 * exceptions. Nothing heard here proves that the peer's machine is off.
 */
public final class Heartbeat implements AutoCloseable {
  /** The longest status in bytes. */
  public static final int STATUS_BYTES_MAX = 1200;

  /** The longest reliable message in bytes. */
  public static final int MESSAGE_BYTES_MAX = 1024 * 1024;

  /** When the goodbye is said, in milliseconds: often enough that some lost ones do not matter. */
  private static final int[] GOODBYES_AT_MILLIS = {0, 5, 15, 40};

  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);

  /** How often this process stood still, and how long at most. */
  public record OwnStalls(long count, Duration longest) {
    OwnStalls and(Duration gap) {
      return new OwnStalls(count + 1, gap.compareTo(longest) > 0 ? gap : longest);
    }
  }

  /** What this node says of itself; sampled at each heartbeat on any thread; must not block. */
  public interface StatusSource {
    byte[] status();
  }

  /** Called on the part's own threads, one call at a time; hands over and returns, never blocks. */
  public interface Listener {
    /**
     * A status that is authentic, fresh and newer than all heard before of this incarnation, over
     * whichever link brought it first. {@code receivedNanos} is {@link System#nanoTime} at receipt.
     */
    void heard(long peerIncarnation, byte[] status, int link, long receivedNanos);

    /** The link carries frames both ways (again). */
    void linkUp(int link);

    /**
     * No frame proved both directions for a deadtime. {@code oneWay}: frames arrive, but ours do
     * not. Not called for links that rest after the peer's goodbye.
     */
    void linkDown(int link, Duration silent, boolean oneWay);

    /**
     * The peer's kernel answers, on every link that was up, that nobody listens, and no sealed
     * frame came when probed. A strong hint that the process died while its machine runs, with
     * whatever it had started; never a proof that anything has stopped.
     */
    void peerProcessDied(long peerIncarnation, Duration silent);

    /** The peer's last word. */
    void peerSaidGoodbye(long peerIncarnation, byte[] finalStatus);

    /** Another incarnation took the place of the one heard so far. */
    void peerRestarted(long oldIncarnation, long newIncarnation);

    /** Our own thread was not scheduled for so long: silence from before means nothing. */
    void ownStall(Duration gap);

    /** A reliable message; on another thread than the rest, in the order sent. */
    void message(byte[] message);
  }

  private final long incarnation = incarnationOfThisStart();
  private final MonotonicClock clock = new MonotonicClock();
  private final HeartbeatSettings settings;
  // The order of events: held around judging a frame or a silence and telling about it.
  private final Object events = new Object();
  private final Listener listener;
  private final long deadtime;
  private final PeerTracker tracker;
  private final DeathCheck death = new DeathCheck();
  private final Gaps beats;
  private final List<Link> links = new ArrayList<>();
  private final Sender sender;
  private final Pulse pulse;
  private final Messaging messaging;
  private volatile OwnStalls stalls = new OwnStalls(0, Duration.ZERO);
  private volatile boolean leaving;

  public Heartbeat(HeartbeatSettings settings, StatusSource status, Listener listener) {
    this.settings = settings;
    this.listener = listener;
    this.deadtime = settings.deadtime().toNanos();
    this.beats = new Gaps(deadtime);
    this.tracker = new PeerTracker(incarnation, settings.links().size(), deadtime);
    for (int i = 0; i < settings.links().size(); i++) {
      links.add(link(i));
    }
    this.sender = new Sender(links, tracker, clock, status);
    this.pulse = new Pulse(settings, clock, sender, links, death, new Judged(), events);
    this.messaging =
        new Messaging(
            settings,
            incarnation,
            sender,
            tracker::present,
            message -> tell(l -> l.message(message)));
  }

  private Link link(int index) {
    Seal.Direction out = new Seal.Direction(index, settings.node(), settings.peer());
    Seal.Direction in = new Seal.Direction(index, settings.peer(), settings.node());
    Drops drops = new Drops();
    return new Link(
        index,
        settings.links().get(index),
        new LinkHealth(deadtime),
        drops,
        new Sealer(settings.keys().keys().getFirst(), out, incarnation),
        new Opener(settings.keys(), in, tracker, drops),
        new Arrivals());
  }

  private static long incarnationOfThisStart() {
    SecureRandom random = new SecureRandom();
    long drawn = 0;
    while (drawn == 0) {
      drawn = random.nextLong();
    }
    return drawn;
  }

  /**
   * Opens the links (one whose address is missing is tried again each second) and starts to send;
   * JGroups follows in the background. Once.
   */
  public void start() {
    links.forEach(Link::start);
    pulse.start();
    messaging.start(() -> links.stream().anyMatch(Link::bound));
  }

  /** Samples the status and sends it on all links before it returns. */
  public void sendNow() {
    if (!leaving) {
      sender.beat();
    }
  }

  /** Says goodbye on all links, some times over 40 ms, and then no more. */
  public void goodbye() {
    leaving = true;
    pulse.stopBeating();
    byte[] last = sender.sample();
    int at = 0;
    for (int millis : GOODBYES_AT_MILLIS) {
      long due = System.nanoTime() + Duration.ofMillis(millis - at).toNanos();
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      at = millis;
      sender.bye(last);
    }
  }

  /**
   * Sends a reliable message; messages arrive in order, once, while both nodes stay in one view.
   * False when the peer is no member of the view. May wait for the peer to take in what was sent
   * before: call it on a virtual thread.
   */
  public boolean send(byte[] message) {
    if (message.length > MESSAGE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a message of " + message.length + " bytes, more than " + MESSAGE_BYTES_MAX);
    }
    return !leaving && messaging.send(message, tracker.present());
  }

  /** The number of this life of ours, drawn at random. */
  public long incarnation() {
    return incarnation;
  }

  /** The peer was judged silent: JGroups drops it from the view, so that messaging goes on. */
  public void peerJudgedSilent() {
    messaging.peerGone(tracker.present());
  }

  /** How long ago the sending thread last went round; zero before {@link #start}. */
  public Duration idleFor() {
    return Duration.ofNanos(pulse.idle(clock.now()));
  }

  /** How far apart the peer's heartbeats came, over whichever link was first. */
  public GapReport gaps() {
    return beats.report();
  }

  /** The times in which this process was not running, for more than half a deadtime each. */
  public OwnStalls ownStalls() {
    return stalls;
  }

  /** How each link does now. */
  public List<LinkState> links() {
    long now = clock.now();
    return links.stream().map(link -> state(link, now)).toList();
  }

  private static LinkState state(Link link, long now) {
    long age = link.health.age(now);
    return new LinkState(
        link.index,
        link.address.local(),
        link.address.peer(),
        link.bound(),
        link.health.up(),
        link.health.oneWay(),
        age < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(age)),
        link.health.gaps(),
        link.sent.get(),
        link.sendFailures.get(),
        link.received.get(),
        link.drops.garbage.get(),
        link.drops.forged.get(),
        link.drops.replayed.get(),
        link.drops.staleIncarnation.get(),
        link.drops.notFresh.get());
  }

  /** Stops everything without a word to the peer. */
  @Override
  public void close() {
    leaving = true;
    pulse.close();
    messaging.close();
    links.forEach(Link::close);
  }

  private void tell(Consumer<Listener> word) {
    try {
      word.accept(listener);
    } catch (RuntimeException e) {
      log.error("the listener failed", e);
    }
  }

  /** What the links bring. */
  private final class Arrivals implements Link.Receiver {
    @Override
    public void received(Link link, Frame frame, long receivedNanos) {
      long now = clock.at(receivedNanos);
      PeerTracker.Verdict verdict;
      boolean back;
      synchronized (events) {
        back = now - tracker.lastLive() >= deadtime;
        verdict = tracker.received(frame, link.index, now);
        switch (verdict.worth()) {
          case LIVE, LIVE_ADOPTED -> live(link, frame, verdict, receivedNanos);
          case NOT_FRESH -> {
            link.health.arrived(now);
            link.drops.notFresh.incrementAndGet();
          }
          case OVER -> link.drops.staleIncarnation.incrementAndGet();
        }
      }
      respond(link, frame, verdict, back);
    }

    private void respond(Link link, Frame frame, PeerTracker.Verdict verdict, boolean back) {
      if (leaving) {
        return;
      }
      switch (verdict.worth()) {
        case LIVE_ADOPTED -> {
          if (frame.type() != Frame.Type.BYE) {
            sender.beat();
            messaging.peerUp();
          }
        }
        case LIVE -> {
          if (frame.type() == Frame.Type.PROBE) {
            sender.answerProbe(link, frame);
          }
          if (back) {
            messaging.peerUp();
          }
        }
        case NOT_FRESH -> {
          if (frame.type() != Frame.Type.ANSWER) {
            sender.answerStranger(link, frame);
          }
        }
        case OVER -> {}
      }
    }

    private void live(Link link, Frame frame, PeerTracker.Verdict verdict, long receivedNanos) {
      long now = clock.at(receivedNanos);
      long peer = frame.incarnation();
      long notBefore = pulse.listeningSince(now);
      death.heard(now);
      if (verdict.worth() == PeerTracker.Worth.LIVE_ADOPTED) {
        beats.rest();
      }
      if (verdict.replaced() != 0) {
        tell(l -> l.peerRestarted(verdict.replaced(), peer));
        messaging.peerGone(verdict.replaced());
      }
      if (!verdict.linkFresh()) {
        link.health.arrived(now);
      } else if (link.health.proved(now, notBefore)) {
        tell(l -> l.linkUp(link.index));
      }
      switch (frame.type()) {
        case BEAT -> {
          if (verdict.isNew()) {
            beats.arrived(now, notBefore);
            tell(l -> l.heard(peer, frame.body(), link.index, receivedNanos));
          }
        }
        case BYE -> {
          tracker.end();
          beats.rest();
          links.forEach(each -> each.health.rest());
          tell(l -> l.peerSaidGoodbye(peer, frame.body()));
          messaging.peerGone(peer);
        }
        case MESSAGE -> {
          if (verdict.isNew()) {
            messaging.received(frame.body());
          }
        }
        case PROBE, ANSWER -> {}
      }
    }

    @Override
    public void unreachable(Link link) {
      if (tracker.present() != 0 && death.hinted(link.index, clock.now())) {
        pulse.probe();
      }
    }
  }

  /** What the pulse finds out; it holds the order of events. */
  private final class Judged implements Pulse.Findings {
    @Override
    public void linkSilent(Link link, LinkHealth.Down down) {
      tell(l -> l.linkDown(link.index, Duration.ofNanos(down.silent()), down.oneWay()));
    }

    @Override
    public void peerProcessGone() {
      long peer = tracker.present();
      if (peer != 0) {
        Duration silent = Duration.ofNanos(clock.now() - tracker.lastLive());
        tell(l -> l.peerProcessDied(peer, silent));
        messaging.peerGone(peer);
      }
    }

    @Override
    public void stalled(Duration gap) {
      stalls = stalls.and(gap);
      tell(l -> l.ownStall(gap));
    }
  }
}
