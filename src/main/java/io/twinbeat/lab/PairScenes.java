package io.twinbeat.lab;

import io.twinbeat.process.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** The scenes of one pair. Each begins and ends in calm, with the first node as the holder. */
final class PairScenes {
  /** What is done after the fence is confirmed (promise P6). */
  private static final Duration AFTER_FENCE = Duration.ofMillis(100);

  private static final double HAND_OVER_MILLIS_MAX = 30;
  private static final double RESTART_MILLIS_MAX = 200;
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private PairScenes() {}

  static List<Scene> all() {
    return List.of(
        new Scene("power loss of the holder", PairScenes::powerLoss),
        new Scene("failback by hand-over", PairScenes::failback),
        new Scene("all heartbeat links cut", PairScenes::partition),
        new Scene("nginx killed on the holder", PairScenes::nginxKilled),
        new Scene("daemon killed on the holder", PairScenes::daemonKilled));
  }

  private static LabNode holder(Stage stage) {
    return stage.holder(stage.site.pair());
  }

  private static void serves(Stage stage, LabNode node) {
    stage.holds(node, LIMIT);
    stage.await(
        node.name() + " answers", LIMIT, () -> stage.live.probe().node().equals(node.name()));
  }

  private static String powerLoss(Stage stage) {
    LabNode holder = holder(stage);
    LabNode standby = stage.peer(holder);
    stage.live.say("pulling the plug of " + holder.name());
    holder.powerOff();
    serves(stage, standby);
    stage.live.probe().settle();
    stage.wasProvenOff(holder);
    stage.nobodyShotBut(holder);
    stage.check(stage.longestOutage() > 0, "the client noticed nothing");
    stage.live.say("timing the fence device of " + holder.name() + " by hand, for the bound");
    long fence = fenceTime(stage, standby, holder).toMillis();
    long deadtime = stage.site.pair().heartbeat().deadtime().toMillis();
    stage.lasted(
        (double) (deadtime + fence + AFTER_FENCE.toMillis()),
        " (deadtime %d + fence %d + %d)".formatted(deadtime, fence, AFTER_FENCE.toMillis()));
    return "%s fenced, %s took over (deadtime %d ms, fence %d ms)"
        .formatted(holder.name(), standby.name(), deadtime, fence);
  }

  /**
   * How long it takes here and now to make certain, by the site's own device, that a node is off
   * that is off already: off, then a separate status. The longer of two runs.
   */
  private static Duration fenceTime(Stage stage, LabNode by, LabNode off) {
    SitePlan.Bmc bmc = stage.lab.plan().node(off.name()).bmc();
    String script =
        bmc == null
            ? "%s off %s && ! %s status %s"
                .formatted(SiteFiles.HOOK, off.name(), SiteFiles.HOOK, off.name())
            : """
            ask() { printf '%%s\\n' action=$1 ip=%s lanplus=1 cipher=3 power_wait=0 username=%s \
              password="$(<%s)" | fence_ipmilan >/dev/null 2>&1; }
            ask off && ! ask status
            """
                .formatted(bmc.address(), bmc.user(), bmc.passwordFile());
    Duration longest = Duration.ZERO;
    for (int i = 0; i < 2; i++) {
      Outcome outcome = by.exec("bash", "-c", script);
      if (!outcome.succeeded()) {
        throw new LabException("the fence device of " + off.name() + ": " + outcome.summary());
      }
      longest = outcome.took().compareTo(longest) > 0 ? outcome.took() : longest;
    }
    return longest;
  }

  private static String failback(Stage stage) {
    LabNode holder = holder(stage);
    LabNode back = stage.peer(holder);
    stage.live.say("giving " + back.name() + " its power back");
    back.powerOn();
    stage.calm(holder);
    stage.check(stage.outages().isEmpty(), "the client noticed the return of " + back.name());
    stage.live.say("twinbeat takeover, on " + back.name());
    Outcome takeover = back.twinbeat("takeover");
    stage.check(takeover.succeeded(), "twinbeat takeover: " + takeover.summary());
    serves(stage, back);
    stage.calm(back);
    stage.nobodyShotBut();
    stage.lasted(HAND_OVER_MILLIS_MAX, "");
    return "%s came back, stood by, and took over when told".formatted(back.name());
  }

  private static String partition(Stage stage) {
    LabNode holder = holder(stage);
    LabNode standby = stage.peer(holder);
    List<String> links = stage.lab.heartbeatLinks();
    stage.live.say("cutting " + String.join(" and ", links));
    links.forEach(stage.lab::cut);
    try {
      stage.awaitStatus(() ->
          standby.status().map(NodeStatus::peer).orElse("").equals("disconnected")
              ? ""
              : standby.name() + " says disconnected");
      stage.live.say(standby.name() + " says: disconnected; watching for three deadtimes more");
      // A wait for something that must not happen.
      LabSite.await(
          stage.site.pair().heartbeat().deadtime().multipliedBy(3), stage::hasAnythingHappened);
    } finally {
      stage.live.say("mending them");
      links.forEach(stage.lab::mend);
    }
    stage.calm(holder);
    unmoved(stage);
    return "%s reported disconnected and did nothing; mended".formatted(standby.name());
  }

  private static String nginxKilled(Stage stage) {
    LabNode holder = holder(stage);
    stage.live.say("kill -9 of nginx on " + holder.name());
    holder.killNginx();
    // The client must notice, or nothing was killed.
    stage.await(
        "nginx answers again",
        LIMIT,
        () -> !stage.outages().isEmpty() && !stage.live.probe().isDown());
    stage.calm(holder);
    stage.nobodyShotBut();
    stage.nothingMoved();
    stage.lasted(RESTART_MILLIS_MAX, "");
    return "started again in place on " + holder.name();
  }

  private static String daemonKilled(Stage stage) {
    LabNode holder = holder(stage);
    OptionalLong before = holder.daemonPid();
    stage.live.say("kill -9 of the daemon on " + holder.name());
    holder.killDaemon();
    stage.await(
        "another daemon on " + holder.name(),
        LIMIT,
        () -> holder.daemonPid().isPresent() && !holder.daemonPid().equals(before));
    stage.calm(holder);
    unmoved(stage);
    return "started again, found the service running and left it";
  }

  /** The client saw nothing, nobody was shot, and the address did not move. */
  private static void unmoved(Stage stage) {
    stage.nobodyShotBut();
    stage.nothingMoved();
    stage.check(
        stage.outages().isEmpty(), "the client waited %.0f ms".formatted(stage.longestOutage()));
  }
}
