package io.twinbeat.lvs;

import static io.twinbeat.lvs.GuestNet.sh;
import static io.twinbeat.lvs.GuestSite.VIP;
import static io.twinbeat.lvs.GuestSite.VIP6;
import static io.twinbeat.lvs.GuestSite.WORK;
import static io.twinbeat.lvs.GuestSite.equal;
import static io.twinbeat.lvs.GuestSite.isTrue;
import static io.twinbeat.lvs.GuestSite.moveVip;
import static io.twinbeat.lvs.GuestSite.table;
import static io.twinbeat.lvs.GuestSite.until;

import io.twinbeat.lvs.GuestNet.Talker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What is known of servers, and what becomes of it: alpha, restarts, quorum, the sorry server. */
final class GuestHealth {
  private static final String WEB = "real-servers: { web1: 10.10.10.21, web2: 10.10.10.22 }";

  /** A port that nobody listens at. */
  private static final int NOBODY = 9;

  private final GuestSite site;

  GuestHealth(GuestSite site) {
    this.site = site;
  }

  void addTo(Map<String, GuestSite.Scene> scenes) {
    scenes.put("alpha", this::alpha);
    scenes.put("restart", this::restart);
    scenes.put("moved", this::moved);
    scenes.put("quorum", this::quorum);
    scenes.put("sorry-here", this::sorryHere);
  }

  /** The servers of the table, with their weights: "10.10.10.21:80=1". */
  static Set<String> servers() {
    Set<String> servers = new TreeSet<>();
    for (String line : table("lb1").lines().filter(each -> each.startsWith("-a")).toList()) {
      List<String> words = List.of(line.split(" ", -1));
      servers.add(words.get(words.indexOf("-r") + 1) + "=" + words.get(words.indexOf("-w") + 1));
    }
    return servers;
  }

  /** Nobody serves before it was seen to; and a new daemon does not forget who was. */
  private void alpha() throws Exception {
    Path state = WORK.resolve("alpha");
    String lvs =
        "{ scheduler: rr, alpha: true, service: '10.10.10.100:80',"
            + " check: { tcp, port: %s, interval: %s, timeout: 300ms }, "
            + WEB
            + " }";
    try (Talker late = new Talker("web1", GuestServer.class, "web1", "8081")) {
      late.ready();
      sh("ip netns exec web1 iptables-legacy -A INPUT -p tcp --dport 8081 -j REJECT");
      Talker lb1 = site.director("lb1", state, lvs.formatted(8081, "100ms"));
      lb1.done("start");
      moveVip("lb1", true);
      equal(Set.of(), servers());
      String refused = site.client().ask("once " + VIP + " 80");
      isTrue(refused.startsWith("error"), refused);
      until(
          "both were looked at", () -> isTrue(!lb1.done("report").contains("looked=false"), "not"));
      equal(Set.of(), servers());
      sh("ip netns exec web1 iptables-legacy -F INPUT");
      until("web1 serves", () -> equal(Set.of("10.10.10.21:80=1"), servers()));
      equal("web1", site.client().ask("open a " + VIP + " 80"));

      site.kill("lb1");
      // What follows is no look's doing: there is one, and it is bad.
      Talker again = site.director("lb1", state, lvs.formatted(NOBODY, "1h"));
      again.done("start");
      equal(Set.of("10.10.10.21:80=1"), servers());
      equal("web1", site.client().ask("say a"));
      equal(Set.of("web1"), site.answers(3, VIP, 80));
      isTrue(again.done("check").contains("1 of 2 real servers serve"), "check");
      site.client().ask("close a");
      again.done("stop");
      moveVip("lb1", false);
    } finally {
      sh("ip netns exec web1 iptables-legacy -F INPUT");
    }
  }

  /** A new daemon gives nothing to a server that the last one had taken out. */
  private void restart() throws Exception {
    Path state = WORK.resolve("restart");
    for (String onFailure : List.of("remove", "quiesce")) {
      String lvs =
          "{ scheduler: rr, service: '10.10.10.100:80', on-failure: "
              + onFailure
              + ", check: { tcp, port: 443, interval: %s, timeout: 300ms, fall: 2 }, "
              + WEB
              + " }";
      sh("ip netns exec web2 iptables-legacy -A INPUT -p tcp --dport 443 -j REJECT");
      try {
        Talker lb1 = site.director("lb1", state, lvs.formatted("100ms"));
        lb1.done("start");
        moveVip("lb1", true);
        Set<String> left =
            onFailure.equals("remove")
                ? Set.of("10.10.10.21:80=1")
                : Set.of("10.10.10.21:80=1", "10.10.10.22:80=0");
        until("web2 is out", () -> equal(left, servers()));
        site.kill("lb1");
        Talker again = site.director("lb1", state, lvs.formatted("1h"));
        again.done("start");
        equal(left, servers());
        equal(Set.of("web1"), site.answers(4, VIP, 80));
        sh("ip netns exec web2 iptables-legacy -F INPUT");
        Talker looking = site.director("lb1", state, lvs.formatted("100ms"));
        looking.done("start");
        until("web2 is back", () -> equal(Set.of("web1", "web2"), site.answers(2, VIP, 80)));
        moveVip("lb1", false);
        looking.done("stop");
      } finally {
        sh("ip netns exec web2 iptables-legacy -F INPUT");
      }
    }
  }

  /** Another file has the same servers at other ports: they are not out because they are new. */
  private void moved() throws Exception {
    Path state = WORK.resolve("moved");
    String lvs =
        "{ scheduler: rr, mode: nat, service: '10.10.10.100:80',"
            + " check: { tcp, port: %1$s, interval: %2$s, timeout: 300ms }, real-servers: {"
            + " nat1: { ip: 10.10.30.21, port: %3$s }, nat2: { ip: 10.10.30.22, port: %3$s } } }";
    Talker lb1 = site.director("lb1", state, lvs.formatted(80, "100ms", 80));
    lb1.done("start");
    equal(Set.of("10.10.30.21:80=1", "10.10.30.22:80=1"), servers());
    site.kill("lb1");
    Talker again = site.director("lb1", state, lvs.formatted(NOBODY, "1h", 8080));
    again.done("start");
    until(
        "both were looked at", () -> isTrue(!again.done("report").contains("looked=false"), "not"));
    equal(Set.of("10.10.30.21:8080=1", "10.10.30.22:8080=1"), servers());
    again.done("stop");
  }

  /** Weights of both servers, by the exit status of their script. */
  private static void weigh(int web1, int web2) throws IOException {
    write("10.10.10.21", web1);
    write("10.10.10.22", web2);
  }

  private static void write(String ip, int weight) throws IOException {
    Path fresh = WORK.resolve("weight.new");
    Files.writeString(fresh, Integer.toString(weight + 2));
    Files.move(
        fresh,
        WORK.resolve("weight-" + ip),
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private static final Set<String> SORRY =
      Set.of("10.10.10.12:80=1", "10.10.10.21:80=0", "10.10.10.22:80=0");

  private static Set<String> both(int web1, int web2) {
    return Set.of("10.10.10.21:80=" + web1, "10.10.10.22:80=" + web2);
  }

  /** Up from quorum + hysteresis on, down below quorum - hysteresis; between them, as it was. */
  private void quorum() throws Exception {
    Path script = WORK.resolve("weight");
    Files.writeString(script, "#!/bin/sh\nexit $(cat " + WORK + "/weight-$1)\n");
    isTrue(script.toFile().setExecutable(true), "executable");
    weigh(3, 3);
    Talker lb1 =
        site.director(
            "lb1",
            "{ scheduler: wrr, service: '10.10.10.100:80', quorum: 4, hysteresis: 2,"
                + " check: { script: "
                + script
                + ", dynamic-weight: true, interval: 200ms, timeout: 5s, rise: 1 },"
                + " sorry-server: '10.10.10.12:80', "
                + WEB
                + " }");
    lb1.done("start");
    until("6 is enough", () -> equal(both(3, 3), servers()));
    weigh(1, 1);
    until("2 is not too little", () -> equal(both(1, 1), servers()));
    lb1.events.clear();
    weigh(1, 0);
    until("1 is too little", () -> equal(SORRY, servers()));
    isTrue(lb1.said("ALARM 10.10.10.100:80 has weight 1"), lb1.events.toString());
    weigh(3, 2);
    until("5 is seen", () -> isTrue(lb1.done("report").contains("liveWeight=5"), "not"));
    equal(SORRY, servers());
    weigh(3, 3);
    until("6 is enough again", () -> equal(both(3, 3), servers()));
    lb1.events.clear();
    for (int i = 0; i < 2; i++) {
      int heavy = i % 2 == 0 ? 1 : 3;
      weigh(heavy, heavy == 1 ? 1 : 2);
      int sum = heavy == 1 ? 2 : 5;
      until("it flaps", () -> isTrue(lb1.done("report").contains("liveWeight=" + sum), "not"));
      equal(heavy == 1 ? both(1, 1) : both(3, 2), servers());
    }
    isTrue(!lb1.said("ALARM"), lb1.events.toString());
    lb1.done("stop");
  }

  /** The director itself says sorry, by both IP versions, and only then. */
  private void sorryHere() throws Exception {
    String lvs =
        "{ scheduler: rr, check: { tcp, port: 443, interval: 100ms, timeout: 300ms, rise: 1, fall: 1 }, services: ["
            + " { service: '10.10.10.100:80', sorry-server: '127.0.0.1:80', "
            + WEB
            + " }, { service: '[2001:db8::100]:80', sorry-server: '[::1]:80',"
            + " real-servers: { web1: '2001:db8::21', web2: '2001:db8::22' } } ] }";
    Talker lb1 = site.director("lb1", lvs);
    // Its own looks must not come from the address that the servers have, too.
    lb1.done("take 2001:db8::100 64 eth0");
    lb1.done("start");
    moveVip("lb1", true);
    Set<String> real =
        Set.of(
            "10.10.10.21:80=1", "10.10.10.22:80=1", "[2001:db8::21]:80=1", "[2001:db8::22]:80=1");
    until("all serve", () -> equal(real, servers()));
    try {
      for (String web : List.of("web1", "web2")) {
        sh(
            ("ip netns exec %1$s iptables-legacy -A INPUT -p tcp --dport 443 -j REJECT;"
                    + " ip netns exec %1$s ip6tables-legacy -A INPUT -p tcp --dport 443 -j REJECT")
                .formatted(web));
      }
      until("all are out", () -> equal(Set.of("127.0.0.1:80=1", "[::1]:80=1"), servers()));
      equal(Set.of("lb1"), site.answers(3, VIP, 80));
      equal(Set.of("lb1"), site.answers(3, VIP6, 80));
    } finally {
      for (String web : List.of("web1", "web2")) {
        sh(
            ("ip netns exec %1$s iptables-legacy -F INPUT;"
                    + " ip netns exec %1$s ip6tables-legacy -F INPUT")
                .formatted(web));
      }
    }
    until("all are back", () -> equal(real, servers()));
    equal(Set.of("web1", "web2"), site.answers(3, VIP, 80));
    equal(Set.of("web1", "web2"), site.answers(3, VIP6, 80));
    sh("ip -n lb1 address del 2001:db8::100/64 dev eth0");
    moveVip("lb1", false);
    lb1.done("stop");
  }
}
