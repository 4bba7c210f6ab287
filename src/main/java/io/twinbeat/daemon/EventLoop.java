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
 * on. {@link #offer} and {@link #put} may be called from any thread.
 */
final class EventLoop {
  private static final int EVENTS_MAX = 4096;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

  private final Core core;
  private final Consumer<Step> steps;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(EVENTS_MAX);
  private final Thread thread;
  private volatile Event.Started first;
  private volatile State state;
  private volatile boolean ended;
  private volatile long lastTurnNanos = System.nanoTime();

  EventLoop(Core core, Consumer<Step> steps) {
    this.core = core;
    this.steps = steps;
    this.state = core.initial(now());
    this.thread = Thread.ofPlatform().name("decide").unstarted(this::run);
  }

  static Moment now() {
    return new Moment(System.nanoTime());
  }

  /** {@link Event.Started} is decided on first; parts that run already may have told of others. */
  void start(Event.Started started) {
    first = started;
    thread.start();
  }

  State state() {
    return state;
  }

  /** How long ago the loop last went round; what a watchdog may feed on. */
  Duration idleFor() {
    return Duration.ofNanos(System.nanoTime() - lastTurnNanos);
  }

  /** For events that come again by themselves: dropped when the queue is full. */
  void offer(Event event) {
    if (!events.offer(event)) {
      log.warn("too many events: {} dropped", event.getClass().getSimpleName());
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

  private void run() {
    step(first);
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
    Event event = events.poll(Math.max(1, wait), TimeUnit.NANOSECONDS);
    step(event == null ? new Event.Ticked() : event);
  }

  private void step(Event event) {
    lastTurnNanos = System.nanoTime();
    Step step = core.step(state, event, now());
    state = step.next();
    steps.accept(step);
  }

  void stop() {
    ended = true;
    if (first == null) {
      return; // It never ran.
    }
    thread.interrupt();
    try {
      thread.join(STOP_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
