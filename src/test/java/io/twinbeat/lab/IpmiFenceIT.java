package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same with a real agent, fence_ipmilan, and a BMC for each node. */
@Timeout(240)
class IpmiFenceIT {
  private static final Duration AFTER_FENCE_MAX = Duration.ofMillis(500);

  /** An agent takes its time until it gives up. */
  private static final Duration GIVES_UP = Duration.ofSeconds(40);

  @RegisterExtension static final ScenePair PAIR = ScenePair.withIpmi();

  @Test
  void theHolderIsFencedThroughItsBmc() {
    PAIR.cutHeartbeats();
    PAIR.lab().cut("service", Direction.BOTH, "lb1");
    PAIR.serves(PAIR.lb2());
    Outage outage = PAIR.outage();
    Duration fence = PAIR.fenceTime(PAIR.lb2());
    double excess = outage.millis() - ScenePair.DEADTIME.toMillis() - fence.toMillis();
    ScenePair.measured(
        "fence_ipmilan: client outage %.1f ms = deadtime %d + fence %d %+.1f ms",
        outage.millis(), ScenePair.DEADTIME.toMillis(), fence.toMillis(), excess);
    assertTrue(excess <= AFTER_FENCE_MAX.toMillis(), "beyond deadtime + fence: " + excess + " ms");
    PAIR.provenOffFirst(PAIR.lb1(), PAIR.lb2());
    assertEquals(Set.of("lb1"), PAIR.shot());
    assertTrue(PAIR.fences().stream().allMatch(fenced -> fenced.asker().equals("bmc")));
  }

  /** The BMC had its power from the same socket as the node: no answer is no proof. */
  @Test
  void aBmcThatDoesNotAnswerAndAnOperatorWhoConfirms() {
    LabNode lb2 = PAIR.lb2();
    PAIR.lab().cut("bmc", Direction.BOTH, "lb2");
    PAIR.lb1().powerOff();
    ScenePair.await(
        "an alarm that lb1 is not fenced",
        GIVES_UP,
        () ->
            Daemons.alarms(lb2).stream().anyMatch(a -> a.contains("fencing lb1 is not confirmed")));
    assertEquals(Set.of(), PAIR.lab().holders());
    assertTrue(PAIR.changes().stream().noneMatch(c -> c.holders().contains("lb2")));
    ScenePair.twinbeat(0, lb2, "fence", "confirm", "lb1", "--yes-it-is-off", "lb1");
    PAIR.serves(lb2);
    Daemons.noAlarm(lb2, "is not confirmed");
    PAIR.lab().mend("bmc");
    ScenePair.await(
        "the device is proven again",
        GIVES_UP,
        () -> ScenePair.exit(lb2.twinbeat("fence", "test", "lb1")) == 0);
  }
}
