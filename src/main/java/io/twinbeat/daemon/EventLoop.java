package io.twinbeat.daemon;

import io.twinbeat.decision.Core;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.Moment;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Step;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that decides: takes events in their order, ticks in between, and hands each step
 * on. {@link #hear} and {@link #put} may be called from any thread.
 */
final class EventLoop {
  private static final int EVENTS_MAX = 4096;
  private static final int HEARD_MAX = 1024;

  private static final Event TICK = new Event.Ticked();

  /** So often it goes round at least, whatever the deadtime, so that a hang is told from a rest. */
  private static final Duration TURN_MAX = Duration.ofMillis(500);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

  private final Core core;
  private final Consumer<Step> steps;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(EVENTS_MAX);

  /**
   * What the peer says goes before whatever else waits, or a loop that lags would shoot a peer
   * whose heartbeat is there already; and all of it in its order, or the goodbye of a life that is
   * over would be taken for news after the heartbeats of the next one.
   */
  private final BlockingQueue<Event> heard = new ArrayBlockingQueue<>(HEARD_MAX);

  private Thread thread;
  private volatile State state;
  private volatile boolean ended;
  private volatile long lastTurnNanos = System.nanoTime();

  EventLoop(Core core, Consumer<Step> steps) {
    this.core = core;
    this.steps = steps;
    this.state = core.initial(now());
  }

  static Moment now() {
    return new Moment(System.nanoTime());
  }

  /** Decides on this first; what came before it waits in the queue. */
  synchronized void start(Event.Started started) {
    thread = Thread.ofPlatform().name("decide").start(() -> run(started));
  }

  State state() {
    return state;
  }

  /** How long ago the loop last went round. */
  Duration idleFor() {
    return Duration.ofNanos(System.nanoTime() - lastTurnNanos);
  }

  /** For what the peer says, which comes again by itself: dropped when the queue is full. */
  void hear(Event sign) {
    if (!heard.offer(sign)) {
      log.warn("too much is heard: {} dropped", sign.getClass().getSimpleName());
    } else if (!events.offer(TICK)) {
      log.debug("the loop has enough to wake it");
    }
  }

  /** For results that must not be lost: waits for room. */
  void put(Event event) {
    try {
      events.put(event);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Event.Started started) {
    decide(started);
    while (!ended) {
      try {
        turn();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void turn() throws InterruptedException {
    Moment now = now();
    long wait = core.wakeAt(state, now).nanos() - now.nanos();
    long bounded = Math.clamp(wait, 1, TURN_MAX.toNanos());
    Event event = events.poll(bounded, TimeUnit.NANOSECONDS);
    for (int waiting = heard.size(); waiting > 0; waiting--) {
      decide(heard.take());
    }
    decide(event == null ? TICK : event);
  }

  private void decide(Event event) {
    lastTurnNanos = System.nanoTime();
    Step step = core.step(state, event, now());
    state = step.next();
    steps.accept(step);
  }

  synchronized void stop() {
    ended = true;
    if (thread == null) {
      return;
    }
    thread.interrupt();
    try {
      thread.join(STOP_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
