package io.twinbeat.daemon;

import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.fencing.FenceOutcome;
import io.twinbeat.fencing.Fencing;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Carries out the fences that the core wants, and keeps the device warm. */
final class Fencer {
  private static final long WARM_FOR_NANOS = 60_000_000_000L;

  private final Fencing fencing;
  private final String peer;
  private final Duration staleAfter;
  private final Consumer<Event> events;
  private final AtomicLong warmedAt = new AtomicLong(System.nanoTime() - WARM_FOR_NANOS);
  private volatile Thread warming = Thread.ofVirtual().unstarted(() -> {});

  Fencer(Fencing fencing, String peer, Duration deadtime, Consumer<Event> events) {
    this.fencing = fencing;
    this.peer = peer;
    this.staleAfter = deadtime.dividedBy(2).plus(Chronicle.DISK_WAIT_MAX);
    this.events = events;
  }

  /** A fence that was decided before this process stood still rests on what was true then. */
  void fence(Effect.Fence effect, Duration decidedAgo) {
    if (decidedAgo.compareTo(staleAfter) > 0) {
      String why = "decided " + decidedAgo.toMillis() + " ms ago, before this node stood still";
      events.accept(new Event.FenceFinished(effect.id(), false, why));
      return;
    }
    // A device may serve one question at a time: the harmless one must not stand in the way.
    warming.interrupt();
    Thread.ofVirtual().name("fence-" + peer).start(() -> events.accept(result(effect)));
  }

  private Event result(Effect.Fence effect) {
    try {
      return switch (fencing.off(peer, effect.lookOnly())) {
        case FenceOutcome.Confirmed c ->
            new Event.FenceFinished(
                effect.id(),
                true,
                c.device() + ": " + c.evidence() + ", " + c.took().toMillis() + " ms");
        case FenceOutcome.NotConfirmed n ->
            new Event.FenceFinished(
                effect.id(),
                false,
                String.join("; ", n.whatHappened()) + ", " + n.took().toMillis() + " ms");
      };
    } catch (RuntimeException e) {
      return new Event.FenceFinished(effect.id(), false, "a fault inside the daemon: " + e);
    }
  }

  /** A harmless test brings the agent and what it loads into memory; at most once a minute. */
  void warm() {
    long now = System.nanoTime();
    long before = warmedAt.get();
    if (now - before >= WARM_FOR_NANOS && warmedAt.compareAndSet(before, now)) {
      warming = Thread.ofVirtual().name("warm-fence").start(() -> fencing.test(peer));
    }
  }
}
