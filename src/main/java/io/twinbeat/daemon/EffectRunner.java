package io.twinbeat.daemon;

import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Effect.Held;
import io.twinbeat.decision.Effect.KeptMaintenance;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Step;
import io.twinbeat.journal.Journal.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/**
 * Carries out the effects of each step in their order, on a thread of its own. What must be on disk
 * is there before anything behind it happens, and the peer hears of a state only then.
 */
final class EffectRunner implements AutoCloseable {
  private static final int STEPS_MAX = 1024;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

  /** Does what an effect says; must not block. */
  interface Hands {
    void carryOut(Effect effect, Duration decidedAgo);
  }

  private record Decided(Step step, long nanos) {}

  private final Chronicle chronicle;
  private final Notifier notifier;
  private final Hands hands;
  private final Consumer<State> published;
  private final BlockingQueue<Decided> steps = new ArrayBlockingQueue<>(STEPS_MAX);
  private final Thread thread;
  private volatile Decided current;

  EffectRunner(Chronicle chronicle, Notifier notifier, Hands hands, Consumer<State> published) {
    this.chronicle = chronicle;
    this.notifier = notifier;
    this.hands = hands;
    this.published = published;
    this.thread = Thread.ofPlatform().name("effects").start(this::run);
  }

  /** Called by the loop; waits only when a thousand steps are not carried out yet. */
  void submit(Step step) {
    try {
      steps.put(new Decided(step, System.nanoTime()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How long ago the step was decided that is being carried out; zero when none is. */
  Duration behind() {
    Decided step = current;
    return step == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - step.nanos());
  }

  private void run() {
    try {
      while (true) {
        Decided next = steps.take();
        current = next;
        carryOut(next);
        current = null;
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void carryOut(Decided decided) {
    Step step = decided.step();
    List<Effect> effects = step.effects();
    Instant at = decidedAt(decided);
    int done = 0;
    while (done < effects.size()) {
      int end = endOfWritten(effects, done);
      if (end > done) {
        write(effects.subList(done, end), at);
        done = end;
      } else {
        published.accept(step.next());
        hands.carryOut(effects.get(done), Duration.ofNanos(System.nanoTime() - decided.nanos()));
        done++;
      }
    }
    published.accept(step.next());
  }

  /** Not when it is written: what came before it in the queue may have waited for the disk. */
  private static Instant decidedAt(Decided decided) {
    return Instant.now().minusNanos(System.nanoTime() - decided.nanos());
  }

  private static boolean containsDurable(List<Effect> effects) {
    return effects.stream().anyMatch(effect -> effect instanceof Effect.Durable);
  }

  private static boolean isWritten(Effect effect) {
    return effect instanceof Effect.Durable
        || effect instanceof Effect.Note
        || effect instanceof Effect.RaiseAlarm
        || effect instanceof Effect.ClearAlarm;
  }

  private static int endOfWritten(List<Effect> effects, int from) {
    int end = from;
    while (end < effects.size() && isWritten(effects.get(end))) {
      end++;
    }
    return end;
  }

  private void write(List<Effect> effects, Instant at) {
    List<Entry> entries = new ArrayList<>();
    Map<String, Held> held = new HashMap<>();
    boolean startFence = false;
    Optional<KeptMaintenance> maintenance = Optional.empty();
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Explain e ->
            entries.add(
                entry(at, "decision", e.rule().name(), e.subject(), e.sentence(), e.evidence()));
        case Effect.Note n ->
            entries.add(
                entry(at, "event", n.rule().name(), n.subject(), n.sentence(), n.evidence()));
        case Effect.RaiseAlarm a -> {
          entries.add(entry(at, "alarm", a.key(), "", a.sentence(), Map.of("mend", a.mend())));
          notifier.alarm(a.key(), a.sentence(), a.mend());
        }
        case Effect.ClearAlarm c -> {
          entries.add(entry(at, "event", c.key(), "", "over: " + c.key(), Map.of()));
          notifier.over(c.key());
        }
        case Effect.Persist p -> {
          p.groups().forEach((group, next) -> held.merge(group, next, EffectRunner::later));
          startFence |= p.startFenceSpent();
          maintenance = p.maintenance().isPresent() ? p.maintenance() : maintenance;
        }
        default -> throw new IllegalStateException("not written: " + effect);
      }
    }
    if (containsDurable(effects)) {
      chronicle.writeDurably(entries, new Effect.Persist(held, startFence, maintenance));
    } else {
      chronicle.write(entries);
    }
  }

  private static Held later(Held before, Held next) {
    boolean failsBack = before.failsBackNow() || next.failsBackNow();
    return new Held(next.term(), next.held(), next.failbackHeld(), failsBack);
  }

  private static Entry entry(
      Instant at,
      String kind,
      String rule,
      String subject,
      String sentence,
      Map<String, String> evidence) {
    String line = subject.isEmpty() ? sentence : subject + ": " + sentence;
    return Entry.of(at, kind, rule, line, evidence);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(STOP_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
