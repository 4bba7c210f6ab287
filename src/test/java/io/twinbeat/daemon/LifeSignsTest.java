package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.daemon.LifeSigns.Sign;
import io.twinbeat.decision.Core;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.Moment;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Settings;
import io.twinbeat.decision.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LifeSignsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Event.Started STARTED =
      new Event.Started(7, Map.of("site", new Event.Remembered(3, true, true)), Duration.ZERO);

  private final Core core =
      new Core(
          new Settings(
              "lb1",
              "lb2",
              SECOND,
              Duration.ofMinutes(30),
              Duration.ofMinutes(15),
              Duration.ofHours(1),
              false,
              SECOND,
              SECOND,
              SECOND,
              List.of(
                  new Settings.GroupSettings(
                      "site", "lb1", new Settings.Failback.Manual(), SECOND, SECOND, 3, SECOND))));

  private static void await(java.util.function.BooleanSupplier condition) throws Exception {
    while (!condition.getAsBoolean()) {
      Thread.sleep(5); // Bounded by the class's limit.
    }
  }

  @Test
  void theFirstThatIsTooLateIsNamed() {
    State state = core.initial(new Moment(0));
    LifeSigns signs =
        new LifeSigns(
            List.of(
                new Sign("the loop", () -> SECOND, SECOND),
                new Sign("the work", () -> SECOND.plusNanos(1), SECOND)),
            () -> state);
    assertEquals("the work stands still (the limit is 1000 ms)", signs.standstill());
    assertEquals(signs.standstill(), signs.trouble());
  }

  @Test
  void aLoopThatGoesRoundIsSeenToWhateverTheDeadtime() throws Exception {
    EventLoop loop = new EventLoop(core, step -> {});
    loop.start(STARTED);
    try {
      long from = System.nanoTime();
      await(() -> System.nanoTime() - from > LifeSigns.LOOP_MAX.toNanos());
      assertTrue(loop.idleFor().compareTo(LifeSigns.LOOP_MAX) < 0, loop.idleFor().toString());
    } finally {
      loop.stop();
    }
  }

  @Test
  void aHungLoopIsSeen() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    EventLoop loop = new EventLoop(core, step -> hold(hangs));
    LifeSigns signs = new LifeSigns(List.of(new Sign("loop", loop::idleFor, SHORT)), loop::state);
    loop.start(STARTED);
    try {
      await(() -> !signs.standstill().isEmpty());
      assertTrue(signs.mayHold(), "an adopted group is held: " + loop.state().groups());
      assertFalse(signs.leftAsPlanned());
    } finally {
      hangs.countDown();
      loop.stop();
    }
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aGroupThatCannotBeStoppedIsTroubleForTheMachineAndNotForTheDaemon() {
    // Its address is here without right, so it is stopped; and that fails.
    Event.Started lost =
        new Event.Started(7, Map.of("site", new Event.Remembered(0, false, true)), Duration.ZERO);
    State state = core.step(core.initial(new Moment(0)), lost, new Moment(0)).next();
    Moment now = new Moment(0);
    for (int i = 0; i < 20 && state.group("site").phase() != Phase.STUCK; i++) {
      now = now.plus(SECOND);
      state = core.step(state, new Event.GroupStopped("site", false, "busy"), now).next();
    }
    State stuck = state;
    LifeSigns signs = new LifeSigns(List.of(), () -> stuck);
    assertEquals(
        "site could not be stopped, and only a reset proves that it is let go", signs.trouble());
    assertEquals("", signs.standstill());
    assertTrue(signs.mayHold());
  }

  @Test
  void onlyAnOrderThatWasCarriedOutIsAPlannedLeave() {
    State state = core.step(core.initial(new Moment(0)), STARTED, new Moment(0)).next();
    State before = state;
    assertFalse(new LifeSigns(List.of(), () -> before).leftAsPlanned());
    Event order = new Event.Commanded(1, new Event.Order.Restart(Duration.ofSeconds(30)));
    State after = core.step(state, order, new Moment(1)).next();
    assertTrue(new LifeSigns(List.of(), () -> after).leftAsPlanned(), after.going().toString());
  }
}
