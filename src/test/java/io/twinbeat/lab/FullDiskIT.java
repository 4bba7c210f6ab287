package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** No byte is free where the daemon keeps its state: availability goes before the record of it. */
@Timeout(180)
class FullDiskIT {
  private static final String TROUBLE = "the journal cannot be written";

  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  @Test
  void aStandbyWithAFullDiskTakesOver() {
    LabNode lb2 = PAIR.lb2();
    lb2.fillDisk();
    PAIR.lb1().powerOff();
    PAIR.serves(lb2);
    Outage outage = PAIR.outage();
    Duration fence = PAIR.fenceTime(lb2);
    double excess = outage.millis() - ScenePair.DEADTIME.toMillis() - fence.toMillis();
    ScenePair.measured(
        "power loss, disk full: client outage %.1f ms = deadtime %d + fence %d %+.1f ms",
        outage.millis(), ScenePair.DEADTIME.toMillis(), fence.toMillis(), excess);
    assertTrue(excess <= 500, "beyond deadtime + fence: " + excess + " ms");
    PAIR.provenOffFirst(PAIR.lb1(), lb2);
    PAIR.alarms(lb2, TROUBLE);
    assertTrue(
        PAIR.alarms(lb2).stream().anyMatch(a -> a.contains(TROUBLE) && a.contains("No space left")),
        () -> "" + PAIR.alarms(lb2));
    PAIR.item(lb2, "journal")
        .ifPresent(item -> assertEquals("failed", item.get("state").getAsString()));
    assertFalse(PAIR.status(lb2).orElseThrow().isReady("lb2"));

    PAIR.mark();
    lb2.freeDisk();
    PAIR.lb1().powerOn();
    PAIR.noAlarm(lb2, TROUBLE);
    PAIR.calm("lb2");
    PAIR.unmoved();
    PAIR.unnoticed();
    // What was decided is in the journal again.
    String events = ScenePair.twinbeat(0, lb2, "events", "-n", "500");
    assertTrue(events.contains("the peer is heard"), events);

    // And what could not be kept was kept later: the next daemon knows what it holds.
    OptionalLong before = lb2.daemonPid();
    lb2.killDaemon();
    ScenePair.await(
        "another daemon on lb2",
        () -> lb2.daemonPid().isPresent() && !lb2.daemonPid().equals(before));
    PAIR.calm("lb2");
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  @Test
  void aHolderWithAFullDiskServesOnAndHandsOver() {
    PAIR.lb1().fillDisk();
    // Every order is written down, and the last block of the journal has room for some.
    ScenePair.await(
        "lb1 has an alarm about its disk",
        () -> {
          PAIR.order(PAIR.lb1(), "takeover");
          return PAIR.alarms(PAIR.lb1()).stream().anyMatch(a -> a.contains(TROUBLE));
        });
    PAIR.unmoved();
    PAIR.unnoticed();
    ScenePair.twinbeat(0, PAIR.lb2(), "takeover");
    PAIR.serves(PAIR.lb2());
    PAIR.nobodyShot();
    assertEquals(Set.of("lb2"), PAIR.lab().holders());
    PAIR.lb1().freeDisk();
    PAIR.noAlarm(PAIR.lb1(), TROUBLE);
    PAIR.calm("lb2");
  }
}
