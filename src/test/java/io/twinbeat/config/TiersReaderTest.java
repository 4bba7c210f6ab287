package io.twinbeat.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a site of several tiers means, to the pairs in it and to every machine. */
class TiersReaderTest {
  static final String SITE =
      """
      tiers:
        edge:
          nodes:
            lvs1: { links: [10.10.10.11, 192.168.77.1], fence: { hook: /f, outlet: 1 } }
            lvs2: { links: [10.10.10.12, 192.168.77.2], fence: { hook: /f, outlet: 2 } }
          groups:
            front:
              resources:
                - lvs: { service: "10.10.10.100:80", real-servers: { tier: proxy } }
                - lvs: { name: six, service: "[fd00::100]:80", mode: tun, real-servers: { tier: web, weight: 3 } }
                - lvs: { name: nat, fwmark: 7, mode: nat, real-servers: { tier: web, port: 8080 } }
                - address: { ip: 10.10.10.100/24, dev: eth0 }
                - address: { ip: "fd00::100/64", dev: eth0 }
                - address: { ip: 10.10.30.2/24, dev: eth1 }
        proxy:
          nodes:
            px1: { links: [192.168.78.1, 10.10.10.21], fence: { hook: /f, outlet: 3 } }
            PX2.example.net: { links: [192.168.78.2, 10.10.10.22], fence: { hook: /f, outlet: 4 } }
          heartbeat: { interval: 50ms, port: 7695 }
          notify: [ /p ]
          groups:
            inside: { resources: [ address: { ip: 10.10.10.200/24, dev: eth0 } ] }
        web:
          servers: { web1: [10.10.30.11, "fd00::11"], web2: [10.10.30.12, "fd00::12"], web3: [10.10.30.13, "fd00::13"] }
      heartbeat: { interval: 100ms, deadtime: 2s }
      notify: [ /n ]
      paths: { state: /s }
      """;

  static Site site(String text) {
    Reading reading = SiteReader.read(text, "t.yaml");
    return assertInstanceOf(Reading.Good.class, reading, reading::toString).site();
  }

  private static List<String> servers(Site site, int resource) {
    LvsConfig lvs = (LvsConfig) site.pairs().get(0).groups().get(0).resources().get(resource);
    List<String> shown = new ArrayList<>();
    for (RealServerConfig server : lvs.services().get(0).realServers()) {
      shown.add(
          server.name()
              + " "
              + Addresses.shown(server.ip())
              + " "
              + server.port()
              + " "
              + server.weight()
              + " "
              + server.mode());
    }
    return shown;
  }

  private static InetAddress ip(String text) {
    return InetAddress.ofLiteral(text);
  }

  @Test
  void tierStandsForItsMachinesOnTheNearestNetwork() {
    Site site = site(SITE);
    assertEquals(
        List.of("px1 10.10.10.21 80 1 DR", "PX2.example.net 10.10.10.22 80 1 DR"),
        servers(site, 0));
    assertEquals(
        List.of("web1 fd00::11 80 3 TUN", "web2 fd00::12 80 3 TUN", "web3 fd00::13 80 3 TUN"),
        servers(site, 1));
    assertEquals(
        List.of(
            "web1 10.10.30.11 8080 1 NAT",
            "web2 10.10.30.12 8080 1 NAT",
            "web3 10.10.30.13 8080 1 NAT"),
        servers(site, 2));
  }

  @Test
  void tierMayStandForItsFloatingAddress() {
    Site site = site(SITE.replace("{ tier: proxy }", "{ tier: proxy, address: floating }"));
    assertEquals(List.of("proxy 10.10.10.200 80 1 DR"), servers(site, 0));
  }

  @Test
  void whatStandsBesideTiersCompletesEachPair() {
    Site site = site(SITE);
    Pair edge = site.pairs().get(0);
    Pair proxy = site.pairs().get(1);
    assertEquals(Duration.ofMillis(100), edge.heartbeat().interval());
    assertEquals(Duration.ofMillis(50), proxy.heartbeat().interval());
    assertEquals(Duration.ofSeconds(2), proxy.heartbeat().deadtime());
    assertEquals(Path.of("/n"), edge.hooks().get(0).path());
    assertEquals(List.of(Path.of("/p")), proxy.hooks().stream().map(HookConfig::path).toList());
    assertEquals(Path.of("/s"), site.paths().state());
    assertEquals(Path.of("/s"), proxy.paths().state());
  }

  @Test
  void eachPairHasItsTiersNameAndKey() {
    Site site = site(SITE);
    assertEquals(List.of("edge", "proxy"), site.pairs().stream().map(Pair::name).toList());
    assertEquals(Path.of("/etc/twinbeat/edge.key"), site.pairs().get(0).heartbeat().keyFile());
    assertEquals(Path.of("/etc/twinbeat/proxy.key"), site.pairs().get(1).heartbeat().keyFile());
  }

  @Test
  void machineFindsItsTierByItsHostName() {
    Site site = site(SITE);
    Site.Role.OfNode node =
        assertInstanceOf(Site.Role.OfNode.class, site.role("LVS2.example.net").orElseThrow());
    assertEquals("edge", node.pair().name());
    assertEquals("lvs2", node.node().name());
    node = assertInstanceOf(Site.Role.OfNode.class, site.role("px2.example.net").orElseThrow());
    assertEquals("proxy", node.pair().name());
    Site.Role.OfServer server =
        assertInstanceOf(Site.Role.OfServer.class, site.role("web2").orElseThrow());
    assertEquals("web", server.tier().name());
    assertEquals(Optional.empty(), site.role("px2"));
    assertEquals(Optional.empty(), site.role("web4"));
  }

  @Test
  void hashIsThatOfThePairAlone() {
    Site site = site(SITE);
    Site other = site(SITE.replace("dev: eth0 } ] }", "dev: eth2 } ] }"));
    assertEquals(site.pairs().get(0).hash(), other.pairs().get(0).hash());
    assertNotEquals(site.pairs().get(1).hash(), other.pairs().get(1).hash());
    Site moved = site(SITE.replace("10.10.10.22", "10.10.10.23"));
    assertNotEquals(site.pairs().get(0).hash(), moved.pairs().get(0).hash());
  }

  @Test
  void fileOfOnePairIsAsEver() {
    Site one = site(SiteReaderTest.FULL);
    assertTrue(one.onePair());
    assertEquals("web", one.pair().name());
    Site site = site(SITE);
    assertFalse(site.onePair());
    assertThrows(IllegalStateException.class, site::pair);
  }

  private static List<String> duties(Site site, String host, InetAddress... own) {
    List<String> shown = new ArrayList<>();
    for (RealServerDuty duty : RealServerDuty.of(site, host, Set.of(own))) {
      shown.add(
          Addresses.shown(duty.vip())
              + " "
              + duty.mode()
              + " at "
              + Addresses.shown(duty.self())
              + (duty.moves() ? " moving" : "")
              + duty.gateway().map(g -> " via " + Addresses.shown(g)).orElse("")
              + " "
              + duty.services());
    }
    return shown;
  }

  @Test
  void realServersDutiesFollowFromTheFile() {
    Site site = site(SITE);
    assertEquals(
        List.of("10.10.10.100 DR at 10.10.10.21 via 10.10.10.100 [10.10.10.100:80]"),
        duties(site, "px1"));
    List<String> web =
        List.of(
            "fd00::100 TUN at fd00::12 via fd00::100 [[fd00::100]:80]",
            "10.10.10.100 NAT at 10.10.30.12 via 10.10.30.2 [fwmark 7]",
            "10.10.30.2 NAT at 10.10.30.12 via 10.10.30.2 [fwmark 7]");
    assertEquals(web, duties(site, "web2"));
    assertEquals(web, duties(site, "renamed", ip("fd00::12"), ip("10.10.30.12")));
    assertEquals(List.of(), duties(site, "lvs1"));
    assertEquals(List.of(), duties(site, "elsewhere", ip("10.0.0.1")));
  }

  @Test
  void bothNodesServeForTheirPairsFloatingAddress() {
    Site site = site(SITE.replace("{ tier: proxy }", "{ tier: proxy, address: floating }"));
    for (String node : List.of("px1", "px2.example.net")) {
      assertEquals(
          List.of("10.10.10.100 DR at 10.10.10.200 moving via 10.10.10.100 [10.10.10.100:80]"),
          duties(site, node));
    }
  }
}
