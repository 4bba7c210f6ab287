package io.twinbeat.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real fence_ipmilan against a simulated BMC, and plugins that cluster-glue ships. */
@Timeout(120)
class FenceAgentsIT {
  @TempDir Path dir;
  private IpmiSimulator bmc;
  private Map<String, String> parameters;

  @BeforeEach
  void start() throws Exception {
    bmc = new IpmiSimulator(dir.resolve("bmc"));
    parameters = new HashMap<>();
    parameters.put("agent", "fence_ipmilan");
    parameters.put("ip", "127.0.0.1");
    parameters.put("ipport", Integer.toString(bmc.port));
    parameters.put("username", "adm");
    parameters.put(
        "password-file",
        Scripts.secret(dir.resolve("password"), IpmiSimulator.PASSWORD + "\n").toString());
    parameters.put("lanplus", "1");
    parameters.put("cipher", "3");
  }

  @AfterEach
  void stop() {
    bmc.close();
  }

  private Fencing fencing(Duration limit) {
    return Fencing.of(Map.of("lb1", List.of(List.of(Scripts.spec(parameters)))), limit);
  }

  private static void report(String what, Object answer) {
    System.out.println("measured: " + what + ": " + answer);
  }

  @Test
  void offIsDoneAndVerified() {
    Fencing fencing = fencing(Duration.ofSeconds(30));
    FenceOutcome outcome = fencing.off("lb1", false);
    report("off", outcome);
    assertInstanceOf(FenceOutcome.Confirmed.class, outcome, outcome.toString());
    assertFalse(bmc.isOn());
    assertTrue(outcome.took().toSeconds() < 10, outcome.toString());
    assertTrue(fencing.proofs().getFirst().succeeded());
    FenceOutcome again = fencing.off("lb1", false);
    report("already off", again);
    assertInstanceOf(FenceOutcome.Confirmed.class, again, again.toString());
    FenceOutcome look = fencing.off("lb1", true);
    report("look only", look);
    assertInstanceOf(FenceOutcome.Confirmed.class, look, look.toString());
    FenceAnswer on = fencing.on("lb1");
    report("on", on);
    assertTrue(on.succeeded(), on.detail());
    assertTrue(bmc.isOn());
    assertInstanceOf(FenceOutcome.NotConfirmed.class, fencing.off("lb1", true));
    assertTrue(bmc.isOn(), "to look only must not switch off");
  }

  @Test
  void testProvesTheDeviceWithoutHarm() {
    DeviceProof proof = fencing(Duration.ofSeconds(30)).test("lb1").getFirst();
    report("test", proof.detail());
    assertTrue(proof.succeeded(), proof.detail());
    assertTrue(proof.detail().startsWith("test: works, power is ON"), proof.detail());
    assertTrue(bmc.isOn());
  }

  @Test
  void testFindsAMisspelledParameter() {
    parameters.put("pluug", "3");
    DeviceProof proof = fencing(Duration.ofSeconds(30)).test("lb1").getFirst();
    assertFalse(proof.succeeded());
    assertTrue(proof.detail().contains("unknown option 'pluug=3'"), proof.detail());
  }

  @Test
  void bmcThatIgnoresOffIsNotFenced() {
    bmc.ignoreOff();
    parameters.put("power-timeout", "3");
    FenceOutcome outcome = fencing(Duration.ofSeconds(30)).off("lb1", false);
    report("BMC ignores off, power-timeout 3", outcome);
    assertInstanceOf(FenceOutcome.NotConfirmed.class, outcome, outcome.toString());
    assertTrue(bmc.isOn());
  }

  @Test
  void wrongPasswordIsNotFencedAndNotShown() {
    Scripts.secret(dir.resolve("password"), "wrong-0x77\n");
    Fencing fencing = fencing(Duration.ofSeconds(30));
    FenceOutcome outcome = fencing.off("lb1", false);
    report("wrong password", outcome);
    assertInstanceOf(FenceOutcome.NotConfirmed.class, outcome, outcome.toString());
    assertFalse(outcome.toString().contains("wrong-0x77"));
    DeviceProof proof = fencing.test("lb1").getFirst();
    assertFalse(proof.succeeded());
    assertTrue(bmc.isOn());
  }

  @Test
  void frozenBmcHitsOurLimit() {
    bmc.freeze();
    FenceOutcome outcome = fencing(Duration.ofSeconds(2)).off("lb1", false);
    report("frozen BMC, limit 2 s", outcome);
    String happened =
        assertInstanceOf(FenceOutcome.NotConfirmed.class, outcome).whatHappened().getFirst();
    assertTrue(happened.contains("killed at its time limit"), happened);
    assertTrue(outcome.took().toMillis() < 4000, outcome.toString());
  }

  @Test
  void frozenBmcThenSecondLevel() {
    bmc.freeze();
    Path off = dir.resolve("off");
    Path hook =
        Scripts.sh(
            dir.resolve("pdu"),
            "[ $1 = off ] && touch %1$s; [ $1 = status ] && [ -e %1$s ] && exit 2; exit 0"
                .formatted(off));
    Fencing fencing =
        Fencing.of(
            Map.of(
                "lb1",
                List.of(
                    List.of(Scripts.spec(parameters)),
                    List.of(Scripts.spec(Map.of("hook", hook.toString()))))),
            Duration.ofSeconds(2));
    FenceOutcome.Confirmed outcome =
        assertInstanceOf(FenceOutcome.Confirmed.class, fencing.off("lb1", false));
    report("frozen BMC, then hook", outcome);
    assertEquals("hook(pdu lb1)", outcome.device());
  }

  @Test
  void shippedExternalPluginsTellTheirParameters() {
    Path verify = Scripts.sh(dir.resolve("verify"), "exit 2");
    Map<String, String> ipmi = new HashMap<>();
    ipmi.put("agent", "external/ipmi");
    ipmi.put("verify", verify.toString());
    ipmi.put("hostname", "lb1");
    ipmi.put("ipaddr", "127.0.0.1");
    ipmi.put("userid", "adm");
    ipmi.put("passwd-file", parameters.get("password-file"));
    ipmi.put("interface", "lanplus");
    assertEquals(List.of(), new ExternalProvider().advice("lb1", ipmi));
    ipmi.put("ipport", "9001");
    assertEquals(
        List.of(
            "ipport is not a parameter of external/ipmi: it has hostname, interface, ipaddr,"
                + " passwd, userid"),
        new ExternalProvider().advice("lb1", ipmi));
  }

  @Test
  void shippedExternalPluginRunsWithItsHelpersAndParameters() {
    Path verify = Scripts.sh(dir.resolve("verify"), "exit 0");
    Map<String, String> ssh =
        Map.of("agent", "external/ssh", "hostlist", "127.0.0.1", "verify", verify.toString());
    FenceDevice device = new ExternalProvider().create("127.0.0.1", ssh);
    FenceAnswer test = device.test(Duration.ofSeconds(10));
    report("external/ssh test", test);
    assertTrue(test.succeeded(), test.detail());
    // Its off is "not implemented": status 1, so that nothing is ever confirmed by it.
    assertFalse(device.off(Duration.ofSeconds(10)).succeeded());
  }
}
