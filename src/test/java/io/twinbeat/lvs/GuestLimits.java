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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What flags and limits of a service do to connections, not only to the table. */
final class GuestLimits {
  private static final String WEB = "real-servers: { web1: 10.10.10.21, web2: 10.10.10.22 }";

  private final GuestSite site;

  GuestLimits(GuestSite site) {
    this.site = site;
  }

  void addTo(Map<String, GuestSite.Scene> scenes) {
    scenes.put("thresholds", this::thresholds);
    scenes.put("one-packet", this::onePacket);
    scenes.put("persistence-mask", this::persistenceMask);
    scenes.put("scheduler-flags", this::schedulerFlags);
    scenes.put("weights", this::weights);
  }

  private Talker serving(String lvs) throws Exception {
    Talker lb1 = site.director("lb1", lvs);
    lb1.done("start");
    moveVip("lb1", true);
    return lb1;
  }

  private static void end(Talker lb1) {
    moveVip("lb1", false);
    lb1.done("stop");
  }

  /**
   * A full server gets nothing more; with all full, nobody is answered; below it, it gets again.
   */
  private void thresholds() throws Exception {
    String full = "{ ip: 10.10.10.%d, upper-threshold: 1 }";
    serving(
        "{ scheduler: rr, service: '10.10.10.100:80', check: 'off', real-servers: { web1: %s, web2: 10.10.10.22 } }"
            .formatted(full.formatted(21)));
    List<String> got = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      got.add(site.client().ask("open t" + i + " " + VIP + " 80"));
    }
    equal(1, Collections.frequency(got, "web1"));
    equal(4, Collections.frequency(got, "web2"));
    String shown = sh("ip netns exec lb1 ipvsadm -Ln --thresholds");
    isTrue(shown.matches("(?s).*10.10.10.21:80 +1 +0 .*"), shown);
    // The kernel counts a closed connection until it has forgotten it.
    sh("ip netns exec lb1 ipvsadm --set 900 1 300");
    site.client().ask("close t" + got.indexOf("web1"));
    until(
        "web1 has room again",
        () -> isTrue(site.answers(2, VIP, 80).contains("web1"), "still nothing"));
    for (int i = 0; i < 5; i++) {
      if (i != got.indexOf("web1")) {
        site.client().ask("close t" + i);
      }
    }

    Talker lb1 =
        site.director(
            "lb1",
            "{ scheduler: wlc, service: '10.10.10.100:80', check: 'off', real-servers: { web1: %s, web2: %s } }"
                .formatted(full.formatted(21), full.formatted(22)));
    lb1.done("start");
    until(
        "all are forgotten",
        () ->
            isTrue(
                sh("ip netns exec lb1 ipvsadm -Lcn").lines().noneMatch(l -> l.startsWith("TCP")),
                "not yet"));
    String first = site.client().ask("open f1 " + VIP + " 80");
    String second = site.client().ask("open f2 " + VIP + " 80");
    equal(new TreeSet<>(List.of("web1", "web2")), new TreeSet<>(List.of(first, second)));
    String third = site.client().ask("once " + VIP + " 80");
    isTrue(third.startsWith("error"), third);
    equal(first, site.client().ask("say f1"));
    site.client().ask("close f1");
    site.client().ask("close f2");
    sh("ip netns exec lb1 ipvsadm --set 900 120 300");
    end(lb1);
  }

  /** Datagrams of one socket: each by itself, or all to one server. */
  private void onePacket() throws Exception {
    String lvs =
        "{ scheduler: rr, protocol: udp, one-packet: %s, check: 'off', service: '10.10.10.100:80', "
            + WEB
            + " }";
    serving(lvs.formatted("true"));
    List<String> each = List.of(site.client().ask("datagrams " + VIP + " 80 6").split(" ", -1));
    equal(3, Collections.frequency(each, "web1"));
    equal(3, Collections.frequency(each, "web2"));
    Talker lb1 = site.director("lb1", lvs.formatted("false"));
    lb1.done("start");
    String one = site.client().ask("datagrams " + VIP + " 80 6");
    equal(1, new TreeSet<>(List.of(one.split(" ", -1))).size());
    end(lb1);
  }

  /** Two clients of one network are one client, and one of another network is another. */
  private void persistenceMask() throws Exception {
    String lvs =
        "{ scheduler: rr, persistence: 1m, check: 'off', services: ["
            + " { service: '10.10.10.100:80', persistence-mask: %d, "
            + WEB
            + " }, { service: '[2001:db8::100]:80', persistence-mask: %d,"
            + " real-servers: { web1: '2001:db8::21', web2: '2001:db8::22' } } ] }";
    sh(
        "ip -n client address add 10.10.10.2/24 dev eth0; ip -n client address add 10.10.11.1/32"
            + " dev eth0; ip -n client address add 2001:db8::2/64 dev eth0 nodad;"
            + " ip -n client address add 2001:db8:0:1::1/128 dev eth0 nodad");
    for (String machine : List.of("web1", "web2", "lb1")) {
      sh(
          "ip -n %1$s route add 10.10.11.1 dev eth0; ip -n %1$s route add 2001:db8:0:1::1 dev eth0"
              .formatted(machine));
    }
    try {
      Talker lb1 = serving(lvs.formatted(24, 64));
      until(
          "IPv6 answers",
          () ->
              isTrue(
                  site.answers(1, VIP6, 80).contains("web1")
                      || site.answers(1, VIP6, 80).contains("web2"),
                  "not"));
      for (List<String> clients :
          List.of(
              List.of(VIP, "10.10.10.1", "10.10.10.2", "10.10.11.1"),
              List.of(VIP6, "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"))) {
        String vip = clients.getFirst();
        String one = site.from(clients.get(1), 1, vip, 80).getFirst();
        equal(Collections.nCopies(3, one), site.from(clients.get(2), 3, vip, 80));
        String far = site.from(clients.get(3), 1, vip, 80).getFirst();
        isTrue(!far.equals(one) && far.startsWith("web"), far + " as well as " + one);
      }
      lb1.done("stop");
      lb1 = site.director("lb1", lvs.formatted(32, 128));
      lb1.done("start");
      String one = site.from("10.10.10.1", 1, VIP, 80).getFirst();
      isTrue(!one.equals(site.from("10.10.10.2", 1, VIP, 80).getFirst()), "each for itself");
      end(lb1);
    } finally {
      sh(
          "ip -n client address del 10.10.10.2/24 dev eth0; ip -n client address del 10.10.11.1/32"
              + " dev eth0; ip -n client address del 2001:db8::2/64 dev eth0;"
              + " ip -n client address del 2001:db8:0:1::1/128 dev eth0");
      for (String machine : List.of("web1", "web2", "lb1")) {
        sh(
            "ip -n %1$s route del 10.10.11.1; ip -n %1$s route del 2001:db8:0:1::1"
                .formatted(machine));
      }
    }
  }

  /** What the kernel takes is what it does: by port or not. */
  private void schedulerFlags() throws Exception {
    for (String flags : List.of("sh", "sh sh-fallback", "mh", "mh mh-port")) {
      List<String> words = List.of(flags.split(" ", -1));
      List<String> set = words.subList(1, words.size());
      Talker lb1 =
          serving(
              "{ scheduler: %s, scheduler-flags: [%s], check: 'off', service: '10.10.10.100:80', %s }"
                  .formatted(words.getFirst(), String.join(", ", set), WEB));
      equal(
          "-A -t 10.10.10.100:80 -s " + String.join(" -b ", words),
          table("lb1").lines().filter(l -> l.startsWith("-A")).findFirst().orElse(""));
      equal(set.contains("mh-port") ? 2 : 1, site.answers(12, VIP, 80).size());
      end(lb1);
    }
  }

  /** Another weight, by a changed file: new connections follow it, those that are open stay. */
  private void weights() throws Exception {
    Path state = WORK.resolve("weights");
    String lvs =
        "{ scheduler: wrr, check: 'off', service: '10.10.10.100:80', real-servers:"
            + " { web1: { ip: 10.10.10.21, weight: %d }, web2: { ip: 10.10.10.22, weight: %d } } }";
    Talker lb1 = site.director("lb1", state, lvs.formatted(1, 1));
    lb1.done("start");
    moveVip("lb1", true);
    String held = site.client().ask("open w " + VIP + " 80");
    for (int[] pair : new int[][] {{3, 1}, {1, 3}, {0, 2}, {2, 0}}) {
      lb1 = site.director("lb1", state, lvs.formatted(pair[0], pair[1]));
      lb1.done("start");
      equal(held, site.client().ask("say w"));
      List<String> got = site.from("10.10.10.1", 8, VIP, 80);
      int sum = pair[0] + pair[1];
      equal(8 * pair[0] / sum, Collections.frequency(got, "web1"));
      equal(8 * pair[1] / sum, Collections.frequency(got, "web2"));
    }
    equal(held, site.client().ask("say w"));
    site.client().ask("close w");
    end(lb1);
  }
}
