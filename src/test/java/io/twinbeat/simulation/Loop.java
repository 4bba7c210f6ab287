package io.twinbeat.simulation;

import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Step;
import java.util.ArrayDeque;
import java.util.List;

/** The event loop of one daemon, as the real one: signs of life first, then events in order. */
final class Loop {
  private final Daemon daemon;
  private final World world;
  private final ArrayDeque<Event> heard = new ArrayDeque<>();
  private final ArrayDeque<Event> events = new ArrayDeque<>();
  private final boolean lifeFirst;
  private boolean stalled;
  private long nextTick = Long.MAX_VALUE;

  Loop(Daemon daemon) {
    this.daemon = daemon;
    this.world = daemon.world;
    this.lifeFirst = !world.switchedOff.contains(Habit.LIFE_FIRST);
  }

  boolean stalled() {
    return stalled;
  }

  void stall() {
    stalled = true;
  }

  void goOn() {
    stalled = false;
    if (nextTick == Long.MAX_VALUE && heard.isEmpty() && events.isEmpty()) {
      events.add(new Event.Ticked());
    }
    turn();
  }

  void start(Event.Started started) {
    decide(started);
  }

  /** For signs of life. */
  void hear(Event sign) {
    (lifeFirst ? heard : events).add(sign);
    put(new Event.Ticked());
  }

  void put(Event event) {
    events.add(event);
    turn();
  }

  private void turn() {
    while (daemon.alive() && !stalled && !(heard.isEmpty() && events.isEmpty())) {
      decide(heard.isEmpty() ? events.poll() : heard.poll());
    }
  }

  private void decide(Event event) {
    State before = daemon.state;
    Step step = daemon.core.step(before, event, daemon.machine.monotonic());
    daemon.state = step.next();
    List<Effect> todo = step.effects();
    daemon.stepped(event, before, todo);
    if (daemon.alive()) {
      setTick();
    }
  }

  private void setTick() {
    long wanted =
        daemon.machine.until(daemon.core.wakeAt(daemon.state, daemon.machine.monotonic()));
    long due = world.now + Math.max(1, wanted);
    if (due < nextTick) {
      nextTick = due;
      world.after(due - world.now, () -> tick(due));
    }
  }

  private void tick(long due) {
    if (daemon.alive() && nextTick == due) {
      nextTick = Long.MAX_VALUE;
      // A loop that stands still ticks when it goes on and finds its queues empty, not before.
      if (!stalled) {
        put(new Event.Ticked());
      }
    }
  }
}
