package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The fence device does not do what it must: nobody takes over on hope. */
@Timeout(180)
class FenceFaultsIT {
  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  @Test
  void aDeadDeviceAndAnOperatorWhoConfirms() {
    LabNode lb2 = PAIR.lb2();
    PAIR.lb1().fenceDevice(LabNode.Fault.DEAD);
    String heard = ScenePair.twinbeat(3, lb2, "fence", "confirm", "lb1", "--yes-it-is-off", "lb1");
    assertTrue(heard.contains("lb1 is heard"), heard);

    PAIR.cutHeartbeats();
    Daemons.says(lb2, "disconnected");
    String served = ScenePair.twinbeat(3, lb2, "fence", "confirm", "lb1", "--yes-it-is-off", "lb1");
    assertTrue(served.contains("still answers through its address"), served);
    PAIR.unmoved();

    PAIR.mark();
    PAIR.lb1().powerOff();
    Daemons.alarms(lb2, "fencing lb1 is not confirmed, its groups are not taken over");
    ScenePair.await("several tries", () -> failures(lb2) >= 2);
    assertEquals(Set.of(), PAIR.lab().holders());
    String wrong = ScenePair.twinbeat(3, lb2, "fence", "confirm", "lb1", "--yes-it-is-off", "lb2");
    assertTrue(wrong.contains("nothing was done"), wrong);
    String refused = ScenePair.twinbeat(3, lb2, "takeover");
    assertTrue(refused.contains("twinbeat fence confirm lb1"), refused);
    assertEquals(Set.of(), PAIR.lab().holders());

    PAIR.mendHeartbeats();
    ScenePair.twinbeat(0, lb2, "fence", "confirm", "lb1", "--yes-it-is-off", "lb1");
    PAIR.serves(lb2);
    Daemons.noAlarm(lb2, "is not confirmed");
    repaired();
  }

  @Test
  void aDeviceThatLiesIsNotBelieved() {
    PAIR.lb1().fenceDevice(LabNode.Fault.IGNORE);
    PAIR.cutHeartbeats();
    PAIR.lab().cut("service", Direction.BOTH, "lb1");
    // It says that it has switched lb1 off; lb1 goes on, and a separate status knows.
    Daemons.alarms(PAIR.lb2(), "fencing lb1 is not confirmed");
    ScenePair.await("several tries", () -> failures(PAIR.lb2()) >= 2);
    assertEquals(Set.of("lb1"), PAIR.lab().holders());
    assertTrue(PAIR.lb1().isOn());
    PAIR.lab().mend("service");
    PAIR.mendHeartbeats();
    repaired();
    PAIR.calm("lb1");
  }

  @Test
  void aDeviceThatIsMendedFencesAtLast() {
    PAIR.lb1().fenceDevice(LabNode.Fault.DEAD);
    PAIR.lb1().powerOff();
    Daemons.alarms(PAIR.lb2(), "fencing lb1 is not confirmed");
    assertEquals(Set.of(), PAIR.lab().holders());
    PAIR.lb1().fenceDevice(LabNode.Fault.NONE);
    PAIR.serves(PAIR.lb2());
    PAIR.provenOffFirst(PAIR.lb1(), PAIR.lb2());
    Daemons.noAlarm(PAIR.lb2(), "is not confirmed");
  }

  @Test
  void aSlowDeviceIsWaitedFor() {
    PAIR.lb1().fenceDevice(LabNode.Fault.SLOW);
    PAIR.lb1().powerOff();
    PAIR.serves(PAIR.lb2());
    PAIR.provenOffFirst(PAIR.lb1(), PAIR.lb2());
    ScenePair.measured("slow fence device: client outage %.0f ms", PAIR.outage().millis());
  }

  /** What a device's test has found is said until it is tested again. */
  private static void repaired() {
    PAIR.lb1().fenceDevice(LabNode.Fault.NONE);
    String tested = ScenePair.twinbeat(0, PAIR.lb2(), "fence", "test", "lb1");
    assertTrue(tested.contains("works"), tested);
  }

  private static long failures(LabNode node) {
    return PAIR.logged(node)
        .lines()
        .filter(line -> line.contains("not taking over: the fence is not confirmed"))
        .count();
  }
}
