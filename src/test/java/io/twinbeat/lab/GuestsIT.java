package io.twinbeat.lab;

import static io.twinbeat.lab.GuestLab.must;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.lab.SitePlan.Lan;
import io.twinbeat.lab.SitePlan.NodePlan;
import io.twinbeat.process.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Guests of any number and purpose: a director and two web servers behind it, by hand. */
@Timeout(600)
class GuestsIT {
  private static final String ADDRESS = "10.10.10.100";

  @RegisterExtension static final GuestLab GUESTS = new GuestLab(GuestsIT::up);

  private static LabSite up() {
    SitePlan plan =
        new SitePlan(
            List.of(
                new Lan(SitePlan.SERVICE, List.of("10.10.10.1/24")), new Lan("back", List.of())),
            List.of(),
            List.of(
                new NodePlan(
                    "director",
                    List.of(
                        SitePlan.port(SitePlan.SERVICE, "eth0", 1, 0, "10.10.10.11/24"),
                        SitePlan.port("back", "eth1", 1, 1, "10.10.30.1/24")),
                    null),
                web(1),
                web(2)),
            "10.10.10.50/24",
            List.of(),
            List.of());
    NodeSetup web =
        NodeSetup.NOTHING
            .withFile("/etc/nginx/nginx.conf", SiteFiles.nginx())
            .withNetwork("route add default via 10.10.30.1");
    NodeSetup director =
        NodeSetup.NOTHING.withFile("/etc/sysctl.d/lab.conf", "net.ipv4.ip_forward=1\n");
    return LabSite.up(
        LabOptions.fresh().withMachines(),
        plan,
        Map.of("director", director, "web1", web, "web2", web));
  }

  private static NodePlan web(int number) {
    String address = "10.10.30.1%d/24".formatted(number);
    return new NodePlan(
        "web" + number, List.of(SitePlan.port("back", "eth0", 1 + number, 0, address)), null);
  }

  /** The kernel's own balancer, which a host may lack. */
  @Test
  void aGuestIsAnLvsDirector() {
    LabNode director = GUESTS.lab().node("director");
    must(director, "ip", "addr", "add", ADDRESS + "/24", "dev", "eth0");
    must(director, "ipvsadm", "-A", "-t", ADDRESS + ":80", "-s", "rr");
    for (String web : List.of("10.10.30.11", "10.10.30.12")) {
      must(director, "ipvsadm", "-a", "-t", ADDRESS + ":80", "-r", web + ":80", "-m");
    }
    assertEquals(Set.of("web1", "web2"), answers(4));
    // Both ways, at the switch.
    GUESTS.lab().cut("back", Direction.BOTH, "web2");
    must(director, "ipvsadm", "-d", "-t", ADDRESS + ":80", "-r", "10.10.30.12:80");
    assertEquals(Set.of("web1"), answers(4));
    GUESTS.lab().mend("back", Direction.BOTH, "web2");
    assertTrue(director.hasAddress(ADDRESS));
    must(director, "ip", "addr", "del", ADDRESS + "/24", "dev", "eth0");
    ScenePair.await("the lab knows that it is gone", () -> !director.hasAddress(ADDRESS));
  }

  private static Set<String> answers(int count) {
    Set<String> answers = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      Outcome outcome =
          GUESTS.lab().atClient("curl", "-sS", "--max-time", "5", "http://" + ADDRESS + "/");
      answers.add(outcome.succeeded() ? outcome.out().strip() : outcome.summary());
    }
    return answers;
  }

  /** A command's words, status, input and output get through as they are. */
  @Test
  void aCommandInAGuestIsTheSameAsAnywhere() {
    LabNode web1 = GUESTS.lab().node("web1");
    Outcome outcome =
        web1.exec("bash", "-c", "printf '%s|' \"$@\"; exit 7", "x", "a b", "it's $HOME", "");
    assertEquals("a b|it's $HOME||", outcome.out());
    assertEquals(7, ScenePair.exit(outcome));
    assertEquals("web1\n", must(web1, "hostname"));
    assertEquals("1\n", must(web1, "bash", "-c", "ls -l /proc/1/exe | grep -c systemd"));
  }

  /** The disk outlives the power; memory does not. */
  @Test
  void aPowerCutKeepsWhatWasOnDisk() {
    LabNode web2 = GUESTS.lab().node("web2");
    must(web2, "bash", "-c", "echo kept >/root/kept && sync && echo lost >/run/lost");
    String before = must(web2, "cat", "/proc/sys/kernel/random/boot_id");
    web2.powerOff();
    assertTrue(!web2.isOn());
    web2.powerOn();
    assertEquals("kept\n", must(web2, "cat", "/root/kept"));
    assertTrue(!web2.exec("test", "-e", "/run/lost").succeeded());
    assertTrue(!must(web2, "cat", "/proc/sys/kernel/random/boot_id").equals(before));
    assertEquals("0\n", must(web2, "bash", "-c", "systemctl --failed --no-legend | wc -l"));
  }
}
