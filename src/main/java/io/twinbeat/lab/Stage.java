package io.twinbeat.lab;

import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Reading;
import io.twinbeat.config.Site;
import io.twinbeat.config.SiteReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where scenes are played: a lab in calm, and the eyes that judge from outside. */
final class Stage {
  /** Guests boot, and devices are proven anew. */
  static final Duration CALM_LIMIT = Duration.ofMinutes(4);

  private static final Duration STATUS_PERIOD = Duration.ofMillis(500);
  private static final int LAST_WORDS = 5;

  /** A request that was on its way when the scene began belongs to it. */
  private static final long ON_ITS_WAY_NANOS = 100_000_000;

  final LabSite lab;
  final Live live;
  final Site site;
  private final List<String> broken = new ArrayList<>();
  private boolean lost;
  private long started;

  Stage(LabSite lab, Live live) {
    this.lab = lab;
    this.live = live;
    String text = lab.nodes().getFirst().exec("cat", SiteSetup.SITE_FILE).out();
    if (!(SiteReader.read(text, "the site's file") instanceof Reading.Good good)) {
      throw new LabException("the site's file is wrong");
    }
    site = good.site();
  }

  /** Plays one scene and judges what every scene must keep: one holder of each address at most. */
  Verdict play(Scene scene) {
    broken.clear();
    live.forgetAnswers();
    started = System.nanoTime();
    long twoBefore = twoHolders();
    String happened;
    try {
      happened = scene.body().play(this);
    } catch (LabException e) {
      happened = "did not end as it must";
      broken.add(e.getMessage());
      lost = true;
    }
    live.probe().settle();
    long two = twoHolders() - twoBefore;
    check(two == 0, "two nodes had an address for %.0f ms".formatted(two / 1e6));
    return new Verdict(
        scene.title(),
        happened,
        fencedInWords(),
        longestOutage(),
        failed(),
        live.answers(),
        broken);
  }

  private long twoHolders() {
    return live.holders().stream().mapToLong(Holders::twoHoldersNanos).sum();
  }

  private long failed() {
    return outages().stream().mapToLong(o -> o.refused() + o.timedOut() + o.other()).sum();
  }

  /** A scene did not come to its end; what follows has no ground to stand on. */
  boolean isLost() {
    return lost;
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

  /** The pair of which this node is one. */
  Pair pair(String node) {
    return site.pairs().stream()
        .filter(pair -> names(pair).contains(node))
        .findFirst()
        .orElseThrow(() -> new LabException(node + " is in no pair"));
  }

  static List<String> names(Pair pair) {
    return pair.nodes().stream().map(Node::name).toList();
  }

  private static List<String> addresses(Pair pair) {
    return pair.groups().stream()
        .flatMap(group -> group.addresses().stream())
        .map(address -> address.ip().getHostAddress())
        .toList();
  }

  LabNode peer(LabNode node) {
    return lab.peer(node.name());
  }

  /** The node that alone has all addresses of the pair now; empty: there is none. */
  private Optional<String> found(Pair pair) {
    Set<Set<String>> holders =
        addresses(pair).stream().map(lab::holders).collect(Collectors.toSet());
    Set<String> nodes = holders.iterator().next();
    return holders.size() == 1 && nodes.size() == 1
        ? Optional.of(nodes.iterator().next())
        : Optional.empty();
  }

  LabNode holder(Pair pair) {
    return lab.node(
        found(pair).orElseThrow(() -> new LabException(pair.name() + " has no holder")));
  }

  /** Waits until this node alone has all addresses of its pair, and clients are answered. */
  void holds(LabNode node, Duration limit) {
    Pair pair = pair(node.name());
    await(
        node.name() + " holds " + String.join(", ", addresses(pair)) + ", and clients are answered",
        limit,
        () -> found(pair).equals(Optional.of(node.name())) && !live.probe().isDown());
  }

  /** Waits until both nodes of each pair hear each other, agree on the holder and are ready. */
  void calm() {
    awaitStatus(this::missing);
  }

  /** As above, with this node as the holder of its pair. */
  void calm(LabNode holder) {
    awaitStatus(() ->
        found(pair(holder.name())).equals(Optional.of(holder.name()))
            ? missing()
            : "all addresses on " + holder.name());
  }

  /** For what only a command tells: asked now and then, until nothing is missing. */
  void awaitStatus(Supplier<String> asked) {
    long deadline = System.nanoTime() + CALM_LIMIT.toNanos();
    for (String missing = asked.get(); !missing.isEmpty(); missing = asked.get()) {
      if (System.nanoTime() - deadline > 0) {
        throw new LabException(
            "not within %d s: %s%s".formatted(CALM_LIMIT.toSeconds(), missing, lastWords()));
      }
      LabSite.await(STATUS_PERIOD, () -> false);
    }
  }

  private String missing() {
    for (Pair pair : site.pairs()) {
      Optional<String> holder = found(pair);
      if (holder.isEmpty()) {
        return "one holder of " + String.join(", ", addresses(pair));
      }
      for (String node : names(pair)) {
        Optional<NodeStatus> status = lab.node(node).status();
        if (status.isEmpty()) {
          return "a daemon on " + node + " that answers";
        }
        if (!status.get().peer().equals("heard")) {
          return node + " hears its peer (it says: " + status.get().peer() + ")";
        }
        if (!status.get().holder().equals(holder.get())) {
          return node + " knows that " + holder.get() + " holds";
        }
        for (String each : names(pair)) {
          if (!status.get().isReady(each)) {
            return each + " is ready, as " + node + " sees it";
          }
        }
      }
    }
    return live.probe().isDown() ? "an answer to the client" : "";
  }

  /** The end of the daemons' logs, for when there is nothing better to say. */
  private String lastWords() {
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
    return live.probe().outagesSince(started - ON_ITS_WAY_NANOS);
  }

  double longestOutage() {
    double over = outages().stream().mapToDouble(Outage::millis).max().orElse(0);
    return Math.max(over, live.probe().downNanos() / 1e6);
  }

  /** The client never waited longer than this in this scene. */
  void lasted(double millisMax, String bound) {
    live.probe().settle();
    check(
        longestOutage() <= millisMax,
        "the client waited %.0f ms, at most %.0f were promised%s"
            .formatted(longestOutage(), millisMax, bound));
  }

  /** Nodes that somebody other than us switched off in this scene. */
  private Set<String> shot() {
    return lab.fenceLog().stream()
        .filter(action -> action.startNanos() - started >= 0)
        .map(PowerAction::node)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  void nobodyShotBut(LabNode... dead) {
    Set<String> shot = shot();
    Stream.of(dead).map(LabNode::name).forEach(shot::remove);
    check(shot.isEmpty(), "shot: " + shot);
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

  /** That the node is off was seen by somebody else before its peer had any of its addresses. */
  void wasProvenOff(LabNode node) {
    String peer = lab.plan().peer(node.name());
    List<String> addresses = addresses(pair(node.name()));
    long took =
        changes()
            .filter(moved -> addresses.contains(moved.address()))
            .filter(moved -> moved.change().holders().contains(peer))
            .mapToLong(moved -> moved.change().atNanos())
            .min()
            .orElse(started);
    check(
        lab.foundOff(node.name(), started).stream().anyMatch(proof -> proof.endNanos() - took < 0),
        peer + " took over without proof that " + node.name() + " is off");
  }

  void nothingMoved() {
    check(changes().findAny().isEmpty(), "an address moved");
  }

  void nothingMovedTo(LabNode node) {
    check(
        changes().noneMatch(moved -> moved.change().holders().contains(node.name())),
        "an address moved to " + node.name());
  }

  /** Somebody was shot, or an address moved. */
  boolean hasAnythingHappened() {
    return !shot().isEmpty() || changes().findAny().isPresent();
  }

  private record Moved(String address, Holders.Change change) {}

  /** All moves of addresses in this scene. */
  private Stream<Moved> changes() {
    return live.holders().stream()
        .flatMap(watch -> watch.changes().stream().map(each -> new Moved(watch.address(), each)))
        .filter(moved -> moved.change().atNanos() - started >= 0);
  }
}
