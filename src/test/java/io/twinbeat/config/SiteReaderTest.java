package io.twinbeat.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What good files mean, and what can be wrong with a file before it is YAML. */
class SiteReaderTest {
  static final String FULL =
      """
      pair: web
      nodes:
        lb1:
          links: [10.10.10.11, 'fd00::1']
          fence:
            - { agent: fence_ipmilan, ip: 10.10.20.11, password-file: /etc/twinbeat/bmc }
            - - { agent: fence_apc, ip: 10.10.20.31, plug: 010 }
              - { hook: /etc/twinbeat/fence, outlet: 7 }
            - manual
        lb2.example.net: { links: [10.10.10.12, "fd00::2"], fence: { agent: hook, path: /x } }
      heartbeat: { interval: 100ms, deadtime: 2s, warntime: 700ms, initdead: 1m, port: 700, key-file: /k }
      fencing: { limit: 10s, startup-window: 2h, test-interval: 30m, proof-age: 2d, wait: 7s }
      watchdog: { device: /dev/watchdog1, timeout: 1m }
      reference-points: [10.10.10.1, fd00::ff]
      groups:
        one:
          prefer: lb2.example.net
          failback: { after: 5m }
          cooldown: 1h
          restart: { times: 0, within: 30s }
          probe: { https: { path: /x?y, host: h, status: "200,301-304", body: ok, interval: 2s, limit: 1s } }
          resources:
            - nginx: { check: { url: "http://[::1]:81/h?q", status: 200, body: o+k, host: a.b, interval: 500ms, limit: 300ms, fall: 3, rise: 2 }, hot: false, unit: n.service, config: /c, binary: /b, test-interval: 10s, upstreams: { up: { servers: { a: 10.1.1.1, b: { ip: "fd00::9", port: 81 } }, port: 8080, file: /u } }, name: web, start-timeout: 1s, stop-timeout: 2s, check-interval: 3s, check-timeout: 4s }
            - script: { path: /etc/init.d/foo, args: [a, b] }
            - ocf: { agent: "ocf:heartbeat:IPsrcaddr", params: { ipaddress: 1.2.3.4 } }
            - systemd: haproxy.service
            - address: { ip: 2001:db8:0::0100/64, dev: eth0.7 }
        two:
          failback: immediate
          resources:
            - nginx: { check: http://127.0.0.1, upstreams: { u: { servers: { a: 10.1.1.2 } } } }
            - address: { ip: 10.10.10.101/24, dev: eth0 }
        three:
          probe: { tcp: 443 }
          resources: [ address: { ip: 10.10.10.102/32, dev: eth0, name: third } ]
        four:
          resources:
            - lvs:
                mode: tun
                scheduler: mh
                scheduler-flags: [mh-port, mh-fallback]
                on-failure: quiesce
                quorum: 3
                hysteresis: 1
                alpha: true
                sync: stateless
                check-on-standby: false
                check: { https: /h, host: h.example, status: [200, 301-302], body: ok, port: 8443, interval: 2s, timeout: 500ms, jitter: 50ms, rise: 4, fall: 5 }
                services:
                  - service: 10.10.10.103:443
                    real-servers:
                      web1: 10.10.30.11
                      web2: { ip: 10.10.30.12, port: 8080, weight: 2, mode: nat, upper-threshold: 100, lower-threshold: 80 }
                    sorry-server: 127.0.0.1:443
            - lvs:
                name: others
                mode: nat
                sync: { daemon: { dev: eth1, id: 7 } }
                services:
                  - service: "[2001:db8::100]:53"
                    protocol: udp
                    one-packet: true
                    scheduler: rr
                    check: { dns: example.org, query: A }
                    real-servers: { ns1: "2001:db8::11" }
                  - fwmark: 5
                    family: ipv6
                    persistence: 5m
                    persistence-mask: 64
                    check: { udp, port: 5000, send: hello, expect: "^ok" }
                    real-servers: { ns1: "2001:db8::11" }
                  - service: 10.10.10.103:0
                    persistence: 10s
                    check: { script: /bin/x, args: [a], dynamic-weight: true }
                    real-servers: { w: 10.10.30.13 }
                    sorry-server: { ip: 10.10.30.99, weight: 1 }
            - address: { ip: 10.10.10.103/31, dev: eth0 }
      control: { socket: /run/c, group: adm }
      paths: { state: /s, run: /r }
      journal: { size: 10MB, files: 3 }
      notify: [ /n, { path: /m, args: [x], limit: 5s } ]
      same-files: [ /etc/ssl/site ]
      own-files: [ /etc/nginx/node.conf ]
      site-status: { port: 7699, allow: [10.10.40.0/24, "2001:db8::7"] }
      """;

  static Pair pair(String text) {
    Reading reading = SiteReader.read(text, "t.yaml");
    return assertInstanceOf(Reading.Good.class, reading, reading::toString).site().pair();
  }

  @Test
  void everySettingArrives() throws Exception {
    Pair pair = pair(FULL);
    Device ipmi =
        new Device(
            "fence_ipmilan",
            Map.of(
                "agent", "fence_ipmilan",
                "ip", "10.10.20.11",
                "password-file", "/etc/twinbeat/bmc"));
    Device apc =
        new Device("fence_apc", Map.of("agent", "fence_apc", "ip", "10.10.20.31", "plug", "010"));
    Device hook = new Device("hook", Map.of("hook", "/etc/twinbeat/fence", "outlet", "7"));
    assertEquals(
        new Node(
            "lb1",
            List.of(ip("10.10.10.11"), ip("fd00::1")),
            List.of(List.of(ipmi), List.of(apc, hook), List.of(new Device("manual", Map.of())))),
        pair.nodes().get(0));
    assertEquals(
        List.of(List.of(new Device("hook", Map.of("hook", "/x")))), pair.nodes().get(1).fence());
    assertEquals(
        new HeartbeatConfig(ms(100), ms(2000), ms(700), ms(60_000), 700, Path.of("/k")),
        pair.heartbeat());
    assertEquals(
        new FencingConfig(
            false,
            false,
            ms(10_000),
            Duration.ofHours(2),
            Duration.ofMinutes(30),
            Duration.ofDays(2),
            Optional.of(ms(7000))),
        pair.fencing());
    assertEquals(
        Optional.of(new WatchdogConfig(Path.of("/dev/watchdog1"), ms(60_000))), pair.watchdog());
    assertEquals(List.of(ip("10.10.10.1"), ip("fd00::ff")), pair.referencePoints());
    Group one = pair.group("one").orElseThrow();
    assertEquals("lb2.example.net", one.prefer());
    assertEquals(new FailbackConfig.After(Duration.ofMinutes(5)), one.failback());
    assertEquals(Duration.ofHours(1), one.cooldown());
    assertEquals(new RestartPolicy(0, ms(30_000)), one.restart());
    assertEquals(
        new ProbeConfig.Http(
            443,
            "/x?y",
            Optional.of("h"),
            true,
            "200,301-304",
            Optional.of("ok"),
            ms(2000),
            ms(1000)),
        one.serviceProbe());
    Timeouts timeouts = new Timeouts(ms(1000), ms(2000), ms(3000), ms(4000));
    assertEquals(
        List.of(
            new NginxConfig(
                "web",
                Optional.of(
                    new HttpCheck(
                        URI.create("http://[::1]:81/h?q"),
                        "200",
                        Optional.of("o+k"),
                        Optional.of("a.b"),
                        ms(500),
                        ms(300),
                        3,
                        2)),
                false,
                Optional.of("n.service"),
                Path.of("/c"),
                Optional.of(Path.of("/b")),
                ms(10_000),
                List.of(
                    new UpstreamConfig(
                        "up",
                        Path.of("/u"),
                        List.of(
                            new UpstreamConfig.Server("a", ip("10.1.1.1"), 8080),
                            new UpstreamConfig.Server("b", ip("fd00::9"), 81)))),
                timeouts),
            new ScriptConfig(
                "foo", Path.of("/etc/init.d/foo"), List.of("a", "b"), ScriptConfig.TIMEOUTS),
            new OcfConfig(
                "IPsrcaddr",
                "heartbeat",
                "IPsrcaddr",
                Map.of("ipaddress", "1.2.3.4"),
                ScriptConfig.TIMEOUTS),
            new SystemdConfig("haproxy.service", "haproxy.service", SystemdConfig.TIMEOUTS),
            new AddressConfig(
                "2001:db8::100", ip("2001:db8::100"), 64, "eth0.7", AddressConfig.TIMEOUTS)),
        one.resources());
    assertEquals(new ControlConfig(Path.of("/run/c"), Optional.of("adm")), pair.control());
    assertEquals(new Paths(Path.of("/s"), Path.of("/r")), pair.paths());
    assertEquals(new JournalConfig(10_000_000, 3), pair.journal());
    assertEquals(
        List.of(
            new HookConfig(Path.of("/n"), List.of(), HookConfig.LIMIT),
            new HookConfig(Path.of("/m"), List.of("x"), ms(5000))),
        pair.hooks());
  }

  @Test
  void probesAreDerivedFromWhatTheGroupHas() {
    Pair pair = pair(FULL);
    assertEquals(
        new ProbeConfig.Http(
            80,
            "/",
            Optional.empty(),
            false,
            "200-299",
            Optional.empty(),
            HttpCheck.INTERVAL,
            HttpCheck.LIMIT),
        pair.group("two").orElseThrow().serviceProbe());
    assertEquals(
        new ProbeConfig.Tcp(443, ProbeConfig.INTERVAL, ProbeConfig.LIMIT),
        pair.group("three").orElseThrow().serviceProbe());
    assertEquals(
        new ProbeConfig.Arp(ProbeConfig.INTERVAL, ProbeConfig.LIMIT),
        pair.group("four").orElseThrow().serviceProbe());
  }

  @Test
  void defaultsFollowFromWhatIsWritten() throws IOException {
    Pair pair = pair(Files.readString(Path.of("resources/examples/pair.yaml")));
    assertEquals(
        new HeartbeatConfig(
            ms(200), ms(1000), ms(500), ms(12_000), 7694, Path.of("/etc/twinbeat/key")),
        pair.heartbeat());
    Group group = pair.groups().get(0);
    assertEquals(new FailbackConfig.Manual(), group.failback());
    assertEquals(new RestartPolicy(3, Duration.ofMinutes(5)), group.restart());
    assertEquals(Path.of("/run/twinbeat/control.sock"), pair.control().socket());
    assertEquals(
        ms(20_000),
        pair(FULL.replace("deadtime: 2s", "deadtime: 10s").replace(" initdead: 1m,", ""))
            .heartbeat()
            .initdead());
    assertEquals(
        Path.of("/r/control.sock"), pair(FULL.replace("socket: /run/c, ", "")).control().socket());
    assertEquals("lb1", pair(FULL).group("two").orElseThrow().prefer());
  }

  @Test
  void aNodeIsFoundByItsWholeOrShortHostName() {
    Pair pair = pair(FULL);
    assertEquals("lb1", pair.node("lb1").orElseThrow().name());
    assertEquals("lb1", pair.node("LB1.example.net").orElseThrow().name());
    assertEquals("lb2.example.net", pair.node("lb2.example.net").orElseThrow().name());
    assertEquals(Optional.empty(), pair.node("lb2"));
    assertEquals(Optional.empty(), pair.node("lb3"));
    assertEquals("lb1", pair.peer(pair.nodes().get(1)).name());
    assertEquals("lb2.example.net", pair.peer(pair.nodes().get(0)).name());
  }

  @Test
  void statusesAreListsAndRanges() {
    HttpCheck check =
        new HttpCheck(
            URI.create("http://127.0.0.1/"),
            "200-204,301",
            Optional.empty(),
            Optional.empty(),
            ms(1),
            ms(1),
            1,
            1);
    assertTrue(check.accepts(200) && check.accepts(204) && check.accepts(301));
    assertTrue(!check.accepts(199) && !check.accepts(205) && !check.accepts(300));
  }

  @Test
  void aFileThatIsNotText(@TempDir Path directory) throws IOException {
    assertEquals(directory + ":1:1: a directory; expected a YAML file", problem(directory));
    Path none = directory.resolve("none");
    assertEquals(none + ":1:1: no such file; expected a YAML file", problem(none));
    Path file = directory.resolve("f.yaml");
    byte[] latin = "pair: web\n# caf\u00e9".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(file, latin);
    assertEquals(file + ":2:6: a byte that is not UTF-8; expected UTF-8 text", problem(file));
    Files.write(file, "pair: web".getBytes(StandardCharsets.UTF_16BE));
    assertEquals(file + ":1:1: a control character (0x00); expected text", problem(file));
    Files.write(file, new byte[0]);
    assertEquals(
        file + ":1:1: an empty file; expected a pair (see the sample twinbeat.yaml)",
        problem(file));
    byte[] large = new byte[(1 << 20) + 1];
    Arrays.fill(large, (byte) '#');
    Files.write(file, large);
    assertEquals(file + ":1:1: more than 1 MiB; expected a file of at most 1 MiB", problem(file));
    Files.writeString(file, "\ufeff" + FULL);
    assertInstanceOf(Reading.Good.class, SiteReader.read(file));
    Files.writeString(file, FULL.replace("\n", "\r\n"));
    assertInstanceOf(Reading.Good.class, SiteReader.read(file));
  }

  @Test
  void aFileThatTakesAllRoomIsAnsweredInTime() {
    long start = System.nanoTime();
    for (String part :
        List.of("[", "{", "- ", "? ", "&a ", "a: ", "'", "\"", "x\n", "#", "!", "|\n")) {
      Reading reading = SiteReader.read(part.repeat((1 << 20) / part.length()), "t.yaml");
      assertInstanceOf(Reading.Bad.class, reading, part);
    }
    assertTrue(System.nanoTime() - start < 20_000_000_000L, "too slow");
  }

  @Test
  void theHashIsOfTheMeaningAlone() {
    String hash = pair(FULL).hash();
    assertEquals(16, hash.length());
    assertEquals(hash, pair("# note\n\n" + FULL.replace("7s }", "7s }  # x")).hash());
    assertEquals(hash, pair(FULL.replace("10s, startup", "10000ms, startup")).hash());
    assertEquals(hash, pair(FULL.replace("initdead: 1m", "initdead: 60s")).hash());
    assertEquals(hash, pair(FULL.replace("2001:db8:0::0100", "2001:0db8::100")).hash());
    assertEquals(hash, pair(FULL.replace("pair: web", "pair: 'web'")).hash());
    assertEquals(hash, pair(FULL.replace("size: 10MB", "size: 10000kB")).hash());
    assertEquals(
        hash,
        pair(FULL.replace("failback: immediate", "failback: immediate\n    prefer: lb1")).hash());
    assertEquals(
        hash, pair(FULL.replace("dev: eth0.7 }", "dev: eth0.7, check-interval: 5s }")).hash());
    String moved = FULL.replace("pair: web\n", "") + "pair: web\n";
    assertEquals(hash, pair(moved).hash());
    assertNotEquals(hash, pair(FULL.replace("pair: web", "pair: web2")).hash());
  }

  private static String problem(Path file) {
    List<Problem> problems = assertInstanceOf(Reading.Bad.class, SiteReader.read(file)).problems();
    assertEquals(1, problems.size(), problems::toString);
    return problems.get(0).toString();
  }

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  private static InetAddress ip(String text) {
    return InetAddress.ofLiteral(text);
  }
}
