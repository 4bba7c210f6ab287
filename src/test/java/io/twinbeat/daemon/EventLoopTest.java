package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Event.Started STARTED = new Event.Started(7, Map.of(), Duration.ZERO);

  private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
  private final EventLoop loop =
      new EventLoop(
          new Core(
              new Settings(
                  "lb1",
                  "lb2",
                  SECOND,
                  SECOND,
                  SECOND,
                  SECOND,
                  false,
                  SECOND,
                  SECOND,
                  SECOND,
                  List.of(
                      new Settings.GroupSettings(
                          "site",
                          "lb1",
                          new Settings.Failback.Manual(),
                          SECOND,
                          SECOND,
                          3,
                          SECOND)))),
          steps::add);

  private Step next() throws InterruptedException {
    Step step = steps.poll(10, TimeUnit.SECONDS);
    assertTrue(step != null, "no step came");
    return step;
  }

  @Test
  void whatHappenedBeforeTheStartIsDecidedOnAfterIt() throws Exception {
    loop.put(new Event.ConnectionChanged(false, "no carrier on eth0"));
    try {
      loop.start(STARTED);
      assertEquals(Rule.LISTEN_FIRST, ((Effect.Explain) next().effects().getFirst()).rule());
      assertEquals("no carrier on eth0", next().next().connection());
    } finally {
      loop.stop();
    }
  }

  /** A lagging loop must not act on an older event while the peer's heartbeat waits behind it. */
  @Test
  void signsOfLifeGoBeforeWhateverWaits() throws Exception {
    loop.put(new Event.ConnectionChanged(false, "no carrier on eth0"));
    loop.hear(new Event.HeartbeatNotUnderstood(9, "version 9", EventLoop.now()));
    try {
      loop.start(STARTED);
      next();
      Step heard = next();
      assertTrue(heard.next().peer().isForeign());
      assertEquals("not looked at yet", heard.next().connection());
      assertEquals("no carrier on eth0", next().next().connection());
    } finally {
      loop.stop();
    }
  }

  @Test
  void aLoopThatNeverStartedCanBeStopped() {
    loop.stop();
  }
}
