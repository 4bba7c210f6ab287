package io.twinbeat.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The fence agents' stdin protocol, row by row, on agents made of shell. */
@Timeout(60)
class AgentDeviceTest {
  private static final String SECRET = "s3cret-of-bmc";

  @TempDir Path dir;
  private Path record;
  private Map<String, String> parameters;

  @BeforeEach
  void parameters() {
    record = dir.resolve("record");
    Path password = Scripts.secret(dir.resolve("bmc"), SECRET + "\n");
    parameters = new HashMap<>();
    parameters.put("agent", "fence_fake");
    parameters.put("ip", "10.10.20.11");
    parameters.put("username", "ha");
    parameters.put("power-wait", "1");
    parameters.put("password-file", password.toString());
  }

  /** The agent records its argv and input, then runs the body with $action set. */
  private FenceDevice agent(String body) {
    Scripts.sh(
        dir.resolve("fence_fake"),
        """
        input=$(cat)
        { echo "argv:$0 $*"; echo "$input"; echo end; } >> %s
        action=$(echo "$input" | sed -n '1s/^action=//p')
        """
                .formatted(record)
            + body);
    return new AgentProvider(List.of(dir), dir.resolve("mounts")).create("lb1", parameters);
  }

  private List<String> recorded() {
    return Scripts.read(record).lines().toList();
  }

  @Test
  void actionIsTheFirstLineAndNothingIsInArgv() {
    agent("exit 0").off(Scripts.LIMIT);
    assertEquals(
        List.of(
            "argv:" + dir.resolve("fence_fake") + " ",
            "action=off",
            "nodename=lb1",
            "ip=10.10.20.11",
            "power_wait=1",
            "username=ha",
            "password=" + SECRET,
            "end"),
        recorded());
  }

  @Test
  void secretIsNeitherInArgvNorInEnvironmentNorInWhatIsSaid() {
    FenceDevice device =
        agent(
            """
            tr '\\0' '\\n' < /proc/$$/cmdline > %1$s/cmdline
            tr '\\0' '\\n' < /proc/$$/environ > %1$s/environ
            echo "login with $(echo "$input" | sed -n 's/^password=//p') refused" >&2
            exit 1
            """
                .formatted(dir));
    FenceAnswer answer = device.off(Scripts.LIMIT);
    assertEquals("exit status 1: login with *** refused", answer.detail());
    assertTrue(Scripts.read(dir.resolve("cmdline")).contains("fence_fake"));
    assertFalse(Scripts.read(dir.resolve("cmdline")).contains(SECRET));
    assertTrue(Scripts.read(dir.resolve("environ")).contains("PATH="));
    assertFalse(Scripts.read(dir.resolve("environ")).contains(SECRET));
    assertEquals("fence_fake(10.10.20.11)", device.name());
    assertFalse(device.toString().contains(SECRET));
    assertTrue(recorded().contains("password=" + SECRET));
  }

  @Test
  void secretIsReadAtEachUse() {
    FenceDevice device = agent("exit 0");
    Scripts.secret(dir.resolve("bmc"), "changed");
    assertTrue(device.off(Scripts.LIMIT).succeeded());
    assertTrue(recorded().contains("password=changed"));
  }

  @Test
  void secretThatOthersCanReadIsNotUsed() {
    FenceDevice device = agent("exit 0");
    Path file = Scripts.write(dir.resolve("bmc"), SECRET, "rw-r-----");
    FenceAnswer answer = device.off(Scripts.LIMIT);
    assertFalse(answer.succeeded());
    assertTrue(answer.detail().startsWith(file + ": its mode is rw-r-----"), answer.detail());
    assertEquals(PowerState.UNKNOWN, device.status(Scripts.LIMIT).state());
    assertFalse(device.test(Scripts.LIMIT).succeeded());
    assertFalse(Files.exists(record), "the agent must not have been run");
  }

  @Test
  void secretThatCannotBeUsedSaysWhy() {
    FenceDevice device = agent("exit 0");
    Path file = dir.resolve("bmc");
    Scripts.secret(file, "");
    assertTrue(device.off(Scripts.LIMIT).detail().startsWith(file + ": empty"));
    Scripts.secret(file, "two\nlines\n");
    assertTrue(device.off(Scripts.LIMIT).detail().startsWith(file + ": several lines"));
    assertTrue(file.toFile().delete());
    assertEquals(file + ": no such file", device.off(Scripts.LIMIT).detail());
  }

  @Test
  void valuesThatAnAgentWouldStripAreQuoted() {
    Scripts.secret(dir.resolve("bmc"), " \"blank\" \n");
    parameters.put("plug", "\"3\"");
    agent("exit 0").off(Scripts.LIMIT);
    assertTrue(recorded().contains("password=\" \"blank\" \""), recorded().toString());
    assertTrue(recorded().contains("plug=\"\"3\"\""), recorded().toString());
  }

  @Test
  void offAndOnSucceedByStatusZeroAlone() {
    for (int status : new int[] {0, 1, 2, 3, 7, 126, 127, 255}) {
      FenceDevice device = agent("echo Success: Powered OFF; exit " + status);
      assertEquals(status == 0, device.off(Scripts.LIMIT).succeeded(), "off " + status);
      assertEquals(status == 0, device.on(Scripts.LIMIT).succeeded(), "on " + status);
    }
    assertEquals(
        "Success: Powered OFF", agent("echo Success: Powered OFF").off(Scripts.LIMIT).detail());
    assertFalse(agent("kill -9 $$").off(Scripts.LIMIT).succeeded());
  }

  @Test
  void statusIsOnByZeroOffByTwoAndElseUnknown() {
    assertEquals(PowerState.ON, agent("exit 0").status(Scripts.LIMIT).state());
    assertEquals(PowerState.OFF, agent("exit 2").status(Scripts.LIMIT).state());
    for (int status : new int[] {1, 3, 4, 8, 127, 255}) {
      // Also where the words say otherwise.
      FenceDevice device = agent("echo Status: OFF; exit " + status);
      assertEquals(PowerState.UNKNOWN, device.status(Scripts.LIMIT).state(), "status " + status);
    }
    assertEquals(PowerState.UNKNOWN, agent("kill -2 $$; exit 2").status(Scripts.LIMIT).state());
    assertEquals(PowerState.UNKNOWN, agent("sleep 60").status(Scripts.SHORT).state());
  }

  @Test
  void timeLimitKillsTheAgentAndItsChildrenAndProvesNothing() throws Exception {
    FenceDevice device = agent("sleep 60 & echo $! > %s/child; wait".formatted(dir));
    FenceAnswer answer = device.off(Duration.ofSeconds(1));
    assertFalse(answer.succeeded());
    assertTrue(answer.detail().startsWith("killed at its time limit"), answer.detail());
    long child = Long.parseLong(Scripts.read(dir.resolve("child")).strip());
    long until = System.nanoTime() + Scripts.LIMIT.toNanos();
    while (ProcessHandle.of(child).map(ProcessHandle::isAlive).orElse(false)) {
      assertTrue(System.nanoTime() < until, "the agent's child is still running");
      Thread.onSpinWait();
    }
  }

  @Test
  void agentThatIsNotInstalledIsNotFenced() {
    FenceDevice device =
        new AgentProvider(List.of(dir), dir.resolve("mounts")).create("lb1", parameters);
    assertEquals("not started: fence_fake: not installed", device.off(Scripts.LIMIT).detail());
    assertEquals(PowerState.UNKNOWN, device.status(Scripts.LIMIT).state());
  }

  @Test
  void lyingAgentDoesNotConfirm() {
    // Off succeeds, "already off", while status goes on saying ON.
    FenceDevice device =
        agent("[ $action = off ] && echo 'Success: Already OFF' && exit 0; exit 0");
    FenceOutcome outcome = Scripts.one(device).off("lb1", false);
    String happened =
        assertInstanceOf(FenceOutcome.NotConfirmed.class, outcome).whatHappened().getFirst();
    assertTrue(happened.contains("(Success: Already OFF), but status says ON"), happened);
  }

  @Test
  void agentThatPrintsItsHelpForEveryActionDoesNotConfirm() {
    FenceDevice device = agent("echo Usage:; exit 0");
    assertInstanceOf(FenceOutcome.NotConfirmed.class, Scripts.one(device).off("lb1", false));
  }

  @Test
  void offAndSeparateStatusOfTheAgentConfirm() {
    FenceDevice device = agent("[ $action = off ] && exit 0; [ $action = status ] && exit 2");
    assertInstanceOf(FenceOutcome.Confirmed.class, Scripts.one(device).off("lb1", false));
    assertEquals(
        List.of("action=off", "action=status"),
        recorded().stream().filter(line -> line.startsWith("action=")).toList());
  }

  @Test
  void testIsMonitorAndStatusAndHarmless() {
    FenceAnswer answer = agent("[ $action = status ] && exit 2; exit 0").test(Scripts.LIMIT);
    assertTrue(answer.succeeded());
    assertEquals("works, power is OFF", answer.detail());
    assertEquals(
        List.of("action=monitor", "action=status"),
        recorded().stream().filter(line -> line.startsWith("action=")).toList());
    assertFalse(agent("[ $action = status ] && exit 1; exit 0").test(Scripts.LIMIT).succeeded());
    assertFalse(agent("[ $action = status ] && exit 0; exit 1").test(Scripts.LIMIT).succeeded());
  }

  @Test
  void testFindsParametersThatTheAgentIgnores() {
    FenceAnswer answer =
        agent("echo \"2026 WARNING: Parse error: Ignoring unknown option 'pluug=3'\" >&2; exit 0")
            .test(Scripts.LIMIT);
    assertFalse(answer.succeeded());
    assertEquals("monitor: the agent says: Ignoring unknown option 'pluug=3'", answer.detail());
  }

  @Test
  void slowestOffGrowsWithPowerWaitAndWithCipherProbing() {
    assertEquals(Duration.ofSeconds(4), agent("exit 0").slowestOff());
    parameters.put("power-wait", "10");
    assertEquals(Duration.ofSeconds(13), agent("exit 0").slowestOff());
    parameters.put("lanplus", "1");
    assertTrue(agent("exit 0").slowestOff().toSeconds() > 30);
    parameters.put("cipher", "3");
    assertEquals(Duration.ofSeconds(13), agent("exit 0").slowestOff());
    parameters.put("slowest-off", "900ms");
    assertEquals(Duration.ofMillis(900), agent("exit 0").slowestOff());
  }
}
