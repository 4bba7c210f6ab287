package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.twinbeat.config.KeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The nodes do not hear each other, and who may act is told by who reaches what. */
@Timeout(180)
class PartitionIT {
  /** For what must not happen: so long after the verdict. */
  private static final Duration WATCHED = ScenePair.DEADTIME.multipliedBy(3);

  private static final Duration AFTER_FENCE_MAX = Duration.ofMillis(500);

  private static final String FILE = "etc/twinbeat/twinbeat.yaml";

  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  private static boolean somethingMoved() {
    return !PAIR.shot().isEmpty() || !PAIR.lab().holders().equals(Set.of("lb1"));
  }

  @Test
  void allHeartbeatLinksCutAndTheServiceStays() {
    PAIR.cutHeartbeats();
    Daemons.says(PAIR.lb2(), "disconnected");
    Daemons.alarms(PAIR.lb2(), "disconnected");
    ScenePair.never("something moved", WATCHED, PartitionIT::somethingMoved);
    assertEquals("disconnected", Daemons.peerStateOf(PAIR.lb2()));
    PAIR.mendHeartbeats();
    PAIR.calm("lb1");
    Daemons.noAlarm(PAIR.lb2(), "disconnected");
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  @Test
  void oneHeartbeatLinkCutIsAnAlarmAndNoMore() {
    PAIR.lab().cut("link0");
    Daemons.alarms(PAIR.lb1(), "link 0 to lb2 is down");
    Daemons.alarms(PAIR.lb2(), "link 0 to lb1 is down");
    assertEquals("heard", Daemons.peerStateOf(PAIR.lb1()));
    assertEquals("heard", Daemons.peerStateOf(PAIR.lb2()));
    PAIR.lab().mend("link0");
    Daemons.noAlarm(PAIR.lb1(), "link 0");
    Daemons.noAlarm(PAIR.lb2(), "link 0");
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  /** The standby hears nothing, the holder hears everything. */
  @Test
  void allHeartbeatLinksAreCutInOneDirection() {
    PAIR.lab().heartbeatLinks().forEach(link -> PAIR.lab().cut(link, Direction.FROM, "lb1"));
    Daemons.says(PAIR.lb2(), "disconnected");
    ScenePair.never("something moved", WATCHED, PartitionIT::somethingMoved);
    PAIR.mendHeartbeats();
    PAIR.calm("lb1");
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  /** It cannot see the service and is silent: but it is the one that is cut off. */
  @Test
  void theStandbyIsCutOffFromEverything() {
    PAIR.lab().cut("service", Direction.BOTH, "lb2");
    PAIR.cutHeartbeats();
    Daemons.alarms(PAIR.lb2(), "0 of 1 reference points answer");
    PAIR.logs(PAIR.lb2(), "it may be the one that is cut off");
    ScenePair.never("something moved", WATCHED, PartitionIT::somethingMoved);
    PAIR.lab().mend("service");
    PAIR.mendHeartbeats();
    PAIR.calm("lb1");
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  @Test
  void theHolderIsCutOffFromEverything() {
    PAIR.cutHeartbeats();
    PAIR.lab().cut("service", Direction.BOTH, "lb1");
    PAIR.serves(PAIR.lb2());
    Outage outage = PAIR.outage();
    Duration fence = PAIR.fenceTime(PAIR.lb2());
    double excess = outage.millis() - ScenePair.DEADTIME.toMillis() - fence.toMillis();
    ScenePair.measured(
        "holder cut off: client outage %.1f ms = deadtime %d + fence %d %+.1f ms",
        outage.millis(), ScenePair.DEADTIME.toMillis(), fence.toMillis(), excess);
    assertTrue(excess <= AFTER_FENCE_MAX.toMillis(), "beyond deadtime + fence: " + excess + " ms");
    PAIR.provenOffFirst(PAIR.lb1(), PAIR.lb2());
    assertEquals(Set.of("lb1"), PAIR.shot());
  }

  @Test
  void aDisconnectedStandbyTakesOverWhenTheServiceEnds() {
    PAIR.cutHeartbeats();
    Daemons.says(PAIR.lb2(), "disconnected");
    PAIR.unmoved();
    PAIR.mark();
    PAIR.lab().cut("service", Direction.BOTH, "lb1");
    PAIR.serves(PAIR.lb2());
    Outage outage = PAIR.outage();
    ScenePair.measured("disconnected, then cut off: client outage %.1f ms", outage.millis());
    assertTrue(outage.millis() < 2 * ScenePair.DEADTIME.toMillis(), outage::toString);
    PAIR.provenOffFirst(PAIR.lb1(), PAIR.lb2());
    assertEquals(Set.of("lb1"), PAIR.shot());
  }

  /**
   * A look may end long before reference points count as lost: what failed is no evidence then. The
   * limit is short, but not as short as a busy machine's own pauses.
   */
  @Test
  void aDisconnectedStandbyThatIsCutOffNextShootsNobody() {
    String original = LabFolder.read(PAIR.lb1().disk().resolve(FILE));
    String quickLooks = "    probe: { http: { path: /healthz, limit: 250ms } }\n    restart:";
    reload(original.replace("    restart:", quickLooks));
    PAIR.cutHeartbeats();
    Daemons.says(PAIR.lb2(), "disconnected");
    PAIR.lab().cut("service", Direction.BOTH, "lb2");
    Daemons.alarms(PAIR.lb2(), "0 of 1 reference points answer");
    ScenePair.never("something moved", WATCHED, PartitionIT::somethingMoved);
    PAIR.lab().mend("service");
    PAIR.mendHeartbeats();
    PAIR.calm("lb1");
    reload(original);
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  private static void reload(String file) {
    for (LabNode node : PAIR.lab().nodes()) {
      ScenePair.write(node, FILE, file);
    }
    ScenePair.twinbeat(0, PAIR.lb1(), "reload");
    // A node that said that it would be back is waited for, whatever happens to it meanwhile.
    for (LabNode node : PAIR.lab().nodes()) {
      Daemons.says(node, "heard");
    }
  }

  /** They hear each other: no fence is needed. */
  @Test
  void aHolderThatLosesItsServiceLinkHandsOver() {
    PAIR.lab().cut("service", Direction.BOTH, "lb1");
    PAIR.serves(PAIR.lb2());
    ScenePair.measured("holder's service link cut: client outage %.1f ms", PAIR.outage().millis());
    PAIR.nobodyShot();
    PAIR.lab().mend("service");
    PAIR.calm("lb2");
    PAIR.nobodyShot();
  }

  @Test
  void aWrongKeyOnOneNode(@TempDir Path dir) throws IOException {
    Path key = PAIR.lb2().disk().resolve("etc/twinbeat/key");
    String right = Files.readString(key);
    KeyFile.create(dir.resolve("key"));
    String wrong = Files.readString(dir.resolve("key"));
    try {
      ScenePair.write(PAIR.lb2(), "etc/twinbeat/key", wrong);
      PAIR.lb2().killDaemon();
      Daemons.says(PAIR.lb2(), "disconnected");
      for (LabNode node : PAIR.lab().nodes()) {
        Daemons.alarms(node, "another key");
        assertTrue(forged(node) > 0, node.name() + " counts forged heartbeats");
      }
      ScenePair.never("something moved", WATCHED, PartitionIT::somethingMoved);
    } finally {
      ScenePair.write(PAIR.lb2(), "etc/twinbeat/key", right);
      PAIR.lb2().killDaemon();
    }
    PAIR.calm("lb1");
    for (LabNode node : PAIR.lab().nodes()) {
      Daemons.noAlarm(node, "another key");
    }
    PAIR.unmoved();
    PAIR.unnoticed();
    assertFalse(PAIR.logged(PAIR.lb2()).contains(wrong.strip()), "the key is in the log");
  }

  private static long forged(LabNode node) {
    long forged = 0;
    for (JsonElement link : Daemons.status(node).orElseThrow().json().getAsJsonArray("links")) {
      JsonObject each = link.getAsJsonObject();
      forged += each.get("forged").getAsLong();
    }
    return forged;
  }
}
