package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.resource.ReadinessItem.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of systemctl, and what is made of its answers; with a stand-in for it. */
class SystemdResourceTest {
  /** Keeps the unit's state in the file state, takes a look or two for each change. */
  private static final String SYSTEMCTL =
      """
      case "$*" in *" start "*) [ -e DIR/refuse ] && { echo "Job failed." >&2; exit 1; }
        echo activating > DIR/state;;
      *" restart "*) echo active > DIR/state;;
      *" stop "*) [ -e DIR/stuck ] && exit
        case "$*" in *--job-mode=ignore-dependencies*) rm -f DIR/ordered;; esac
        [ -e DIR/ordered ] || echo deactivating > DIR/state;;
      *" reset-failed "*) echo inactive > DIR/state;;
      *" show "*) s=$(cat DIR/state)
        echo "LoadState=$(cat DIR/load)"; echo "ActiveState=$s"; echo "SubState=sub-$s"
        echo "Result=success"; echo "UnitFileState=$(cat DIR/file)"; echo "MainPID=0"
        case $s in activating) echo active > DIR/state;;
          deactivating) echo inactive > DIR/state;; esac;;
      esac
      """;

  @TempDir Path dir;

  @BeforeEach
  void begin() throws Exception {
    Scripts.write(dir, "systemctl", SYSTEMCTL.replace("DIR", dir.toString()));
    set("state", "inactive");
    set("load", "loaded");
    set("file", "disabled");
  }

  private void set(String file, String text) throws Exception {
    Files.writeString(dir.resolve(file), text + "\n");
  }

  private SystemdResource unit(boolean hot, Resource.Limits limits) {
    return new SystemdResource(
        new SystemdResource.Settings(
            "app", "app.service", hot, limits, dir.resolve("systemctl"), dir));
  }

  @Test
  void startAndStopWaitForTheFinalState() throws Exception {
    SystemdResource unit = unit(false, Scripts.LIMITS);
    assertInstanceOf(Resource.Health.Failed.class, unit.check());
    unit.start();
    assertInstanceOf(Resource.Health.Healthy.class, unit.check());
    unit.stop(Resource.StopMode.HAND_OVER);
    assertEquals("inactive", Files.readString(dir.resolve("state")).strip());
    assertTrue(
        Scripts.calls(dir).contains("--no-ask-password --no-pager start -- app.service"),
        Scripts.calls(dir).toString());
  }

  @Test
  void aUnitThatFailedTooOftenIsResetBeforeItsStart() throws Exception {
    set("state", "failed");
    unit(false, Scripts.LIMITS).start();
    List<String> verbs =
        Scripts.calls(dir).stream().map(c -> c.split(" ", -1)[2]).distinct().toList();
    assertEquals(List.of("show", "reset-failed", "start"), verbs);
  }

  @Test
  void aRefusedStartAndAStuckStopAreSaid() throws Exception {
    set("refuse", "");
    ResourceException refused =
        assertThrows(ResourceException.class, unit(false, Scripts.LIMITS)::start);
    assertTrue(refused.getMessage().contains("Job failed."), refused.getMessage());
    set("state", "active");
    set("stuck", "");
    SystemdResource unit = unit(false, Scripts.SHORT);
    ResourceException stuck =
        assertThrows(ResourceException.class, () -> unit.stop(Resource.StopMode.FULL));
    assertTrue(stuck.getMessage().contains("not proven stopped"), stuck.getMessage());
  }

  /** As with systemctl stop twinbeat, where nginx is to stop after us. */
  @Test
  void aStopThatSystemdHoldsBackForOurOwnIsPushed() throws Exception {
    set("state", "active");
    set("ordered", "");
    unit(false, Scripts.LIMITS).stop(Resource.StopMode.FULL);
    assertEquals("inactive", Files.readString(dir.resolve("state")).strip());
    List<String> stops = Scripts.calls(dir).stream().filter(c -> c.contains(" stop ")).toList();
    assertEquals(
        List.of(
            "--no-ask-password --no-pager stop --no-block -- app.service",
            "--no-ask-password --no-pager stop --job-mode=ignore-dependencies -- app.service"),
        stops);
  }

  @Test
  void aHotUnitIsStartedByPreparationAndStaysAtHandOver() throws Exception {
    SystemdResource unit = unit(true, Scripts.LIMITS);
    unit.prepare();
    assertEquals("active", Files.readString(dir.resolve("state")).strip());
    unit.stop(Resource.StopMode.HAND_OVER);
    assertInstanceOf(Resource.Health.Healthy.class, unit.check());
    assertEquals(State.GOOD, NginxSite.item(unit, "running").state());
  }

  @Test
  void readinessSeesMissingUnitsAndUnitsThatBootWouldStart() throws Exception {
    SystemdResource unit = unit(false, Scripts.LIMITS);
    set("file", "enabled");
    unit.inspect();
    assertEquals(State.GOOD, NginxSite.item(unit, "unit").state());
    ReadinessItem boot = NginxSite.item(unit, "not started at boot");
    assertEquals("systemctl disable app.service", boot.mend());
    set("load", "not-found");
    unit.inspect();
    assertTrue(NginxSite.item(unit, "unit").pointless());
    assertThrows(ResourceException.class, unit::prepare);
  }

  @Test
  void withoutSystemdEveryActionSaysSo() {
    SystemdResource unit =
        new SystemdResource(
            new SystemdResource.Settings(
                "app",
                "app.service",
                false,
                Scripts.LIMITS,
                dir.resolve("systemctl"),
                dir.resolve("no-systemd")));
    ResourceException refused = assertThrows(ResourceException.class, unit::start);
    assertEquals(
        "no systemd runs on this machine, so its unit app.service can't be used",
        refused.getMessage());
    assertThrows(ResourceException.class, () -> unit.stop(Resource.StopMode.FULL));
    unit.inspect();
    assertTrue(unit.readiness().getFirst().pointless());
  }

  @Test
  void asystemctlThatCanNotBeAskedIsNoVerdict() throws Exception {
    Scripts.write(dir, "systemctl", "echo 'Failed to connect to bus' >&2; exit 1");
    assertInstanceOf(Resource.Health.Unknown.class, unit(false, Scripts.LIMITS).check());
  }
}
