package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinbeat.config.Pair;
import io.twinbeat.config.Site;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which floating addresses no client comes to. */
class InsideAddressTest {
  private static final String WEB = "  web: { servers: { w1: 10.3.0.11, w2: 10.3.0.12 } }\n";
  private static final String TO_WEB =
      "nginx: { check: http://127.0.0.1/, upstreams: { b: { tier: web, port: 80 } } }";

  private static String item(String resource) {
    return "{ " + resource + " }";
  }

  private static String address(String ip) {
    return item("address: { ip: " + ip + ", dev: eth0 }");
  }

  private static String lvs(String mode, String service) {
    return item(
        "lvs: { mode: "
            + mode
            + ", "
            + service
            + ", check: { tcp, port: 80 },"
            + " real-servers: { w1: 10.3.0.11, w2: 10.3.0.12 } }");
  }

  /** "address: what it is" of the first pair that has any. */
  private static List<String> inside(Site site) {
    for (Pair pair : site.pairs()) {
      List<String> found =
          InsideAddress.of(pair, SitePath.of(site)).stream()
              .map(inside -> PlanPage.shown(inside.address()) + ": " + inside.sentence())
              .toList();
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  private static List<String> inside(String... tiers) {
    return inside(Sites.of("tiers:\n" + String.join("", tiers)));
  }

  @Test
  void natsGatewayIs() throws Exception {
    assertEquals(List.of("10.10.30.1/24: the gateway of proxy"), inside(Sites.read(Sites.NAT)));
    assertEquals(
        List.of("10.10.30.1/24: the gateway of ns1, ns2, mx1, mx2"),
        inside(Sites.read(Path.of("resources/examples/lvs.yaml"))));
  }

  @Test
  void gatewayIsByMarksToo() {
    assertEquals(
        List.of("10.3.0.1/24: the gateway of web"),
        inside(
            Sites.pair(
                "edge",
                "10.1.0",
                lvs("nat", "fwmark: 5"),
                address("10.3.0.1/24"),
                address("10.1.0.100/24")),
            WEB));
  }

  @Test
  void natsGatewayThatIsBalancedTooIsForClients() {
    assertEquals(
        List.of(),
        inside(
            Sites.pair(
                "edge", "10.3.0", lvs("nat", "service: 10.3.0.100:80"), address("10.3.0.100/24")),
            WEB));
  }

  @Test
  void anotherAddressInTheNetworkOfTheBalancedOneIsForClients() {
    assertEquals(
        List.of(),
        inside(
            Sites.pair(
                "edge",
                "10.3.0",
                lvs("dr", "service: 10.3.0.100:80"),
                address("10.3.0.100/24"),
                address("10.3.0.101/24")),
            WEB));
  }

  @Test
  void anAddressBehindRealServersIs() throws Exception {
    assertEquals(List.of("10.10.30.1/24: in the network of web"), inside(Sites.read(Sites.TIERS)));
    assertEquals(List.of("10.10.40.1/24: in the network of web"), inside(Sites.read(Sites.TUN)));
  }

  @Test
  void nginxOnOneNetworkHasNone() throws Exception {
    assertEquals(
        List.of(), inside(Sites.pair("px", "10.3.0", item(TO_WEB), address("10.3.0.100/24")), WEB));
    assertEquals(List.of(), inside(Sites.read(Sites.PAIR)));
  }

  @Test
  void nginxBetweenTwoNetworksHasOneInTheServers() {
    assertEquals(
        List.of("10.3.0.1/24: in the network of web"),
        inside(
            Sites.pair(
                "px", "10.1.0", item(TO_WEB), address("10.3.0.1/24"), address("10.1.0.100/24")),
            WEB));
  }

  @Test
  void whereAnotherTierSendsIsNoInside() {
    String upstreams = "upstreams: { u: { port: 80, servers: { px: 10.3.0.100 } } }";
    assertEquals(
        List.of(),
        inside(
            Sites.pair(
                "front",
                "10.1.0",
                item("nginx: { check: http://127.0.0.1/, " + upstreams + " }"),
                address("10.1.0.100/24")),
            Sites.pair(
                "px", "10.2.0", item(TO_WEB), address("10.3.0.100/24"), address("10.2.0.100/24")),
            WEB));
  }
}
