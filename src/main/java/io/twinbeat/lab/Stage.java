package io.twinbeat.lab;

import io.twinbeat.config.Pair;
import io.twinbeat.process.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Where the demo's scenes are played: a lab in calm, and the eyes that judge from outside. */
final class Stage {
  /** After a scene the pair must be whole again: nodes boot, devices are proven anew. */
  private static final Duration CALM_LIMIT = Duration.ofSeconds(90);

  private static final Duration STATUS_PERIOD = Duration.ofMillis(200);
  private static final int LAST_WORDS = 5;

  final LabSite lab;
  final Live live;
  final Pair pair;
  private final List<String> broken = new ArrayList<>();
  private boolean lost;
  private long started;

  Stage(LabSite lab, Live live, Pair pair) {
    this.lab = lab;
    this.live = live;
    this.pair = pair;
  }

  LabNode preferred() {
    return lab.nodes().get(0);
  }

  LabNode other() {
    return lab.nodes().get(1);
  }

  /** Plays one scene and judges what every scene must keep: one holder at most. */
  Verdict play(Scenes.Scene scene) {
    broken.clear();
    started = System.nanoTime();
    long twoBefore = live.holders().twoHoldersNanos();
    String happened;
    try {
      happened = scene.body().play(this);
    } catch (LabException e) {
      happened = "did not end as it must";
      broken.add(e.getMessage());
      lost = true;
    }
    live.probe().settle();
    long two = live.holders().twoHoldersNanos() - twoBefore;
    check(two == 0, "two nodes had the address for %.0f ms".formatted(two / 1e6));
    return new Verdict(scene.title(), happened, fencedInWords(), longestOutage(), broken);
  }

  /** A scene did not come to its end; what follows has no ground to stand on. */
  boolean isLost() {
    return lost;
  }

  long started() {
    return started;
  }

  void check(boolean kept, String reason) {
    if (!kept) {
      broken.add(reason);
    }
  }

  /** Goes on when the condition holds; a scene that waits in vain is over. */
  void await(String what, Duration limit, BooleanSupplier condition) {
    if (!LabSite.await(limit, condition)) {
      throw new LabException("not within " + limit.toSeconds() + " s: " + what);
    }
  }

  /** As {@link #await} for what only a command tells: asked now and then. */
  void awaitStatus(String what, Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new LabException("not within " + limit.toSeconds() + " s: " + what);
      }
      LabSite.await(STATUS_PERIOD, () -> false);
    }
  }

  void mustServe(LabNode node, Duration limit) {
    await(
        node.name() + " answers",
        limit,
        () ->
            lab.holders().equals(Set.of(node.name()))
                && live.probe().node().equals(node.name())
                && !live.probe().isDown());
  }

  void calm(String holder) {
    Optional<String> missing = awaitCalm(holder, CALM_LIMIT);
    if (missing.isPresent()) {
      throw new LabException(missing.get() + lastWords());
    }
  }

  /** Both nodes hear each other, agree on the holder and are ready; else what is missing. */
  Optional<String> awaitCalm(String holder, Duration limit) {
    String[] missing = {"nothing was asked yet"};
    try {
      awaitStatus(
          "",
          limit,
          () -> {
            missing[0] = missing(holder);
            return missing[0].isEmpty();
          });
    } catch (LabException e) {
      return Optional.of("not within " + limit.toSeconds() + " s: " + missing[0]);
    }
    return Optional.empty();
  }

  private String missing(String holder) {
    if (!lab.holders().equals(Set.of(holder))) {
      return "the address on " + holder + " (it is on " + lab.holders() + ")";
    }
    for (LabNode node : lab.nodes()) {
      Optional<NodeStatus> status = node.status();
      if (status.isEmpty()) {
        return "a daemon on " + node.name() + " that answers";
      }
      if (!status.get().peer().equals("heard")) {
        return node.name() + " hears its peer (it says: " + status.get().peer() + ")";
      }
      if (!status.get().holder().equals(holder)) {
        return node.name() + " knows that " + holder + " holds";
      }
      for (LabNode each : lab.nodes()) {
        if (!status.get().isReady(each.name())) {
          return each.name() + " is ready, as " + node.name() + " sees it";
        }
      }
    }
    return live.probe().node().equals(holder) ? "" : "an answer from " + holder;
  }

  String statusOf(LabNode node) {
    return node.status().map(NodeStatus::peer).orElse("");
  }

  /** The end of both daemons' logs, for when there is nothing better to say. */
  String lastWords() {
    StringBuilder words = new StringBuilder();
    for (LabNode node : lab.nodes()) {
      List<String> log = LabFolder.read(node.daemonLog()).lines().toList();
      for (String line : log.subList(Math.max(0, log.size() - LAST_WORDS), log.size())) {
        words.append('\n').append(node.name()).append(" | ").append(line);
      }
    }
    return words.toString();
  }

  List<Outage> outages() {
    return live.probe().outagesSince(started);
  }

  double longestOutage() {
    double over = outages().stream().mapToDouble(Outage::millis).max().orElse(0);
    return Math.max(over, live.probe().downNanos() / 1e6);
  }

  /** Nodes that somebody other than us switched off in this scene. */
  Set<String> shot() {
    return lab.fenceLog().stream()
        .filter(action -> action.startNanos() - started >= 0)
        .map(PowerAction::node)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private String fencedInWords() {
    Set<String> fenced = shot();
    for (LabNode node : lab.nodes()) {
      if (!fenced.contains(node.name()) && !lab.foundOff(node.name(), started).isEmpty()) {
        fenced.add(node.name() + " (found off)");
      }
    }
    return fenced.isEmpty() ? "nobody" : String.join(", ", fenced);
  }

  /** When a node's kernel first had the address in this scene. */
  Optional<Long> tookAddress(LabNode node) {
    return live.holders().changes().stream()
        .filter(change -> change.atNanos() - started >= 0)
        .filter(change -> change.holders().contains(node.name()))
        .map(Holders.Change::atNanos)
        .findFirst();
  }

  /**
   * How long it takes here and now to make certain, by the site's own device, that a node is off
   * that is off already: off, then a separate status. The longer of two runs.
   */
  Duration fenceTime(LabNode by, LabNode off) {
    SitePlan.Bmc bmc = lab.plan().node(off.name()).bmc();
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
}
