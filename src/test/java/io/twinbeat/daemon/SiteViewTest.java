package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.twinbeat.control.SiteServer;
import io.twinbeat.control.StatusReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What leaves the machine is a list of names, and nothing is on it by chance. */
class SiteViewTest {
  private static final Instant AT = Instant.parse("2026-11-23T14:07:15Z");
  private static final String PLANTED = "PLANTED";

  /** Every text that must not be seen has the planted word in it. */
  private static StatusReport report(int servers, int alarms) {
    List<StatusReport.RealServer> real = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      real.add(new StatusReport.RealServer("web" + i, "10.10.30.11", "down", 1, 2, 3, PLANTED));
    }
    List<StatusReport.Alarm> raised = new ArrayList<>();
    for (int i = 0; i < alarms; i++) {
      raised.add(
          new StatusReport.Alarm(
              AT, "the device " + i + " does not work: fence_x(1): " + PLANTED, PLANTED));
    }
    StatusReport.Item bad =
        new StatusReport.Item("room in /" + PLANTED + "/x", "failed", PLANTED, PLANTED, 1L, 2L);
    StatusReport.Item good = new StatusReport.Item(PLANTED, "ok", PLANTED, PLANTED, 1L, 2L);
    return new StatusReport(
        "edge",
        "lvs1",
        "lvs2",
        "0.1",
        PLANTED,
        AT,
        new StatusReport.ConfigFile(PLANTED, PLANTED, PLANTED),
        new StatusReport.Peer("heard", AT, PLANTED, 12L, PLANTED),
        List.of(
            new StatusReport.Group(
                "front",
                "lvs1",
                "lvs1",
                "active",
                "standby",
                7L,
                AT,
                PLANTED,
                List.of(
                    new StatusReport.Resource(
                        "lvs",
                        "lvs",
                        "ok",
                        PLANTED,
                        3L,
                        List.of(
                            new StatusReport.VirtualService(
                                "10.10.10.100:80", "mh", "ok", 2, 1, real)))),
                new StatusReport.Takeover(AT, null, "lvs1", PLANTED, 6L))),
        Map.of("lvs1", new StatusReport.Readiness(false, true, List.of(good, bad))),
        List.of(new StatusReport.Link(0, PLANTED, PLANTED, "up", 1L, 2L)),
        List.of(new StatusReport.Device("lvs2", PLANTED, true, PLANTED, 1L, 2L)),
        List.of(new StatusReport.Watchdog("lvs1", PLANTED, "armed", 1L, 2L, PLANTED)),
        List.of(new StatusReport.ReferencePoint(PLANTED, "reached", 1L)),
        raised,
        new StatusReport.Maintenance(AT, "new switch"),
        new StatusReport.Heartbeat(1, 2, 3, null, 0, null, null));
  }

  private static void keys(JsonElement json, Set<String> into) {
    if (json instanceof JsonObject object) {
      object
          .entrySet()
          .forEach(each -> {
            into.add(each.getKey());
            keys(each.getValue(), into);
          });
    } else if (json instanceof JsonArray array) {
      array.forEach(each -> keys(each, into));
    }
  }

  @Test
  void onlyTheseKeysLeaveTheMachine() {
    Set<String> keys = new TreeSet<>();
    keys(SiteView.of(report(1, 1)), keys);
    assertEquals(
        new TreeSet<>(
            List.of(
                ("pair node peerName version since peer state lastHeardAgeMs groups name prefer"
                        + " holder here term resources type health services service scheduler"
                        + " liveWeight quorum servers address weight active inactive readiness lvs1"
                        + " ready able items alarms sentence maintenance until reason")
                    .split(" ", -1))),
        keys);
  }

  @Test
  void noDetailAndNoPathIsAmongThem() {
    String text = SiteView.of(report(2, 40)).toString();
    assertFalse(text.contains(PLANTED), text);
    assertTrue(text.contains("the device 3 does not work: fence_x(1)"), text);
    assertTrue(text.contains("and 24 more") && !text.contains("the device 30"), text);
    assertTrue(text.contains("room in (...)"), text);
  }

  @Test
  void pathsAndAddressesOfPagesAreTakenOut() {
    assertEquals("make room in (...), soon", SiteView.words("make room in /var/lib/x, soon"));
    assertEquals("the check (...) fails", SiteView.words("the check http://u:p@h/x?k=s fails"));
    assertEquals(
        "10.10.10.100/24 and 1/2 ('(...)')", SiteView.words("10.10.10.100/24 and 1/2 ('/etc/x')"));
    assertEquals("a: b", SiteView.words("a: b: what a program said"));
    assertEquals(163, SiteView.words("x".repeat(500)).length());
  }

  @Test
  void anAnswerIsNeverLongerThanItMayBe() {
    for (int servers : new int[] {0, 100, 1_000, 20_000}) {
      JsonObject answer = SiteView.of(report(servers, 3));
      assertTrue(answer.toString().length() < SiteServer.LINE_BYTES_MAX - 1024);
      assertTrue(answer.toString().contains("10.10.10.100:80"));
    }
    assertTrue(SiteView.of(report(300, 3)).toString().contains("web299"));
  }
}
