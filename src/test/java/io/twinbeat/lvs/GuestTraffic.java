package io.twinbeat.lvs;

import static io.twinbeat.lvs.GuestNet.sh;
import static io.twinbeat.lvs.GuestSite.VIP;
import static io.twinbeat.lvs.GuestSite.VIP6;
import static io.twinbeat.lvs.GuestSite.WORK;
import static io.twinbeat.lvs.GuestSite.equal;
import static io.twinbeat.lvs.GuestSite.isTrue;
import static io.twinbeat.lvs.GuestSite.moveVip;
import static io.twinbeat.lvs.GuestSite.serveVip;
import static io.twinbeat.lvs.GuestSite.table;
import static io.twinbeat.lvs.GuestSite.until;

import io.twinbeat.lvs.GuestNet.Talker;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What a client sees: each way of forwarding, failing servers, and failovers. */
final class GuestTraffic {
  private final GuestSite site;

  GuestTraffic(GuestSite site) {
    this.site = site;
  }

  void addTo(Map<String, GuestSite.Scene> scenes) {
    scenes.put("dr", this::directRouting);
    scenes.put("drain", this::drain);
    scenes.put("health", this::health);
    scenes.put("stateless", this::stateless);
    scenes.put("director-as-server", this::directorAsServer);
    scenes.put("udp", this::udp);
    scenes.put("ipv6", this::ipv6);
    scenes.put("tun", this::tunnel);
    scenes.put("nat", this::nat);
  }

  private static final String WEB = "real-servers: { web1: 10.10.10.21, web2: 10.10.10.22 }";

  private void directRouting() throws Exception {
    Talker lb1 = site.director("lb1", "{ scheduler: rr, service: '10.10.10.100:80', " + WEB + " }");
    lb1.done("start");
    moveVip("lb1", true);
    equal(new TreeSet<>(List.of("web1", "web2")), site.answers(4, VIP, 80));
    moveVip("lb1", false);
    lb1.done("stop");
  }

  /** An open connection stays with a drained server, new ones go elsewhere; over a restart, too. */
  private void drain() throws Exception {
    Path state = WORK.resolve("drain");
    String lvs = "{ scheduler: rr, service: '10.10.10.100:80', " + WEB + " }";
    Talker lb1 = site.director("lb1", state, lvs);
    lb1.done("start");
    moveVip("lb1", true);
    String held = site.client().ask("open a " + VIP + " 80");
    String left = lb1.done("drained " + held);
    isTrue(left.contains("active=1"), left);
    equal(held, site.client().ask("say a"));
    String other = held.equals("web1") ? "web2" : "web1";
    equal(new TreeSet<>(List.of(other)), site.answers(4, VIP, 80));
    site.kill("lb1");
    Talker again = site.director("lb1", state, lvs);
    again.done("drained " + held); // The daemon remembers it.
    again.done("start");
    equal(new TreeSet<>(List.of(other)), site.answers(4, VIP, 80));
    equal(held, site.client().ask("say a"));
    again.done("drained");
    equal(2, site.answers(4, VIP, 80).size());
    site.client().ask("close a");
    again.done("stop");
    moveVip("lb1", false);
  }

  /** Servers that do not answer are taken out, the sorry server comes in, and all of it back. */
  private void health() throws Exception {
    String lvs =
        "{ scheduler: rr, service: '10.10.10.100:80', check: { tcp, interval: 100ms, timeout: 200ms,"
            + " rise: 2, fall: 2, jitter: 10ms }, sorry-server: '10.10.10.12:80', "
            + WEB
            + " }";
    serveVip("lb2");
    try {
      Talker lb1 = site.director("lb1", lvs);
      lb1.done("start");
      moveVip("lb1", true);
      sh("ip netns exec web1 ip link set eth0 down");
      until("web1 is out", () -> isTrue(!table("lb1").contains("10.10.10.21"), table("lb1")));
      equal(new TreeSet<>(List.of("web2")), site.answers(4, VIP, 80));
      sh("ip netns exec web2 ip link set eth0 down");
      until("the sorry server", () -> equal("lb2", site.client().ask("once " + VIP + " 80")));
      isTrue(lb1.said("ALARM 10.10.10.100:80 has weight 0"), lb1.events.toString());
      isTrue(lb1.done("check").contains("BELOW QUORUM"), "check");
      sh("ip netns exec web1 ip link set eth0 up; ip netns exec web2 ip link set eth0 up");
      sh(
          "ip -n web1 address replace 2001:db8::21/64 dev eth0 nodad;"
              + " ip -n web2 address replace 2001:db8::22/64 dev eth0 nodad");
      until(
          "both are back",
          () -> equal(new TreeSet<>(List.of("web1", "web2")), site.answers(4, VIP, 80)));
      isTrue(!table("lb1").contains("10.10.10.12"), table("lb1"));
      moveVip("lb1", false);
      lb1.done("stop");
    } finally {
      sh(
          "ip -n lb2 address del "
              + VIP
              + "/32 dev lo; ip -n lb2 address del "
              + VIP6
              + "/128 dev lo");
    }
  }

  /** Open connections survive a failover for which nobody told anybody anything. */
  private void stateless() throws Exception {
    for (String scheduler : List.of("mh", "sh")) {
      String lvs =
          "{ scheduler: %1$s, scheduler-flags: [%1$s-port, %1$s-fallback], sync: stateless, service: '10.10.10.100:80', %2$s }"
              .formatted(scheduler, WEB);
      Talker lb1 = site.director("lb1", lvs);
      Talker lb2 = site.director("lb2", lvs);
      lb1.done("start");
      lb2.done("prepare");
      moveVip("lb1", true);
      Map<String, String> held = new LinkedHashMap<>();
      for (int i = 0; i < 8; i++) {
        held.put("c" + i, site.client().ask("open c" + i + " " + VIP + " 80"));
      }
      equal(2, new TreeSet<>(held.values()).size());
      moveVip("lb1", false); // Power loss: lb1 stops nothing.
      lb2.done("start");
      // The same servers in another order choose otherwise: that is mended, too.
      sh("ip netns exec lb2 ipvsadm -d -t 10.10.10.100:80 -r 10.10.10.21:80");
      sh("ip netns exec lb2 ipvsadm -a -t 10.10.10.100:80 -r 10.10.10.21:80 -g -w 1");
      lb2.done("check");
      moveVip("lb2", true);
      held.forEach((connection, server) -> equal(server, site.client().ask("say " + connection)));
      held.keySet().forEach(connection -> site.client().ask("close " + connection));
      lb1.done("stop");
      lb2.done("stop");
      moveVip("lb2", false);
    }
  }

  /**
   * The standby is a real server of the holder, by addresses that the file does not tell (it would
   * be refused): nothing is balanced a second time.
   */
  private void directorAsServer() throws Exception {
    String lvs =
        "{ scheduler: rr, service: '10.10.10.100:80',"
            + " real-servers: { one: 10.10.10.11, two: 10.10.10.12, web1: 10.10.10.21 } }";
    serveVip("lb2");
    try {
      Talker lb1 = site.director("lb1", lvs);
      Talker lb2 = site.director("lb2", lvs);
      lb2.done("prepare");
      lb1.done("start");
      moveVip("lb1", true);
      equal(new TreeSet<>(List.of("lb1", "lb2", "web1")), site.answers(21, VIP, 80));
      moveVip("lb1", false);
      lb1.done("stop");
    } finally {
      sh(
          "ip -n lb2 address del "
              + VIP
              + "/32 dev lo; ip -n lb2 address del "
              + VIP6
              + "/128 dev lo");
    }
  }

  private void udp() throws Exception {
    String lvs =
        "{ scheduler: rr, protocol: udp, one-packet: true, check: 'off', service: '10.10.10.100:80', "
            + WEB
            + " }";
    Talker lb1 = site.director("lb1", lvs);
    lb1.done("start");
    moveVip("lb1", true);
    Set<String> answers = new TreeSet<>();
    for (int i = 0; i < 4; i++) {
      answers.add(site.client().ask("udp " + VIP + " 80"));
    }
    equal(new TreeSet<>(List.of("web1", "web2")), answers);
    moveVip("lb1", false);
    lb1.done("stop");
  }

  private void ipv6() throws Exception {
    String lvs =
        "{ scheduler: rr, service: '[2001:db8::100]:80',"
            + " real-servers: { web1: '2001:db8::21', web2: '2001:db8::22' } }";
    Talker lb1 = site.director("lb1", lvs);
    lb1.done("start");
    moveVip("lb1", true);
    until(
        "both answer",
        () -> equal(new TreeSet<>(List.of("web1", "web2")), site.answers(4, VIP6, 80)));
    moveVip("lb1", false);
    lb1.done("stop");
  }

  private void tunnel() throws Exception {
    for (String web : List.of("web1", "web2")) {
      sh(
          ("modprobe ipip; ip netns exec %1$s sysctl -qw net.ipv4.conf.all.rp_filter=0;"
                  + " ip -n %1$s link set tunl0 up;"
                  + " ip netns exec %1$s sysctl -qw net.ipv4.conf.tunl0.rp_filter=0")
              .formatted(web));
    }
    Talker lb1 =
        site.director(
            "lb1", "{ scheduler: rr, mode: tun, service: '10.10.10.100:80', " + WEB + " }");
    lb1.done("start");
    moveVip("lb1", true);
    equal(new TreeSet<>(List.of("web1", "web2")), site.answers(4, VIP, 80));
    moveVip("lb1", false);
    lb1.done("stop");
  }

  /** The servers' gateway is a floating address of the directors; a failover moves it, too. */
  private void nat() throws Exception {
    String lvs =
        "{ scheduler: rr, mode: nat, service: '10.10.10.100:80', real-servers:"
            + " { nat1: { ip: 10.10.30.21, port: 8080 }, nat2: { ip: 10.10.30.22, port: 8080 } } }";
    for (String lb : List.of("lb1", "lb2")) {
      sh("ip netns exec " + lb + " sysctl -qw net.ipv4.ip_forward=0");
      Talker director = site.director(lb, lvs);
      director.done("start");
      moveVip(lb, true);
      equal(new TreeSet<>(List.of("nat1", "nat2")), site.answers(4, VIP, 80));
      moveVip(lb, false);
      director.done("stop");
      equal("0", sh("ip netns exec " + lb + " sysctl -n net.ipv4.ip_forward"));
    }
  }
}
