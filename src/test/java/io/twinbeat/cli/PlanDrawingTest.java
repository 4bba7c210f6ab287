package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.Site;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What the pictures of sites show, and where. */
class PlanDrawingTest {
  /** Of the letters of a usual sans-serif at this size, in pixels: rather wide ones. */
  private static final double LETTER = 7.7;

  private static final double BOLD_LETTER = 8.7;

  private static final String LONG = "2001:db8:1234:5678:9abc:def0:1234:567";

  private record Picture(Document document, String svg) {
    static Picture of(Site site) throws Exception {
      String svg = PlanDrawing.svg(site);
      return new Picture(
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8))),
          svg);
    }

    List<Element> all(String tag) {
      NodeList found = document.getElementsByTagName(tag);
      List<Element> elements = new ArrayList<>();
      for (int i = 0; i < found.getLength(); i++) {
        elements.add((Element) found.item(i));
      }
      return elements;
    }

    List<String> words() {
      return all("text").stream().map(Element::getTextContent).toList();
    }

    Area word(String text) {
      return all("text").stream()
          .filter(element -> element.getTextContent().equals(text))
          .map(Area::ofText)
          .findFirst()
          .orElseThrow(() -> new AssertionError(text + " in " + words()));
    }

    /** The boxes of tiers and machines, and of the clients; not the ground. */
    List<Area> boxes() {
      return all("rect").stream().skip(1).map(Area::ofRect).toList();
    }

    /** The smallest box around it. */
    Area around(Area inner) {
      return boxes().stream()
          .filter(box -> box.contains(inner))
          .min((a, b) -> Double.compare(a.size(), b.size()))
          .orElseThrow(() -> new AssertionError("no box around " + inner));
    }

    List<String> arrows() {
      return all("path").stream()
          .filter(path -> path.hasAttribute("marker-end"))
          .map(path -> path.getAttribute("d"))
          .toList();
    }
  }

  private record Area(String what, double left, double top, double right, double bottom) {
    static Area ofText(Element text) {
      double letter = text.hasAttribute("font-weight") ? BOLD_LETTER : LETTER;
      double width = text.getTextContent().length() * letter;
      double x = number(text, "x");
      double left = text.getAttribute("text-anchor").equals("middle") ? x - width / 2 : x;
      double base = number(text, "y");
      return new Area(text.getTextContent(), left, base - 10, left + width, base + 3);
    }

    static Area ofRect(Element rect) {
      double x = number(rect, "x");
      double y = number(rect, "y");
      return new Area("box", x, y, x + number(rect, "width"), y + number(rect, "height"));
    }

    private static double number(Element element, String attribute) {
      return Double.parseDouble(element.getAttribute(attribute));
    }

    boolean contains(Area other) {
      return left <= other.left
          && right >= other.right
          && top <= other.top
          && bottom >= other.bottom;
    }

    boolean overlaps(Area other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }

    boolean isOver(double x) {
      return left <= x && x <= right;
    }

    boolean isBeside(double y) {
      return top <= y && y <= bottom;
    }

    double size() {
      return (right - left) * (bottom - top);
    }
  }

  private static Site longNames() {
    return Sites.of(
        "tiers:\n"
            + Sites.pair(
                "edge",
                "10.1.0",
                "{ lvs: { mode: nat, service: \"["
                    + LONG
                    + "a]:443\", check: { tcp, port: 80 },"
                    + " real-servers: { a-server-of-a-name-of-32-letters: \""
                    + LONG
                    + "1\","
                    + " w2: \""
                    + LONG
                    + "2\", w3: \""
                    + LONG
                    + "3\", w4: \""
                    + LONG
                    + "4\" } } }",
                "{ address: { ip: " + LONG + "b/124, dev: enp216s0f1np1 } }",
                "{ address: { ip: " + LONG + "a/128, dev: enp216s0f1np1 } }"));
  }

  /** Ways of all kinds, also two to one machine, past a tier, and to more than a row of servers. */
  private static Site crowded() {
    StringBuilder servers = new StringBuilder("w0: 10.3.0.11");
    for (int i = 1; i <= 20; i++) {
      servers.append(", w").append(i).append(": 10.3.0.").append(i + 11);
    }
    String lvs =
        "{ lvs: { name: %1$s, mode: %1$s, service: \"10.1.0.9:%2$d\","
            + " check: { tcp, port: 25 }, real-servers: { tier: %3$s } } }";
    return Sites.of(
        "tiers:\n"
            + Sites.pair(
                "front",
                "10.1.0",
                lvs.formatted("nat", 25, "web"),
                lvs.formatted("dr", 80, "px"),
                lvs.formatted("tun", 443, "px"),
                "{ address: { ip: 10.1.0.9/24, dev: eth0 } }",
                "{ address: { ip: 10.3.0.1/24, dev: eth1 } }")
            + Sites.pair(
                "px",
                "10.2.0",
                "{ nginx: { check: http://127.0.0.1/, upstreams: { w: { tier: web, port: 80 }, m: {"
                    + " tier: mail, port: 80 } } } }",
                "{ address: { ip: 10.3.0.2/24, dev: eth1 } }")
            + "  web: { servers: { "
            + servers
            + " } }\n"
            + Sites.pair("mail", "10.5.0", "{ address: { ip: 10.5.0.9/24, dev: eth0 } }"));
  }

  private static List<Site> sites() throws Exception {
    List<Site> sites = new ArrayList<>();
    for (Path sample : Sites.samples()) {
      sites.add(Sites.read(sample));
    }
    sites.add(longNames());
    sites.add(crowded());
    return sites;
  }

  @Test
  void nothingCoversAnythingElseOrIsCutOff() throws Exception {
    for (Site site : sites()) {
      Picture picture = Picture.of(site);
      Area whole = Area.ofRect(picture.all("rect").getFirst());
      List<Area> texts = picture.all("text").stream().map(Area::ofText).toList();
      for (int i = 0; i < texts.size(); i++) {
        Area text = texts.get(i);
        assertTrue(whole.contains(text), text + " outside of " + whole);
        assertFalse(text.what().contains("…"), text.what());
        for (Area other : texts.subList(i + 1, texts.size())) {
          assertFalse(text.overlaps(other), text + " over " + other);
        }
        for (Area box : picture.boxes()) {
          assertTrue(box.contains(text) || !box.overlaps(text), box + " over " + text);
        }
      }
      for (Area box : picture.boxes()) {
        assertTrue(whole.contains(box), box + " outside of " + whole);
      }
    }
  }

  @Test
  void everyArrowGoesFromTheLowerEdgeOfABoxToTheEdgeOfAnother() throws Exception {
    for (Site site : sites()) {
      Picture picture = Picture.of(site);
      assertFalse(picture.arrows().isEmpty());
      for (String arrow : picture.arrows()) {
        double[] start = end(arrow.replaceAll(" .*", ""));
        double[] end = end(arrow);
        assertTrue(
            picture.boxes().stream()
                .anyMatch(box -> box.bottom() == start[1] && box.isOver(start[0])),
            arrow + " starts in the air: " + picture.svg());
        assertTrue(
            picture.boxes().stream()
                .anyMatch(box ->
                    (box.top() - 1 == end[1] && box.isOver(end[0]))
                        || (box.left() - 1 == end[0] && box.isBeside(end[1]))),
            arrow + " ends in the air: " + picture.svg());
      }
    }
  }

  /** Where a path ends: all its commands are absolute. */
  private static double[] end(String path) {
    double[] at = new double[2];
    for (String word : path.split(" ", -1)) {
      String[] numbers = word.replaceAll("^[A-Z]", "").split(",", -1);
      if (numbers.length == 2) {
        at[0] = Double.parseDouble(numbers[0]);
        at[1] = Double.parseDouble(numbers[1]);
      } else {
        at[word.startsWith("H") ? 0 : 1] = Double.parseDouble(numbers[0]);
      }
    }
    return at;
  }

  @Test
  void everyMachineAndWayIsThere() throws Exception {
    Picture picture = Picture.of(Sites.read(Sites.TIERS));
    List<String> words = picture.words();
    assertTrue(
        words.containsAll(
            List.of("clients", "edge", "lvs2", "px1", "lo: 10.10.10.100", "web3", "192.168.78.2")),
        words::toString);
    assertTrue(words.contains("10.10.10.100:443 by DR to proxy"), words::toString);
    // Clients to edge, services to two proxies, one upstream to three servers.
    assertEquals(1 + 2 + 3, picture.arrows().size());
  }

  @Test
  void clientsComeToAPairThatSendsToNobody() throws Exception {
    assertEquals(1, Picture.of(Sites.read(Sites.PAIR)).arrows().size());
  }

  @Test
  void gatewayOfNatIsBetweenTheDirectorsAndTheirServers() throws Exception {
    Picture picture = Picture.of(Sites.read(Sites.NAT));
    Area vip = picture.word("10.10.10.100/24 eth0");
    Area gateway = picture.word("10.10.30.1/24 eth1: the gateway of proxy");
    Area edge = picture.around(picture.word("edge"));
    Area proxy = picture.around(picture.word("proxy"));
    assertTrue(edge.contains(vip), picture.svg());
    Area tab = picture.around(gateway);
    assertTrue(edge.bottom() < gateway.top() && gateway.bottom() < proxy.top(), picture.svg());
    assertTrue(tab.top() < edge.bottom() && tab.bottom() < proxy.top(), "hangs on edge: " + tab);
  }

  @Test
  void waysThatSkipATierGoRoundIt() throws Exception {
    String both = "upstreams: { p: { tier: px, port: 80 }, w: { tier: web, port: 80 } }";
    Picture picture =
        Picture.of(
            Sites.of(
                "tiers:\n"
                    + Sites.pair(
                        "front",
                        "10.1.0",
                        "{ nginx: { check: http://127.0.0.1/, " + both + " } }",
                        "{ address: { ip: 10.1.0.9/24, dev: e } }")
                    + Sites.pair("px", "10.2.0", "{ address: { ip: 10.2.0.9/24, dev: e } }")
                    + "  web: { servers: { w1: 10.3.0.11 } }\n"));
    Area px = picture.around(picture.word("px"));
    List<String> round = picture.arrows().stream().filter(d -> d.contains(" V")).toList();
    assertEquals(1, round.size(), picture.svg());
    double at = Double.parseDouble(round.getFirst().replaceAll(".*L(\\d+),.*", "$1"));
    assertTrue(at > px.right(), picture.svg());
  }

  @Test
  void ofManyServersTheRestIsCounted() throws Exception {
    StringBuilder servers = new StringBuilder();
    for (int i = 1; i <= 20; i++) {
      servers.append("web").append(i).append(": 10.1.0.").append(i).append(i < 20 ? ", " : "");
    }
    Picture picture = Picture.of(Sites.of("tiers: { web: { servers: { " + servers + " } } }"));
    assertTrue(picture.words().contains("and 8 more"), picture.words()::toString);
  }
}
