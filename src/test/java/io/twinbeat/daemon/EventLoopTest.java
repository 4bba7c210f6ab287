package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Core;
import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.Rule;
import io.twinbeat.decision.Settings;
import io.twinbeat.decision.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLoopTest {
  private static Core core() {
    Duration second = Duration.ofSeconds(1);
    return new Core(
        new Settings(
            "lb1", "lb2", second, second, second, second, false, second, second, second, List.of()));
  }

  /** Parts are open, and tell what they see, before the daemon is ready to start. */
  @Test
  void whatIsToldBeforeTheStartIsDecidedOnAfterIt() throws Exception {
    BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    EventLoop loop = new EventLoop(core(), steps::add);
    try {
      loop.put(new Event.ConnectionChanged(false, "no carrier on eth0"));
      loop.start(new Event.Started(7, Map.of(), Duration.ZERO));
      Step first = steps.poll(10, TimeUnit.SECONDS);
      assertEquals(7, first.next().incarnation());
      assertTrue(first.next().connected());
      assertTrue(
          first.effects().stream()
              .anyMatch(e -> e instanceof Effect.Explain x && x.rule() == Rule.LISTEN_FIRST));
      assertFalse(steps.poll(10, TimeUnit.SECONDS).next().connected());
    } finally {
      loop.stop();
    }
  }

  /** A daemon that fails while it is being put together takes its parts down. */
  @Test
  void aLoopThatNeverRanCanBeStopped() {
    EventLoop loop = new EventLoop(core(), step -> {});
    loop.stop();
    assertTrue(loop.idleFor().isPositive());
  }
}
