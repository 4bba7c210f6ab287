package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contracts of init scripts and of Heartbeat's resource scripts. */
class ScriptResourceTest {
  /** Keeps its state in a file; statuses by LSB. */
  private static final String GOOD =
      """
      for action; do :; done
      case $action in
        start) touch DIR/on;;
        stop) rm -f DIR/on;;
        status) [ -e DIR/on ] && { echo "is running"; exit 0; }; echo "not running"; exit 3;;
      esac
      """;

  @TempDir Path dir;

  private ScriptResource resource(String body, boolean heartbeat, String... args)
      throws IOException {
    return resource(body, heartbeat, Scripts.LIMITS, args);
  }

  private ScriptResource resource(
      String body, boolean heartbeat, Resource.Limits limits, String... args) throws IOException {
    Path script = Scripts.write(dir, "svc", body.replace("DIR", dir.toString()));
    return new ScriptResource(
        new ScriptResource.Settings("svc", script, List.of(args), heartbeat, limits));
  }

  @Test
  void startsOnceAndStopsWithProof() throws Exception {
    ScriptResource svc = resource(GOOD, false);
    svc.prepare();
    assertInstanceOf(Resource.Health.Failed.class, svc.check());
    svc.start();
    svc.start();
    assertInstanceOf(Resource.Health.Healthy.class, svc.check());
    svc.stop(Resource.StopMode.FULL);
    svc.stop(Resource.StopMode.FULL);
    assertInstanceOf(Resource.Health.Failed.class, svc.check());
    assertEquals(1, Scripts.calls(dir).stream().filter("start"::equals).count(), "idempotent");
  }

  @Test
  void argumentsComeBeforeTheActionAsInHeartbeat() throws Exception {
    resource(GOOD, true, "one", "two words").start();
    assertEquals(
        List.of("one two words status", "one two words start", "one two words status"),
        Scripts.calls(dir));
  }

  @Test
  void lsbStatusesAreTakenByTheirMeaning() throws Exception {
    assertInstanceOf(Resource.Health.Healthy.class, resource("exit 0", false).check());
    for (int notRunning : new int[] {1, 2, 3}) {
      assertInstanceOf(Resource.Health.Failed.class, resource("exit " + notRunning, false).check());
    }
    assertInstanceOf(Resource.Health.Unknown.class, resource("exit 4", false).check());
    assertInstanceOf(Resource.Health.Failed.class, resource("exit 150", false).check());
  }

  @Test
  void heartbeatStatusIsTextAndNeverTheExitStatus() throws Exception {
    assertInstanceOf(
        Resource.Health.Healthy.class, resource("echo it is running; exit 3", true).check());
    assertInstanceOf(Resource.Health.Healthy.class, resource("echo OK", true).check());
    assertInstanceOf(Resource.Health.Failed.class, resource("echo stopped", true).check());
    assertInstanceOf(
        Resource.Health.Failed.class, resource("echo 'OK: Not  yet running'", true).check());
    assertInstanceOf(Resource.Health.Failed.class, resource("exit 0", true).check());
  }

  @Test
  void aHangingStatusIsAFailureWithinItsLimit() throws Exception {
    ScriptResource svc = resource("sleep 60", false, Scripts.SHORT);
    long from = System.nanoTime();
    assertInstanceOf(Resource.Health.Failed.class, svc.check());
    assertTrue(System.nanoTime() - from < Duration.ofSeconds(5).toNanos());
  }

  @Test
  void aStartThatClaimsSuccessIsNotBelievedWithoutItsStatus() throws Exception {
    ScriptResource svc = resource("[ $1 = status ] && exit 3; exit 0", false, Scripts.SHORT);
    ResourceException refused = assertThrows(ResourceException.class, svc::start);
    assertTrue(refused.getMessage().contains("said yes"), refused.getMessage());
  }

  @Test
  void aStartWhoseDaemonComesUpLaterIsWaitedFor() throws Exception {
    ScriptResource svc =
        resource(
            "case $1 in start) (sleep 0.3; touch DIR/on) & ;; status) [ -e DIR/on ] || exit 3;;"
                + " esac",
            false);
    svc.start();
    assertTrue(Files.exists(dir.resolve("on")));
  }

  @Test
  void aStopWithoutProofIsAFailure() throws Exception {
    ScriptResource liar = resource("exit 0", false, Scripts.SHORT);
    ResourceException running =
        assertThrows(ResourceException.class, () -> liar.stop(Resource.StopMode.FULL));
    assertTrue(running.getMessage().contains("not proven stopped"), running.getMessage());
    ScriptResource unclear = resource("[ $1 = status ] && exit 4; exit 0", false, Scripts.SHORT);
    assertThrows(ResourceException.class, () -> unclear.stop(Resource.StopMode.FULL));
    ScriptResource missing =
        new ScriptResource(
            new ScriptResource.Settings(
                "x", dir.resolve("missing"), List.of(), true, Scripts.SHORT));
    assertThrows(ResourceException.class, () -> missing.stop(Resource.StopMode.FULL));
  }

  @Test
  void aStopIsRepeatedUntilItWorks() throws Exception {
    ScriptResource svc =
        resource(
            "case $1 in stop) [ -e DIR/tried ] && { touch DIR/off; exit 0; }; touch DIR/tried;"
                + " exit 1;; status) [ -e DIR/off ] && exit 3; exit 0;; esac",
            false);
    svc.stop(Resource.StopMode.FULL);
    assertEquals(2, Scripts.calls(dir).stream().filter("stop"::equals).count());
  }

  @Test
  void aMissingScriptMakesATakeoverPointless() throws Exception {
    ScriptResource missing =
        new ScriptResource(
            new ScriptResource.Settings(
                "x", dir.resolve("missing"), List.of(), false, Scripts.LIMITS));
    assertEquals(ReadinessItem.State.UNKNOWN, missing.readiness().getFirst().state());
    missing.inspect();
    ReadinessItem item = missing.readiness().getFirst();
    assertEquals(ReadinessItem.State.BAD, item.state());
    assertTrue(item.pointless());
    assertThrows(ResourceException.class, missing::prepare);
    assertInstanceOf(Resource.Health.Unknown.class, missing.check());
  }
}
