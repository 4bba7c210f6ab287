package io.twinbeat.lab;

import static io.twinbeat.lab.GuestLab.must;
import static io.twinbeat.lab.GuestLab.twinbeat;
import static io.twinbeat.lab.GuestPair.await;
import static io.twinbeat.lab.GuestPair.sees;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A pair as an operator would install it, on whole machines: their own kernels, systemd with the
 * unit as it is, a watchdog, and power behind a BMC that {@code fence_ipmilan} talks to.
 */
@Timeout(600)
@TestMethodOrder(OrderAnnotation.class)
class MachinesIT {
  private static final String ADDRESS = GuestPair.ADDRESS;

  /** The unit's own (5 s), and a JVM that starts on a machine that five others keep busy. */
  private static final Duration WATCHDOG = Duration.ofSeconds(16);

  private static final String SITE =
      """
      pair: web
      nodes:
        lb1: { links: [192.168.76.1, 192.168.77.1], fence: { agent: fence_ipmilan, ip: 10.10.20.11, lanplus: 1, cipher: 3, power-wait: 0, username: ha, password-file: /etc/twinbeat/bmc } }
        lb2: { links: [192.168.76.2, 192.168.77.2], fence: { agent: fence_ipmilan, ip: 10.10.20.12, lanplus: 1, cipher: 3, power-wait: 0, username: ha, password-file: /etc/twinbeat/bmc } }
      heartbeat: { interval: 200ms, deadtime: 2s, key-file: /etc/twinbeat/key }
      watchdog: { device: /dev/watchdog1, timeout: %ds }
      reference-points: [10.10.10.1]
      groups:
        site:
          prefer: lb1
          resources:
            - nginx: { check: http://127.0.0.1/healthz }
            - address: { ip: 10.10.10.100/24, dev: eth0 }
      """
          .formatted(WATCHDOG.toSeconds());

  @RegisterExtension static final GuestPair PAIR = GuestPair.of(SITE);

  private long started;

  @BeforeEach
  void start() {
    started = System.nanoTime();
  }

  private static LabSite lab() {
    return PAIR.lab();
  }

  private static LabNode lb1() {
    return PAIR.lb1();
  }

  private static LabNode lb2() {
    return PAIR.lb2();
  }

  /** Waits for the takeover and measures it; the proof that the other is off came first. */
  private void takesOver(LabNode taker, LabNode from) {
    ScenePair.await(
        taker.name() + " has the address", GuestPair.SOON, () -> taker.hasAddress(ADDRESS));
    long took = System.nanoTime();
    assertTrue(
        lab().foundOff(from.name(), started).stream().anyMatch(p -> p.endNanos() - took < 0),
        () -> "no proof that " + from.name() + " is off: " + lab().powerLog());
    ScenePair.await(
        "the client is answered by " + taker.name(),
        GuestPair.SOON,
        () -> PAIR.answer().equals(taker.name()));
    ScenePair.measured(
        "a client is answered by %s again %d ms after the fault",
        taker.name(), (System.nanoTime() - started) / 1_000_000);
    assertEquals(Set.of(taker.name()), lab().holders());
    assertTrue(lab().fenceLog().stream().allMatch(fence -> fence.asker().equals("bmc")));
  }

  private Set<String> shot() {
    return lab().fenceLog().stream()
        .filter(fence -> fence.startNanos() - started >= 0)
        .map(PowerAction::node)
        .collect(java.util.stream.Collectors.toSet());
  }

  @Test
  void theHolderLosesItsPower() {
    lb1().powerOff();
    takesOver(lb2(), lb1());
    assertEquals("0\n", must(lb2(), "bash", "-c", "systemctl --failed --no-legend | wc -l"));
  }

  @Test
  void aFencedNodeComesBackAsTheStandby() {
    for (String link : lab().links()) {
      if (!link.equals(SitePlan.BMC)) {
        lab().cut(link, Direction.BOTH, "lb1");
      }
    }
    takesOver(lb2(), lb1());
    assertEquals(Set.of("lb1"), shot());
    assertTrue(!lb1().isOn());
    lab().links().forEach(lab()::mend);
    started = System.nanoTime();
    twinbeat(lb2(), "fence", "on", "lb1");
    lb1().awaitBoot();
    PAIR.calm("lb2");
    assertEquals(Set.of(), shot());
    assertEquals(
        "none\n", must(lb1(), "bash", "-c", "ip -o addr | grep -q " + ADDRESS + " || echo none"));
  }

  /** The unit's own watchdog is the first: it makes another daemon, which finds all as it was. */
  @Test
  void aDaemonThatHangsIsStartedAnewAndNothingMoves() {
    List<String> before = told(lb1());
    String pid = mainPid(lb1());
    lb1().stall();
    sees(lb2(), "disconnected");
    await("another daemon", () -> !Set.of(pid, "0\n").contains(mainPid(lb1())));
    PAIR.calm("lb1");
    assertEquals(before, told(lb1()), "changes of the address");
    assertEquals(Set.of(), shot());
  }

  /** No signal ends what hangs in the kernel; its nginx goes on answering, so nobody is shot. */
  @Test
  void theWatchdogResetsAHolderThatNothingElseCanHelp() {
    long resets = resets(lb1());
    must(lb1(), "bash", "-c", "echo 1 >/sys/fs/cgroup/system.slice/twinbeat.service/cgroup.freeze");
    sees(lb2(), "disconnected");
    assertEquals(Set.of("lb1"), lab().holders());
    // Not that it boots: lb2 may see the service gone, and switch it off, before it comes to that.
    await("the watchdog resets lb1", () -> resets(lb1()) > resets);
    ScenePair.measured(
        "the watchdog (%d s) reset the machine %d ms after its daemon froze",
        WATCHDOG.toSeconds(), (System.nanoTime() - started) / 1_000_000);
    takesOver(lb2(), lb1());
  }

  private static String mainPid(LabNode node) {
    return must(node, "systemctl", "show", "-P", "MainPID", "twinbeat");
  }

  private static long resets(LabNode node) {
    return console(node)
        .lines()
        .filter(l -> l.contains("softdog: Initiating system reboot"))
        .count();
  }

  private static String console(LabNode node) {
    return LabFolder.read(((Guest) node).console());
  }

  @Test
  void systemdRunsTheUnitAsItIs() {
    UnitLimits limits = new UnitLimits();
    String pid = mainPid(lb1()).strip();
    String status = must(lb1(), "cat", "/proc/" + pid + "/status");
    String bound = status.lines().filter(l -> l.startsWith("CapBnd:")).findFirst().orElseThrow();
    long capabilities = Long.parseUnsignedLong(bound.substring("CapBnd:".length()).strip(), 16);
    assertEquals(
        limits.get("CapabilityBoundingSet").split(" ", -1).length, Long.bitCount(capabilities));
    assertTrue(status.contains("NoNewPrivs:\t1"), status);
    assertTrue(status.contains("Seccomp:\t2"), status);
    String mounts = must(lb1(), "cat", "/proc/" + pid + "/mounts");
    assertTrue(mounts.lines().anyMatch(l -> l.matches("\\S+ /usr \\S+ ro,.*")), mounts);
  }

  /** Each time that the kernel told of the address that it came or went. */
  private static List<String> told(LabNode node) {
    return LabFolder.read(((Guest) node).addressLog())
        .lines()
        .filter(line -> line.contains(ADDRESS))
        .toList();
  }

  @Test
  void aRestartAndAReloadMoveNothing() {
    List<String> before = told(lb1());
    String pid = mainPid(lb1());
    must(lb1(), "systemctl", "restart", "twinbeat");
    assertTrue(!mainPid(lb1()).equals(pid));
    assertEquals("lb1", PAIR.answer());
    PAIR.calm("lb1");
    for (LabNode node : List.of(lb1(), lb2())) {
      must(node, "sed", "-i", "s/interval: 200ms/interval: 250ms/", SiteSetup.SITE_FILE);
    }
    must(lb1(), "systemctl", "reload", "twinbeat");
    for (LabNode node : List.of(lb1(), lb2())) {
      String page = twinbeat(node, "status");
      assertTrue(page.contains("heartbeat each 250 ms"), page);
    }
    assertEquals(before, told(lb1()), "changes of the address");
    assertEquals(Set.of(), shot());
  }

  @Test
  void maintenanceIsOfBothNodes() {
    twinbeat(lb1(), "maintenance", "on", "--for", "1h", "--reason", "new switch");
    String shown = twinbeat(lb2(), "maintenance");
    assertTrue(shown.contains("new switch"), shown);
    must(lb1(), "systemctl", "restart", "twinbeat");
    await(
        "it outlives the daemon", () -> lb1().twinbeat("maintenance").out().contains("new switch"));
    twinbeat(lb1(), "maintenance", "off");
    assertEquals(Set.of("lb1"), lab().holders());
  }

  /**
   * As a shutdown does: the standby takes over from a peer that said goodbye, and shoots nobody.
   */
  @Test
  @Order(Integer.MAX_VALUE) // Nobody has to boot again what it leaves off.
  void aStopHandsOverAndAStartStandsBy() {
    must(lb1(), "systemctl", "stop", "twinbeat");
    assertEquals(Set.of("lb2"), lab().holders());
    assertEquals("lb2", PAIR.answer());
    must(lb1(), "systemctl", "start", "twinbeat");
    PAIR.calm("lb2");
    assertEquals(Set.of(), shot());
    // The same for the whole machine.
    must(lb2(), "systemctl", "--no-block", "poweroff");
    await("lb2 is off", () -> !lb2().isOn());
    assertEquals(Set.of("lb1"), lab().holders());
    assertEquals("lb1", PAIR.answer());
    assertEquals(Set.of(), shot());
  }
}
