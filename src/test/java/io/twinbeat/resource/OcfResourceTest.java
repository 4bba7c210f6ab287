package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.resource.ReadinessItem.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The OCF resource agent contract. */
class OcfResourceTest {
  private static final String AGENT =
      """
      env | grep -E '^OCF_' | sort > DIR/env-$1
      case $1 in
        start) touch DIR/on;;
        stop) rm -f DIR/on;;
        monitor) [ -e DIR/on ] || exit 7;;
        validate-all) [ "$OCF_RESKEY_ip" = good ] || { echo "bad ip" >&2; exit 6; };;
        meta-data) echo '<resource-agent name="A"><parameter name="ip" unique="1" required="1">';
          echo '</parameter><parameter unique="0" name="nic"/></resource-agent>';;
      esac
      """;

  @TempDir Path dir;

  private OcfResource resource(String body, Map<String, String> parameters) throws IOException {
    Path agents = dir.resolve("resource.d/mine");
    Scripts.write(dir, "resource.d/mine/Agent", body.replace("DIR", dir.toString()));
    assertTrue(Files.isDirectory(agents));
    return new OcfResource(
        new OcfResource.Settings("site-ip", "mine", "Agent", parameters, dir, Scripts.LIMITS));
  }

  @Test
  void startsAndStopsWithProofByItsMonitor() throws Exception {
    OcfResource agent = resource(AGENT, Map.of("ip", "good"));
    agent.prepare();
    agent.start();
    agent.start();
    assertInstanceOf(Resource.Health.Healthy.class, agent.check());
    agent.stop(Resource.StopMode.FULL);
    agent.stop(Resource.StopMode.FULL);
    assertInstanceOf(Resource.Health.Failed.class, agent.check());
    assertEquals(1, Scripts.calls(dir).stream().filter("start"::equals).count());
  }

  @Test
  void theEnvironmentIsTheContracts() throws Exception {
    OcfResource agent = resource(AGENT, Map.of("ip", "good", "nic", "eth 0"));
    agent.check();
    List<String> environment = Files.readAllLines(dir.resolve("env-monitor"));
    for (String wanted :
        List.of(
            "OCF_ROOT=" + dir,
            "OCF_RA_VERSION_MAJOR=1",
            "OCF_RA_VERSION_MINOR=1",
            "OCF_RESOURCE_INSTANCE=site-ip",
            "OCF_RESOURCE_TYPE=Agent",
            "OCF_RESOURCE_PROVIDER=mine",
            "OCF_CHECK_LEVEL=0",
            "OCF_RESKEY_ip=good",
            "OCF_RESKEY_nic=eth 0",
            "OCF_RESKEY_CRM_meta_interval=50")) {
      assertTrue(environment.contains(wanted), wanted + " is not in " + environment);
    }
    agent.start();
    assertTrue(
        Files.readAllLines(dir.resolve("env-monitor")).contains("OCF_RESKEY_CRM_meta_interval=0"),
        "a start begins with a probe");
  }

  @Test
  void monitorStatusesAreTakenByTheirMeaning() throws Exception {
    assertInstanceOf(Resource.Health.Healthy.class, resource("exit 0", Map.of()).check());
    assertInstanceOf(Resource.Health.Healthy.class, resource("exit 8", Map.of()).check());
    for (int bad : new int[] {1, 2, 3, 4, 5, 6, 7, 9}) {
      assertInstanceOf(Resource.Health.Failed.class, resource("exit " + bad, Map.of()).check());
    }
  }

  @Test
  void aStopIsProvenOnlyByNotRunning() throws Exception {
    for (String monitor : List.of("exit 0", "exit 1", "exit 5")) {
      OcfResource agent = resource("[ $1 = monitor ] && " + monitor + "; exit 0", Map.of());
      ResourceException unproven =
          assertThrows(ResourceException.class, () -> agent.stop(Resource.StopMode.FULL));
      assertTrue(unproven.getMessage().contains("not proven stopped"), unproven.getMessage());
    }
  }

  @Test
  void parametersAreHeldAgainstTheAgentsOwnDescription() throws Exception {
    OcfResource missing = resource(AGENT, Map.of("nick", "eth0"));
    missing.inspect();
    ReadinessItem needed = NginxSite.item(missing, "parameters");
    assertEquals(State.BAD, needed.state());
    assertTrue(needed.pointless() && needed.detail().contains("needs ip"), needed.toString());

    OcfResource strange = resource(AGENT, Map.of("ip", "good", "nick", "eth0"));
    strange.inspect();
    ReadinessItem unknown = NginxSite.item(strange, "parameters");
    assertEquals(State.BAD, unknown.state());
    assertTrue(unknown.detail().endsWith("knows no parameter nick"), unknown.toString());
    assertEquals("it knows ip, nic", unknown.mend());
  }

  @Test
  void validationAndAMissingAgentMakeATakeoverPointless() throws Exception {
    OcfResource invalid = resource(AGENT, Map.of("ip", "bad"));
    ResourceException refused = assertThrows(ResourceException.class, invalid::prepare);
    assertTrue(refused.getMessage().contains("not configured"), refused.getMessage());
    assertTrue(NginxSite.item(invalid, "validate-all").pointless());

    OcfResource none =
        new OcfResource(
            new OcfResource.Settings("x", "mine", "None", Map.of(), dir, Scripts.LIMITS));
    none.inspect();
    assertTrue(none.readiness().getFirst().pointless());
  }
}
