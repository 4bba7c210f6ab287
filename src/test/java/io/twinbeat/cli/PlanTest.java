package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.Reading;
import io.twinbeat.config.Site;
import io.twinbeat.config.SiteReader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** What is said of the worked example, machine by machine, and its picture. */
class PlanTest {
  private static final Path EXAMPLE = Path.of("resources/site-three-tiers.yaml");

  private static Site site(String text) {
    Reading reading = SiteReader.read(text, "t.yaml");
    return assertInstanceOf(Reading.Good.class, reading, reading::toString).site();
  }

  private static Site example() throws Exception {
    return site(Files.readString(EXAMPLE));
  }

  @Test
  void everyMachineIsSaidWithinTheWidth() throws Exception {
    String page = PlanPage.render(example(), Optional.empty());
    for (String machine : List.of("lvs1", "lvs2", "px1", "px2", "web1", "web2", "web3")) {
      assertTrue(page.contains("\n" + machine + ": a "), machine);
    }
    for (String line : page.lines().toList()) {
      assertTrue(line.length() <= PlanPage.WIDTH, line);
    }
    assertTrue(page.contains("|  10.10.10.100:80 by DR to [proxy] px1 10.10.10.21, px2"), page);
    assertTrue(page.contains("|  backend by nginx to [web] web1 10.10.30.11 port 8080"), page);
  }

  @Test
  void proxyIsTwoThingsAndSaysWhy() throws Exception {
    String page = PlanPage.render(example(), Optional.of("px2")).replaceAll("\\s+", " ");
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
    String page =
        PlanPage.render(
            site(Files.readString(Path.of("resources/twinbeat.yaml"))), Optional.empty());
    assertTrue(page.contains("lb1: a node of pair web, with lb2"), page);
  }

  @Test
  void pictureIsXmlWithEveryMachineAndWay() throws Exception {
    String svg = PlanDrawing.svg(example());
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    NodeList words = document.getElementsByTagName("text");
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < words.getLength(); i++) {
      all.append(words.item(i).getTextContent()).append('\n');
    }
    for (String word : List.of("clients", "edge", "lvs2", "px1", "web3", "10.10.30.1/24 eth1")) {
      assertTrue(all.indexOf(word + "\n") >= 0, word + " in " + all);
    }
    assertTrue(all.indexOf("10.10.10.100:443 by DR to proxy") >= 0, all.toString());
    // Clients to edge, two services to two proxies, one upstream to three servers.
    int arrows = svg.split("marker-end", -1).length - 1;
    assertEquals(1 + 4 + 3, arrows);
  }

  @Test
  void pictureOfManyServersCountsTheRest() {
    StringBuilder servers = new StringBuilder();
    for (int i = 1; i <= 20; i++) {
      servers.append("web").append(i).append(": 10.1.0.").append(i).append(i < 20 ? ", " : "");
    }
    String svg = PlanDrawing.svg(site("tiers: { web: { servers: { " + servers + " } } }"));
    assertTrue(svg.contains(">and 8 more<"), svg);
  }
}
