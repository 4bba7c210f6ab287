package io.twinbeat.lvs;

import static io.twinbeat.lvs.GuestNet.sh;
import static io.twinbeat.lvs.GuestSite.VIP;
import static io.twinbeat.lvs.GuestSite.WORK;
import static io.twinbeat.lvs.GuestSite.equal;
import static io.twinbeat.lvs.GuestSite.isTrue;
import static io.twinbeat.lvs.GuestSite.moveVip;
import static io.twinbeat.lvs.GuestSite.table;
import static io.twinbeat.lvs.GuestSite.until;

import io.twinbeat.lvs.GuestNet.Talker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What passes between two directors when their roles change, and what a standby must not have. */
final class GuestRoles {
  /** On a loaded machine a look may be too slow, and its server's connections are reset. */
  private static final String SYNC =
      "{ check: 'off', scheduler: wlc, sync: { daemon: { dev: eth0, id: 7 } }, service: '10.10.10.100:80',"
          + " real-servers: { web1: 10.10.10.21, web2: 10.10.10.22 } }";

  /** It was 3.2 s when the flush was waited for; a slow kernel needs some ms for the table. */
  private static final Duration STOP_MAX = Duration.ofMillis(500);

  private final GuestSite site;

  GuestRoles(GuestSite site) {
    this.site = site;
  }

  void addTo(Map<String, GuestSite.Scene> scenes) {
    scenes.put("sync", this::syncDaemons);
    scenes.put("sync-back", this::takenBackWithinTheTurn);
    scenes.put("sync-broken", this::syncThatCannotStart);
    scenes.put("sync-removed", this::syncThatTheFileHasNoMore);
    scenes.put("leftover", this::leftover);
  }

  private static Set<String> daemons(String lb) {
    String shown = sh("ip netns exec " + lb + " ipvsadm -L --daemon");
    Set<String> roles = new TreeSet<>();
    for (String role : List.of("master", "backup")) {
      if (shown.contains(role + " sync daemon")) {
        roles.add(role);
      }
    }
    return roles;
  }

  private static void known(String lb, int connections) throws Exception {
    until(
        lb + " knows of the connections",
        () -> {
          String known = sh("ip netns exec " + lb + " ipvsadm -Lcn");
          isTrue(
              known.lines().filter(l -> l.contains("ESTABLISHED")).count() >= connections, known);
        });
  }

  /**
   * The hand-over waits for nobody: an open connection goes on at once, while both daemons of both
   * nodes run; and backup_only=1, which somebody has set for standbys, refuses nobody meanwhile.
   */
  private void syncDaemons() throws Exception {
    forgetsNoConnections();
    for (String lb : List.of("lb1", "lb2")) {
      sh("ip netns exec " + lb + " sysctl -qw net.ipv4.vs.backup_only=1");
    }
    Talker lb1 = site.director("lb1", SYNC);
    Talker lb2 = site.director("lb2", SYNC);
    lb1.done("start");
    lb2.done("prepare");
    equal(Set.of("master"), daemons("lb1"));
    equal(Set.of("backup"), daemons("lb2"));
    moveVip("lb1", true);
    String server = site.client().ask("open old " + VIP + " 80");
    site.client().ask("say old");
    known("lb2", 1);
    String young = site.client().ask("open young " + VIP + " 80");
    equal(young, site.client().ask("say young"));
    site.client().ask("open talker " + VIP + " 80");
    site.client().ask("say talker");
    moveVip("lb1", false);
    long began = System.nanoTime();
    System.out.println("  hand-over: " + lb1.done("stop"));
    System.out.println("  takeover: " + lb2.done("start"));
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    isTrue(took.compareTo(STOP_MAX) < 0, "stop and start took " + took);
    equal("", table("lb1"));
    equal(Set.of("master", "backup"), daemons("lb1"));
    equal(Set.of("master", "backup"), daemons("lb2"));
    moveVip("lb2", true);
    equal(server, site.client().ask("say old"));
    // The kernel has not told of it yet, and lb2's own stack resets it: a known gap.
    System.out.println("  young, and talks at once: " + site.client().ask("say talker"));
    isTrue(!site.answers(2, VIP, 80).toString().contains("error"), "new connections");
    lb1.done("finish");
    equal(Set.of("backup"), daemons("lb1"));
    lb2.done("finish");
    equal(Set.of("master"), daemons("lb2"));
    // Told within the turn, mostly: in a third of the runs it is reset, and why is not known.
    System.out.println("  young, and silent for the turn: " + site.client().ask("say young"));
    equal(server, site.client().ask("say old"));
    equal("0", sh("ip netns exec lb2 sysctl -n net.ipv4.vs.backup_only"));
    equal("1", sh("ip netns exec lb1 sysctl -n net.ipv4.vs.backup_only"));
    site.client().ask("close old");
    site.client().ask("close young");
    site.client().ask("close talker");
    moveVip("lb2", false);
    lb2.done("stop");
    lb2.done("finish");
    end();
  }

  /**
   * As by default. Scenes whose directors nobody stops leave 1, which a director puts back then.
   */
  private void forgetsNoConnections() throws Exception {
    for (String lb : List.of("lb1", "lb2")) {
      sh("ip netns exec " + lb + " sysctl -qw net.ipv4.vs.expire_nodest_conn=0");
    }
  }

  /** Back and forth faster than a turn takes: each ends as what it was told last. */
  private void takenBackWithinTheTurn() throws Exception {
    forgetsNoConnections();
    Talker lb1 = site.director("lb1", SYNC);
    Talker lb2 = site.director("lb2", SYNC);
    lb1.done("start");
    lb2.done("prepare");
    moveVip("lb1", true);
    String server = site.client().ask("open s " + VIP + " 80");
    site.client().ask("say s");
    known("lb2", 1);
    moveVip("lb1", false);
    lb1.done("stop");
    lb2.done("start");
    lb2.done("stop");
    lb1.done("start");
    moveVip("lb1", true);
    equal(server, site.client().ask("say s"));
    lb1.done("finish");
    lb2.done("finish");
    equal(Set.of("master"), daemons("lb1"));
    equal(Set.of("backup"), daemons("lb2"));
    // Killed within the turn: the next life ends what it finds.
    lb1.done("stop");
    lb2.done("start");
    equal(Set.of("master", "backup"), daemons("lb1"));
    site.kill("lb1");
    lb1 = site.director("lb1", SYNC);
    lb1.done("standby");
    lb1.done("finish");
    equal(Set.of("backup"), daemons("lb1"));
    // And a daemon that somebody has stopped is started again.
    sh("ip netns exec lb2 ipvsadm --stop-daemon master");
    lb2.done("check");
    lb2.done("finish");
    equal(Set.of("master"), daemons("lb2"));
    site.client().ask("close s");
    moveVip("lb1", false);
    lb2.done("stop");
    lb2.done("finish");
    end();
  }

  /** It fails nothing; and begins by itself when its device is mended. */
  private void syncThatCannotStart() throws Exception {
    Talker lb1 = site.director("lb1", SYNC.replace("eth0", "eth9"));
    lb1.done("prepare");
    isTrue(lb1.said("ALARM lvs: no connection sync over eth9"), lb1.events.toString());
    String inspected = lb1.done("inspect");
    isTrue(inspected.contains("there is no network device eth9"), inspected);
    lb1.done("start");
    isTrue(table("lb1").contains("10.10.10.100:80"), table("lb1"));
    isTrue(lb1.done("check").contains("good=true"), "the check of the holder");
    lb1.done("stop");
    equal("", table("lb1"));
    sh("ip -n lb1 link add eth9 type veth peer name peer9; ip -n lb1 link set eth9 up");
    lb1.done("start");
    inspected = lb1.done("inspect");
    isTrue(inspected.contains("eth9 has no IPv4 address"), inspected);
    equal(Set.of(), daemons("lb1"));
    sh("ip -n lb1 address add 10.99.0.1/24 dev eth9");
    isTrue(lb1.done("check").contains("good=true"), "the check of the holder");
    equal(Set.of("master"), daemons("lb1"));
    sh("ip -n lb1 link del eth9");
    isTrue(lb1.done("check").contains("good=true"), "the check of the holder");
    lb1.done("retire");
    lb1.done("end-sync");
    equal(Set.of(), daemons("lb1"));
    equal("", table("lb1"));
  }

  /** By a reload: the holder stops for good what is closed already, and the daemons end. */
  private void syncThatTheFileHasNoMore() throws Exception {
    Talker lb1 = site.director("lb1", SYNC);
    Talker lb2 = site.director("lb2", SYNC);
    lb1.done("start");
    lb2.done("standby");
    equal(Set.of("master"), daemons("lb1"));
    equal(Set.of("backup"), daemons("lb2"));
    lb1.done("retire");
    equal("", table("lb1"));
    equal(Set.of("master"), daemons("lb1"));
    for (Talker lb : List.of(lb1, lb2)) {
      lb.done("end-sync");
    }
    equal(Set.of(), daemons("lb1"));
    equal(Set.of(), daemons("lb2"));
    sh("ip netns exec lb1 ipvsadm --start-daemon backup --mcast-interface eth0 --syncid 9");
    lb1.done("end-sync"); // Somebody else's.
    equal(Set.of("backup"), daemons("lb1"));
    sh("ip netns exec lb1 ipvsadm --stop-daemon backup");
  }

  private static void end() {
    for (String lb : List.of("lb1", "lb2")) {
      sh("ip netns exec " + lb + " ipvsadm --stop-daemon backup");
      sh("ip netns exec " + lb + " sysctl -qw net.ipv4.vs.backup_only=0");
    }
  }

  /**
   * A table on the standby catches the standby's own look at the holder. The standby takes it out,
   * as soon as it is known to be one; a daemon that does not know yet what it is touches nothing.
   */
  private void leftover() throws Exception {
    Path state = WORK.resolve("leftover");
    String lvs =
        "{ scheduler: rr, service: '10.10.10.100:80',"
            + " real-servers: { web1: 10.10.10.21, web2: 10.10.10.22 } }";
    Talker lb1 = site.director("lb1", lvs);
    Talker lb2 = site.director("lb2", state, lvs);
    lb1.done("start");
    lb1.done("standby"); // The active one has no leftovers.
    isTrue(table("lb1").contains("10.10.10.100:80"), table("lb1"));
    moveVip("lb1", true);
    isTrue(lb2.done("look " + VIP + " 80").contains("Answered["), "the holder serves");

    lb2.done("start");
    site.kill("lb2");
    lb2 = site.director("lb2", state, lvs);
    sh("ip netns exec lb2 ipvsadm -A -t 10.10.10.12:99 -s rr");
    String left = table("lb2");
    String inspected = lb2.done("inspect");
    isTrue(inspected.contains("1 of the file's services are in this kernel"), inspected);
    equal(left, table("lb2"));
    String fooled = lb2.done("look " + VIP + " 80");
    isTrue(
        fooled.contains("OwnAnswer[") && fooled.contains("own IPVS table catches"),
        "the look is fooled: " + fooled);

    lb2.done("standby");
    equal("-A -t 10.10.10.12:99 -s rr", table("lb2"));
    isTrue(lb2.said("there was an IPVS table on this node"), lb2.events.toString());
    String honest = lb2.done("look " + VIP + " 80");
    isTrue(honest.contains("Answered[") && !honest.contains("NotAnswered["), honest);
    lb2.events.clear();
    lb2.done("standby");
    equal(List.of(), lb2.events);
    moveVip("lb1", false);
    String dead = lb2.done("look " + VIP + " 80");
    isTrue(dead.contains("NotAnswered["), dead);
    lb1.done("stop");
    sh("ip netns exec lb2 ipvsadm -C");
  }
}
