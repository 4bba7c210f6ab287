package io.twinbeat.cli;

import io.twinbeat.control.StatusReport;
import io.twinbeat.control.StatusReport.Alarm;
import io.twinbeat.control.StatusReport.Bucket;
import io.twinbeat.control.StatusReport.ConfigFile;
import io.twinbeat.control.StatusReport.Device;
import io.twinbeat.control.StatusReport.Gaps;
import io.twinbeat.control.StatusReport.Group;
import io.twinbeat.control.StatusReport.Heartbeat;
import io.twinbeat.control.StatusReport.Item;
import io.twinbeat.control.StatusReport.Link;
import io.twinbeat.control.StatusReport.Maintenance;
import io.twinbeat.control.StatusReport.Peer;
import io.twinbeat.control.StatusReport.Readiness;
import io.twinbeat.control.StatusReport.ReferencePoint;
import io.twinbeat.control.StatusReport.Resource;
import io.twinbeat.control.StatusReport.Takeover;
import io.twinbeat.control.StatusReport.Watchdog;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reports of a pair in the states that an operator meets. */
final class Reports {
  static final Instant NOW = Instant.parse("2026-11-23T14:07:15.500Z");

  private static final String FILE = "/etc/twinbeat/twinbeat.yaml";
  private static final Heartbeat HEARTBEAT =
      new Heartbeat(
          200,
          1000,
          500,
          new Gaps(54_000, 10_800_000, 213, 204, 0, List.of(new Bucket(224, 54_000))),
          0,
          null,
          450L);
  private static final Heartbeat POOR =
      new Heartbeat(
          200,
          1000,
          500,
          new Gaps(3_000, 610_000, 712, 232, 1, List.of(new Bucket(768, 3_000))),
          2,
          612L,
          1450L);

  private Reports() {}

  private static Instant ago(Duration age) {
    return NOW.minus(age);
  }

  private static Item ok(String name, String detail, long ageMs, long limitMs) {
    return new Item(name, "ok", detail, null, ageMs, limitMs);
  }

  private static Map<String, Readiness> both(
      String here, Readiness first, String peer, Readiness second) {
    Map<String, Readiness> both = new LinkedHashMap<>();
    both.put(here, first);
    both.put(peer, second);
    return both;
  }

  private static final Readiness READY =
      new Readiness(
          true,
          true,
          List.of(
              ok("nginx", "configuration tested, 200 from /healthz", 4_200, 60_000),
              ok("fencing", "fence_ipmilan proven", 754_000, 90_000_000),
              ok("reference points", "1 of 1 reached", 900, 10_000)));

  private static List<Resource> serving() {
    return List.of(
        new Resource("nginx", "nginx", "ok", "200 from http://127.0.0.1/healthz", 800L),
        new Resource("10.10.10.100/24", "address", "ok", "on eth0, announced", 1_300L));
  }

  private static Link up(int index, String network, long gap) {
    return new Link(index, network + ".11", network + ".12", "up", 120L, gap);
  }

  /** Seen from the holder; nothing is wrong. */
  static StatusReport allWell() {
    return new StatusReport(
        "web",
        "lb1",
        "lb2",
        "0.1.0",
        "b7c1",
        ago(Duration.ofHours(51)),
        new ConfigFile(FILE, "a160ecaad0bd", "a160ecaad0bd"),
        new Peer("heard", ago(Duration.ofMinutes(190)), "heard on both links", 120L, "93fe"),
        List.of(
            new Group(
                "site",
                "lb1",
                "lb1",
                "active",
                "standby",
                7L,
                ago(Duration.ofSeconds(7444)),
                "it is the preferred node; lb2 handed it over",
                serving(),
                new Takeover(
                    ago(Duration.ofSeconds(7444)),
                    "lb2",
                    "lb1",
                    "failback asked for by root",
                    6L))),
        both("lb1", READY, "lb2", READY),
        List.of(up(0, "10.10.10", 213), up(1, "192.168.77", 204)),
        List.of(
            new Device("lb1", "fence_ipmilan", true, "status: on", 754_000L, 90_000_000L),
            new Device("lb2", "fence_ipmilan", true, "status: on", 760_000L, 90_000_000L)),
        List.of(
            new Watchdog("lb1", "/dev/watchdog", "armed", 10_000L, 400L, "iTCO_wdt"),
            new Watchdog("lb2", "/dev/watchdog", "disarmed", 10_000L, null, "iTCO_wdt")),
        List.of(new ReferencePoint("10.10.10.1", "reached", 900L)),
        List.of(),
        null,
        HEARTBEAT);
  }

  /** Seen from the standby, whose links to the holder are all cut. */
  static StatusReport disconnected() {
    Instant since = ago(Duration.ofSeconds(245));
    return new StatusReport(
        "web",
        "lb2",
        "lb1",
        "0.1.0",
        "93fe",
        ago(Duration.ofMinutes(190)),
        new ConfigFile(FILE, "a160ecaad0bd", "a160ecaad0bd"),
        new Peer(
            "disconnected",
            since,
            "not heard on any link, but 10.10.10.100 still answers",
            246_000L,
            "b7c1"),
        List.of(
            new Group(
                "site",
                "lb1",
                "lb1",
                "standby",
                "active",
                7L,
                ago(Duration.ofSeconds(7444)),
                "lb1 held it when it was last heard, and it answers",
                List.of(
                    new Resource("nginx", "nginx", "standby", "hot, 200 from /healthz", 700L),
                    new Resource("10.10.10.100/24", "address", "stopped", "", null)),
                null)),
        both("lb2", READY, "lb1", new Readiness(true, true, List.of())),
        List.of(
            new Link(0, "10.10.10.12", "10.10.10.11", "down", 246_000L, 213L),
            new Link(1, "192.168.77.2", "192.168.77.1", "one-way", 246_100L, 204L)),
        List.of(new Device("lb1", "fence_ipmilan", true, "status: on", 900_000L, 90_000_000L)),
        List.of(
            new Watchdog(
                "lb1",
                "/dev/watchdog",
                "armed",
                10_000L,
                246_000L,
                "iTCO_wdt; if lb1 stands still, it was reset by now")),
        List.of(new ReferencePoint("10.10.10.1", "reached", 400L)),
        List.of(
            new Alarm(
                since,
                "lb1 is disconnected: site is served, but could not be taken over safely",
                "look at the links between the nodes")),
        null,
        POOR);
  }

  /** Seen from the holder; the standby could not take over, for three reasons. */
  static StatusReport notReady() {
    Readiness poor =
        new Readiness(
            false,
            true,
            List.of(
                new Item(
                    "nginx",
                    "failed",
                    "nginx -t: unknown directive \"proxy_pas\" in site.conf:12",
                    "on lb2: nginx -t",
                    12_000L,
                    60_000L),
                new Item(
                    "fencing",
                    "stale",
                    "last proof is too old",
                    "twinbeat fence test lb1",
                    93_600_000L,
                    90_000_000L),
                new Item(
                    "certificates",
                    "warning",
                    "/etc/ssl/site.pem expires on 2026-12-01",
                    "renew it on both nodes",
                    1_200L,
                    60_000L),
                ok("reference points", "1 of 1 reached", 900, 10_000)));
    return new StatusReport(
        "web",
        "lb1",
        "lb2",
        "0.1.0",
        "b7c1",
        ago(Duration.ofHours(51)),
        new ConfigFile(FILE, "a160ecaad0bd", "77aa01c4e2b9"),
        new Peer("heard", ago(Duration.ofMinutes(190)), "heard on both links", 120L, "93fe"),
        List.of(
            new Group(
                "site",
                "lb1",
                "lb1",
                "active",
                "standby",
                7L,
                ago(Duration.ofDays(3)),
                "it is the preferred node, nobody held it",
                serving(),
                null)),
        both("lb1", READY, "lb2", poor),
        List.of(up(0, "10.10.10", 213), up(1, "192.168.77", 1_204)),
        List.of(
            new Device("lb1", "fence_ipmilan", true, "status: on", 93_600_000L, 90_000_000L),
            new Device("lb2", "fence_ipmilan", true, "status: on", 760_000L, 90_000_000L)),
        List.of(
            new Watchdog(
                "lb1", "/dev/watchdog", "unusable", null, null, "opening /dev/watchdog: EBUSY")),
        List.of(new ReferencePoint("10.10.10.1", "reached", 900L)),
        List.of(),
        new Maintenance(NOW.plus(Duration.ofMinutes(50)), "new switch"),
        HEARTBEAT);
  }

  /** Seen from the standby: the holder is gone, and its fence device with it. */
  static StatusReport fencingFailed() {
    Instant since = ago(Duration.ofSeconds(75));
    return new StatusReport(
        "web",
        "lb2",
        "lb1",
        "0.1.0",
        "93fe",
        ago(Duration.ofMinutes(190)),
        new ConfigFile(FILE, "a160ecaad0bd", "a160ecaad0bd"),
        new Peer(
            "silent",
            since,
            "silent on all links, and the service does not answer",
            76_000L,
            "b7c1"),
        List.of(
            new Group(
                "site",
                "lb1",
                null,
                "standby",
                "unknown",
                7L,
                null,
                "lb1 held it and cannot be proven off",
                List.of(),
                null)),
        both("lb2", READY, "lb1", new Readiness(false, false, List.of())),
        List.of(new Link(0, "10.10.10.12", "10.10.10.11", "down", 76_000L, 213L)),
        List.of(
            new Device(
                "lb1", "fence_ipmilan", false, "exit status 1: timed out", 3_000L, 90_000_000L),
            new Device("lb1", "hook", false, "", null, null)),
        List.of(),
        List.of(),
        List.of(
            new Alarm(
                since,
                "lb1 could not be fenced (attempt 4, the next in 16 s), so site is not taken over",
                "make certain that lb1 is off, then: twinbeat fence confirm lb1")),
        null,
        HEARTBEAT);
  }
}
