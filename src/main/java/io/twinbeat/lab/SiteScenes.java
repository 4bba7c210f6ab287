package io.twinbeat.lab;

import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ServerCheckConfig;
import io.twinbeat.process.Outcome;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** The scenes of a site of tiers. Each begins and ends in calm, all machines being up. */
final class SiteScenes {
  /** fence_ipmilan, a Python program, in a guest: it takes seconds there. */
  private static final Duration FENCE = Duration.ofSeconds(8);

  /** A hand-over moves an address; the rest are kernels that wait for a core. */
  private static final double HAND_OVER_MILLIS_MAX = 1500;

  /** Seen for certain after three looks, held for two more, and guests are slow. */
  private static final double OUT_OF_REACH_MILLIS_MAX = 16_000;

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Of a kept connection: well beyond the first, the kernel's sync daemons know it by then. */
  private static final int ANSWERS = 20;

  static final Scene DIRECTOR_DIES =
      new Scene("the active director loses power", SiteScenes::directorDies);
  static final Scene DIRECTOR_RETURNS =
      new Scene("it comes back and takes over again", SiteScenes::directorReturns);
  static final Scene PROXY_DIES = new Scene("the active nginx loses power", SiteScenes::proxyDies);
  static final Scene WEB_DIES = new Scene("a web server loses power", SiteScenes::webDies);
  static final Scene BOTH_DIE = new Scene("a director and an nginx together", SiteScenes::bothDie);
  static final Scene DIRECTOR_CUT =
      new Scene("the director is cut off the clients", SiteScenes::directorCut);
  static final Scene DIRECTOR_CUT_INSIDE =
      new Scene("the director is cut off every nginx", SiteScenes::directorCutInside);
  static final Scene PROXY_CUT =
      new Scene("an nginx is cut off the directors", SiteScenes::proxyCut);

  private SiteScenes() {}

  private static Cast cast(Stage stage) {
    return Cast.of(stage.site);
  }

  private static LabNode director(Stage stage) {
    return stage.holder(cast(stage).edge());
  }

  private static LabNode proxy(Stage stage) {
    return stage.holder(cast(stage).proxy());
  }

  private static double takeoverMillisMax(Stage stage) {
    return cast(stage).edge().heartbeat().deadtime().plus(FENCE).toMillis();
  }

  private static double checksMillisMax() {
    Duration look = ServerCheckConfig.INTERVAL.plus(ServerCheckConfig.TIMEOUT);
    return look.plus(ServerCheckConfig.JITTER).multipliedBy(ServerCheckConfig.FALL + 1).toMillis();
  }

  private static void powerOff(Stage stage, LabNode... nodes) {
    for (LabNode node : nodes) {
      stage.live.say("pulling the plug of " + node.name());
      node.powerOff();
    }
  }

  private static String directorDies(Stage stage) {
    LabNode active = director(stage);
    LabNode other = stage.peer(active);
    keepingConnections(
        stage,
        () -> {
          powerOff(stage, active);
          stage.holds(other, LIMIT);
        });
    stage.wasProvenOff(active);
    stage.nobodyShotBut(active);
    stage.lasted(takeoverMillisMax(stage), "");
    return other.name() + " took over, open connections went on";
  }

  /** Connections that were open before the deed go on after it, whoever speaks first. */
  private static void keepingConnections(Stage stage, Runnable deed) {
    try (KeptConnection asking = KeptConnection.asking(stage.lab);
        KeptConnection listening = KeptConnection.listening(stage.lab)) {
      stage.await(
          "answers over the kept connections",
          LIMIT,
          () -> asking.answers() > ANSWERS && listening.answers() > ANSWERS);
      deed.run();
      wentOn(stage, "asks", asking);
      wentOn(stage, "listens", listening);
    }
  }

  /** What comes now came by way of the new director. */
  private static void wentOn(Stage stage, String what, KeptConnection kept) {
    long before = kept.answers();
    boolean more =
        LabSite.await(LIMIT, () -> kept.answers() > before + ANSWERS || kept.lost())
            && !kept.lost();
    stage.check(more, "the open connection of a client that " + what + " broke");
  }

  private static String directorReturns(Stage stage) {
    LabNode holder = director(stage);
    LabNode back = stage.peer(holder);
    back.powerOn();
    stage.calm(holder);
    stage.nothingMovedTo(back);
    keepingConnections(stage, () -> takeover(stage, back));
    stage.nobodyShotBut();
    stage.lasted(HAND_OVER_MILLIS_MAX, "");
    return back.name() + " took over when told, open connections went on";
  }

  private static void takeover(Stage stage, LabNode node) {
    stage.live.say("twinbeat takeover, on " + node.name());
    Outcome takeover = node.twinbeat("takeover");
    stage.check(takeover.succeeded(), "twinbeat takeover: " + takeover.summary());
    stage.holds(node, LIMIT);
  }

  private static String proxyDies(Stage stage) {
    LabNode active = proxy(stage);
    LabNode other = stage.peer(active);
    LabNode director = director(stage);
    powerOff(stage, active);
    stage.holds(other, LIMIT);
    withoutServer(stage, director, active);
    stage.wasProvenOff(active);
    stage.nobodyShotBut(active);
    stage.lasted(checksMillisMax(), "");
    active.powerOn();
    stage.calm(other);
    Outcome side = active.twinbeat("realserver", "check");
    stage.check(
        side.succeeded(), active.name() + " came back and is no real server: " + side.summary());
    takeover(stage, active);
    stage.calm(active);
    return "%s took over, %s sent all to it".formatted(other.name(), director.name());
  }

  /** Waits until the director has taken a proxy out, and clients are answered. */
  private static void withoutServer(Stage stage, LabNode director, LabNode proxy) {
    RealServerConfig server = cast(stage).server(proxy.name());
    String entry = " -r %s:%d ".formatted(server.ip().getHostAddress(), server.port());
    stage.await(
        director.name() + " has taken " + proxy.name() + " out",
        LIMIT,
        () -> {
          Outcome table = director.exec("ipvsadm", "-Sn");
          return table.succeeded()
              && table
                  .out()
                  .lines()
                  .map(line -> line + " ")
                  .noneMatch(line -> line.contains(entry) && !line.contains(" -w 0 "));
        });
    stage.await("clients are answered", LIMIT, () -> !stage.live.probe().isDown());
  }

  private static String webDies(Stage stage) {
    LabNode web = stage.lab.node(cast(stage).webs().getFirst());
    powerOff(stage, web);
    // A wait for something that must not happen.
    LabSite.await(Duration.ofSeconds(10), () -> stage.live.probe().isDown());
    stage.nobodyShotBut();
    stage.nothingMoved();
    stage.lasted(HAND_OVER_MILLIS_MAX, "");
    web.powerOn();
    stage.calm();
    return "the proxies went round it";
  }

  private static String bothDie(Stage stage) {
    LabNode director = director(stage);
    LabNode proxy = proxy(stage);
    LabNode otherDirector = stage.peer(director);
    LabNode otherProxy = stage.peer(proxy);
    powerOff(stage, director, proxy);
    stage.holds(otherDirector, LIMIT);
    stage.holds(otherProxy, LIMIT);
    withoutServer(stage, otherDirector, proxy);
    stage.wasProvenOff(director);
    stage.wasProvenOff(proxy);
    stage.nobodyShotBut(director, proxy);
    stage.lasted(takeoverMillisMax(stage) + checksMillisMax(), "");
    List.of(director, proxy).forEach(LabNode::givePower);
    List.of(director, proxy).forEach(LabNode::awaitBoot);
    stage.calm();
    takeover(stage, director);
    takeover(stage, proxy);
    stage.calm();
    return otherDirector.name() + " and " + otherProxy.name() + " took over";
  }

  private static String directorCut(Stage stage) {
    LabNode active = director(stage);
    LabNode other = stage.peer(active);
    cut(stage, SitePlan.SERVICE, active, () -> stage.holds(other, LIMIT));
    stage.nobodyShotBut();
    stage.lasted(takeoverMillisMax(stage), "");
    return active.name() + " handed over by the other link";
  }

  /** Only it: the other one reaches them. Both must have looked for a while to be sure. */
  private static String directorCutInside(Stage stage) {
    LabNode active = director(stage);
    LabNode other = stage.peer(active);
    InetAddress server = cast(stage).server(proxy(stage).name()).ip();
    cut(
        stage,
        stage.lab.plan().lanOf(active.name(), server),
        active,
        () -> stage.holds(other, LIMIT));
    stage.nobodyShotBut();
    stage.lasted(OUT_OF_REACH_MILLIS_MAX, "");
    return active.name() + " handed over to " + other.name() + ", which reached them";
  }

  private static String proxyCut(Stage stage) {
    LabNode active = proxy(stage);
    LabNode other = stage.peer(active);
    LabNode director = director(stage);
    InetAddress server = cast(stage).server(active.name()).ip();
    cut(
        stage,
        stage.lab.plan().lanOf(active.name(), server),
        active,
        () -> {
          stage.holds(other, LIMIT);
          withoutServer(stage, director, active);
        });
    stage.nobodyShotBut();
    stage.lasted(checksMillisMax(), "");
    return "%s handed over to %s, %s sent all to it"
        .formatted(active.name(), other.name(), director.name());
  }

  private static void cut(Stage stage, String lan, LabNode node, Runnable meanwhile) {
    stage.live.say("cutting %s off %s".formatted(node.name(), lan));
    stage.lab.cut(lan, Direction.BOTH, node.name());
    try {
      meanwhile.run();
    } finally {
      stage.live.say("mending it");
      stage.lab.mend(lan, Direction.BOTH, node.name());
    }
    stage.calm();
  }
}
