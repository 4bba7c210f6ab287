package io.twinbeat.lvs;

import static io.twinbeat.lvs.GuestNet.sh;
import static io.twinbeat.lvs.GuestSite.VIP;
import static io.twinbeat.lvs.GuestSite.VIP6;
import static io.twinbeat.lvs.GuestSite.equal;
import static io.twinbeat.lvs.GuestSite.isTrue;
import static io.twinbeat.lvs.GuestSite.moveVip;
import static io.twinbeat.lvs.GuestSite.until;

import io.twinbeat.lvs.GuestNet.Talker;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Services by firewall mark, with packets that iptables marks: two ports are one service. */
final class GuestMarks {
  private final GuestSite site;

  GuestMarks(GuestSite site) {
    this.site = site;
  }

  void addTo(Map<String, GuestSite.Scene> scenes) {
    scenes.put("fwmark", () -> direct(false));
    scenes.put("fwmark-ipv6", () -> direct(true));
    scenes.put("fwmark-nat", this::nat);
  }

  private static void rule(String verb, boolean v6) {
    sh(
        ("ip netns exec lb1 %s -t mangle -%s PREROUTING -d %s -p tcp -m multiport --dports 80,443"
                + " -j MARK --set-mark 5")
            .formatted(v6 ? "ip6tables-legacy" : "iptables-legacy", verb, v6 ? VIP6 : VIP));
  }

  private void direct(boolean v6) throws Exception {
    String vip = v6 ? VIP6 : VIP;
    String servers =
        v6
            ? "family: ipv6, real-servers: { web1: '2001:db8::21', web2: '2001:db8::22' }"
            : "real-servers: { web1: 10.10.10.21, web2: 10.10.10.22 }";
    List<String> clients =
        v6 ? List.of("2001:db8::1", "2001:db8::2") : List.of("10.10.10.1", "10.10.10.2");
    String lvs = "{ scheduler: rr, fwmark: 5, check: { tcp, port: 443 }, %s%s }";
    sh("ip -n client address replace " + clients.get(1) + (v6 ? "/64 nodad" : "/24") + " dev eth0");
    rule("A", v6);
    try {
      Talker lb1 = site.director("lb1", lvs.formatted("persistence: 1m, ", servers));
      lb1.done("start");
      moveVip("lb1", true);
      until(
          "it is balanced",
          () -> isTrue(site.answers(1, vip, 80).toString().contains("web"), "not"));
      List<String> chosen = grouped(vip, clients);
      equal(new TreeSet<>(List.of("web1", "web2")), new TreeSet<>(chosen));
      // What no rule marks is not caught: the director itself answers.
      equal(List.of("lb1"), site.from(clients.getFirst(), 1, vip, 8080));
      // One port after the other is marked no more: the mark is all that counts.
      isTrue(lb1.done("report").contains("web1"), "report");

      // Without persistence nothing holds the two ports together.
      lb1 = site.director("lb1", lvs.formatted("", servers));
      lb1.done("start");
      TreeSet<String> both = new TreeSet<>(site.from(clients.getFirst(), 2, vip, 80));
      both.addAll(site.from(clients.getFirst(), 2, vip, 443));
      equal(new TreeSet<>(List.of("web1", "web2")), both);

      rule("D", v6);
      equal(List.of("lb1", "lb1"), site.from(clients.getFirst(), 2, vip, 80));
      rule("A", v6);
      lb1.done("stop");
      equal("", GuestSite.table("lb1"));
      moveVip("lb1", false);
    } finally {
      rule("D", v6);
      sh("ip -n client address del " + clients.get(1) + (v6 ? "/64" : "/24") + " dev eth0");
    }
  }

  /** Each client stays with one server on both ports; which one, for each. */
  private List<String> grouped(String vip, List<String> clients) {
    List<String> chosen = new java.util.ArrayList<>();
    for (String client : clients) {
      String first = site.from(client, 1, vip, 80).getFirst();
      equal(Collections.nCopies(4, first), site.from(client, 4, vip, 443));
      equal(Collections.nCopies(3, first), site.from(client, 3, vip, 80));
      chosen.add(first);
    }
    return chosen;
  }

  /** Each packet keeps its own port: a server has none in a service that has none. */
  private void nat() throws Exception {
    sh("ip -n client address replace 10.10.10.2/24 dev eth0");
    rule("A", false);
    try {
      Talker lb1 =
          site.director(
              "lb1",
              "{ scheduler: rr, mode: nat, fwmark: 5, persistence: 1m, check: ping,"
                  + " real-servers: { nat1: 10.10.30.21, nat2: 10.10.30.22 } }");
      lb1.done("start");
      moveVip("lb1", true);
      equal(
          new TreeSet<>(List.of("nat1", "nat2")),
          new TreeSet<>(grouped(VIP, List.of("10.10.10.1", "10.10.10.2"))));
      moveVip("lb1", false);
      lb1.done("stop");
    } finally {
      rule("D", false);
      sh("ip -n client address del 10.10.10.2/24 dev eth0");
    }
  }
}
