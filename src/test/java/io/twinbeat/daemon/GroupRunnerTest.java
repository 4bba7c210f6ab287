package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Effect.Right;
import io.twinbeat.decision.Event;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.Resource;
import io.twinbeat.resource.ResourceException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In which order a group's resources are told what, without a group that has an address. */
class GroupRunnerTest {
  private static final long SECONDS_MAX = 10;
  private static final Duration LONG = Duration.ofHours(1);

  private final BlockingQueue<String> done = new LinkedBlockingQueue<>();
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private boolean fails;
  private final GroupRunner runner =
      new GroupRunner(
          new HeldGroup("site", List.of(new Noted("table", true), new Noted("unit", false))),
          null,
          events::add,
          null);

  /** Writes down what it is told. */
  private final class Noted implements Resource {
    private final String name;
    private final boolean kept;

    Noted(String name, boolean kept) {
      this.name = name;
      this.kept = kept;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String type() {
      return "noted";
    }

    @Override
    public Limits limits() {
      return new Limits(LONG, LONG, LONG, LONG, LONG);
    }

    @Override
    public void prepare() {}

    @Override
    public void start() throws ResourceException {
      done.add("start " + name);
      if (fails) {
        throw new ResourceException("it does not");
      }
    }

    @Override
    public void stop(StopMode mode) {
      done.add("stop " + name);
    }

    @Override
    public void standBy() {
      done.add("standBy " + name);
    }

    @Override
    public boolean keptInMaintenance() {
      return kept;
    }

    @Override
    public Health check() {
      return new Health.Healthy("");
    }

    @Override
    public List<ReadinessItem> readiness() {
      return List.of();
    }

    @Override
    public void inspect() {}
  }

  @AfterEach
  void close() {
    runner.close();
  }

  private void start(boolean watchOnly) {
    runner.start(new Effect.StartGroup("site", 1, Right.ADOPTED, false, watchOnly));
  }

  private Event event() throws InterruptedException {
    return events.poll(SECONDS_MAX, TimeUnit.SECONDS);
  }

  @Test
  void aStandbyIsToldThatItIsOne() throws Exception {
    runner.standBy();
    runner.stop();
    assertInstanceOf(Event.GroupStopped.class, event());
    assertEquals(List.of("standBy table", "standBy unit", "stop unit", "stop table"), all());
  }

  /** Whoever saw a standby may say so after the start was ordered: nothing is taken away then. */
  @Test
  void onceItIsStartedNothingIsTakenAway() throws Exception {
    start(false);
    runner.standBy();
    runner.restart("unit");
    event();
    assertInstanceOf(Event.ResourceRestarted.class, event());
    assertEquals(List.of("start table", "start unit", "start unit"), all());
    runner.stop();
    runner.standBy();
    runner.stop();
    event();
    event();
    assertEquals(
        List.of(
            "stop unit", "stop table", "standBy table", "standBy unit", "stop unit", "stop table"),
        all());
  }

  @Test
  void aMaintenanceLeavesServicesAloneAndKeepsTheRestUp() throws Exception {
    start(true);
    runner.standBy();
    runner.stop();
    assertTrue(event() instanceof Event.GroupStarted started && started.ok());
    event();
    assertEquals(List.of("start table", "stop unit", "stop table"), all());
  }

  @Test
  void inAMaintenanceNothingIsGivenUp() throws Exception {
    fails = true;
    start(true);
    assertTrue(event() instanceof Event.GroupStarted started && started.ok());
    assertEquals("it does not", runner.seen().get("table").detail());
    start(false);
    assertTrue(event() instanceof Event.GroupStarted started && !started.ok());
  }

  private List<String> all() {
    List<String> all = new java.util.ArrayList<>();
    done.drainTo(all);
    return all;
  }
}
