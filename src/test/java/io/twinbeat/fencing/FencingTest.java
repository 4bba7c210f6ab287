package io.twinbeat.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rules of levels and of what counts as off, on devices in memory. */
@Timeout(60)
class FencingTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static Fencing levels(List<List<FenceDevice>> levels) {
    return new Fencing(Map.of("lb1", levels), LIMIT, Duration.ofMillis(500));
  }

  private static FenceOutcome.Confirmed confirmed(FenceOutcome outcome) {
    return assertInstanceOf(FenceOutcome.Confirmed.class, outcome, outcome.toString());
  }

  private static List<String> notConfirmed(FenceOutcome outcome) {
    return assertInstanceOf(FenceOutcome.NotConfirmed.class, outcome, outcome.toString())
        .whatHappened();
  }

  @Test
  void offAndThenSeparateStatusOffConfirms() {
    FakeDevice device = new FakeDevice("ipmi");
    FenceOutcome.Confirmed outcome = confirmed(Scripts.one(device).off("lb1", false));
    assertEquals("ipmi", outcome.device());
    assertEquals(
        "ipmi: off done after 0.00 s (fake off), then status says OFF", outcome.evidence());
    assertEquals(List.of("off", "status"), device.asked());
  }

  @Test
  void deviceThatSaysDoneWhilePowerIsOnDoesNotConfirm() {
    FakeDevice device = FakeDevice.lying("ipmi");
    Fencing fencing = Scripts.one(device);
    List<String> happened = notConfirmed(fencing.off("lb1", false));
    assertEquals(
        List.of("ipmi: off done after 0.00 s (fake off), but status says ON (fake status)"),
        happened);
    assertFalse(fencing.proofs().getFirst().succeeded());
  }

  @Test
  void unknownStatusAfterOffDoesNotConfirm() {
    FakeDevice device = new FakeDevice("ipmi");
    device.statusSays = () -> PowerState.UNKNOWN;
    notConfirmed(Scripts.one(device).off("lb1", false));
  }

  @Test
  void powerThatFallsSlowlyIsWaitedFor() {
    FakeDevice device = new FakeDevice("ipmi");
    Deque<PowerState> states =
        new ArrayDeque<>(List.of(PowerState.ON, PowerState.UNKNOWN, PowerState.OFF));
    device.statusSays = states::poll;
    confirmed(Scripts.one(device).off("lb1", false));
    assertEquals(List.of("off", "status", "status", "status"), device.asked());
  }

  @Test
  void failedOffDoesNotConfirmEvenIfStatusWouldSayOff() {
    FakeDevice device = FakeDevice.failing("ipmi");
    device.on = false;
    notConfirmed(Scripts.one(device).off("lb1", false));
    assertEquals(List.of("off"), device.asked());
  }

  @Test
  void nextLevelIsTriedWhenALevelFails() {
    FakeDevice first = FakeDevice.failing("ipmi");
    FakeDevice second = new FakeDevice("pdu");
    FenceOutcome.Confirmed outcome =
        confirmed(levels(List.of(List.of(first), List.of(second))).off("lb1", false));
    assertEquals("pdu", outcome.device());
    FakeDevice lying = FakeDevice.lying("ipmi");
    confirmed(levels(List.of(List.of(lying), List.of(new FakeDevice("pdu")))).off("lb1", false));
  }

  @Test
  void laterLevelsAreLeftAloneWhenALevelConfirms() {
    FakeDevice second = new FakeDevice("pdu");
    confirmed(levels(List.of(List.of(new FakeDevice("ipmi")), List.of(second))).off("lb1", false));
    assertEquals(List.of(), second.asked());
  }

  @Test
  void allLevelsFailedTellsWhatEachDid() {
    List<String> happened =
        notConfirmed(
            levels(List.of(List.of(FakeDevice.failing("a")), List.of(FakeDevice.failing("b"))))
                .off("lb1", false));
    assertEquals(
        List.of("a: off failed after 0.00 s (fake off)", "b: off failed after 0.00 s (fake off)"),
        happened);
  }

  @Test
  void allOfALevelMustBeOff() {
    FakeDevice good = new FakeDevice("pdu-a");
    notConfirmed(levels(List.of(List.of(good, FakeDevice.failing("pdu-b")))).off("lb1", false));
    assertEquals(List.of("off"), good.asked());
    List<String> happened =
        notConfirmed(
            levels(List.of(List.of(new FakeDevice("pdu-a"), FakeDevice.lying("pdu-b"))))
                .off("lb1", false));
    assertEquals(2, happened.size());
    assertTrue(happened.get(0).endsWith("then status says OFF"), happened.toString());
    assertTrue(happened.get(1).endsWith("but status says ON (fake status)"), happened.toString());
    FenceOutcome.Confirmed outcome =
        confirmed(
            levels(List.of(List.of(new FakeDevice("pdu-a"), new FakeDevice("pdu-b"))))
                .off("lb1", false));
    assertEquals("pdu-a + pdu-b", outcome.device());
  }

  @Test
  void allOfALevelAreAskedSideBySide() {
    CyclicBarrier together = new CyclicBarrier(2);
    FakeDevice a = new FakeDevice("pdu-a");
    FakeDevice b = new FakeDevice("pdu-b");
    Runnable meet =
        () -> {
          try {
            together.await(5, TimeUnit.SECONDS);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        };
    a.beforeOff = meet;
    b.beforeOff = meet;
    confirmed(levels(List.of(List.of(a, b))).off("lb1", false));
  }

  @Test
  void statusIsAskedOnlyAfterAllOfALevelAreOff() {
    FakeDevice slow = new FakeDevice("pdu-b");
    FakeDevice quick = new FakeDevice("pdu-a");
    AtomicReference<List<String>> seen = new AtomicReference<>();
    CountDownLatch quickDone = new CountDownLatch(1);
    quick.beforeOff = quickDone::countDown;
    slow.beforeOff =
        () -> {
          try {
            assertTrue(quickDone.await(5, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          seen.set(quick.asked());
        };
    confirmed(levels(List.of(List.of(quick, slow))).off("lb1", false));
    assertEquals(List.of("off"), seen.get());
  }

  @Test
  void lookingOnlyNeverSendsOff() {
    FakeDevice a = new FakeDevice("pdu-a");
    FakeDevice b = new FakeDevice("pdu-b");
    Fencing fencing = levels(List.of(List.of(a, b)));
    a.on = false;
    List<String> happened = notConfirmed(fencing.off("lb1", true));
    assertEquals(
        List.of("pdu-a: status says OFF", "pdu-b: status says ON (fake status)"), happened);
    b.on = false;
    FenceOutcome.Confirmed outcome = confirmed(fencing.off("lb1", true));
    assertEquals("pdu-a: status says OFF; pdu-b: status says OFF", outcome.evidence());
    assertEquals(List.of("status", "status"), a.asked());
    assertEquals(List.of("status", "status"), b.asked());
  }

  @Test
  void lookingOnlyConfirmsByAnyWholeLevel() {
    FakeDevice silent = new FakeDevice("ipmi");
    silent.statusSays = () -> PowerState.UNKNOWN;
    FakeDevice pdu = new FakeDevice("pdu");
    pdu.on = false;
    assertEquals(
        "pdu", confirmed(levels(List.of(List.of(silent), List.of(pdu))).off("lb1", true)).device());
  }

  @Test
  void deviceThatBreaksItsLimitIsLeftAlone() {
    Fencing fencing =
        new Fencing(
            Map.of("lb1", List.of(List.of(hanging("stuck")), List.of(new FakeDevice("pdu")))),
            Duration.ofMillis(100));
    FenceOutcome.Confirmed outcome = confirmed(fencing.off("lb1", false));
    assertEquals("pdu", outcome.device());
    assertTrue(outcome.took().toMillis() < 6000, outcome.took().toString());
  }

  @Test
  void deviceThatThrowsHasFailed() {
    FakeDevice device = new FakeDevice("ipmi");
    device.offSays =
        () -> {
          throw new IllegalStateException("a bug");
        };
    List<String> happened = notConfirmed(Scripts.one(device).off("lb1", false));
    assertTrue(happened.getFirst().contains("failed in itself"), happened.toString());
    FakeDevice silent = new FakeDevice("silent");
    silent.statusSays = () -> null;
    List<String> answers = notConfirmed(Scripts.one(silent).off("lb1", false));
    assertTrue(answers.getFirst().contains("UNKNOWN"), answers.toString());
  }

  @Test
  void interruptOfTheCallerConfirmsNothing() throws Exception {
    AtomicReference<FenceOutcome> outcome = new AtomicReference<>();
    CountDownLatch asked = new CountDownLatch(1);
    FakeDevice stuck = new FakeDevice("stuck");
    stuck.beforeOff =
        () -> {
          asked.countDown();
          hang();
        };
    Fencing fencing = levels(List.of(List.of(stuck), List.of(new FakeDevice("pdu"))));
    Thread caller = Thread.ofVirtual().start(() -> outcome.set(fencing.off("lb1", false)));
    assertTrue(asked.await(5, TimeUnit.SECONDS));
    caller.interrupt();
    assertTrue(caller.join(Duration.ofSeconds(5)));
    notConfirmed(outcome.get());
  }

  @Test
  void aTestThatIsBrokenOffProvesNothing() throws Exception {
    Fencing fencing = levels(List.of(List.of(new FakeDevice("pdu"))));
    List<DeviceProof> proven = fencing.test("lb1");
    assertTrue(proven.getFirst().succeeded());
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              Thread.currentThread().interrupt();
              fencing.test("lb1");
            });
    assertTrue(caller.join(Duration.ofSeconds(5)));
    assertEquals(proven, fencing.proofs());
  }

  @Test
  void nodeWithoutDeviceIsNeverConfirmed() {
    Fencing fencing = new Fencing(Map.of("lb1", List.of(), "lb2", List.of(List.of())), LIMIT);
    for (String node : List.of("lb1", "lb2", "lb3")) {
      assertFalse(fencing.hasDevice(node));
      assertEquals(List.of(node + " has no fence device"), notConfirmed(fencing.off(node, false)));
      notConfirmed(fencing.off(node, true));
      assertFalse(fencing.on(node).succeeded());
      assertEquals(List.of(), fencing.test(node));
      assertEquals(Duration.ZERO, fencing.slowestOff(node));
    }
  }

  @Test
  void proofsAreTheLastTestOrUse() {
    FakeDevice ipmi = new FakeDevice("ipmi");
    FakeDevice pdu = new FakeDevice("pdu");
    Fencing fencing = levels(List.of(List.of(ipmi), List.of(pdu)));
    assertEquals(List.of(), fencing.proofs());
    pdu.offSays = () -> false;
    List<DeviceProof> tested = fencing.test("lb1");
    assertEquals(tested, fencing.proofs());
    assertEquals("lb1", tested.get(0).node());
    assertTrue(tested.get(0).succeeded());
    assertFalse(tested.get(1).succeeded());
    ipmi.offSays = () -> false;
    fencing.off("lb1", false);
    assertFalse(fencing.proofs().get(0).succeeded());
    ipmi.offSays = () -> true;
    fencing.off("lb1", false);
    assertTrue(fencing.proofs().get(0).succeeded());
    assertFalse(fencing.proofs().get(1).succeeded());
  }

  @Test
  void slowestOffIsTheEstimateOrLonger() {
    FakeDevice device = new FakeDevice("ipmi");
    Fencing fencing = Scripts.one(device);
    assertEquals(Duration.ofSeconds(5), fencing.slowestOff("lb1"));
    fencing.off("lb1", false);
    assertEquals(Duration.ofSeconds(5), fencing.slowestOff("lb1"), "a quick one proves little");
  }

  @Test
  void switchesOnByTheFirstLevelThatDoes() {
    FakeDevice first = FakeDevice.failing("ipmi");
    FakeDevice second = new FakeDevice("pdu");
    second.on = false;
    FenceAnswer answer = levels(List.of(List.of(first), List.of(second))).on("lb1");
    assertTrue(answer.succeeded());
    assertTrue(second.on);
    assertFalse(Scripts.one(first).on("lb1").succeeded());
  }

  @Test
  void timeLimitMustBeAboveZero() {
    assertThrows(IllegalArgumentException.class, () -> new Fencing(Map.of(), Duration.ZERO));
  }

  private static FenceDevice hanging(String name) {
    FakeDevice device = new FakeDevice(name);
    device.beforeOff = FencingTest::hang;
    return device;
  }

  private static void hang() {
    try {
      new CountDownLatch(1).await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
