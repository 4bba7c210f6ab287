package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node loses its power: fenced, taken over from, and back when it is told. */
@Timeout(180)
class PowerLossIT {
  /** Promised are 100 ms; a shared machine of two cores does not keep time that well. */
  private static final Duration AFTER_FENCE_MAX = Duration.ofMillis(500);

  private static final double HAND_OVER_MILLIS_MAX = 200;

  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  @Test
  void theHolderLosesItsPower() {
    LabNode lb1 = PAIR.lb1();
    LabNode lb2 = PAIR.lb2();
    lb1.powerOff();
    PAIR.serves(lb2);

    Outage outage = PAIR.outage();
    Duration fence = PAIR.fenceTime(lb2);
    double excess = outage.millis() - ScenePair.DEADTIME.toMillis() - fence.toMillis();
    ScenePair.measured(
        "power loss: client outage %.1f ms = deadtime %d + fence %d %+.1f ms",
        outage.millis(), ScenePair.DEADTIME.toMillis(), fence.toMillis(), excess);
    assertEquals("lb1", outage.before());
    assertEquals("lb2", outage.after());
    assertTrue(excess <= AFTER_FENCE_MAX.toMillis(), "beyond deadtime + fence: " + excess + " ms");
    PAIR.provenOffFirst(lb1, lb2);
    assertEquals(Set.of("lb1"), PAIR.shot());
    Daemons.says(lb2, "fenced");

    PAIR.mark();
    lb1.powerOn();
    PAIR.calm("lb2");
    PAIR.unmoved();
    PAIR.unnoticed();

    PAIR.mark();
    ScenePair.twinbeat(0, lb1, "takeover");
    PAIR.serves(lb1);
    PAIR.calm("lb1");
    double gap = PAIR.longestOutageMillis();
    ScenePair.measured("failback by takeover: client gap %.1f ms", gap);
    PAIR.nobodyShot();
    assertTrue(gap < HAND_OVER_MILLIS_MAX, "the client waited " + gap + " ms");
  }

  @Test
  void theStandbyLosesItsPower() {
    PAIR.lb2().powerOff();
    Daemons.alarms(PAIR.lb1(), "lb2 is not heard on any link");
    PAIR.unmoved();
    PAIR.unnoticed();
    PAIR.lb2().powerOn();
    PAIR.calm("lb1");
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  @Test
  void theHolderIsRestartedWhileItsPeerIsDown() {
    LabNode lb1 = PAIR.lb1();
    PAIR.lb2().powerOff();
    Daemons.alarms(lb1, "lb2 is not heard on any link");
    PAIR.mark();
    lb1.powerOff();
    lb1.powerOn();
    PAIR.serves(lb1);
    Outage outage = PAIR.outage();
    ScenePair.measured("both off, one comes back alone: client outage %.0f ms", outage.millis());
    // P5: alone and not knowing, it made certain first.
    PAIR.provenOffFirst(PAIR.lb2(), lb1);
    assertEquals(Set.of("lb2"), PAIR.shot());
    PAIR.mark();
    PAIR.lb2().powerOn();
    PAIR.calm("lb1");
    PAIR.unmoved();
    PAIR.unnoticed();
  }
}
