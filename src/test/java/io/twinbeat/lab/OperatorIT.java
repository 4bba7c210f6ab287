package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator does, rightly or wrongly, with the real command. */
@Timeout(180)
class OperatorIT {
  private static final double HAND_OVER_MILLIS_MAX = 200;

  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  @Test
  void stopOnTheHolderHandsOver() {
    PAIR.lb1().holdDaemon();
    String said = ScenePair.twinbeat(0, PAIR.lb1(), "stop");
    assertTrue(said.contains("handed over or stopped"), said);
    PAIR.serves(PAIR.lb2());
    double gap = PAIR.longestOutageMillis();
    ScenePair.measured("twinbeat stop on the holder: client gap %.1f ms", gap);
    assertTrue(gap < HAND_OVER_MILLIS_MAX, "the client waited " + gap + " ms");
    PAIR.logs(PAIR.lb1(), "init: the daemon ended, status 0");
    PAIR.says(PAIR.lb2(), "left");
    PAIR.nobodyShot();
    String none = ScenePair.twinbeat(4, PAIR.lb1(), "status");
    assertTrue(none.contains("no daemon"), none);

    PAIR.mark();
    PAIR.lb1().releaseDaemon();
    PAIR.calm("lb2");
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  @Test
  void stopOnTheStandbyMovesNothing() {
    PAIR.lb2().holdDaemon();
    ScenePair.twinbeat(0, PAIR.lb2(), "stop");
    PAIR.logs(PAIR.lb2(), "init: the daemon ended, status 0");
    PAIR.says(PAIR.lb1(), "left");
    PAIR.lb2().releaseDaemon();
    PAIR.calm("lb1");
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  @Test
  void standbyAndFailback() {
    ScenePair.twinbeat(0, PAIR.lb1(), "standby");
    PAIR.serves(PAIR.lb2());
    double there = PAIR.longestOutageMillis();
    PAIR.calm("lb2");
    PAIR.mark();
    ScenePair.twinbeat(0, PAIR.lb2(), "failback");
    PAIR.serves(PAIR.lb1());
    double back = PAIR.longestOutageMillis();
    ScenePair.measured("standby: client gap %.1f ms, failback %.1f ms", there, back);
    assertTrue(Math.max(there, back) < HAND_OVER_MILLIS_MAX, there + " ms, " + back + " ms");
    PAIR.nobodyShot();
  }

  @Test
  void aTakeoverIsRefusedWhereNginxCannotRun() {
    LabNode lb2 = PAIR.lb2();
    ScenePair.write(lb2, "etc/nginx/nginx.conf", "user www-data;\nfrobnicate on;\nevents {}\n");
    ScenePair.await(
        "nginx's own words are in lb2's readiness",
        () ->
            PAIR.item(lb2, "nginx")
                .filter(item -> item.toString().contains("unknown directive"))
                .filter(item -> item.toString().contains("frobnicate"))
                .isPresent());
    ScenePair.await(
        "lb1 sees that lb2 is not ready",
        () -> PAIR.status(PAIR.lb1()).map(s -> !s.isReady("lb2")).orElse(false));
    String here = ScenePair.twinbeat(3, lb2, "takeover");
    assertTrue(here.contains("lb2 is not ready") && here.contains("frobnicate"), here);
    String there = ScenePair.twinbeat(3, PAIR.lb1(), "standby");
    assertTrue(there.contains("lb2 is not ready") && there.contains("frobnicate"), there);
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  @Test
  void whatDoesNotExistIsRefused() {
    for (String[] wrong :
        new String[][] {
          {"takeover", "sight"},
          {"standby", "sight"},
          {"failback", "sight"},
          {"fence", "test", "lb3"},
          {"fence", "off", "lb3", "--yes"},
          {"fence", "confirm", "lb3", "--yes-it-is-off", "lb3"}
        }) {
      String said = ScenePair.twinbeat(3, PAIR.lb1(), wrong);
      assertEquals(1, said.lines().count(), said);
      assertTrue(said.contains(wrong[0].equals("fence") ? "lb3" : "sight"), said);
    }
    ScenePair.twinbeat(2, PAIR.lb1(), "fence", "shoot", "lb2");
    ScenePair.twinbeat(2, PAIR.lb1(), "takeover", "--now");
    ScenePair.twinbeat(2, PAIR.lb1(), "fly");
    String self = ScenePair.twinbeat(3, PAIR.lb1(), "fence", "off", "lb1", "--yes");
    assertTrue(self.contains("lb1"), self);
    String notActive = ScenePair.twinbeat(3, PAIR.lb2(), "standby");
    assertTrue(notActive.contains("not active on lb2"), notActive);
    String already = ScenePair.twinbeat(0, PAIR.lb1(), "takeover");
    assertTrue(already.contains("already active"), already);
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  @Test
  void aFenceByTheOperatorIsAFenceAndATakeover() {
    ScenePair.twinbeat(0, PAIR.lb2(), "fence", "off", "lb1", "--yes");
    PAIR.serves(PAIR.lb2());
    assertEquals(Set.of("lb1"), PAIR.shot());
    PAIR.provenOffFirst(PAIR.lb1(), PAIR.lb2());
    ScenePair.twinbeat(0, PAIR.lb2(), "fence", "on", "lb1");
    assertTrue(PAIR.lb1().isOn());
    PAIR.calm("lb2");
  }

  @Test
  void whyIsAnsweredForAll() {
    String why = ScenePair.twinbeat(0, PAIR.lb1(), "explain");
    assertFalse(why.isBlank());
    String events = ScenePair.twinbeat(0, PAIR.lb1(), "events", "-n", "500");
    assertTrue(events.contains("started: listening for the peer"), events);
    String check = ScenePair.twinbeat(0, PAIR.lb1(), "check");
    assertFalse(check.isBlank());
    PAIR.unmoved();
  }
}
