package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Core;
import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Effect.Held;
import io.twinbeat.decision.Moment;
import io.twinbeat.decision.Rule;
import io.twinbeat.decision.Settings;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Step;
import io.twinbeat.journal.Journal;
import io.twinbeat.journal.Journal.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EffectRunnerTest {
  private static final Effect EXPLAIN =
      new Effect.Explain(Rule.FENCE, "peer", Rule.FENCE.sentence(), Map.of("silent", "1000 ms"));
  private static final Effect PERSIST =
      new Effect.Persist(Map.of("site", new Held(2, true)), false);
  private static final Effect FENCE = new Effect.Fence(1, false);
  private static final Effect END = new Effect.Exit(Effect.End.RESTARTS);

  @TempDir Path dir;

  private static State someState() {
    Duration second = Duration.ofSeconds(1);
    Settings settings =
        new Settings(
            "lb1", "lb2", second, second, second, second, false, second, second, second, List.of());
    return new Core(settings).initial(new Moment(0));
  }

  /** What the disk held at the moment when each effect was carried out. */
  private record Seen(Effect effect, List<String> onDisk, boolean stateOnDisk) {}

  private List<Seen> run(List<Effect> effects) throws Exception {
    BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    KeptState kept = KeptState.read(dir.resolve("state"), "boot");
    List<Seen> all = new ArrayList<>();
    try (Chronicle chronicle = new Chronicle(Journal.open(dir.resolve("journal"), 1 << 20), kept);
        Notifier notifier = new Notifier("lb1", List.of());
        EffectRunner runner =
            new EffectRunner(
                chronicle, notifier, (effect, decidedAgo) -> seen.add(see(effect)), state -> {})) {
      List<Effect> withEnd = new ArrayList<>(effects);
      withEnd.add(END);
      runner.submit(new Step(someState(), withEnd));
      Seen one = seen.poll(10, TimeUnit.SECONDS);
      while (one != null && !one.effect().equals(END)) {
        all.add(one);
        one = seen.poll(10, TimeUnit.SECONDS);
      }
      assertTrue(one != null, "the end was not reached");
    }
    return all;
  }

  private Seen see(Effect effect) {
    try (Journal reader = Journal.open(copy(), 1 << 20)) {
      List<String> sentences = reader.last(100).stream().map(Entry::sentence).toList();
      return new Seen(effect, sentences, Files.exists(dir.resolve("state")));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Only what is in the files counts, not what the writer keeps in memory. */
  private Path copy() throws IOException {
    Path copy = Files.createTempDirectory(dir, "copy");
    try (var files = Files.list(dir.resolve("journal"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  @Test
  void aFenceComesAfterItsDecisionAndTermAreOnDisk() throws Exception {
    List<Seen> seen = run(List.of(EXPLAIN, PERSIST, FENCE));
    assertEquals(FENCE, seen.getFirst().effect());
    assertEquals(List.of("peer: " + Rule.FENCE.sentence()), seen.getFirst().onDisk());
    assertTrue(seen.getFirst().stateOnDisk());
  }

  @Test
  void theOrderOfTheStepIsKept() throws Exception {
    Effect send = new Effect.SendStatus();
    List<Seen> seen = run(List.of(send, EXPLAIN, FENCE));
    assertEquals(List.of(send, FENCE), seen.stream().map(Seen::effect).toList());
    assertEquals(List.of(), seen.getFirst().onDisk());
    assertEquals(1, seen.getLast().onDisk().size());
  }
}
