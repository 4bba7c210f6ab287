package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A pair of real daemons in a lab, one for the scenes of a test class. Before each scene it is
 * brought to calm with lb1 as the holder; after each, promise P1 is asserted over all of it, and
 * the ends of both daemons' logs are printed if it failed.
 */
final class ScenePair
    implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
  static final Duration DEADTIME = Duration.ofSeconds(1);

  /** For what must happen; a test that goes well waits for no limit. */
  static final Duration SOON = Duration.ofSeconds(20);

  /** Nodes boot, devices are proven, files are tested: all of it on a loaded machine. */
  private static final Duration CALM_LIMIT = Duration.ofSeconds(45);

  private static final Duration POLL = Duration.ofMillis(20);
  private static final int LAST_LINES = 60;

  /**
   * A machine of two cores on which JVMs start lets nginx wait so long, with the address in place
   * and nobody refused; what is shorter is printed.
   */
  private static final double NOISE_MILLIS_MAX = 400;

  private static final String NGINX_CONF = "etc/nginx/nginx.conf";

  private static final String FENCING = "fencing: { limit: 5s, wait: 2s, startup-window: 10m }";
  private static final String UNFENCED = "fencing: none\naccept-split-brain: true";

  private static final String HOOKS = "{ hook: " + SiteFiles.HOOK + " }";

  private final String fence1;
  private final String fence2;

  private final String fencing;
  private List<String> daemon = List.of();
  private LabSite lab;
  private Probe probe;
  private Holders holders;
  private Path siteFile;
  private String nginxConf = "";
  private long started;
  private long twoBefore;
  private boolean lost;
  private List<Long> logMarks = List.of(0L, 0L);

  private ScenePair(String fence1, String fence2, String fencing) {
    this.fence1 = fence1;
    this.fence2 = fence2;
    this.fencing = fencing;
  }

  /** Fence devices that answer in milliseconds. */
  static ScenePair withHooks() {
    return new ScenePair(", fence: " + HOOKS, ", fence: " + HOOKS, FENCING);
  }

  /** {@code fence_ipmilan} and a simulated BMC for each node. */
  static ScenePair withIpmi() {
    String device =
        ", fence: { agent: fence_ipmilan, ip: 10.10.20.1%d, lanplus: 1, cipher: 3, power-wait: 0, "
            + "username: ha, password-file: /etc/twinbeat/bmc }";
    return new ScenePair(device.formatted(1), device.formatted(2), FENCING);
  }

  /** Split-brain is accepted: the one promise that is not watched over. */
  static ScenePair unfenced() {
    return new ScenePair("", "", UNFENCED);
  }

  /** Each node keeps this running in place of a plain {@code twinbeat run}. */
  ScenePair running(List<String> command) {
    daemon = command;
    return this;
  }

  private String site() {
    return """
    pair: web
    nodes:
      lb1: { links: [192.168.76.1, 192.168.77.1]%s }
      lb2: { links: [192.168.76.2, 192.168.77.2]%s }
    heartbeat: { interval: 100ms, deadtime: %dms, initdead: 3s, key-file: /etc/twinbeat/key }
    %s
    reference-points: [10.10.10.1]
    groups:
      site:
        prefer: lb1
        resources:
          - nginx: { check: http://127.0.0.1/healthz }
          - address: { ip: 10.10.10.100/24, dev: eth0 }
        restart: { times: 3, within: 1s }
    """
        .formatted(fence1, fence2, DEADTIME.toMillis(), fencing);
  }

  // Life of the pair.

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    siteFile = Files.createTempFile("twinbeat-scenes", ".yaml");
    Files.writeString(siteFile, site());
    LabOptions options = LabOptions.fresh().withSiteFile(siteFile);
    lab =
        LabSite.up(daemon.isEmpty() ? options : options.withDaemon(daemon.toArray(String[]::new)));
    nginxConf = LabFolder.read(lb1().disk().resolve(NGINX_CONF));
    probe = lab.probe();
    holders = lab.watchHolders(change -> {});
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    if (holders != null) {
      holders.close();
    }
    if (probe != null) {
      probe.close();
    }
    if (lab != null) {
      lab.close();
    }
    Files.deleteIfExists(siteFile);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    assertTrue(!lost, "the pair did not come to rest after an earlier scene");
    lost = true;
    twoBefore = holders.twoHoldersNanos();
    mark();
    lab.links().forEach(lab::mend);
    for (LabNode node : lab.nodes()) {
      restore(node);
    }
    calm("lb1");
    lost = false;
    System.out.printf("scene: %s%n", context.getDisplayName());
    mark();
  }

  private void restore(LabNode node) {
    node.fenceDevice(LabNode.Fault.NONE);
    node.freeDisk();
    if (!node.isOn()) {
      node.powerOn();
    }
    if (!LabFolder.read(node.disk().resolve(NGINX_CONF)).equals(nginxConf)) {
      write(node, NGINX_CONF, nginxConf);
      // Another daemon than the one that has seen it cannot know that nothing was changed.
      node.exec("nginx", "-s", "reload");
    }
    // Only what a failed scene left behind; there may be no daemon to continue.
    node.exec("bash", "-c", "rm -f /run/lab/hold; kill -CONT \"$(< /run/lab/daemon.pid)\"; true");
  }

  @Override
  public void afterEach(ExtensionContext context) {
    long two = holders.twoHoldersNanos() - twoBefore;
    boolean failed = context.getExecutionException().isPresent();
    boolean broken = two > 0 && fencing.equals(FENCING);
    if (failed || broken || Boolean.getBoolean("scenes.story")) {
      System.out.printf("FAILED: %s: %s%n", context.getDisplayName(), story());
    }
    if (!failed && broken) {
      assertEquals(0, two, "nanoseconds in which two nodes had the address");
    }
  }

  /** What was seen from outside in this scene, and the ends of the daemons' logs. */
  String story() {
    StringBuilder story = new StringBuilder("\n");
    long zero = started;
    for (Holders.Change change : changes()) {
      story.append("%+9.1f ms: address on %s%n".formatted(ms(change.atNanos(), zero), change));
    }
    for (PowerAction action : lab.powerLog()) {
      if (action.endNanos() - zero >= 0) {
        story.append("%+9.1f ms: %s%n".formatted(ms(action.endNanos(), zero), action));
      }
    }
    for (Outage outage : probe.outagesSince(zero)) {
      story.append("%+9.1f ms: %s%n".formatted(ms(outage.startNanos(), zero), outage));
    }
    for (int i = 0; i < lab.nodes().size(); i++) {
      LabNode node = lab.nodes().get(i);
      List<String> lines = LabFolder.read(node.daemonLog()).lines().toList();
      for (String line : lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())) {
        story.append(node.name()).append(" | ").append(line).append('\n');
      }
    }
    return story.toString();
  }

  private static double ms(long at, long zero) {
    return (at - zero) / 1e6;
  }

  // The machines.

  LabSite lab() {
    return lab;
  }

  LabNode lb1() {
    return lab.node("lb1");
  }

  LabNode lb2() {
    return lab.node("lb2");
  }

  Probe probe() {
    return probe;
  }

  void cutHeartbeats() {
    lab.heartbeatLinks().forEach(lab::cut);
  }

  void mendHeartbeats() {
    lab.heartbeatLinks().forEach(lab::mend);
  }

  static void write(LabNode node, String file, String text) {
    LabFolder.write(node.disk().resolve(file), text);
  }

  // Waiting.

  static void await(String what, BooleanSupplier condition) {
    await(what, SOON, condition);
  }

  static void await(String what, Duration limit, BooleanSupplier condition) {
    await(what, limit, POLL, condition);
  }

  static void await(String what, Duration limit, Duration poll, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        fail("not within " + limit.toSeconds() + " s: " + what);
      }
      LabSite.await(poll, () -> false);
    }
  }

  /** Looks for as long whether something happens that must not. */
  static void never(String what, Duration time, BooleanSupplier condition) {
    assertTrue(!LabSite.await(time, condition), what);
  }

  /** The node's kernel has the address and the client's connections are answered by it. */
  void serves(LabNode node) {
    await(
        node.name() + " has the address alone and answers",
        () ->
            lab.holders().equals(Set.of(node.name()))
                && probe.node().equals(node.name())
                && !probe.isDown());
  }

  /** Both hear each other, agree on the holder and are ready. */
  void calm(String holder) {
    String[] missing = {""};
    boolean[] asked = {false};
    try {
      await(
          "calm",
          CALM_LIMIT,
          () -> {
            missing[0] = missing();
            Set<String> now = lab.holders();
            if (missing[0].isEmpty() && !now.equals(Set.of(holder)) && !asked[0]) {
              asked[0] = true;
              missing[0] = "takeover: " + lab.node(holder).twinbeat("takeover").summary();
            }
            return missing[0].isEmpty() && lab.holders().equals(Set.of(holder));
          });
    } catch (AssertionError e) {
      throw new AssertionError("no calm with " + holder + ": " + missing[0] + story(), e);
    }
  }

  private String missing() {
    Set<String> now = lab.holders();
    if (now.size() != 1) {
      return "one holder; there are " + now;
    }
    String holder = now.iterator().next();
    for (LabNode node : lab.nodes()) {
      Optional<NodeStatus> status = Daemons.status(node);
      if (status.isEmpty()) {
        return "a daemon on " + node.name() + " that answers";
      }
      if (!status.get().peer().equals("heard") || !status.get().holder().equals(holder)) {
        return "%s hears its peer and knows that %s holds: %s"
            .formatted(node.name(), holder, status.get().json());
      }
      for (LabNode each : lab.nodes()) {
        if (!status.get().isReady(each.name())) {
          return each.name() + " is ready, as " + node.name() + " sees it: " + status.get().json();
        }
      }
    }
    return probe.node().equals(holder) && !probe.isDown() ? "" : "an answer from " + holder;
  }

  // What the daemons say.

  /** What the node's daemon has logged since the mark. */
  String logged(LabNode node) {
    int index = lab.nodes().indexOf(lab.node(node.name()));
    String all = LabFolder.read(node.daemonLog());
    return all.substring((int) Math.min(all.length(), logMarks.get(index)));
  }

  void logs(LabNode node, String part) {
    await(node.name() + " logs: " + part, () -> logged(node).contains(part));
  }

  // Judging from outside.

  /** What follows is judged from here on. */
  void mark() {
    List<Long> marks = new ArrayList<>();
    for (LabNode node : lab.nodes()) {
      marks.add((long) LabFolder.read(node.daemonLog()).length());
    }
    logMarks = List.copyOf(marks);
    started = System.nanoTime();
  }

  long started() {
    return started;
  }

  List<Outage> outages() {
    assertTrue(probe.settle(), "the probe went on");
    return probe.outagesSince(started);
  }

  /** The longest time, of those that ended after the mark, in which the client got no answer. */
  Outage outage() {
    assertTrue(probe.settle(), "the probe went on");
    return probe.outages().stream()
        .filter(outage -> outage.startNanos() + outage.lengthNanos() - started >= 0)
        .max(Comparator.comparingLong(Outage::lengthNanos))
        .orElseThrow(() -> new AssertionError("the client noticed nothing"));
  }

  double longestOutageMillis() {
    return outages().stream().mapToDouble(Outage::millis).max().orElse(0);
  }

  List<Holders.Change> changes() {
    return holders.changes().stream().filter(change -> change.atNanos() - started >= 0).toList();
  }

  Supplier<String> changesInWords() {
    return () -> "the address was on: " + changes();
  }

  /** Nodes that somebody other than the operator switched off since the mark, or tried to. */
  Set<String> shot() {
    return fences().stream().map(PowerAction::node).collect(Collectors.toCollection(TreeSet::new));
  }

  List<PowerAction> fences() {
    return lab.fenceLog().stream().filter(action -> action.startNanos() - started >= 0).toList();
  }

  void nobodyShot() {
    assertEquals(Set.of(), shot(), "nodes that were shot");
  }

  /** The address was on this node all the time. */
  void unmoved() {
    assertEquals(List.of(), changes(), "changes of the address's place");
    nobodyShot();
  }

  /** The client saw nothing, but for single answers that a loaded machine gives late. */
  void unnoticed() {
    for (Outage outage : outages()) {
      double net = (outage.lengthNanos() - outage.stalledNanos()) / 1e6;
      measured("an outage of %.1f ms, %s", outage.millis(), outage.how());
      assertTrue(
          outage.refused() == 0 && outage.other() == 0 && net < NOISE_MILLIS_MAX,
          () -> "the client saw: " + outage);
    }
  }

  /** Before the taker's kernel had the address somebody had told that the node is off. */
  void provenOffFirst(LabNode off, LabNode taker) {
    // Who asks the kernel directly may know it before the sampler does.
    await("a sample of the address on " + taker.name(), () -> takenBy(taker).isPresent());
    long took = takenBy(taker).orElseThrow();
    assertTrue(
        lab.foundOff(off.name(), started).stream().anyMatch(p -> p.endNanos() - took < 0),
        () -> "no proof that " + off.name() + " is off: " + lab.powerLog());
  }

  private OptionalLong takenBy(LabNode taker) {
    return changes().stream()
        .filter(change -> change.holders().contains(taker.name()))
        .mapToLong(change -> change.atNanos())
        .findFirst();
  }

  /** How long the last confirmed fence took, as the daemon that ordered it measured. */
  Duration fenceTime(LabNode by) {
    String line =
        logged(by)
            .lines()
            .filter(each -> each.contains("the peer is off: fenced"))
            .reduce((first, second) -> second)
            .orElseThrow(() -> new AssertionError(by.name() + " confirmed no fence"));
    var took = java.util.regex.Pattern.compile(", (\\d+) ms\\)").matcher(line);
    assertTrue(took.find(), line);
    return Duration.ofMillis(Long.parseLong(took.group(1)));
  }

  static void measured(String what, Object... arguments) {
    System.out.printf("measured: " + what + "%n", arguments);
  }

  // The command line.

  static int exit(Outcome outcome) {
    return assertInstanceOf(Outcome.Exited.class, outcome, outcome::summary).status();
  }

  /** Runs {@code twinbeat ARGUMENTS} and expects this exit status; all that it printed. */
  static String twinbeat(int status, LabNode node, String... arguments) {
    Outcome outcome = node.twinbeat(arguments);
    assertEquals(status, exit(outcome), () -> outcome.out() + outcome.err());
    return outcome.out() + outcome.err();
  }
}
