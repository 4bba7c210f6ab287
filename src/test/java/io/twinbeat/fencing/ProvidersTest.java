package io.twinbeat.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the file's maps to devices: what is refused, in which words, and what is only said. */
class ProvidersTest {
  private static final Map<String, String> IPMI =
      Map.of("agent", "fence_ipmilan", "ip", "10.10.20.11", "password-file", "/etc/twinbeat/bmc");

  @TempDir Path dir;

  /** Found by ServiceLoader, as any plugin is. */
  public static final class PluginProvider implements FenceDeviceProvider {
    @Override
    public String type() {
      return "test-plugin";
    }

    @Override
    public List<String> validate(String node, Map<String, String> parameters) {
      return parameters.containsKey("bad") ? List.of("bad is bad for " + node) : List.of();
    }

    @Override
    public FenceDevice create(String node, Map<String, String> parameters) {
      return new FakeDevice("plugin(" + node + ")");
    }
  }

  private static Map<String, List<List<DeviceSpec>>> specs(DeviceSpec... devices) {
    return Map.of("lb1", List.of(List.of(devices)));
  }

  private static String error(DeviceSpec... devices) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> Fencing.of(specs(devices), Duration.ofSeconds(30)))
        .getMessage();
  }

  private static String agentError(String key, String value) {
    return error(Scripts.spec(Scripts.with(IPMI, key, value)));
  }

  @Test
  void serviceLoaderFindsPlugins() {
    Fencing fencing =
        Fencing.of(specs(new DeviceSpec("test-plugin", Map.of())), Duration.ofSeconds(5));
    assertEquals("plugin(lb1)", fencing.test("lb1").getFirst().device());
    assertInstanceOf(FenceOutcome.Confirmed.class, fencing.off("lb1", false));
    assertEquals(
        "lb1: test-plugin: bad is bad for lb1",
        error(new DeviceSpec("test-plugin", Map.of("bad", "1"))));
  }

  @Test
  void unknownTypeNamesTheKnownAndTheNearest() {
    String known = "known are external/*, fence_*, hook, manual, test-plugin; did you mean ";
    assertEquals(
        "lb1: unknown fence device \"fence-ipmilan\": " + known + "fence_ipmilan?",
        error(new DeviceSpec("fence-ipmilan", Map.of())));
    assertTrue(error(new DeviceSpec("hok", Map.of())).endsWith("did you mean hook?"));
    assertTrue(error(new DeviceSpec("Manuel", Map.of())).endsWith("did you mean manual?"));
    assertTrue(error(new DeviceSpec("ipmilan", Map.of())).endsWith("test-plugin"));
    assertTrue(error(new DeviceSpec("", Map.of())).endsWith("test-plugin"));
  }

  @Test
  void allErrorsAreToldInOneGo() {
    String errors =
        error(
            new DeviceSpec("hok", Map.of()),
            Scripts.spec(Scripts.with(Scripts.with(IPMI, "action", "off"), "option", "off")));
    assertEquals(3, errors.lines().count(), errors);
  }

  @Test
  void agentsDangerousParametersAreRefused() {
    assertTrue(
        agentError("action", "reboot").startsWith("lb1: fence_ipmilan: action is not yours"));
    assertTrue(agentError("option", "off").contains("option is not yours"));
    assertTrue(agentError("method", "cycle").contains("method must be onoff"));
    Fencing.of(specs(Scripts.spec(Scripts.with(IPMI, "method", "onoff"))), Duration.ofSeconds(30));
    assertTrue(agentError("delay", "5").contains("delay is not needed"));
    assertTrue(agentError("help", "1").contains("without fencing"));
    assertTrue(agentError("version", "1").contains("without fencing"));
    assertTrue(agentError("nodename", "lb2").contains("nodename is given by itself"));
  }

  @Test
  void secretsDoNotBelongIntoTheFile() {
    String error = agentError("password", "s3cret");
    assertEquals(
        "lb1: fence_ipmilan: password is a secret: write it to a file of mode 0600 and give"
            + " password-file",
        error);
    assertTrue(agentError("passwd", "s3cret").contains("give passwd-file"));
    assertTrue(agentError("snmp-priv-passwd", "s3cret").contains("give snmp-priv-passwd-file"));
    assertTrue(agentError("community", "s3cret").contains("give community-file"));
    assertTrue(agentError("password-file", "bmc").contains("must be an absolute path"));
    // Not secrets, though their names look so.
    for (String key : List.of("identity-file", "password-script", "token-file")) {
      Fencing.of(specs(Scripts.spec(Scripts.with(IPMI, key, "/x"))), Duration.ofSeconds(30));
    }
  }

  @Test
  void parametersMustBeOneLineAndNamedOnce() {
    assertTrue(agentError("plug", "1\naction=reboot").contains("plug must be one line"));
    assertTrue(agentError("plug", "").contains("plug has no value"));
    assertTrue(agentError("pl ug", "1").contains("\"pl ug\" is not a name"));
    assertTrue(
        error(Scripts.spec(Scripts.with(Scripts.with(IPMI, "power-wait", "1"), "power_wait", "2")))
            .contains("power-wait and power_wait are the same parameter"));
    assertTrue(agentError("slowest-off", "soon").contains("not a time such as"));
  }

  @Test
  void agentMustBeAPlainName() {
    assertTrue(error(Scripts.spec(Map.of("agent", "fence_../../x"))).contains("not the name of"));
    assertTrue(error(Scripts.spec(Map.of("agent", "fence_ x"))).contains("not the name of"));
    assertTrue(
        error(Scripts.spec(Map.of("agent", "external/../x", "verify", "/v")))
            .contains("not a plugin's name"));
  }

  @Test
  void externalPluginNeedsAProgramThatVerifies() {
    String error = error(Scripts.spec(Map.of("agent", "external/ipmi")));
    assertTrue(error.contains("only off that was verified counts: give verify:"), error);
    assertTrue(
        error(Scripts.spec(Map.of("agent", "external/ipmi", "verify", "v")))
            .contains("absolute path"));
  }

  @Test
  void hookAndManualAreChecked() {
    assertTrue(error(new DeviceSpec("hook", Map.of("hook", "x"))).contains("absolute path"));
    assertTrue(error(new DeviceSpec("hook", Map.of())).contains("absolute path"));
    assertTrue(
        error(new DeviceSpec("manual", Map.of("ip", "1")))
            .contains("ip is unknown: manual has no"));
  }

  private boolean exposed(String procOptions, Map<String, String> parameters) throws IOException {
    Path mounts = dir.resolve("mounts");
    Files.writeString(
        mounts, "sysfs /sys sysfs rw 0 0\nproc /proc proc rw,nosuid" + procOptions + " 0 0\n");
    return new AgentProvider(List.of(), mounts).exposure(parameters).isPresent();
  }

  @Test
  void aPasswordThatOtherUsersCanReadInAnArgumentIsTold() throws IOException {
    assertTrue(exposed("", IPMI));
    assertTrue(exposed(",hidepid=0", IPMI));
    assertTrue(exposed("", Scripts.with(IPMI, "agent", "fence_idrac")));
    assertFalse(exposed(",hidepid=invisible,gid=4", IPMI));
    assertFalse(exposed(",hidepid=2", IPMI));
    assertFalse(exposed("", Scripts.with(IPMI, "agent", "fence_apc")));
    assertFalse(exposed("", Map.of("agent", "fence_ipmilan", "ip", "10.10.20.11")), "no secret");
  }

  @Test
  void adviceTellsWhatIsWrongOnThisMachine() {
    Map<String, String> parameters =
        Map.of(
            "agent",
            "fence_nonesuch",
            "lanplus",
            "1",
            "password-file",
            dir + "/none",
            "power-wait",
            "30");
    List<String> advice = Fencing.advice(specs(Scripts.spec(parameters)), Duration.ofSeconds(30));
    assertEquals(4, advice.size(), advice.toString());
    assertEquals(
        "lb1: fence_nonesuch: fence_nonesuch is not installed here (package fence-agents)",
        advice.get(0));
    assertEquals("lb1: fence_nonesuch: " + dir + "/none: no such file", advice.get(1));
    assertTrue(advice.get(2).contains("give cipher: 17"), advice.toString());
    assertTrue(advice.get(3).contains("longer than its time limit of 30.00 s"), advice.toString());
  }
}
