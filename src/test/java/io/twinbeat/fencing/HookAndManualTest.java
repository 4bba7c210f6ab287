package io.twinbeat.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract of hooks, as resources/hooks/fence-example states it, and the operator's part. */
@Timeout(60)
class HookAndManualTest {
  @TempDir Path dir;
  private Path program;
  private Map<String, String> parameters;

  @BeforeEach
  void parameters() {
    program = dir.resolve("fence-pdu");
    parameters = new HashMap<>(Map.of("hook", program.toString()));
  }

  private FenceDevice hook(String body) {
    Scripts.sh(program, body);
    return new HookProvider().create("lb1", parameters);
  }

  @Test
  void calledWithActionAndNode() {
    FenceDevice device = hook("echo \"$# $1 $2\"");
    assertEquals("2 off lb1", device.off(Scripts.LIMIT).detail());
    assertEquals("2 on lb1", device.on(Scripts.LIMIT).detail());
    assertEquals("2 test lb1", device.test(Scripts.LIMIT).detail());
    assertEquals("2 status lb1", device.status(Scripts.LIMIT).detail());
    assertEquals("hook(fence-pdu lb1)", device.name());
  }

  @Test
  void parametersAreUpperCaseVariablesAndSecretsArePaths() {
    Path secret = Scripts.secret(dir.resolve("pdu"), "s3cret");
    parameters.put("outlet-number", "3");
    parameters.put("password-file", secret.toString());
    FenceDevice device =
        hook(
            """
            env > %s/env
            echo "$TWINBEAT_OUTLET_NUMBER $TWINBEAT_PASSWORD_FILE"
            """
                .formatted(dir));
    assertEquals("3 " + secret, device.off(Scripts.LIMIT).detail());
    assertFalse(Scripts.read(dir.resolve("env")).contains("s3cret"));
    Scripts.write(secret, "s3cret", "rw-r--r--");
    FenceAnswer answer = device.off(Scripts.LIMIT);
    assertFalse(answer.succeeded());
    assertTrue(answer.detail().startsWith("not started: " + secret + ": its mode is rw-r--r--"));
  }

  @Test
  void zeroIsDoneAndAllElseFailed() {
    for (int status : new int[] {0, 1, 2, 3, 255}) {
      FenceDevice device = hook("exit " + status);
      assertEquals(status == 0, device.off(Scripts.LIMIT).succeeded(), "off " + status);
      assertEquals(status == 0, device.on(Scripts.LIMIT).succeeded(), "on " + status);
      assertEquals(status == 0, device.test(Scripts.LIMIT).succeeded(), "test " + status);
    }
    assertFalse(hook("sleep 60").off(Scripts.SHORT).succeeded());
    assertFalse(hook("kill -15 $$").off(Scripts.LIMIT).succeeded());
  }

  @Test
  void statusIsOnByZeroOffByTwoAndElseUnknown() {
    assertEquals(PowerState.ON, hook("exit 0").status(Scripts.LIMIT).state());
    assertEquals(PowerState.OFF, hook("exit 2").status(Scripts.LIMIT).state());
    for (int status : new int[] {1, 3, 4, 126, 127, 255}) {
      assertEquals(
          PowerState.UNKNOWN, hook("exit " + status).status(Scripts.LIMIT).state(), "" + status);
    }
    assertEquals(PowerState.UNKNOWN, hook("sleep 60").status(Scripts.SHORT).state());
    assertEquals(PowerState.UNKNOWN, hook("kill -2 $$").status(Scripts.LIMIT).state());
  }

  @Test
  void programThatOthersCouldHaveWrittenIsNotRun() throws Exception {
    FenceDevice device = hook("touch %s/ran".formatted(dir));
    for (String mode : List.of("rwxrwxr-x", "rwxr-xrwx", "rw-r--r--")) {
      java.nio.file.Files.setPosixFilePermissions(program, PosixFilePermissions.fromString(mode));
      assertFalse(device.off(Scripts.LIMIT).succeeded(), mode);
      assertEquals(PowerState.UNKNOWN, device.status(Scripts.LIMIT).state(), mode);
      assertEquals(1, new HookProvider().advice("lb1", parameters).size(), mode);
    }
    assertFalse(dir.resolve("ran").toFile().exists());
    assertTrue(program.toFile().delete());
    assertEquals("not started: " + program + ": no such file", device.off(Scripts.LIMIT).detail());
  }

  @Test
  void hookThatLiesDoesNotConfirm() {
    Fencing fencing = Scripts.one(hook("exit 0"));
    assertInstanceOf(FenceOutcome.NotConfirmed.class, fencing.off("lb1", false));
    assertInstanceOf(
        FenceOutcome.Confirmed.class,
        Scripts.one(hook("[ $1 = status ] && exit 2; exit 0")).off("lb1", false));
  }

  @Test
  void exampleKeepsItsOwnContract() throws Exception {
    Path example = Path.of("resources/hooks/fence-example").toAbsolutePath();
    Path machine = dir.resolve("machine");
    Scripts.write(machine, "running\n", "rw-r--r--");
    // In the place of virsh: --quiet --connect URI ACTION DOMAIN.
    Scripts.sh(
        dir.resolve("virsh"),
        """
        [ "$3" = test:///x ] && [ "$5" = lb1 ] || exit 9
        case $4 in
          domstate) cat %1$s ;;
          destroy) echo shut off > %1$s ;;
          start) echo running > %1$s ;;
        esac
        """
            .formatted(machine));
    Path wrapper =
        Scripts.sh(
            dir.resolve("wrapper"), "PATH=%s:$PATH exec /bin/sh %s \"$@\"".formatted(dir, example));
    FenceDevice device =
        new HookProvider().create("lb1", Map.of("hook", wrapper.toString(), "uri", "test:///x"));
    assertTrue(device.test(Scripts.LIMIT).succeeded());
    assertEquals(PowerState.ON, device.status(Scripts.LIMIT).state());
    assertInstanceOf(FenceOutcome.Confirmed.class, Scripts.one(device).off("lb1", false));
    assertInstanceOf(FenceOutcome.Confirmed.class, Scripts.one(device).off("lb1", false));
    assertTrue(device.on(Scripts.LIMIT).succeeded());
    assertEquals(PowerState.ON, device.status(Scripts.LIMIT).state());
    assertTrue(machine.toFile().delete());
    assertEquals(PowerState.UNKNOWN, device.status(Scripts.LIMIT).state());
    assertFalse(device.test(Scripts.LIMIT).succeeded());
  }

  @Test
  void slowestOffCanBeGiven() {
    assertEquals(Duration.ofSeconds(5), hook("exit 0").slowestOff());
    parameters.put("slowest-off", "250ms");
    assertEquals(Duration.ofMillis(250), hook("exit 0").slowestOff());
  }

  @Test
  void manualNeverConfirmsAndSaysWhatToDo() {
    FenceDevice device = new ManualProvider().create("lb1", Map.of());
    assertTrue(device.manual());
    FenceOutcome outcome = Scripts.one(device).off("lb1", false);
    String happened =
        assertInstanceOf(FenceOutcome.NotConfirmed.class, outcome).whatHappened().getFirst();
    assertTrue(happened.contains("twinbeat fence confirm lb1"), happened);
    assertInstanceOf(FenceOutcome.NotConfirmed.class, Scripts.one(device).off("lb1", true));
    assertFalse(device.on(Scripts.LIMIT).succeeded());
    assertTrue(device.test(Scripts.LIMIT).succeeded(), "nothing of it can be broken");
    assertTrue(Scripts.one(device).onlyManual("lb1"));
    assertFalse(Scripts.one(new FakeDevice("ipmi")).onlyManual("lb1"));
    // All of a level: a device beside an operator cannot confirm alone.
    assertInstanceOf(
        FenceOutcome.NotConfirmed.class,
        Scripts.one(new FakeDevice("ipmi"), device).off("lb1", false));
  }
}
