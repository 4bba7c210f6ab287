package io.twinbeat.heartbeat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that sends at absolute deadlines, so that no lateness adds up, and judges links and
 * itself: when it was not scheduled for more than half the deadtime, silence from before counts no
 * more.
 */
final class Pulse implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Pulse.class);
  private static final long STOP_MILLIS = 1000;

  /** What the pulse finds out; called on its thread, in the order of events. */
  interface Findings {
    void linkSilent(Link link, LinkHealth.Down down);

    void peerProcessGone();

    void stalled(Duration gap);
  }

  private final long interval;
  private final long deadtime;
  private final MonotonicClock clock;
  private final Sender sender;
  private final List<Link> links;
  private final DeathCheck death;
  private final Findings findings;
  private final Object events;
  private final Thread thread;
  private final AtomicBoolean probeWanted = new AtomicBoolean();
  private volatile boolean beating = true;
  private volatile boolean stopped;
  private boolean complained;
  private long nextBeat;

  /** When it last went round, at our stamp; 0 before it began. */
  private volatile long awake;

  private volatile long listeningSince;

  Pulse(
      HeartbeatSettings settings,
      MonotonicClock clock,
      Sender sender,
      List<Link> links,
      DeathCheck death,
      Findings findings,
      Object events) {
    this.interval = settings.interval().toNanos();
    this.deadtime = settings.deadtime().toNanos();
    this.clock = clock;
    this.sender = sender;
    this.links = links;
    this.death = death;
    this.findings = findings;
    this.events = events;
    this.thread = Thread.ofPlatform().name("heartbeat-pulse").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** No more heartbeats; links are still judged. */
  void stopBeating() {
    beating = false;
  }

  /** Sends a probe on all links from the pulse's thread. */
  void probe() {
    probeWanted.set(true);
    LockSupport.unpark(thread);
  }

  private void run() {
    awake = clock.now();
    nextBeat = awake;
    while (!stopped) {
      long now = clock.now();
      if (now - awake > deadtime / 2) {
        listeningSince = now;
        synchronized (events) {
          findings.stalled(Duration.ofNanos(now - awake));
        }
      }
      awake = now;
      try {
        send(now);
        long later = clock.now();
        // A stall while we were sending: the next round notices it, before anything is judged.
        if (later - awake <= deadtime / 2) {
          synchronized (events) {
            judge(later);
          }
        }
      } catch (RuntimeException e) {
        complain(e);
      }
      LockSupport.parkNanos(Math.max(1, wakeAt(awake) - clock.now()));
    }
  }

  /** How long ago it last went round; zero before it began. */
  long idle(long now) {
    long last = awake;
    return last == 0 ? 0 : Math.max(0, now - last);
  }

  /** Silence from before this moment means nothing: we were not there, or are not yet back. */
  long listeningSince(long now) {
    return idle(now) > deadtime / 2 ? now : listeningSince;
  }

  private void send(long now) {
    if (now >= nextBeat) {
      nextBeat += interval;
      if (nextBeat <= now) {
        nextBeat = now + interval;
      }
      if (beating) {
        sender.beat();
        complained = false;
      }
    }
    if (probeWanted.getAndSet(false)) {
      sender.probe();
    }
  }

  private void judge(long now) {
    long up = 0;
    for (int i = 0; i < links.size(); i++) {
      Link link = links.get(i);
      LinkHealth.Down down = link.health.judge(now, listeningSince);
      if (down != null) {
        findings.linkSilent(link, down);
      }
      up |= link.health.up() ? 1L << link.index : 0;
    }
    if (death.gone(now, up)) {
      findings.peerProcessGone();
    }
  }

  /** Often enough that a gap of half the deadtime is a stall and nothing else. */
  private long wakeAt(long now) {
    long at = Math.min(Math.min(nextBeat, now + deadtime / 4), death.due());
    for (int i = 0; i < links.size(); i++) {
      at = Math.min(at, links.get(i).health.due(listeningSince));
    }
    return at;
  }

  private void complain(RuntimeException e) {
    if (!complained) {
      complained = true;
      log.error("a heartbeat could not be sent", e);
    }
  }

  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
