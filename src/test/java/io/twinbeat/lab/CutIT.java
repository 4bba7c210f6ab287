package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each link is cut in each direction by itself, and nothing else with it. */
@Timeout(120)
class CutIT {
  private static final Duration SOON = Duration.ofSeconds(5);

  /** One of the four LANs of the built-in site, and what it is on the nodes. */
  private record Lan(String link, int card, List<String> addresses) {
    String device() {
      return "eth" + card;
    }
  }

  private static final List<Lan> LANS =
      List.of(
          new Lan("service", 0, List.of("10.10.10.11", "10.10.10.12")),
          new Lan("link0", 1, List.of("192.168.76.1", "192.168.76.2")),
          new Lan("link1", 2, List.of("192.168.77.1", "192.168.77.2")),
          new Lan("bmc", 3, List.of("10.10.20.1", "10.10.20.2")));

  private static LabSite lab;

  @BeforeAll
  static void up() {
    lab = LabSite.up(LabOptions.fresh().withDaemon());
    // A one-way path carries datagrams only if nobody has to ask for hardware addresses.
    for (int self = 0; self < 2; self++) {
      for (Lan path : LANS) {
        int other = 1 - self;
        String mac = "02:74:62:00:%02x:%02x".formatted(other + 1, path.card());
        String[] fix = {
          "ip",
          "neigh",
          "replace",
          path.addresses().get(other),
          "lladdr",
          mac,
          "nud",
          "permanent",
          "dev",
          path.device()
        };
        assertTrue(lab.nodes().get(self).exec(fix).succeeded());
      }
    }
  }

  @AfterAll
  static void down() {
    if (lab != null) {
      lab.close();
    }
  }

  @AfterEach
  void mend() {
    lab.links().forEach(lab::mend);
    assertEquals(List.of(), lab.cuts());
  }

  @Test
  void wholeLinks() {
    for (Lan path : LANS) {
      lab.cut(path.link());
      assertEquals(4, lab.cuts().size());
      for (Lan each : LANS) {
        assertEquals(!each.equals(path), passes(each, 0), each + " from lb1 with a cut of " + path);
        assertEquals(!each.equals(path), passes(each, 1), each + " from lb2 with a cut of " + path);
      }
      lab.mend(path.link());
    }
  }

  @Test
  void oneDirection() {
    for (Lan path : LANS) {
      lab.cut(path.link(), Direction.TO, "lb2");
      assertEquals(List.of(path.link() + " to lb2"), lab.cuts());
      assertEquals(false, passes(path, 0));
      assertEquals(true, passes(path, 1));
      lab.mend(path.link(), Direction.TO, "lb2");
      lab.cut(path.link(), Direction.FROM, "lb2");
      assertEquals(List.of(path.link() + " from lb2"), lab.cuts());
      assertEquals(true, passes(path, 0));
      assertEquals(false, passes(path, 1));
      lab.mend(path.link(), Direction.FROM, "lb2");
      assertEquals(true, passes(path, 0) && passes(path, 1));
    }
  }

  @Test
  void carrierStaysUnlessThePlugIsPulled() {
    lab.cut("link0");
    assertEquals("1\n", carrier("lb1"));
    lab.unplug("link0", "lb1");
    assertEquals("0\n", carrier("lb1"));
    assertEquals("1\n", carrier("lb2"));
    lab.plug("link0", "lb1");
    assertTrue(LabSite.await(SOON, () -> carrier("lb1").equals("1\n")));
  }

  private static String carrier(String node) {
    return lab.node(node).exec("cat", "/sys/class/net/eth1/carrier").out();
  }

  /**
   * Sends a datagram to a closed port of the other node, whose kernel counts it. That it did not
   * come is known when one sent after it, over a path that is whole, has come: around the switch,
   * through the loopback of the receiver.
   */
  private static boolean passes(Lan path, int sender) {
    LabNode from = lab.nodes().get(sender);
    LabNode to = lab.nodes().get(1 - sender);
    long before = closedPortDatagrams(to);
    send(from, path.addresses().get(1 - sender));
    send(to, "127.0.0.1");
    assertTrue(LabSite.await(SOON, () -> closedPortDatagrams(to) > before));
    return closedPortDatagrams(to) == before + 2;
  }

  private static void send(LabNode node, String address) {
    assertTrue(
        node.exec("bash", "-c", "printf x > /dev/udp/" + address + "/9").succeeded(),
        "can't send to " + address);
  }

  private static long closedPortDatagrams(LabNode node) {
    try {
      List<String> udp =
          Files.readAllLines(Path.of("/proc/" + node.pid().orElseThrow() + "/net/snmp")).stream()
              .filter(line -> line.startsWith("Udp:"))
              .toList();
      List<String> names = List.of(udp.get(0).split(" ", -1));
      return Long.parseLong(udp.get(1).split(" ", -1)[names.indexOf("NoPorts")]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
