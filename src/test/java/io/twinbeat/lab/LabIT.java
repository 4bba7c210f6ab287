package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The lab keeps its word: no power is no power, a cut is a cut, the probe counts right. The nodes
 * run no daemon here; the tests put the address and nginx where they want them.
 */
@Timeout(120)
class LabIT {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String ADDRESS = "10.10.10.100";

  private static LabSite lab;

  @BeforeAll
  static void up() {
    long started = System.nanoTime();
    lab = LabSite.up(LabOptions.fresh().withDaemon());
    report("lab up", started);
  }

  @AfterAll
  static void down() {
    if (lab != null) {
      lab.close();
    }
  }

  @BeforeEach
  void allIsWell() {
    for (LabNode node : lab.nodes()) {
      node.powerOff();
      node.powerOn();
    }
  }

  private static void report(String what, long startedNanos) {
    System.out.printf(
        "measured: %s %.1f ms%n", what, (System.nanoTime() - startedNanos) / 1_000_000.0);
  }

  private static void serveOn(LabNode node) {
    must(node.exec("nginx"));
    must(node.exec("ip", "addr", "add", ADDRESS + "/24", "dev", "eth0"));
    must(node.exec("arping", "-q", "-U", "-c", "1", "-I", "eth0", ADDRESS));
  }

  private static void must(Outcome outcome) {
    assertTrue(outcome.succeeded(), outcome.summary());
  }

  @Test
  void aNodeIsAMachineOfItsOwn() {
    LabNode lb1 = lab.node("lb1");
    assertEquals("lb1\n", lb1.exec("uname", "-n").out());
    assertFalse(lb1.exec("ls", "/run").out().contains("twinbeat-lab"));
    must(lb1.exec("test", "-s", "/etc/twinbeat/twinbeat.yaml"));
    must(lb1.exec("test", "-d", "/var/lib/dpkg"));
    must(lb1.exec("touch", "/var/lib/twinbeat/here", "/etc/here", "/run/here"));
    for (String file : List.of("/var/lib/twinbeat/here", "/etc/here", "/run/here")) {
      assertFalse(lab.node("lb2").exec("test", "-e", file).succeeded(), file);
      assertFalse(Files.exists(Path.of(file)), file);
    }
  }

  @Test
  void powerOffEndsEverythingAtOnce() {
    LabNode lb1 = lab.node("lb1");
    serveOn(lb1);
    assertEquals(Set.of("lb1"), lab.holders());
    assertEquals("lb1\n", lab.atClient("curl", "-s", ADDRESS).out());
    List<ProcessHandle> inside = processesOf(lb1);
    assertTrue(inside.size() >= 3, "init, nginx and its worker: " + inside);

    lb1.powerOff();

    assertFalse(lb1.isOn());
    for (ProcessHandle process : inside) {
      assertFalse(process.isAlive(), "alive without power: " + process.info());
    }
    assertEquals(Set.of(), lab.holders());
    Outcome noAnswer = lab.atClient("arping", "-c", "1", "-w", "1", "-I", "eth0", ADDRESS);
    assertFalse(noAnswer.succeeded(), "its kernel still answers: " + noAnswer.out());
  }

  private static List<ProcessHandle> processesOf(LabNode node) {
    List<ProcessHandle> inside = new ArrayList<>();
    Path namespace = pidNamespace(node.pid().orElseThrow());
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      if (namespace.equals(pidNamespace(process.pid()))) {
        inside.add(process);
      }
    }
    return inside;
  }

  private static Path pidNamespace(long pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid"));
    } catch (java.io.IOException e) {
      return Path.of("gone");
    }
  }

  @Test
  void thePowerOfOneNodeIsNothingToTheSwitch() {
    LabNode lb2 = lab.node("lb2");
    // The hardware address is known, so that a changed one would not be asked for.
    must(lb2.exec("arping", "-q", "-c", "1", "-w", "5", "-I", "eth0", "10.10.10.1"));
    String before = lb2.exec("arping", "-c", "1", "-w", "5", "-I", "eth0", "10.10.10.1").out();
    lab.node("lb1").powerOff();
    lab.node("lb1").powerOn();
    String after = lb2.exec("arping", "-c", "1", "-w", "5", "-I", "eth0", "10.10.10.1").out();
    assertEquals(hardwareAddress(before), hardwareAddress(after));
  }

  private static String hardwareAddress(String arping) {
    int start = arping.indexOf('[');
    assertTrue(start > 0, arping);
    return arping.substring(start, arping.indexOf(']'));
  }

  @Test
  void aNodeBootsWithItsDiskAndNothingElse() {
    LabNode lb1 = lab.node("lb1");
    serveOn(lb1);
    must(lb1.exec("touch", "/var/lib/twinbeat/kept", "/run/forgotten"));
    must(lb1.exec("sysctl", "-q", "-w", "net.ipv4.ip_nonlocal_bind=1"));
    lb1.powerOff();
    lb1.powerOn();
    must(lb1.exec("test", "-e", "/var/lib/twinbeat/kept"));
    assertFalse(lb1.exec("test", "-e", "/run/forgotten").succeeded());
    assertEquals("0\n", lb1.exec("sysctl", "-n", "net.ipv4.ip_nonlocal_bind").out());
    assertEquals(Set.of(), lab.holders());
    lb1.powerOff();
    lb1.powerOnWithLostDisk();
    assertFalse(lb1.exec("test", "-e", "/var/lib/twinbeat/kept").succeeded());
  }

  @Test
  void aRealAgentFencesThroughTheBmc() {
    LabNode lb1 = lab.node("lb1");
    assertEquals(0, agent("status"), "lb1 is on");
    long started = System.nanoTime();
    assertEquals(0, agent("off"));
    report("fence_ipmilan off", started);
    assertFalse(lb1.isOn());
    assertEquals(2, agent("status"), "lb1 is off");
    PowerAction fence = lab.fenceLog().getLast();
    assertEquals("lb1", fence.node());
    assertEquals("bmc", fence.asker());
    assertTrue(fence.startNanos() >= started && fence.endNanos() <= System.nanoTime(), "" + fence);
    assertEquals(0, agent("on"));
    assertTrue(lb1.isOn());
  }

  @Test
  void theFenceNetworkCanBeCut() {
    lab.cut("bmc", Direction.BOTH, "lb2");
    try {
      assertEquals(1, agent("status"));
    } finally {
      lab.mend("bmc");
    }
    assertTrue(LabSite.await(SOON, () -> agent("status") == 0), "a status over the mended network");
  }

  @Test
  void aBrokenBmcIsNoProof() {
    LabNode lb1 = lab.node("lb1");
    lb1.fenceDevice(LabNode.Fault.IGNORE);
    try {
      assertEquals(1, agent("off"));
      assertTrue(lb1.isOn());
      lb1.fenceDevice(LabNode.Fault.DEAD);
      assertEquals(1, agent("off"));
      assertTrue(lb1.isOn());
    } finally {
      lb1.fenceDevice(LabNode.Fault.NONE);
    }
    assertEquals(0, agent("off"));
  }

  /** What lb2 does to lb1 when it fences. */
  private static int agent(String action) {
    Outcome outcome =
        lab.node("lb2")
            .exec(
                "bash",
                "-c",
                """
                printf '%s\\n' action="$1" ip=10.10.20.11 lanplus=1 cipher=3 power_wait=0 \
                  power_timeout=2 username=ha password="$(</etc/twinbeat/bmc)" | fence_ipmilan
                """,
                "agent",
                action);
    return assertInstanceOf(Outcome.Exited.class, outcome).status();
  }

  @Test
  void theHookFencesInMilliseconds() {
    LabNode lb1 = lab.node("lb1");
    String hook = LabOptions.fresh().distribution().resolve("hooks/fence-lab").toString();
    must(lab.node("lb2").exec("bash", hook, "status", "lb1"));
    must(lab.node("lb2").exec("bash", hook, "test", "lb1"));
    must(lab.node("lb2").exec("bash", hook, "off", "lb1"));
    assertFalse(lb1.isOn());
    Outcome status = lab.node("lb2").exec("bash", hook, "status", "lb1");
    assertEquals(2, assertInstanceOf(Outcome.Exited.class, status).status());
    PowerAction fence = lab.fenceLog().getLast();
    assertEquals("lb2", fence.asker());
    System.out.printf(
        "measured: hook off, order to confirmed %.1f ms%n",
        (fence.endNanos() - fence.startNanos()) / 1_000_000.0);
    must(lab.node("lb2").exec("bash", hook, "on", "lb1"));
    assertTrue(lb1.isOn());
    assertFalse(lab.node("lb2").exec("bash", hook, "off", "lb9").succeeded());
  }

  @Test
  void theProbeMeasuresAnOutage() {
    serveOn(lab.node("lb1"));
    try (Probe probe = lab.probe()) {
      assertTrue(LabSite.await(SOON, () -> probe.node().equals("lb1")));
      long cutStarts = System.nanoTime();
      lab.cut("service", Direction.TO, "lb1");
      long cutEnds = System.nanoTime();
      LabSite.await(Duration.ofMillis(200), () -> false);
      long mendStarts = System.nanoTime();
      lab.mend("service");
      long mendEnds = System.nanoTime();
      assertTrue(LabSite.await(SOON, () -> !probe.outages().isEmpty()), probe::summary);
      assertTrue(probe.settle());
      assertEquals(1, probe.outages().size(), () -> "" + probe.outages());
      Outage outage = probe.outages().getFirst();
      System.out.printf(
          "measured: probe saw %.1f ms, made were %.1f to %.1f ms%n",
          outage.millis(), (mendStarts - cutEnds) / 1e6, (mendEnds - cutStarts) / 1e6);
      assertTrue(outage.millis() >= (mendStarts - cutEnds) / 1e6 - 15, () -> "" + outage);
      assertTrue(outage.millis() <= (mendEnds - cutStarts) / 1e6 + 15, () -> "" + outage);
      assertTrue(outage.startNanos() >= cutStarts - 2_000_000, "it began with the cut");
      assertEquals("lb1", outage.before());
      assertEquals("lb1", outage.after());
      assertEquals(0, outage.refused());
    }
  }

  @Test
  void theProbeTellsWhoAnswers() {
    LabNode lb1 = lab.node("lb1");
    LabNode lb2 = lab.node("lb2");
    serveOn(lb1);
    must(lb2.exec("nginx"));
    try (Probe probe = lab.probe();
        Holders watch = lab.watchHolders(change -> {})) {
      assertTrue(LabSite.await(SOON, () -> probe.node().equals("lb1")));
      lb1.powerOff();
      must(lb2.exec("ip", "addr", "add", ADDRESS + "/24", "dev", "eth0"));
      must(lb2.exec("arping", "-q", "-U", "-c", "1", "-I", "eth0", ADDRESS));
      assertTrue(LabSite.await(SOON, () -> probe.node().equals("lb2")), probe::summary);
      Outage outage = probe.outages().getLast();
      assertEquals("lb1", outage.before());
      assertEquals("lb2", outage.after());
      assertEquals(0, watch.twoHoldersNanos());
      assertEquals(
          List.of(Set.of("lb1"), Set.of(), Set.of("lb2")),
          watch.changes().stream().map(Holders.Change::holders).toList());
      assertTrue(probe.good() <= probe.attempts());
    }
  }

  @Test
  void twoHoldersAreNoticed() {
    try (Holders watch = lab.watchHolders(change -> {})) {
      for (LabNode node : lab.nodes()) {
        must(node.exec("ip", "addr", "add", ADDRESS + "/24", "dev", "eth0"));
      }
      assertTrue(LabSite.await(SOON, () -> watch.twoHoldersNanos() > 0));
      must(lab.node("lb1").exec("ip", "addr", "del", ADDRESS + "/24", "dev", "eth0"));
      assertTrue(LabSite.await(SOON, () -> lab.holders().equals(Set.of("lb2"))));
    }
  }

  @Test
  void aFullDiskIsFull() {
    LabNode lb1 = lab.node("lb1");
    lb1.fillDisk();
    Outcome write = lb1.exec("bash", "-c", "echo one more > /var/lib/twinbeat/file");
    assertFalse(write.succeeded());
    assertTrue(write.err().contains("No space left"), write::err);
    must(lab.node("lb2").exec("bash", "-c", "echo one more > /var/lib/twinbeat/file"));
    lb1.freeDisk();
    must(lb1.exec("bash", "-c", "echo one more > /var/lib/twinbeat/file"));
  }
}
