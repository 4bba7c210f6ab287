package io.twinbeat.lab;

import static io.twinbeat.lab.GuestLab.must;
import static io.twinbeat.lab.GuestLab.twinbeat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The worked example of a site by TUN, on guests: the scenes that differ from those of DR. */
@Timeout(600)
class TunSiteIT {
  private static final String VIP = "10.10.10.100";
  private static final Duration SOON = Duration.ofSeconds(60);

  /**
   * What machines that share two cores may lose in a second; a proxy that goes down undrained loses
   * each second connection for as long as three looks take, 75 and more.
   */
  private static final int LOST_MAX = 50;

  /** All that realserver changes of a machine: addresses, devices, the network's settings. */
  private static final String KERNEL =
      "ip -o addr show dev lo; ip -o link show dev tunl0 | grep -o '<.*>'; ip -o addr show dev tunl0;"
          + " grep . /proc/sys/net/ipv4/conf/*/{rp_filter,arp_ignore,arp_announce}";

  @RegisterExtension
  static final GuestLab GUESTS = new GuestLab(() -> Example.TUN.up(LabOptions.fresh()));

  @Test
  void everySceneKeepsItsPromise() {
    SiteDemoIT.play(
        GUESTS.lab(),
        List.of(SiteScenes.DIRECTOR_DIES, SiteScenes.DIRECTOR_RETURNS, SiteScenes.PROXY_CUT));
  }

  /** Drained, taken down for work, and back, while clients come. */
  @Test
  void aProxyStopsBeingARealServerAndIsOneAgain() {
    LabNode px2 = GUESTS.lab().node("px2");
    LabNode director = director();
    String up = kernel(px2);
    assertTrue(up.contains(VIP), up);
    assertTrue(px2.twinbeat("realserver", "check").succeeded());
    try (Probe probe = GUESTS.lab().probe(Probe.Pace.SLOW, event -> {})) {
      assertTrue(LabSite.await(SOON, () -> !probe.isDown()), probe::summary);
      long began = System.nanoTime();
      twinbeat(director, "drain", "px2");
      assertTrue(
          LabSite.await(SOON, () -> weight(director).equals("-w 0")), () -> weight(director));
      must(px2, "systemctl", "stop", "twinbeat-realserver");
      String down = kernel(px2);
      assertFalse(down.contains(VIP), down);
      assertFalse(px2.twinbeat("realserver", "check").succeeded());
      twinbeat(px2, "realserver", "down");
      assertEquals(down, kernel(px2), "down twice");
      must(px2, "systemctl", "start", "twinbeat-realserver");
      assertEquals(up, kernel(px2), "up again");
      twinbeat(px2, "realserver", "up");
      assertEquals(up, kernel(px2), "up twice");
      twinbeat(director, "undrain", "px2");
      assertTrue(
          LabSite.await(SOON, () -> weight(director).equals("-w 1")), () -> weight(director));
      assertTrue(probe.settle(), probe::summary);
      List<Outage> outages = probe.outagesSince(began);
      int lost = outages.stream().mapToInt(o -> o.refused() + o.timedOut() + o.other()).sum();
      assertTrue(lost < LOST_MAX, () -> "what the client saw: " + outages);
      assertTrue(outages.stream().allMatch(o -> o.refused() == 0), outages::toString);
    } finally {
      px2.exec("systemctl", "start", "twinbeat-realserver");
      director.twinbeat("undrain", "px2");
    }
  }

  private static LabNode director() {
    assertTrue(LabSite.await(SOON, () -> GUESTS.lab().holders(VIP).size() == 1), "a holder");
    return GUESTS.lab().node(GUESTS.lab().holders(VIP).iterator().next());
  }

  private static String kernel(LabNode node) {
    return must(node, "bash", "-c", KERNEL);
  }

  /** Of px2 in the director's kernel. */
  private static String weight(LabNode director) {
    return must(
            director,
            "bash",
            "-c",
            "ipvsadm -Sn | grep -e '-r 10.10.30.22:80 ' | grep -o -e '-w [0-9]*'")
        .strip();
  }
}
