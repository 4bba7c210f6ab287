package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real agent: ocf:heartbeat:Dummy of the resource-agents package. */
class OcfDummyIT {
  @TempDir Path dir;

  private OcfResource dummy(Map<String, String> parameters) {
    return new OcfResource(
        new OcfResource.Settings(
            "dummy", "heartbeat", "Dummy", parameters, OcfResource.Settings.ROOT, Scripts.LIMITS));
  }

  @Test
  void theDummyAgentIsStartedCheckedAndStopped() throws Exception {
    assertTrue(
        Files.isExecutable(OcfResource.Settings.ROOT.resolve("resource.d/heartbeat/Dummy")),
        "install the package resource-agents");
    Path state = dir.resolve("state");
    OcfResource dummy = dummy(Map.of("state", state.toString()));
    dummy.prepare();
    for (ReadinessItem item : dummy.readiness()) {
      assertEquals(ReadinessItem.State.GOOD, item.state(), item.toString());
    }
    assertInstanceOf(Resource.Health.Failed.class, dummy.check());
    dummy.start();
    assertTrue(Files.exists(state));
    assertInstanceOf(Resource.Health.Healthy.class, dummy.check());
    dummy.stop(Resource.StopMode.FULL);
    assertFalse(Files.exists(state));
  }

  @Test
  void aParameterThatTheAgentDoesNotKnowIsSaid() {
    OcfResource dummy = dummy(Map.of("stat", "x"));
    dummy.inspect();
    assertEquals("it knows fake, state", NginxSite.item(dummy, "parameters").mend());
  }
}
