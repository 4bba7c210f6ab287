package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Site;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said of the shipped sites, machine by machine. */
class PlanPageTest {
  private static String page(Path sample) throws Exception {
    return PlanPage.render(Sites.read(sample), Optional.empty());
  }

  private static String page(Path sample, String machine) throws Exception {
    return PlanPage.render(Sites.read(sample), Optional.of(machine)).replaceAll("\\s+", " ");
  }

  /** On one line each: an address that is torn from its name is hard to find again. */
  private static List<String> facts(Site site) {
    List<String> facts = new ArrayList<>();
    site.machines().forEach(machine -> facts.add("\n" + machine + ": a "));
    for (Pair pair : site.pairs()) {
      for (int i = 0; i < pair.nodes().get(0).links().size(); i++) {
        facts.add(
            PlanPage.ip(pair.nodes().get(0).links().get(i))
                + " - "
                + PlanPage.ip(pair.nodes().get(1).links().get(i)));
      }
      for (var group : pair.groups()) {
        for (AddressConfig address : group.addresses()) {
          facts.add("address " + PlanPage.shown(address) + " on " + address.dev());
        }
      }
      facts.add(pair.heartbeat().keyFile().toString());
    }
    for (SitePath path : SitePath.of(site)) {
      facts.add(path.label());
      path.to().forEach(stop -> facts.add(stop.name() + " " + PlanPage.ip(stop.ip())));
    }
    return facts;
  }

  @Test
  void everyFactOfEverySampleIsSaidWithinTheWidth() throws Exception {
    for (Path sample : Sites.samples()) {
      String page = "\n" + page(sample);
      for (String line : page.lines().toList()) {
        assertTrue(line.length() <= 80, sample + ": " + line);
        assertEquals(line.stripTrailing(), line);
        assertTrue(line.chars().allMatch(c -> c >= ' ' && c < 127), line);
      }
      for (String fact : facts(Sites.read(sample))) {
        assertTrue(page.contains(fact), sample + " has no '" + fact + "':\n" + page);
      }
    }
  }

  @Test
  void waysAreDrawnBetweenTheTiers() throws Exception {
    assertTrue(
        page(Sites.TIERS)
            .startsWith(
                """
                  clients
                     |  10.10.10.100/24
                     v
                  [edge]  pair of lvs1 10.10.10.11 and lvs2 10.10.10.12
                     |
                     |  10.10.10.100:80 by DR to [proxy] px1 10.10.10.21, px2 10.10.10.22
                     |  10.10.10.100:443 by DR to [proxy] px1 10.10.10.21, px2 10.10.10.22
                     v
                  [proxy]  pair of px1 10.10.10.21 and px2 10.10.10.22
                     |  floating inside: 10.10.30.1/24, in the network of web
                     |
                     |  backend by nginx to [web] web1 10.10.30.11 port 8080,
                     |    web2 10.10.30.12 port 8080, web3 10.10.30.13 port 8080
                     v
                  [web]  servers web1 10.10.30.11, web2 10.10.30.12, web3 10.10.30.13

                """),
        page(Sites.TIERS));
  }

  @Test
  void gatewayOfNatIsOnTheInnerSideOfTheDirectors() throws Exception {
    assertTrue(
        page(Sites.NAT)
            .startsWith(
                """
                  clients
                     |  10.10.10.100/24
                     v
                  [edge]  pair of lvs1 10.10.10.11 and lvs2 10.10.10.12
                     |  floating inside: 10.10.30.1/24, the gateway of proxy
                     |
                     |  10.10.10.100:80 by NAT to [proxy] px1 10.10.30.21 port 8080,
                     |    px2 10.10.30.22 port 8080
                     v
                """),
        page(Sites.NAT));
    assertTrue(
        page(Sites.NAT, "lvs2")
            .contains(
                " address 10.10.30.1/24 on eth1, the gateway of proxy, and tells its neighbours"
                    + " address 10.10.10.100/24 on eth0, and tells its neighbours"));
  }

  @Test
  void everyTierThatNoOtherSendsToHasItsClients() {
    String nginx =
        "{ nginx: { check: http://127.0.0.1/, upstreams: { b: { tier: web, port: 80 } } } }";
    String page =
        PlanPage.render(
            Sites.of(
                "tiers:\n"
                    + Sites.pair("one", "10.1.0", nginx, "{ address: { ip: 10.1.0.9/24, dev: e } }")
                    + "  web: { servers: { w1: 10.3.0.11 } }\n"
                    + Sites.pair("two", "10.2.0", "{ address: { ip: 10.2.0.9/24, dev: e } }")),
            Optional.empty());
    assertTrue(
        page.contains(
            """
              [web]  servers w1 10.3.0.11

              clients
                 |  10.2.0.9/24
                 v
              [two]  pair of two1 10.2.0.1 and two2 10.2.0.2

            """),
        page);
  }

  @Test
  void proxyIsTwoThingsAndSaysWhy() throws Exception {
    String page = page(Sites.TIERS, "px2");
    assertTrue(page.startsWith("px2: a node of pair proxy, with px1"), page);
    assertTrue(page.contains("address 10.10.30.1/24 on eth1"), page);
    assertTrue(
        page.contains(
            "'realserver up' puts 10.10.10.100/32 on lo and keeps it silent (arp_ignore,"
                + " arp_announce), because group front of edge sends 10.10.10.100:80,"
                + " 10.10.10.100:443 to 10.10.10.22 by DR"),
        page);
    assertTrue(page.contains("switches it off by fence_ipmilan, and only then takes over"), page);
  }

  @Test
  void fileOfOnePairHasAPlanToo() throws Exception {
    assertTrue(page(Sites.PAIR).contains("lb1: a node of pair web, with lb2"), page(Sites.PAIR));
  }
}
