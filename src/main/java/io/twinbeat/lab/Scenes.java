package io.twinbeat.lab;

import io.twinbeat.process.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** The scenes of the demo. Each begins and ends in calm, with the preferred node as the holder. */
final class Scenes {
  /** What is done after the fence is confirmed (promise P6). */
  private static final Duration AFTER_FENCE = Duration.ofMillis(100);

  private static final double HAND_OVER_MILLIS_MAX = 30;
  private static final double RESTART_MILLIS_MAX = 200;
  private static final Duration LIMIT = Duration.ofSeconds(40);

  /** What happens in a scene; returns what happened in the end, in a few words. */
  interface Body {
    String play(Stage stage);
  }

  record Scene(String title, Body body) {}

  private Scenes() {}

  static List<Scene> all() {
    return List.of(
        new Scene("power loss of the holder", Scenes::powerLoss),
        new Scene("failback by hand-over", Scenes::failback),
        new Scene("all heartbeat links cut", Scenes::partition),
        new Scene("nginx killed on the holder", Scenes::nginxKilled),
        new Scene("daemon killed on the holder", Scenes::daemonKilled));
  }

  private static String powerLoss(Stage stage) {
    LabNode holder = stage.preferred();
    LabNode standby = stage.other();
    stage.live.say("pulling the plug of " + holder.name());
    holder.powerOff();
    stage.mustServe(standby, LIMIT);
    stage.live.probe().settle();

    long took = stage.tookAddress(standby).orElse(stage.started());
    stage.check(
        stage.lab.foundOff(holder.name(), stage.started()).stream()
            .anyMatch(proof -> proof.endNanos() - took < 0),
        standby.name() + " took the address without proof that " + holder.name() + " is off");
    stage.check(!stage.shot().contains(standby.name()), standby.name() + " was shot");
    stage.live.say("timing the fence device of " + holder.name() + " by hand, for the bound");
    Duration fence = stage.fenceTime(standby, holder);
    Duration deadtime = stage.pair.heartbeat().deadtime();
    long most = deadtime.plus(fence).plus(AFTER_FENCE).toMillis();
    stage.check(
        stage.longestOutage() > 0 && stage.longestOutage() <= most,
        "the client waited %.0f ms, at most %d were promised (deadtime %d + fence %d + %d)"
            .formatted(
                stage.longestOutage(),
                most,
                deadtime.toMillis(),
                fence.toMillis(),
                AFTER_FENCE.toMillis()));
    return "%s fenced, %s took over (deadtime %d ms, fence %d ms)"
        .formatted(holder.name(), standby.name(), deadtime.toMillis(), fence.toMillis());
  }

  private static String failback(Stage stage) {
    LabNode back = stage.preferred();
    LabNode holder = stage.other();
    stage.live.say("giving " + back.name() + " its power back");
    back.powerOn();
    stage.calm(holder.name());
    stage.check(stage.outages().isEmpty(), "the client noticed the return of " + back.name());
    stage.live.say("twinbeat takeover, on " + back.name());
    Outcome takeover = back.twinbeat("takeover");
    stage.check(takeover.succeeded(), "twinbeat takeover: " + takeover.summary());
    stage.mustServe(back, LIMIT);
    stage.calm(back.name());
    stage.check(stage.shot().isEmpty(), "somebody was shot");
    stage.check(
        stage.longestOutage() <= HAND_OVER_MILLIS_MAX,
        "the client waited %.0f ms, at most %.0f were promised"
            .formatted(stage.longestOutage(), HAND_OVER_MILLIS_MAX));
    return "%s came back, stood by, and took over when told".formatted(back.name());
  }

  private static String partition(Stage stage) {
    LabNode holder = stage.preferred();
    LabNode standby = stage.other();
    List<String> links = stage.lab.heartbeatLinks();
    stage.live.say("cutting " + String.join(" and ", links));
    links.forEach(stage.lab::cut);
    try {
      stage.awaitStatus(
          standby.name() + " says disconnected",
          LIMIT,
          () -> stage.statusOf(standby).equals("disconnected"));
      stage.live.say(standby.name() + " says: disconnected; watching for three deadtimes more");
      // A wait for something that must not happen.
      LabSite.await(
          stage.pair.heartbeat().deadtime().multipliedBy(3),
          () -> !stage.shot().isEmpty() || !stage.lab.holders().equals(Set.of(holder.name())));
    } finally {
      stage.live.say("mending them");
      links.forEach(stage.lab::mend);
    }
    stage.calm(holder.name());
    unmoved(stage);
    return "%s reported disconnected and did nothing; mended".formatted(standby.name());
  }

  private static String nginxKilled(Stage stage) {
    LabNode holder = stage.preferred();
    stage.live.say("kill -9 of nginx on " + holder.name());
    holder.killNginx();
    // The client must notice, or nothing was killed.
    stage.await(
        "nginx answers again",
        LIMIT,
        () -> !stage.outages().isEmpty() && !stage.live.probe().isDown());
    stage.calm(holder.name());
    stage.check(stage.shot().isEmpty(), "somebody was shot");
    stage.check(
        stage.lab.holders().equals(Set.of(holder.name())), "the address is no longer there");
    stage.check(
        stage.longestOutage() <= RESTART_MILLIS_MAX,
        "the client waited %.0f ms, at most %.0f were promised"
            .formatted(stage.longestOutage(), RESTART_MILLIS_MAX));
    return "started again in place on " + holder.name();
  }

  private static String daemonKilled(Stage stage) {
    LabNode holder = stage.preferred();
    OptionalLong before = holder.daemonPid();
    stage.live.say("kill -9 of the daemon on " + holder.name());
    holder.killDaemon();
    stage.await(
        "another daemon on " + holder.name(),
        LIMIT,
        () -> holder.daemonPid().isPresent() && !holder.daemonPid().equals(before));
    stage.calm(holder.name());
    unmoved(stage);
    return "started again, found the service running and left it";
  }

  /** The client saw nothing, nobody was shot, and the address did not move. */
  private static void unmoved(Stage stage) {
    stage.check(stage.shot().isEmpty(), "shot: " + stage.shot());
    stage.check(
        stage.live.holders().changes().stream()
            .noneMatch(change -> change.atNanos() - stage.started() >= 0),
        "the address moved");
    stage.check(
        stage.outages().isEmpty(), "the client waited %.0f ms".formatted(stage.longestOutage()));
  }
}
