package io.twinbeat.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract of cluster-glue's external plugins, on a plugin that records how it was called. */
@Timeout(60)
class ExternalDeviceTest {
  @TempDir Path dir;
  private Path record;
  private Path power;
  private Map<String, String> parameters;

  @BeforeEach
  void parameters() {
    record = dir.resolve("record");
    power = Scripts.write(dir.resolve("power"), "on\n", "rw-r--r--");
    Path verify =
        Scripts.sh(
            dir.resolve("verify"),
            """
            echo "verify $1 $2 $TWINBEAT_HOSTNAME_X" >> %s
            [ "$(cat %s)" = off ] && exit 2
            exit 0
            """
                .formatted(record, power));
    parameters = new HashMap<>();
    parameters.put("agent", "external/probe");
    parameters.put("hostname-x", "LB1");
    parameters.put("passwd-file", Scripts.secret(dir.resolve("pw"), "s3cret\n").toString());
    parameters.put("verify", verify.toString());
  }

  /** Its body decides what off does. */
  private FenceDevice plugin(String off) {
    Scripts.sh(
        dir.resolve("probe"),
        """
        echo "$* [${hostname_x-}] [${passwd-}] [${HA_LOGTAG-}] [${PATH%%%%:*}]" >> %s
        case $1 in
          getconfignames) echo hostname_x; echo passwd ;;
          gethosts) echo "lb1 other" ;;
          status) exit ${PLUGIN_STATUS:-0} ;;
          off) %s ;;
          on) echo on > %s ;;
        esac
        """
            .formatted(record, off, power));
    return new ExternalProvider(dir).create("LB1", parameters);
  }

  private String works() {
    return "echo off > " + power;
  }

  private Fencing fencing(FenceDevice device) {
    return Scripts.one(device);
  }

  @Test
  void calledAsStonithCallsIt() {
    FenceDevice device = plugin(works());
    assertEquals("external/probe(lb1)", device.name());
    assertTrue(device.off(Scripts.LIMIT).succeeded());
    assertTrue(device.on(Scripts.LIMIT).succeeded());
    String rest = "[LB1] [s3cret] [external/probe] [/usr/share/cluster-glue]";
    assertEquals(
        List.of(
            // Before the first operation, without parameters; the names are then kept.
            "getconfignames [] [] [external/probe] [/usr/share/cluster-glue]",
            "off lb1 " + rest,
            "on lb1 " + rest),
        Scripts.read(record).lines().toList());
  }

  @Test
  void powerIsToldByTheVerifyProgramAlone() {
    FenceDevice device = plugin("exit 0");
    assertEquals(PowerState.ON, device.status(Scripts.LIMIT).state());
    assertEquals("verify status LB1 LB1\n", Scripts.read(record));
    // The plugin says off is done, and its own status succeeds; the power is on.
    assertInstanceOf(FenceOutcome.NotConfirmed.class, fencing(device).off("lb1", false));
    assertInstanceOf(FenceOutcome.Confirmed.class, fencing(plugin(works())).off("lb1", false));
  }

  @Test
  void anyStatusButZeroHasFailed() {
    for (int status : new int[] {1, 2, 5, 7}) {
      assertFalse(plugin("exit " + status).off(Scripts.LIMIT).succeeded(), "" + status);
    }
    assertFalse(plugin("sleep 60").off(Scripts.SHORT).succeeded());
  }

  @Test
  void secretIsNotPartOfWhatIsSaid() {
    FenceAnswer answer = plugin("echo \"wrong password $passwd\" >&2; exit 1").off(Scripts.LIMIT);
    assertEquals("exit status 1: wrong password ***", answer.detail());
  }

  @Test
  void testAsksDeviceHostListAndVerifyProgram() {
    FenceAnswer answer = plugin(works()).test(Scripts.LIMIT);
    assertTrue(answer.succeeded(), answer.detail());
    assertEquals("works, power is ON", answer.detail());
    assertFalse(Scripts.read(record).contains("off lb1"));

    Map<String, String> asIs = parameters;
    FenceDevice elsewhere = new ExternalProvider(dir).create("lb9", asIs);
    assertEquals("gethosts does not list lb9", elsewhere.test(Scripts.LIMIT).detail());

    Scripts.sh(Path.of(parameters.get("verify")), "exit 1");
    assertFalse(plugin(works()).test(Scripts.LIMIT).succeeded());
  }

  @Test
  void pluginThatOthersCouldHaveWrittenIsNotRun() {
    FenceDevice device = plugin(works());
    Scripts.write(dir.resolve("probe"), "#!/bin/sh\nexit 0\n", "rwxrwxr-x");
    FenceAnswer answer = device.off(Scripts.LIMIT);
    assertFalse(answer.succeeded());
    assertTrue(answer.detail().contains("must not be writable"), answer.detail());
  }

  @Test
  void parameterThatThePluginDoesNotHaveIsTold() {
    plugin(works());
    parameters.put("hostnam", "x");
    assertEquals(
        List.of("hostnam is not a parameter of external/probe: it has hostname_x, passwd"),
        new ExternalProvider(dir).advice("lb1", parameters));
  }
}
