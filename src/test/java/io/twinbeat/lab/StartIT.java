package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes start: together, alone, and alone at once. */
@Timeout(240)
class StartIT {
  /** On a quiet machine it takes one to two seconds; what took more is told. */
  private static final double REMARKABLE_MILLIS = 5000;

  private static final double INITDEAD_MILLIS = 3000;

  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  private static void bothOff() {
    PAIR.lb2().powerOff();
    PAIR.lb1().powerOff();
  }

  /** Nothing on the disks is left of an earlier start-up fence. */
  private static void bothOnAtOnce() {
    List<Thread> boots =
        Stream.of(PAIR.lb1(), PAIR.lb2())
            .map(node -> Thread.ofVirtual().start(node::powerOnWithLostDisk))
            .toList();
    for (Thread boot : boots) {
      try {
        boot.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void bothStartTogether() {
    bothOff();
    PAIR.mark();
    bothOnAtOnce();
    // Which one is told by who has examined itself first; of equals it is the preferred one.
    ScenePair.await("one of them serves", () -> PAIR.lab().holders().size() == 1);
    String holder = PAIR.lab().holders().iterator().next();
    PAIR.serves(PAIR.lab().node(holder));
    double took = (PAIR.changes().getLast().atNanos() - PAIR.started()) / 1e6;
    ScenePair.measured("both start together: %.0f ms until %s serves", took, holder);
    if (took > REMARKABLE_MILLIS) {
      System.out.println("remarkably long: " + PAIR.story());
    }
    PAIR.calm(holder);
    PAIR.nobodyShot();
    assertEquals(
        List.of(Set.of(holder)), PAIR.changes().stream().map(Holders.Change::holders).toList());
  }

  @Test
  void theOtherOneStartsLater() {
    bothOff();
    PAIR.lb1().powerOnWithLostDisk();
    PAIR.serves(PAIR.lb1());
    PAIR.provenOffFirst(PAIR.lb2(), PAIR.lb1());
    PAIR.mark();
    PAIR.lb2().powerOnWithLostDisk();
    PAIR.calm("lb1");
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  /** No duel, no loop: one shoots, and the one that was shot stands by when it is back. */
  @Test
  void bothStartAtOnceAndDoNotHearEachOther() {
    bothOff();
    PAIR.cutHeartbeats();
    PAIR.mark();
    bothOnAtOnce();
    ScenePair.await("one of them serves", () -> PAIR.lab().holders().size() == 1);
    String holder = PAIR.lab().holders().iterator().next();
    LabNode other = PAIR.lab().peer(holder);
    PAIR.serves(PAIR.lab().node(holder));
    assertEquals(Set.of(other.name()), PAIR.shot());
    assertEquals(1, offs(), () -> "" + PAIR.fences());
    PAIR.provenOffFirst(other, PAIR.lab().node(holder));

    PAIR.mark();
    other.powerOn();
    Daemons.says(other, "disconnected");
    ScenePair.never(
        "somebody was shot", ScenePair.DEADTIME.multipliedBy(3), () -> !PAIR.shot().isEmpty());
    PAIR.mendHeartbeats();
    PAIR.calm(holder);
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  /**
   * The service of the one that runs is not to be seen each time that the other one starts: a node
   * that was fenced must not fence back for ever.
   */
  @Test
  void aStartUpFenceIsNotRepeatedInItsWindow() {
    bothOff();
    PAIR.cutHeartbeats();
    PAIR.mark();
    PAIR.lb1().powerOnWithLostDisk();
    PAIR.serves(PAIR.lb1());
    assertEquals(1, offs());

    // lb2 has a fence of its own: it finds no service, and lb1 cut off.
    PAIR.lab().cut("service", Direction.BOTH, "lb1");
    PAIR.lb2().powerOnWithLostDisk();
    PAIR.serves(PAIR.lb2());
    assertEquals(2, offs());

    // lb1 finds the same, but has shot already: it waits, and says for whom.
    PAIR.mark();
    PAIR.lab().mend("service");
    PAIR.lab().cut("service", Direction.BOTH, "lb2");
    PAIR.lb1().powerOn();
    PAIR.logs(PAIR.lb1(), "this node has had its start-up fence");
    Daemons.alarms(PAIR.lb1(), "fencing lb2 is not confirmed");
    ScenePair.never(
        "somebody was shot", ScenePair.DEADTIME.multipliedBy(3), () -> !PAIR.shot().isEmpty());
    assertEquals(Set.of("lb2"), PAIR.lab().holders());

    // An end of all faults is the end of the matter (P6). Its way out first: a holder that hears
    // its
    // peer before it sees a reference point again hands over, and rightly.
    PAIR.lab().mend("service");
    Daemons.noAlarm(PAIR.lb2(), "reference points answer");
    PAIR.mendHeartbeats();
    PAIR.calm("lb2");
    PAIR.unmoved();
  }

  private static long offs() {
    return PAIR.fences().size();
  }

  /** The standby of before: it listens, proves that the other one is off, and starts. */
  @Test
  void bothLosePowerAndTheStandbyComesBackAlone() {
    bothOff();
    PAIR.mark();
    PAIR.lb2().powerOn();
    PAIR.serves(PAIR.lb2());
    PAIR.provenOffFirst(PAIR.lb1(), PAIR.lb2());
    double took = (PAIR.changes().getLast().atNanos() - PAIR.started()) / 1e6;
    ScenePair.measured("one of two comes back alone: %.0f ms until it serves", took);
    assertTrue(took > INITDEAD_MILLIS, "it listened only " + took + " ms");
    assertTrue(offs() <= 1, () -> "" + PAIR.fences());
    assertTrue(!PAIR.lb1().isOn());
  }

  /** The holder of before is fenced and boots, and still hears nobody. */
  @Test
  void aFencedNodeBootsIntoThePartitionThatLasts() {
    PAIR.cutHeartbeats();
    PAIR.lab().cut("service", Direction.BOTH, "lb1");
    PAIR.serves(PAIR.lb2());
    assertEquals(Set.of("lb1"), PAIR.shot());
    PAIR.mark();
    PAIR.lb1().powerOn();
    PAIR.logs(PAIR.lb1(), "it may be the one that is cut off");
    ScenePair.never("somebody was shot", ScenePair.DEADTIME, () -> !PAIR.shot().isEmpty());
    PAIR.lab().mend("service");
    Daemons.says(PAIR.lb1(), "disconnected");
    ScenePair.never("somebody was shot", ScenePair.DEADTIME, () -> !PAIR.shot().isEmpty());
    PAIR.mendHeartbeats();
    PAIR.calm("lb2");
    PAIR.unmoved();
  }

  @Test
  void aNodeThatIsOffStaysUnknownUntilItsFenceIsConfirmed() {
    bothOff();
    PAIR.lb2().fenceDevice(LabNode.Fault.DEAD);
    PAIR.mark();
    PAIR.lb1().powerOnWithLostDisk();
    Daemons.alarms(PAIR.lb1(), "fencing lb2 is not confirmed");
    assertEquals(Set.of(), PAIR.lab().holders());
    PAIR.lb2().fenceDevice(LabNode.Fault.NONE);
    ScenePair.await(
        "lb1 serves", Duration.ofSeconds(40), () -> PAIR.lab().holders().equals(Set.of("lb1")));
    PAIR.provenOffFirst(PAIR.lb2(), PAIR.lb1());
    assertTrue(PAIR.lb1().isOn());
  }
}
