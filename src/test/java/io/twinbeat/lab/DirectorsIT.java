package io.twinbeat.lab;

import static io.twinbeat.lab.GuestLab.must;
import static io.twinbeat.lab.GuestLab.twinbeat;
import static io.twinbeat.lab.GuestPair.await;
import static io.twinbeat.lab.GuestPair.says;
import static io.twinbeat.lab.GuestPair.sees;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A pair of LVS directors and two web servers on whole machines: drains that both nodes agree on,
 * hand-overs with the kernel's connection sync, and tables where none should be.
 */
@Timeout(600)
class DirectorsIT {
  private static final String ADDRESS = GuestPair.ADDRESS;

  /** Far longer than a standby takes to find a left table. */
  private static final Duration WATCHED = Duration.ofSeconds(6);

  /** Guests share two cores with those who look at them; the flush alone took 3200. */
  private static final double HAND_OVER_MILLIS_MAX = 100;

  private static final int HAND_OVERS = 5;

  /** A program's start in a guest, and some of its steps of a second. */
  private static final String WAITED_SECONDS = "10";

  private static final String SITE =
      """
      tiers:
        edge:
          nodes:
            lb1: { links: [192.168.76.1, 192.168.77.1], fence: { agent: fence_ipmilan, ip: 10.10.20.11, lanplus: 1, cipher: 3, power-wait: 0, username: ha, password-file: /etc/twinbeat/bmc } }
            lb2: { links: [192.168.76.2, 192.168.77.2], fence: { agent: fence_ipmilan, ip: 10.10.20.12, lanplus: 1, cipher: 3, power-wait: 0, username: ha, password-file: /etc/twinbeat/bmc } }
          heartbeat: { interval: 200ms, deadtime: 2s }
          reference-points: [10.10.10.1]
          groups:
            front:
              prefer: lb1
              resources:
                - lvs:
                    scheduler: rr
                    sync: { daemon: { dev: eth0, id: 7 } }
                    services:
                      - { service: 10.10.10.100:80, real-servers: { tier: web } }
                - address: { ip: 10.10.10.100/24, dev: eth0 }
        web:
          servers: { web1: 10.10.10.21, web2: 10.10.10.22 }
      """;

  private static final Map<String, String> WEB =
      Map.of("web1", "10.10.10.21", "web2", "10.10.10.22");

  @RegisterExtension static final GuestPair PAIR = GuestPair.inFrontOf(WEB.keySet(), SITE);

  private static LabSite lab() {
    return PAIR.lab();
  }

  private static LabNode lb1() {
    return PAIR.lb1();
  }

  private static LabNode lb2() {
    return PAIR.lb2();
  }

  @BeforeEach
  void undrain() {
    for (LabNode node : PAIR.both()) {
      drained(node.status().orElseThrow()).forEach(server -> twinbeat(node, "undrain", server));
    }
  }

  /** As the kernel's own tool reads it: weight by web server; without those that are not there. */
  private static Map<String, String> weights(LabNode node) {
    Map<String, String> weights = new TreeMap<>();
    for (String line : must(node, "ipvsadm", "-Sn").lines().toList()) {
      WEB.forEach((name, ip) -> {
        if (line.contains("-r " + ip + ":80 ")) {
          weights.put(name, line.replaceAll(".* -w ", "").strip());
        }
      });
    }
    return weights;
  }

  /** The group moves there; the table that it has then. */
  private static void takesOverWith(LabNode node, String web1, String web2) {
    twinbeat(node, "takeover");
    assertEquals(Set.of(node.name()), lab().holders());
    assertEquals(Map.of("web1", web1, "web2", web2), weights(node));
  }

  private static String state(NodeStatus status, String server) {
    String shown = status.json().toString();
    int at = shown.indexOf("\"name\":\"" + server + "\",\"address\"");
    return shown.substring(at).replaceAll("(?s)^.*?\"state\":\"([a-z]+)\".*", "$1");
  }

  private static Set<String> drained(NodeStatus status) {
    return WEB.keySet().stream()
        .filter(server -> state(status, server).equals("drained"))
        .collect(Collectors.toSet());
  }

  private static void drained(Set<String> servers) {
    for (LabNode node : PAIR.both()) {
      says(
          node,
          servers + " are drained, and agrees",
          status -> drained(status).equals(servers) && status.isReady(node.name()));
    }
  }

  private static void misses(LabNode node) {
    says(node, "it misses its peer", status -> !status.peer().equals("heard"));
  }

  // Drains.

  @Test
  void anOrderThatBothHeardHoldsAfterATakeover() {
    String said = twinbeat(lb1(), "drain", "web1");
    assertTrue(said.contains("after a takeover by lb2, too"), said);
    assertEquals(Map.of("web1", "0", "web2", "1"), weights(lb1()));
    drained(Set.of("web1"));
    String page = twinbeat(lb2(), "status");
    assertTrue(page.contains("web1, as lb1 knows"), page);
    takesOverWith(lb2(), "0", "1");
    assertEquals("web2", PAIR.answer());
    assertEquals("web2", PAIR.answer());
    twinbeat(lb1(), "undrain", "web1"); // on the standby
    assertEquals(Map.of("web1", "1", "web2", "1"), weights(lb2()));
    takesOverWith(lb1(), "1", "1");
  }

  /** Only the holder's kernel counts, whichever node is asked; what nobody counts is not none. */
  @Test
  void theStandbyWaitsForTheHoldersConnections() {
    String server;
    try (KeptConnection kept = KeptConnection.asking(lab())) {
      await("it is open", () -> kept.answers() > 2 && !holding().isEmpty());
      server = holding();
      Outcome waiting =
          lb2().exec("timeout", WAITED_SECONDS, "twinbeat", "drain", server, "--wait");
      assertTrue(!waiting.succeeded(), waiting::out);
      assertTrue(waiting.out().contains("1 open connections left on lb1"), waiting::summary);
      assertTrue(!kept.lost(), "the open connection broke");
    }
    String said = twinbeat(lb2(), "drain", server, "--wait");
    assertTrue(said.contains(" is drained: 0 open connections left on lb1"), said);

    lab().heartbeatLinks().forEach(lab()::cut);
    sees(lb2(), "disconnected");
    Outcome alone = lb2().twinbeat("drain", server, "--wait");
    assertTrue(!alone.succeeded(), alone::out);
    assertTrue(alone.err().contains("is not known: lb1 cannot be asked"), alone::summary);
    lab().heartbeatLinks().forEach(lab()::mend);
  }

  /** The web server with the connection that is open. */
  private static String holding() {
    String open =
        must(lb1(), "ipvsadm", "-Lcn")
            .lines()
            .filter(line -> line.contains("ESTABLISHED"))
            .findFirst()
            .orElse("");
    return WEB.entrySet().stream()
        .filter(web -> open.contains(" " + web.getValue() + ":80"))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  @Test
  void whatANodeWithoutPowerMissedItKnowsWhenItIsBack() {
    lb2().powerOff();
    misses(lb1());
    String said = twinbeat(lb1(), "drain", "web1");
    assertTrue(said.contains("lb2 will be told, now it does not know"), said);
    lb2().powerOn();
    PAIR.calm("lb1");
    drained(Set.of("web1"));
    takesOverWith(lb2(), "0", "1");

    lb1().powerOff();
    misses(lb2());
    twinbeat(lb2(), "undrain", "web1");
    twinbeat(lb2(), "drain", "web2");
    lb1().powerOn();
    PAIR.calm("lb2");
    drained(Set.of("web2"));
    takesOverWith(lb1(), "1", "0");
  }

  /** Orders on both sides of a partition: for each server the newer one, on both. */
  @Test
  void whatDiffersAfterAPartitionIsJoined() {
    lab().heartbeatLinks().forEach(lab()::cut);
    sees(lb2(), "disconnected");
    twinbeat(lb1(), "drain", "web1");
    twinbeat(lb2(), "drain", "web2");
    twinbeat(lb2(), "drain", "web1");
    twinbeat(lb2(), "undrain", "web1");
    assertEquals(Map.of("web1", "0", "web2", "1"), weights(lb1()));
    lab().heartbeatLinks().forEach(lab()::mend);
    drained(Set.of("web2"));
    assertEquals(Map.of("web1", "1", "web2", "0"), weights(lb1()));
    String events = twinbeat(lb1(), "events");
    assertTrue(events.contains("no new connections for web2: lb2 knows a newer order"), events);
    takesOverWith(lb2(), "1", "0");
  }

  @Test
  void anOrderOutlivesThePowerOfBoth() {
    twinbeat(lb1(), "drain", "web2");
    PAIR.both().forEach(LabNode::powerOff);
    GuestPair.powerOn(PAIR.both());
    PAIR.calm("lb1");
    drained(Set.of("web2"));
    assertEquals(Map.of("web1", "1", "web2", "0"), weights(lb1()));
    takesOverWith(lb2(), "1", "0");
  }

  // Hand-overs.

  private static String daemons(LabNode node) {
    return must(node, "ipvsadm", "-L", "--daemon");
  }

  private static boolean isOnly(LabNode node, String role) {
    String shown = daemons(node);
    return shown.contains(role + " sync daemon")
        && shown.lines().filter(line -> line.contains("sync daemon")).count() == 1;
  }

  /** The client sees no gap to speak of, and a connection that is open goes on. */
  @Test
  void aHandOverWaitsForNoFlush() {
    List<Double> gaps = new ArrayList<>();
    try (KeptConnection kept = KeptConnection.asking(lab());
        Probe probe = lab().probe(Probe.Pace.SLOW, event -> {})) {
      for (int i = 0; i <= HAND_OVERS; i++) {
        LabNode from = i % 2 == 0 ? lb1() : lb2();
        LabNode to = i % 2 == 0 ? lb2() : lb1();
        await("the turn before is over", () -> isOnly(from, "master"));
        await("the turn before is over", () -> isOnly(to, "backup"));
        await(
            to.name() + " knows of the open connection",
            () -> must(to, "ipvsadm", "-Lcn").contains("ESTABLISHED"));
        long answers = kept.answers();
        long began = System.nanoTime();
        twinbeat(to, "takeover");
        await("the open connection goes on", () -> kept.answers() > answers + 2 || kept.lost());
        assertTrue(!kept.lost(), "the open connection broke");
        assertTrue(probe.settle(), "the probe went on");
        List<Outage> outages = probe.outagesSince(began);
        if (i > 0) { // The first is the first of a JVM, too.
          gaps.add(outages.stream().mapToDouble(Outage::millis).max().orElse(0));
        }
        ScenePair.measured("hand-over to %s, sync by daemons: %s", to.name(), outages);
      }
    }
    Collections.sort(gaps);
    double median = gaps.get(gaps.size() / 2);
    ScenePair.measured("hand-overs: median %.0f ms of %s", median, gaps);
    assertTrue(median < HAND_OVER_MILLIS_MAX, () -> "gaps of " + gaps + " ms");
  }

  /** What has not been sent yet is sent, and then no master is left behind. */
  @Test
  void aDaemonThatLeavesEndsTheTurnFirst() {
    must(lb1(), "systemctl", "stop", "twinbeat");
    assertEquals(Set.of("lb2"), lab().holders());
    assertTrue(isOnly(lb1(), "backup"), daemons(lb1()));
    assertEquals("", must(lb1(), "ipvsadm", "-Sn"));
  }

  // Tables.

  @Test
  void aStandbyTakesOutALeftTable() {
    must(lb2(), "ipvsadm", "-A", "-t", ADDRESS + ":80", "-s", "rr");
    must(lb2(), "ipvsadm", "-A", "-t", "10.10.10.12:99", "-s", "rr");
    await(
        "lb2 takes it out, and nothing else",
        () -> must(lb2(), "ipvsadm", "-Sn").equals("-A -t 10.10.10.12:99 -s rr\n"));
    must(lb2(), "ipvsadm", "-C");
    String events = twinbeat(lb2(), "events");
    assertTrue(events.contains("there was an IPVS table on this node"), events);
    assertEquals(Map.of("web1", "1", "web2", "1"), weights(lb1()));
  }

  /** Over a restart of the daemon in it, too; and nobody touches the standby's table meanwhile. */
  @Test
  void inAMaintenanceTheTableIsKeptUp() {
    twinbeat(lb1(), "maintenance", "on", "--for", "1h", "--reason", "new switch");
    must(lb1(), "systemctl", "kill", "-s", "KILL", "twinbeat");
    await(
        "a new life that knows of it",
        () -> lb1().twinbeat("maintenance").out().contains("new switch"));
    must(lb1(), "ipvsadm", "-d", "-t", ADDRESS + ":80", "-r", "10.10.10.21:80");
    await("mended", () -> weights(lb1()).equals(Map.of("web1", "1", "web2", "1")));
    must(lab().node("web2"), "systemctl", "stop", "nginx");
    await("web2 is out", () -> weights(lb1()).equals(Map.of("web1", "1")));
    twinbeat(lb1(), "drain", "web1");
    assertEquals(Map.of("web1", "0"), weights(lb1()));
    twinbeat(lb1(), "undrain", "web1");
    must(lab().node("web2"), "systemctl", "start", "nginx");
    await("web2 is back", () -> weights(lb1()).equals(Map.of("web1", "1", "web2", "1")));

    must(lb2(), "ipvsadm", "-A", "-t", ADDRESS + ":80", "-s", "rr");
    ScenePair.never(
        "lb2 touched it in a maintenance", WATCHED, () -> must(lb2(), "ipvsadm", "-Sn").isEmpty());
    twinbeat(lb1(), "maintenance", "off");
    await("taken out", () -> must(lb2(), "ipvsadm", "-Sn").isEmpty());
    assertEquals(Set.of("lb1"), lab().holders());
  }
}
