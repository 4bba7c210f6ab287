package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** For a while neither node acts by itself, and both say what they would have done. */
@Timeout(180)
class MaintenanceIT {
  private static final Duration WATCHED = ScenePair.DEADTIME.multipliedBy(3);
  private static final String WHY = "new switch";

  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  /** Whatever a failed scene left; harmless where there is none. */
  @AfterEach
  void end() {
    for (LabNode node : PAIR.lab().nodes()) {
      if (node.isOn()) {
        node.twinbeat("maintenance", "off");
      }
    }
  }

  private static void on(LabNode node, String length) {
    String said =
        ScenePair.twinbeat(0, node, "maintenance", "on", "--for", length, "--reason", WHY);
    assertTrue(said.contains("are in maintenance"), said);
  }

  private static boolean isIn(LabNode node) {
    JsonElement mode =
        Daemons.status(node).map(status -> status.json().get("maintenance")).orElse(null);
    return mode != null && mode.getAsJsonObject().get("reason").getAsString().equals(WHY);
  }

  /** A server, that is: the daemon tests the configuration with nginx -t now and then. */
  private static boolean nginxRuns(LabNode node) {
    return node.exec("bash", "-c", "grep -la '^nginx: master' /proc/[0-9]*/cmdline").succeeded();
  }

  @Test
  void nothingMovesByItselfAndAllIsSaid() {
    on(PAIR.lb2(), "2h");
    for (LabNode node : PAIR.lab().nodes()) {
      assertTrue(isIn(node), node.name());
      String page = node.twinbeat("status").out();
      assertTrue(page.contains("maintenance until") && page.contains(WHY), page);
      String shown = ScenePair.twinbeat(0, node, "maintenance");
      assertTrue(shown.contains(WHY), shown);
      Daemons.alarms(node, "nothing is done by itself on both nodes (" + WHY + ")");
    }
    String why = ScenePair.twinbeat(0, PAIR.lb1(), "explain");
    assertTrue(why.contains(WHY), why);

    // The administrator stops nginx, and restarts the daemon beside it.
    assertTrue(nginxRuns(PAIR.lb1()));
    PAIR.lb1().killNginx();
    Daemons.alarms(PAIR.lb1(), "would have: a resource failed: restarting it in place");
    PAIR.lb1().killDaemon();
    ScenePair.await("a new life that knows of it", () -> isIn(PAIR.lb1()));
    ScenePair.never("nginx was started", WATCHED, () -> nginxRuns(PAIR.lb1()));
    PAIR.unmoved();

    // The holder is switched off and boots: nobody takes over, it forgets nothing.
    PAIR.lb1().powerOff();
    Daemons.alarms(PAIR.lb2(), "would have: fencing the peer");
    ScenePair.never("lb2 acted", WATCHED, () -> !PAIR.lab().holders().isEmpty());
    String refused = ScenePair.twinbeat(3, PAIR.lb2(), "takeover");
    assertTrue(refused.contains("in maintenance for another"), refused);
    PAIR.lb1().powerOn();
    ScenePair.await("lb1 knows of it", () -> isIn(PAIR.lb1()));
    Daemons.says(PAIR.lb2(), "heard");
    ScenePair.never("somebody acted", WATCHED, () -> !PAIR.lab().holders().isEmpty());
    PAIR.nobodyShot();

    // What is ordered is done, by a node that is ready; and after the end all is as ever.
    Daemons.isReady(PAIR.lb2());
    ScenePair.twinbeat(0, PAIR.lb2(), "takeover");
    PAIR.serves(PAIR.lb2());
    String off = ScenePair.twinbeat(0, PAIR.lb1(), "maintenance", "off");
    assertTrue(off.contains("over on both nodes"), off);
    for (LabNode node : PAIR.lab().nodes()) {
      Daemons.noAlarm(node, "maintenance");
    }
    PAIR.calm("lb2");
    PAIR.mark();
    PAIR.lb2().powerOff();
    PAIR.serves(PAIR.lb1());
    PAIR.provenOffFirst(PAIR.lb2(), PAIR.lb1());
    ScenePair.measured(
        "power loss after a maintenance: client outage %.0f ms", PAIR.outage().millis());
  }

  /** It ends by itself on both nodes, and the silence in it is no reason to shoot. */
  @Test
  void endsWithItsTime() {
    on(PAIR.lb1(), "8s");
    PAIR.cutHeartbeats();
    PAIR.lab().cut("service", Direction.BOTH, "lb1");
    Daemons.alarms(PAIR.lb2(), "would have: fencing the peer");
    assertEquals(Set.of(), PAIR.shot());
    PAIR.logs(PAIR.lb2(), "maintenance is over");
    long over = System.nanoTime();
    ScenePair.await("the fence", () -> !PAIR.fences().isEmpty());
    double after = (PAIR.fences().getFirst().startNanos() - over) / 1e6;
    ScenePair.measured("from the end of a maintenance to the fence: %.0f ms", after);
    assertTrue(after > ScenePair.DEADTIME.toMillis() * 0.8, "listened again for " + after + " ms");
    PAIR.serves(PAIR.lb2());
    PAIR.lab().mend("service");
    PAIR.mendHeartbeats();
  }

  @Test
  void refusedWhenItWouldHideALostServiceOrOneNodeWouldBeAlone() {
    List<String> on = List.of("maintenance", "on", "--for", "1h", "--reason", WHY);
    String[] order = on.toArray(String[]::new);
    ScenePair.twinbeat(2, PAIR.lb1(), "maintenance", "on", "--reason", WHY);
    String day =
        ScenePair.twinbeat(3, PAIR.lb1(), "maintenance", "on", "--for", "2d", "--reason", WHY);
    assertTrue(day.contains("at most") || day.contains("24h"), day);
    PAIR.cutHeartbeats();
    Daemons.says(PAIR.lb2(), "disconnected");
    String alone = ScenePair.twinbeat(3, PAIR.lb2(), order);
    assertTrue(alone.contains("lb1 is not heard"), alone);
    PAIR.mendHeartbeats();
    PAIR.calm("lb1");
    PAIR.unmoved();
  }
}
