package io.twinbeat.lvs;

import static io.twinbeat.lvs.GuestNet.sh;
import static io.twinbeat.lvs.GuestSite.WORK;
import static io.twinbeat.lvs.GuestSite.equal;
import static io.twinbeat.lvs.GuestSite.isTrue;
import static io.twinbeat.lvs.GuestSite.table;

import io.twinbeat.lvs.GuestNet.Talker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the kernel's table becomes, read back by another program, and the kernel's settings. */
final class GuestTables {
  private final GuestSite site;

  GuestTables(GuestSite site) {
    this.site = site;
  }

  void addTo(Map<String, GuestSite.Scene> scenes) {
    scenes.put("unprepared", this::unprepared);
    scenes.put("table", this::everything);
    scenes.put("schedulers", this::schedulers);
    scenes.put("foreign-edits", this::foreignEdits);
    scenes.put("sysctls", this::sysctls);
    scenes.put("large", this::large);
  }

  /** A start finds a kernel that nobody has prepared; so this is the first scene. */
  private void unprepared() throws Exception {
    isTrue(!Files.exists(Path.of("/proc/net/ip_vs")), "IPVS is loaded already");
    Talker lb1 =
        site.director(
            "lb1",
            "{ check: 'off', scheduler: mh, service: '10.10.10.100:80', real-servers: { a: 10.10.10.21 } }");
    lb1.done("start");
    isTrue(table("lb1").contains("-s mh"), table("lb1"));
    lb1.done("stop");
  }

  private static final String EVERYTHING =
      """
      { check: "off", check-on-standby: false, scheduler: wrr, services: [
        { service: 10.10.10.100:80, scheduler: mh, scheduler-flags: [mh-port, mh-fallback], real-servers: { a: 10.10.10.21, b: { ip: 10.10.10.22, weight: 7, upper-threshold: 100, lower-threshold: 80 } } },
        { service: 10.10.10.100:443, mode: tun, persistence: 5m, persistence-mask: 24, real-servers: { a: 10.10.10.21 } },
        { service: 10.10.10.100:53, protocol: udp, one-packet: true, mode: nat, real-servers: { a: { ip: 10.10.10.21, port: 5353 } } },
        { service: "[2001:db8::100]:80", scheduler: sh, scheduler-flags: [sh-port], persistence: 6m, persistence-mask: 64, real-servers: { a: "2001:db8::21" } },
        { fwmark: 5, real-servers: { a: 10.10.10.21 } },
        { fwmark: 5, family: ipv6, real-servers: { a: "2001:db8::21" } },
        { service: 10.10.10.100:0, persistence: 1m, real-servers: { a: 10.10.10.21 } } ] }
      """;

  /** Every kind of service, as another program reads it; and nothing left afterwards. */
  private void everything() throws Exception {
    Talker lb1 = site.director("lb1", EVERYTHING);
    System.out.println("  prepare: " + lb1.done("prepare"));
    equal("", table("lb1"));
    System.out.println("  start: " + lb1.done("start"));
    equal(
        """
        -A -f 5 -6 -s wrr
        -A -f 5 -s wrr
        -A -t 10.10.10.100:0 -s wrr -p 60
        -A -t 10.10.10.100:443 -s wrr -p 300 -M 255.255.255.0
        -A -t 10.10.10.100:80 -s mh -b mh-fallback,mh-port
        -A -t [2001:db8::100]:80 -s sh -p 360 -M 64 -b sh-port
        -A -u 10.10.10.100:53 -s wrr -o
        -a -f 5 -6 -r [2001:db8::21]:0 -g -w 1
        -a -f 5 -r 10.10.10.21:0 -g -w 1
        -a -t 10.10.10.100:0 -r 10.10.10.21:0 -g -w 1
        -a -t 10.10.10.100:443 -r 10.10.10.21:443 -i -w 1 --tun-type ipip
        -a -t 10.10.10.100:80 -r 10.10.10.21:80 -g -w 1
        -a -t 10.10.10.100:80 -r 10.10.10.22:80 -g -w 7
        -a -t [2001:db8::100]:80 -r [2001:db8::21]:80 -g -w 1
        -a -u 10.10.10.100:53 -r 10.10.10.21:5353 -m -w 1\
        """
            .lines()
            .sorted()
            .toList(),
        table("lb1").lines().sorted().toList());
    // ipvsadm -S forgets the thresholds; its listing does not.
    String thresholds = sh("ip netns exec lb1 ipvsadm -Ln --thresholds");
    isTrue(thresholds.matches("(?s).*10.10.10.22:80 +100 +80 .*"), thresholds);
    System.out.println("  again: " + lb1.done("start"));
    System.out.println("  stop: " + lb1.done("stop"));
    equal("", table("lb1"));
    lb1.done("stop");
  }

  /** All that this kernel has; one that it has not is refused by name, with nothing left. */
  private void schedulers() throws Exception {
    for (String scheduler :
        List.of(
            "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh",
            "twos")) {
      String lvs =
          "{ check: 'off', service: '10.10.10.100:80', scheduler: "
              + scheduler
              + ", real-servers: { a: 10.10.10.21 } }";
      Talker lb1 = site.director("lb1", lvs);
      Path modules = Path.of(System.getProperty("twinbeat.modules"), sh("uname -r"));
      boolean missing =
          !Files.exists(modules.resolve("kernel/net/netfilter/ipvs/ip_vs_" + scheduler + ".ko"));
      if (missing) {
        String refused = lb1.ask("prepare");
        isTrue(refused.startsWith("error") && refused.contains("ip_vs_" + scheduler), refused);
        isTrue(lb1.ask("inspect").contains("HOPELESS"), "inspect");
      } else {
        lb1.done("prepare");
        lb1.done("start");
        isTrue(table("lb1").contains("-s " + scheduler), table("lb1"));
        lb1.done("stop");
      }
      equal("", table("lb1"));
    }
  }

  /** What others' hands, and their tools' traps, do to the table is said and mended. */
  private void foreignEdits() throws Exception {
    Talker lb1 = site.director("lb1", EVERYTHING);
    lb1.done("start");
    String right = table("lb1");
    for (String edit :
        List.of(
            "-e -t 10.10.10.100:443 -r 10.10.10.21:443 -w 3", // resets the method to DR
            "-E -t 10.10.10.100:443 -s wrr", // drops the persistence
            "-E -t 10.10.10.100:80 -s rr",
            "-d -t 10.10.10.100:80 -r 10.10.10.22:80",
            "-a -t 10.10.10.100:80 -r 10.10.10.99:80 -g",
            "-e -t 10.10.10.100:80 -r 10.10.10.22:80 -g -w 7 -x 5 -y 3",
            "-D -f 5",
            "-C")) {
      sh("ip netns exec lb1 ipvsadm " + edit);
      lb1.events.clear();
      String checked = lb1.done("check");
      isTrue(checked.contains("good=true"), checked);
      equal(right, table("lb1"));
      isTrue(lb1.said("somebody changed the IPVS table"), edit + ": " + lb1.events);
    }
    sh("ip netns exec lb1 ipvsadm -A -t 10.10.10.11:99 -s rr");
    lb1.events.clear();
    lb1.done("check");
    equal(List.of(), lb1.events);
    isTrue(table("lb1").contains("10.10.10.11:99"), "others' services are left alone");
    isTrue(lb1.ask("inspect").contains("services that are not in the file"), "and told");
    lb1.done("stop");
    equal("-A -t 10.10.10.11:99 -s rr", table("lb1"));
  }

  private static String sysctl(String name) {
    return sh("ip netns exec lb1 sysctl -n " + name);
  }

  /** Set, kept so, remembered over a kill, and put back as they were. */
  private void sysctls() throws Exception {
    String dr =
        "{ check: 'off', mode: dr, service: '10.10.10.100:80', real-servers: { a: 10.10.30.21 } }";
    String nat = dr.replace("mode: dr", "mode: nat");
    sh(
        "ip netns exec lb1 sysctl -qw net.ipv4.ip_forward=0 net.ipv4.vs.expire_nodest_conn=0"
            + " net.ipv4.conf.all.accept_redirects=0");
    String sends = sysctl("net.ipv4.conf.eth0.send_redirects");
    Path state = WORK.resolve("sysctls");
    Talker lb1 = site.director("lb1", state, nat);
    lb1.done("start");
    equal("1", sysctl("net.ipv4.ip_forward"));
    equal("1", sysctl("net.ipv4.vs.expire_nodest_conn"));
    equal("0", sysctl("net.ipv4.conf.eth0.send_redirects"));
    sh("ip netns exec lb1 sysctl -qw net.ipv4.ip_forward=0");
    lb1.done("check");
    equal("1", sysctl("net.ipv4.ip_forward"));
    isTrue(lb1.said("net/ipv4/ip_forward is 0, not 1"), lb1.events.toString());
    site.kill("lb1");
    lb1 = site.director("lb1", state, nat);
    lb1.done("start");
    lb1.done("stop");
    equal("0", sysctl("net.ipv4.ip_forward"));
    equal("0", sysctl("net.ipv4.conf.all.accept_redirects"));
    equal("0", sysctl("net.ipv4.vs.expire_nodest_conn"));
    equal(sends, sysctl("net.ipv4.conf.eth0.send_redirects"));
    // A changed file needs less; a standby finds what was left.
    lb1.done("start");
    lb1 = site.director("lb1", state, dr);
    lb1.done("start");
    equal("0", sysctl("net.ipv4.ip_forward"));
    equal("1", sysctl("net.ipv4.vs.expire_nodest_conn"));
    sh("ip netns exec lb1 ipvsadm -C");
    site.kill("lb1");
    lb1 = site.director("lb1", state, nat);
    lb1.done("standby");
    equal("0", sysctl("net.ipv4.vs.expire_nodest_conn"));
  }

  /** How long a large table takes, in this slow kernel. */
  private void large() throws Exception {
    StringBuilder servers = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      servers
          .append(i == 0 ? "" : ", ")
          .append("s" + i + ": 10.20." + i / 250 + "." + (i % 250 + 1));
    }
    String lvs =
        "{ check: 'off', scheduler: wrr, service: '10.10.10.100:80', real-servers: { "
            + servers
            + " } }";
    Talker lb1 = site.director("lb1", lvs);
    lb1.done("prepare");
    System.out.println("  start: " + lb1.done("start"));
    System.out.println("  check: " + lb1.done("check"));
    equal(1001, (int) table("lb1").lines().count());
    System.out.println("  stop: " + lb1.done("stop"));
  }
}
