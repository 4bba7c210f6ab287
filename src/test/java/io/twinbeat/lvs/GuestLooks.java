package io.twinbeat.lvs;

import static io.twinbeat.lvs.GuestHealth.servers;
import static io.twinbeat.lvs.GuestNet.sh;
import static io.twinbeat.lvs.GuestSite.equal;
import static io.twinbeat.lvs.GuestSite.isTrue;
import static io.twinbeat.lvs.GuestSite.until;

import io.twinbeat.lvs.GuestNet.Talker;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Looks at servers that a real network keeps away, or that are off; and when they are made. */
final class GuestLooks {
  private static final String WEB = "real-servers: { web1: 10.10.10.21, web2: 10.10.10.22 }";
  private static final String WEB6 = "real-servers: { web1: '2001:db8::21', web2: '2001:db8::22' }";

  private final GuestSite site;

  GuestLooks(GuestSite site) {
    this.site = site;
  }

  void addTo(Map<String, GuestSite.Scene> scenes) {
    scenes.put("prohibited", this::prohibited);
    scenes.put("no-way", this::noWay);
    scenes.put("udp-off", this::udpOff);
    scenes.put("udp-off-unpingable", this::udpOffUnpingable);
    scenes.put("look-at-takeover", this::lookAtTakeover);
  }

  private static Set<String> of(Set<String> some, Set<String> more) {
    Set<String> all = new TreeSet<>(some);
    all.addAll(more);
    return all;
  }

  private static void flush(String... webs) {
    for (String web : webs) {
      sh(
          ("ip netns exec %1$s iptables-legacy -F INPUT; ip netns exec %1$s ip6tables-legacy -F"
                  + " INPUT")
              .formatted(web));
    }
  }

  /** What a firewall on the way answers is no trouble of this machine. */
  private void prohibited() throws Exception {
    String check = "interval: 200ms, timeout: 400ms, rise: 1, fall: 2";
    String lvs =
        ("{ scheduler: rr, services: ["
                + " { service: '10.10.10.100:80', check: { tcp, port: 443, %1$s }, %2$s },"
                + " { service: '10.10.10.100:81', protocol: udp,"
                + "   check: { udp, port: 443, send: hi, expect: web, %1$s }, %2$s },"
                + " { service: '[2001:db8::100]:80', check: { tcp, port: 443, %1$s }, %3$s } ] }")
            .formatted(check, WEB, WEB6);
    Talker lb1 = site.director("lb1", lvs);
    lb1.done("start");
    Set<String> web1 = Set.of("10.10.10.21:80=1", "10.10.10.21:81=1", "[2001:db8::21]:80=1");
    Set<String> both =
        of(web1, Set.of("10.10.10.22:80=1", "10.10.10.22:81=1", "[2001:db8::22]:80=1"));
    List<List<String>> answers =
        List.of(
            List.of("icmp-admin-prohibited", "icmp6-adm-prohibited"),
            List.of("icmp-net-unreachable", "icmp6-no-route"),
            List.of("icmp-net-prohibited", "icmp6-addr-unreachable"));
    try {
      for (List<String> answer : answers) {
        until("both serve", () -> equal(both, servers()));
        sh(
            ("for p in tcp udp; do ip netns exec web2 iptables-legacy -A INPUT -p $p --dport 443"
                    + " -j REJECT --reject-with %s; done; ip netns exec web2 ip6tables-legacy -A"
                    + " INPUT -p tcp --dport 443 -j REJECT --reject-with %s")
                .formatted(answer.get(0), answer.get(1)));
        until(answer.toString(), () -> equal(web1, servers()));
        isTrue(!lb1.said("cannot be looked at"), lb1.events.toString());
        flush("web2");
      }
      until("both serve", () -> equal(both, servers()));
    } finally {
      flush("web2");
    }
    lb1.done("stop");
  }

  /** A server that this machine has no way to stays as it is, and that is told. */
  private void noWay() throws Exception {
    String lvs = "{ scheduler: rr, services: [";
    String real = " real-servers: { web1: 10.10.10.21, far: 10.99.0.1 }";
    String check = "interval: 200ms, timeout: 400ms, rise: 1, fall: 2";
    lvs +=
        (" { service: '10.10.10.100:80', check: { tcp, %1$s }, %2$s },"
                + " { service: '10.10.10.100:443', check: { ping, %1$s }, %2$s },"
                + " { service: '10.10.10.100:80', protocol: udp,"
                + "   check: { udp, send: hi, expect: web, %1$s }, %2$s },"
                + " { service: '10.10.10.100:8080', protocol: udp,"
                + "   check: { udp, %1$s }, %2$s } ] }")
            .formatted(check, real);
    Talker lb1 = site.director("lb1", lvs);
    lb1.done("start");
    Set<String> near = Set.of("10.10.10.21:80=1", "10.10.10.21:443=1", "10.10.10.21:8080=1");
    Set<String> silent = Set.of("10.99.0.1:8080=1");
    Set<String> all = of(of(near, silent), Set.of("10.99.0.1:80=1", "10.99.0.1:443=1"));
    List<String> services =
        List.of(
            "10.10.10.100:80", "10.10.10.100:443", "10.10.10.100:80/udp", "10.10.10.100:8080/udp");
    try {
      for (String route : List.of("", "unreachable", "prohibit", "blackhole")) {
        if (!route.isEmpty()) {
          sh("ip -n lb1 route replace " + route + " 10.99.0.1/32");
        }
        until("no way: " + route, () -> told(lb1, services));
        String inspected = lb1.done("inspect");
        isTrue(inspected.contains("1 of 2 reachable from here; cannot look at far"), inspected);
        equal(all, servers());
      }
      // There is a way, and nobody at its end: that is bad, where an answer is due.
      sh("ip -n lb1 route replace 10.99.0.1/32 via 10.10.10.21");
      until("far is out", () -> equal(of(near, silent), servers()));
      isTrue(lb1.said("far can be looked at again"), lb1.events.toString());
    } finally {
      sh("ip -n lb1 route del 10.99.0.1/32 2>/dev/null ||:");
    }
    lb1.done("stop");
  }

  private static void told(Talker lb1, List<String> services) {
    for (String service : services) {
      isTrue(
          lb1.said(service + ": far cannot be looked at, and stays as it is"),
          service + " in " + lb1.events);
    }
  }

  private static final String SILENT =
      "{ scheduler: rr, protocol: udp, check: { udp, port: 443, interval: 200ms, timeout: 400ms,"
          + " rise: 1, fall: 2 }, services: ["
          + " { service: '10.10.10.100:80', "
          + WEB
          + " }, { service: '[2001:db8::100]:80', "
          + WEB6
          + " } ] }";
  private static final Set<String> SILENT_1 = Set.of("10.10.10.21:80=1", "[2001:db8::21]:80=1");
  private static final Set<String> SILENT_BOTH =
      of(SILENT_1, Set.of("10.10.10.22:80=1", "[2001:db8::22]:80=1"));

  /** Datagrams to 443 come to nobody, and nobody says so. */
  private static void silence() {
    for (String web : List.of("web1", "web2")) {
      for (String tables : List.of("iptables-legacy", "ip6tables-legacy")) {
        sh("ip netns exec " + web + " " + tables + " -A INPUT -p udp --dport 443 -j DROP");
      }
    }
  }

  /** The other end of its cable stays: no carrier is lost on the director. */
  private static void power(String web, boolean on) {
    sh("ip link set " + web + "eth0 " + (on ? "up" : "down"));
  }

  private void udpOff() throws Exception {
    silence();
    Talker lb1 = site.director("lb1", SILENT);
    lb1.done("start");
    try {
      until(
          "both were looked at", () -> isTrue(!lb1.done("report").contains("looked=false"), "not"));
      equal(SILENT_BOTH, servers());
      power("web2", false);
      until("web2 is out", () -> equal(SILENT_1, servers()));
      power("web2", true);
      until("web2 is back", () -> equal(SILENT_BOTH, servers()));
    } finally {
      power("web2", true);
      flush("web1", "web2");
    }
    // Its program is away, and its kernel says so.
    until("both answer", () -> equal(SILENT_BOTH, servers()));
    lb1.done("stop");
  }

  /** Without a ping there is still ARP, and neighbour discovery. */
  private void udpOffUnpingable() throws Exception {
    silence();
    for (String web : List.of("web1", "web2")) {
      sh(
          ("ip netns exec %1$s iptables-legacy -A INPUT -p icmp --icmp-type echo-request -j DROP;"
                  + " ip netns exec %1$s ip6tables-legacy -A INPUT -p icmpv6 --icmpv6-type"
                  + " echo-request -j DROP")
              .formatted(web));
    }
    Talker lb1 = site.director("lb1", SILENT);
    lb1.done("start");
    try {
      until(
          "both were looked at", () -> isTrue(!lb1.done("report").contains("looked=false"), "not"));
      equal(SILENT_BOTH, servers());
      isTrue(lb1.done("report").contains("pings were never answered"), "pinged");
      power("web2", false);
      // What the kernel has known until now would last for up to a minute.
      sh("ip -n lb1 neigh flush all");
      until("web2 is out", () -> equal(SILENT_1, servers()));
      isTrue(lb1.said("nobody answers ARP for it"), lb1.events.toString());
      isTrue(lb1.said("nobody answers neighbour discovery for it"), lb1.events.toString());
      power("web2", true);
      until("web2 is back", () -> equal(SILENT_BOTH, servers()));
    } finally {
      power("web2", true);
      flush("web1", "web2");
    }
    lb1.done("stop");
  }

  private static final int QUIET_MILLIS = 1500;

  /** How many looks were rejected by web2 since this was asked last. */
  private static long rejected() {
    String counts = sh("ip netns exec web2 iptables-legacy -L INPUT -n -v -x -Z");
    return counts
        .lines()
        .filter(line -> line.contains("REJECT"))
        .mapToLong(line -> Long.parseLong(line.strip().split(" +", 2)[0]))
        .sum();
  }

  /** With check-on-standby: false nothing is known at a takeover, and what is known is no older. */
  private void lookAtTakeover() throws Exception {
    String lvs =
        "{ scheduler: rr, check-on-standby: false, service: '10.10.10.100:80',"
            + " check: { tcp, port: 443, interval: 500ms, timeout: 300ms, rise: 1 }, "
            + WEB
            + " }";
    Set<String> both = Set.of("10.10.10.21:80=1", "10.10.10.22:80=1");
    sh("ip netns exec web2 iptables-legacy -A INPUT -p tcp --dport 443 -j REJECT");
    try {
      Talker lb1 = site.director("lb1", lvs);
      lb1.done("prepare");
      for (int i = 0; i < 2; i++) {
        TimeUnit.MILLISECONDS.sleep(QUIET_MILLIS);
        equal(0L, rejected());
        isTrue(!lb1.done("inspect").contains("real servers"), "inspected on the standby");
        lb1.done("start");
        equal(both, servers());
        until("web2 is out", () -> equal(Set.of("10.10.10.21:80=1"), servers()));
        String inspected = lb1.done("inspect");
        isTrue(inspected.contains("1 of 2 reachable from here; not: web2"), inspected);
        lb1.done("stop");
        isTrue(rejected() >= 3, "looks");
      }
    } finally {
      flush("web2");
    }
  }
}
