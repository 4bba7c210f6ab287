package io.twinbeat.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Floating addresses against real kernels: needs root. */
class AddressesIT {
  private static final String V4 = "10.9.0.100";
  private static final String V6 = "fd09::100";
  private static final String V4_ETH0 = V4 + "/24@eth0";
  private static final String V6_ETH0 = V6 + "/128@eth0";
  private static final String N1_MAC = Lan.mac(1);
  private static final String N2_MAC = Lan.mac(2);

  private Lan lan;

  @BeforeEach
  void build() {
    lan = new Lan();
  }

  @AfterEach
  void remove() {
    lan.close();
  }

  @Test
  void takeMovesTheNeighboursFromTheOldHolderToTheNewOne() throws Exception {
    lan.in("n1", "ip", "addr", "add", V4 + "/24", "dev", "eth0");
    lan.in("n1", "ip", "addr", "add", V6 + "/128", "dev", "eth0", "nodad");
    lan.in("client", "ip", "route", "add", V6 + "/128", "dev", "eth0");
    assertTrue(lan.answers("client", V4));
    assertTrue(lan.answers("client", V6));
    eventually(() -> lan.neighbour("client", V4).contains(N1_MAC));
    eventually(() -> lan.neighbour("client", V6).contains(N1_MAC));
    Node n2 = lan.node("n2", V4_ETH0, V6_ETH0);
    lan.in("n1", "ip", "link", "set", "eth0", "down");

    assertEquals("take: ok", n2.ask("take"));
    assertFalse(lan.in("n2", "ip", "-6", "addr", "show", "to", V6).contains("tentative"));

    eventually(() -> lan.neighbour("client", V4).contains(N2_MAC));
    eventually(() -> lan.neighbour("client", V6).contains(N2_MAC));
    assertTrue(lan.answers("client", V4));
    assertTrue(lan.answers("client", V6));
    assertEquals(
        "present: [10.9.0.100/24 dev eth0, fd09:0:0:0:0:0:0:100/128 dev eth0]", n2.ask("present"));
  }

  @Test
  void announcementsAreRepeatedAfterASecond() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0);
    n2.ask("take");
    // A neighbour that learns something wrong after the first burst is put right by a repeat.
    lan.in("client", "ip", "neigh", "replace", V4, "lladdr", N1_MAC, "dev", "eth0", "nud", "stale");
    eventually(() -> lan.neighbour("client", V4).contains(N2_MAC));
  }

  @Test
  void releaseRemovesAndIsIdempotent() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0, V6_ETH0);
    n2.ask("take");
    assertTrue(lan.has("n2", V4) && lan.has("n2", V6));

    assertEquals("release: ok", n2.ask("release"));

    assertFalse(lan.has("n2", V4) || lan.has("n2", V6));
    assertEquals("release: ok", n2.ask("release"));
    assertEquals("present: []", n2.ask("present"));
    assertEquals("take: ok", n2.ask("take"));
    assertTrue(lan.has("n2", V4) && lan.has("n2", V6));
    assertTrue(n2.lines().stream().noneMatch(line -> line.startsWith("pruned")));
  }

  @Test
  void releaseRemovesWhatSomebodyAddedWithAnotherPrefixLength() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0, V6_ETH0);
    n2.ask("take");
    lan.in("n2", "ip", "addr", "add", V4 + "/32", "dev", "eth0");
    lan.in("n2", "ip", "addr", "del", V6 + "/128", "dev", "eth0");
    n2.await("pruned");
    assertEquals("release: ok", n2.ask("release"));
    lan.in("n2", "ip", "addr", "add", V6 + "/64", "dev", "eth0", "nodad");
    assertEquals("present: [fd09:0:0:0:0:0:0:100/128 dev eth0]", n2.ask("present"));
    assertEquals("release: ok", n2.ask("release"));
    assertFalse(lan.has("n2", V4) || lan.has("n2", V6));
  }

  @Test
  void releaseLeavesTheNodesOwnAddressOfTheSubnet() throws Exception {
    // As after a restart of the network: the floating address is the subnet's first one.
    lan.in("n2", "sysctl", "-qw", "net.ipv4.conf.all.promote_secondaries=0");
    lan.in("n2", "sysctl", "-qw", "net.ipv4.conf.eth0.promote_secondaries=0");
    lan.in("n2", "ip", "-4", "addr", "flush", "dev", "eth0");
    Node n2 = lan.node("n2", V4_ETH0);
    n2.ask("take");
    lan.in("n2", "ip", "addr", "add", "10.9.0.2/24", "dev", "eth0");

    assertEquals("release: ok", n2.ask("release"));

    assertTrue(lan.has("n2", "10.9.0.2"));
  }

  @Test
  void prunedAddressIsPutBackAndTold() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0, V6_ETH0);
    n2.ask("take");
    lan.in("n2", "ip", "addr", "del", V4 + "/24", "dev", "eth0");
    String first = n2.await("pruned");
    assertTrue(first.startsWith("pruned 10.9.0.100 true"), first);
    assertTrue(lan.has("n2", V4));
    lan.in("n2", "ip", "-6", "addr", "flush", "dev", "eth0", "scope", "global");
    String second = n2.await("pruned");
    assertTrue(second.startsWith("pruned fd09:0:0:0:0:0:0:100 true"), second);
    // A flush goes over the device until nothing is left, and so takes it again.
    while (!lan.has("n2", V6)) {
      n2.await("pruned fd09:0:0:0:0:0:0:100 true");
    }
  }

  @Test
  void prunedAddressIsPutBackAfterAStallInWhichTheNewsWereLost(@TempDir Path directory)
      throws Exception {
    Node n2 = lan.node("n2", V4_ETH0);
    n2.ask("take");
    StringBuilder flood = new StringBuilder();
    for (int i = 0; i < 7500; i++) {
      String address = "10.7." + i / 250 + "." + i % 250 + "/32 dev lo\n";
      flood.append("addr add ").append(address).append("addr del ").append(address);
    }
    Path batch = Files.writeString(directory.resolve("batch"), flood);
    Lan.run("kill", "-STOP", "" + n2.pid());
    lan.in("n2", "ip", "-batch", batch.toString());
    lan.in("n2", "ip", "addr", "del", V4 + "/24", "dev", "eth0");
    Lan.run("kill", "-CONT", "" + n2.pid());
    n2.await("pruned 10.9.0.100 true");
    assertTrue(lan.has("n2", V4));
  }

  @Test
  void fightWithAPruningToolIsBounded() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0);
    n2.ask("take");
    for (int i = 0; i < PruneGuard.PUT_BACKS_MAX; i++) {
      lan.in("n2", "ip", "addr", "del", V4 + "/24", "dev", "eth0");
      n2.await("pruned 10.9.0.100 true");
    }
    lan.in("n2", "ip", "addr", "del", V4 + "/24", "dev", "eth0");
    n2.await("pruned 10.9.0.100 false");
    assertFalse(lan.has("n2", V4));
    n2.await("pruned 10.9.0.100 true", Lan.LIMIT.plus(PruneGuard.WINDOW));
    assertTrue(lan.has("n2", V4));
  }

  @Test
  void releaseEndsTheWaitForAnAddressThatCouldNotBePutBack() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0);
    n2.ask("take");
    lan.in("n2", "ip", "link", "del", "eth0");
    n2.await("pruned 10.9.0.100 false");
    assertEquals("release: ok", n2.ask("release"));
    lan.plug("n2", 2);
    n2.await("carrier-changed eth0 true");
    assertEquals("present: []", n2.ask("present"));
  }

  @Test
  void releaseFindsTheAddressOnARenamedDevice() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0);
    n2.ask("take");
    lan.in("n2", "ip", "link", "set", "eth0", "down");
    lan.in("n2", "ip", "link", "set", "eth0", "name", "lan0");
    lan.in("n2", "ip", "link", "set", "lan0", "up");
    n2.await("carrier-changed eth0 false");
    assertTrue(lan.has("n2", V4));
    assertEquals("release: ok", n2.ask("release"));
    assertFalse(lan.has("n2", V4));
  }

  @Test
  void addressComesBackWithItsDevice() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0, V6_ETH0);
    n2.ask("take");
    lan.in("n2", "ip", "link", "del", "eth0");
    n2.await("carrier-changed eth0 false");
    lan.plug("n2", 2);
    eventually(() -> lan.has("n2", V4) && lan.has("n2", V6));
    eventually(() -> n2.lines().stream().anyMatch(l -> l.startsWith("pruned 10.9.0.100 true")));
  }

  @Test
  void duplicateIsTold() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0, V6_ETH0);
    n2.ask("take");
    lan.in("n1", "ip", "addr", "add", V4 + "/24", "dev", "eth0");
    lan.in("n1", "arping", "-U", "-c", "1", "-I", "eth0", V4);
    assertEquals("duplicate 10.9.0.100 " + N1_MAC, n2.await("duplicate"));
    Node n1 = lan.node("n1", V6_ETH0);
    n1.ask("take");
    assertEquals("duplicate fd09:0:0:0:0:0:0:100 " + N1_MAC, n2.await("duplicate"));
  }

  @Test
  void ownAnnouncementsAreNoDuplicates() throws Exception {
    // Both ends of a cable in one machine: what one sends, the other receives.
    lan.in("n2", "ip", "link", "add", "loop0", "type", "veth", "peer", "name", "loop1");
    lan.in("n2", "ip", "link", "set", "loop0", "up");
    lan.in("n2", "ip", "link", "set", "loop1", "up");
    Node n2 = lan.node("n2", "10.9.7.1/24@loop0", "10.9.7.1/24@loop1", "10.9.7.2/24@loop0");
    n2.ask("take 10.9.7.1/24@loop0,10.9.7.1/24@loop1,10.9.7.2/24@loop0");
    lan.in("n2", "arping", "-U", "-c", "1", "-I", "loop1", "10.9.7.1");
    assertEquals("claimant: nobody", n2.ask("claimant 10.9.7.2/24@loop0 60").substring(0, 16));
    assertTrue(n2.lines().stream().noneMatch(line -> line.startsWith("duplicate")));
  }

  @Test
  void claimantIsFound() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0, V6_ETH0);
    assertTrue(n2.ask("claimant " + V4_ETH0 + " 150").startsWith("claimant: nobody"));
    assertTrue(n2.ask("claimant " + V6_ETH0 + " 150").startsWith("claimant: nobody"));
    lan.in("n1", "ip", "addr", "add", V4 + "/24", "dev", "eth0");
    lan.in("n1", "ip", "addr", "add", V6 + "/128", "dev", "eth0", "nodad");
    assertTrue(n2.ask("claimant " + V4_ETH0 + " 5000").startsWith("claimant: " + N1_MAC));
    assertTrue(n2.ask("claimant " + V6_ETH0 + " 5000").startsWith("claimant: " + N1_MAC));
    // Also when this node has it too, which must not hide the other.
    n2.ask("take");
    assertTrue(n2.ask("claimant " + V4_ETH0 + " 5000").startsWith("claimant: " + N1_MAC));
  }

  @Test
  void whomTheKernelSendsToIsTold() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0, V6_ETH0);
    for (String address : List.of(V4_ETH0, V6_ETH0)) {
      String ip = address.equals(V4_ETH0) ? V4 : V6;
      assertEquals("sentto: nobody", n2.ask("sentto " + address));
      lan.in("n2", "ip", "neigh", "add", ip, "dev", "eth0", "nud", "incomplete");
      assertEquals("sentto: nobody", n2.ask("sentto " + address));
      String wrong = "02:de:ad:be:ef:01";
      lan.in(
          "n2", "ip", "neigh", "replace", ip, "lladdr", wrong, "nud", "permanent", "dev", "eth0");
      assertEquals("sentto: " + wrong, n2.ask("sentto " + address));
    }
  }

  @Test
  void claimantIsUnknownWithoutCarrierOrDevice() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0, "10.9.0.101/24@eth9", "127.0.0.9/32@lo");
    assertEquals("carrier: true", n2.ask("carrier eth0"));
    lan.in("switch", "ip", "link", "set", "port-n2", "down");
    n2.await("carrier-changed eth0 false");
    assertEquals("carrier: false", n2.ask("carrier eth0"));
    assertEquals(
        "claimant: error: can't tell who has 10.9.0.100/24 dev eth0: the device has no carrier",
        n2.ask("claimant " + V4_ETH0 + " 50"));
    assertEquals(
        "claimant: error: can't tell who has 10.9.0.101/24 dev eth9: there is no such network device",
        n2.ask("claimant 10.9.0.101/24@eth9 50"));
    assertTrue(n2.ask("claimant 127.0.0.9/32@lo 50").contains("no neighbours to ask"));
  }

  @Test
  void takeAnnouncesTwiceAtOnceAndThenOnSchedule() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0);
    Node capture = lan.capture("client");
    n2.ask("take");
    eventually(() -> announced(capture).size() >= 4);
    List<Double> times = announced(capture);
    double first = times.getFirst();
    assertTrue(times.get(1) - first < 0.2, times.toString());
    assertTrue(times.get(2) - first > 0.24, times.toString());
    assertTrue(times.get(3) - first > 1.09, times.toString());
  }

  @Test
  void linkUpAnnouncesAgain() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0);
    n2.ask("take");
    lan.in("switch", "ip", "link", "set", "port-n2", "down");
    n2.await("carrier-changed eth0 false");
    Node capture = lan.capture("client");
    lan.in("switch", "ip", "link", "set", "port-n2", "up");
    n2.await("carrier-changed eth0 true");
    // Two close together begin a schedule; repeats of the first one come alone.
    eventually(() -> closeTogether(announced(capture)));
  }

  private static boolean closeTogether(List<Double> times) {
    for (int i = 1; i < times.size(); i++) {
      if (times.get(i) - times.get(i - 1) < 0.05) {
        return true;
      }
    }
    return false;
  }

  /** When V4 was announced, in seconds. */
  private static List<Double> announced(Node capture) {
    return capture.lines().stream()
        .filter(line -> line.contains("who-has " + V4) && line.contains("tell " + V4))
        .map(line -> Double.valueOf(line.substring(0, line.indexOf(' '))))
        .toList();
  }

  @Test
  void leftoversOfAKilledProcessAreAdopted() throws Exception {
    Node first = lan.node("n2", V4_ETH0, V6_ETH0);
    first.ask("take");
    first.kill();
    assertTrue(lan.has("n2", V4) && lan.has("n2", V6));
    Node second = lan.node("n2", V4_ETH0, V6_ETH0);
    assertTrue(second.ask("present").contains(V4 + "/24 dev eth0"));
    assertEquals("take: ok", second.ask("take"));
    lan.in("n2", "ip", "addr", "del", V4 + "/24", "dev", "eth0");
    second.await("pruned 10.9.0.100 true");
  }

  @Test
  void addressThatFailedDuplicateDetectionIsRevivedWhenTaken() throws Exception {
    lan.in("n1", "ip", "addr", "add", V6 + "/128", "dev", "eth0", "nodad");
    lan.in("n2", "ip", "addr", "add", V6 + "/128", "dev", "eth0");
    eventually(() -> lan.in("n2", "ip", "-6", "addr", "show", "to", V6).contains("dadfailed"));
    lan.in("n1", "ip", "addr", "del", V6 + "/128", "dev", "eth0");
    Node n2 = lan.node("n2", V6_ETH0);
    assertEquals("take: ok", n2.ask("take"));
    assertFalse(lan.in("n2", "ip", "-6", "addr", "show", "to", V6).contains("dadfailed"));
  }

  @Test
  void missingDeviceIsOneClearErrorAndNothingIsDone() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0, "10.9.0.101/24@eth9");
    assertEquals("take: error: no network device eth9 for 10.9.0.101/24 dev eth9", n2.ask("take"));
    assertFalse(lan.has("n2", V4));
    assertEquals("release: ok", n2.ask("release"));
    assertEquals("carrier: false", n2.ask("carrier eth9"));
  }

  @Test
  void missingPrivilegesAreFoundAtTheStart() throws Exception {
    try (Node n2 = lan.powerless("n2", V4_ETH0)) {
      String error = "getting ready to hold addresses: opening the packet socket: EPERM";
      n2.await("Exception in thread \"main\" io.twinbeat.address.AddressException: " + error);
    }
  }

  @Test
  void refusedAddressIsNamedWithTheKernelsReason() throws Exception {
    lan.in("n2", "sysctl", "-qw", "net.ipv6.conf.eth0.disable_ipv6=1");
    Node n2 = lan.node("n2", V4_ETH0, V6_ETH0);
    String answer = n2.ask("take");
    assertTrue(
        answer.startsWith("take: error: adding fd09:0:0:0:0:0:0:100/128 dev eth0: EACCES"), answer);
    assertTrue(lan.has("n2", V4));
    assertEquals("release: ok", n2.ask("release"));
    assertFalse(lan.has("n2", V4));
  }

  @Test
  void referencePointsAreWatchedOverBothProtocols() throws Exception {
    Node n2 = lan.node("n2", V4_ETH0);
    assertEquals("watch: ok", n2.ask("watch 10.9.0.1,fd09::1,10.9.0.77,10.200.0.1 50 40"));
    n2.await("reference 2 of 4");
    lan.in("switch", "ip", "link", "set", "port-n1", "down");
    n2.await("reference 0 of 4");
    lan.in("switch", "ip", "link", "set", "port-n1", "up");
    n2.await("reference 2 of 4");
  }

  @Test
  void thousandAddressesAreTakenAtOnce() throws Exception {
    Node n2 = lan.node("n2", "many=1000");
    System.out.println("1000 addresses, " + n2.ask("measure 5"));
    System.out.println("take of 1000: " + n2.ask("take"));
    String counted = lan.in("n2", "sh", "-c", "ip -o addr show dev eth0 | grep -c ' 10[.]8[.]'");
    assertEquals("1000", counted.strip());
    assertEquals("release: ok", n2.ask("release"));
    Node one = lan.node("n2", V4_ETH0);
    System.out.println("1 address, " + one.ask("measure 50") + "; " + one.lines().getFirst());
  }

  private static void eventually(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + Lan.LIMIT.toNanos();
    while (!condition.call()) {
      assertTrue(System.nanoTime() < deadline, "not so within " + Lan.LIMIT);
      Thread.sleep(20);
    }
  }
}
