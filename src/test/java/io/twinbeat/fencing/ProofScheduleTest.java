package io.twinbeat.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProofScheduleTest {
  private static final Duration SOON = Duration.ofMillis(5);

  private final FakeDevice a = new FakeDevice("a");
  private final FakeDevice b = new FakeDevice("b");
  private final Fencing fencing =
      new Fencing(
          Map.of("lb1", List.of(List.of(a)), "lb2", List.of(List.of(b))), Duration.ofSeconds(5));
  private final BlockingQueue<DeviceProof> proofs = new LinkedBlockingQueue<>();

  private volatile boolean quiet = true;

  private ProofSchedule schedule(Duration first, Duration interval, ProofSchedule.Listener to) {
    return new ProofSchedule(
        fencing,
        List.of("lb1", "lb2", "without"),
        first,
        interval,
        SOON,
        node -> quiet,
        new Random(1),
        to);
  }

  @Test
  void allDevicesAreTestedAgainAndAgain() throws Exception {
    b.offSays = () -> false;
    Set<String> seen = new TreeSet<>();
    try (ProofSchedule schedule = schedule(SOON, SOON, proofs::add)) {
      schedule.start();
      for (int i = 0; i < 8 || seen.size() < 2; i++) {
        DeviceProof proof = proofs.poll(10, TimeUnit.SECONDS);
        assertNotNull(proof);
        assertEquals(proof.device().equals("a"), proof.succeeded());
        seen.add(proof.node() + proof.device());
      }
    }
    assertEquals(Set.of("lb1a", "lb2b"), seen);
    assertFalse(a.asked().contains("off"));
  }

  @Test
  void firstTestsComeAfterTheFirstDelayAndTheNextAfterTheInterval() throws Exception {
    try (ProofSchedule schedule = schedule(SOON, Duration.ofHours(1), proofs::add)) {
      schedule.start();
      assertNotNull(proofs.poll(10, TimeUnit.SECONDS));
      assertNotNull(proofs.poll(10, TimeUnit.SECONDS));
    }
    assertEquals(List.of("test"), a.asked());
    assertEquals(List.of("test"), b.asked());
  }

  private DeviceProof proof() throws InterruptedException {
    DeviceProof proof = proofs.poll(10, TimeUnit.SECONDS);
    assertNotNull(proof);
    return proof;
  }

  @Test
  void whatFailedIsTestedAgainSoonerUntilItWorks() throws Exception {
    AtomicInteger failures = new AtomicInteger(3);
    a.offSays = () -> failures.getAndDecrement() <= 0;
    try (ProofSchedule schedule = schedule(SOON, Duration.ofHours(1), proofs::add)) {
      schedule.start();
      List<Boolean> ofA = new ArrayList<>();
      while (!ofA.contains(true)) {
        DeviceProof proof = proof();
        if (proof.device().equals("a")) {
          ofA.add(proof.succeeded());
        }
      }
      assertEquals(List.of(false, false, false, true), ofA);
    }
    assertFalse(fencing.failing("lb1"));
    assertEquals(List.of("test"), b.asked());
  }

  @Test
  void afterAFenceThatFailedTheDeviceIsTestedAgainButNotWhileAFenceMayBeWanted() throws Exception {
    try (ProofSchedule schedule = schedule(SOON, Duration.ofHours(1), proofs::add)) {
      schedule.start();
      proof();
      proof();
      quiet = false;
      a.offSays = () -> false;
      assertInstanceOf(FenceOutcome.NotConfirmed.class, fencing.off("lb1", false));
      a.offSays = () -> true;
      assertTrue(fencing.failing("lb1"));
      assertNull(proofs.poll(20 * SOON.toMillis(), TimeUnit.MILLISECONDS));
      quiet = true;
      DeviceProof mended = proof();
      assertEquals("a", mended.device());
      assertTrue(mended.succeeded());
    }
    assertEquals(List.of("test", "off", "test"), a.asked());
  }

  @Test
  void closeEndsARunningTest() throws Exception {
    CountDownLatch testing = new CountDownLatch(1);
    a.offSays =
        () -> {
          testing.countDown();
          try {
            return new CountDownLatch(1).await(30, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
          }
        };
    ProofSchedule schedule = schedule(SOON, SOON, proofs::add);
    schedule.start();
    assertTrue(testing.await(10, TimeUnit.SECONDS));
    long started = System.nanoTime();
    schedule.close();
    assertTrue(System.nanoTime() - started < Duration.ofSeconds(2).toNanos());
    assertTrue(proofs.stream().noneMatch(proof -> proof.device().equals("a")));
  }

  @Test
  void listenerThatFailsDoesNotEndTheSchedule() throws Exception {
    CountDownLatch told = new CountDownLatch(6);
    ProofSchedule.Listener failing =
        proof -> {
          told.countDown();
          throw new IllegalStateException("listener's bug, wanted by this test");
        };
    try (ProofSchedule schedule = schedule(SOON, SOON, failing)) {
      schedule.start();
      assertTrue(told.await(10, TimeUnit.SECONDS));
    }
  }
}
