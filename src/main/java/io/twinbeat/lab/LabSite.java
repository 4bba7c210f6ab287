package io.twinbeat.lab;

import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A running lab: a whole site on this machine, in network namespaces or as guests. Made by {@link
 * #up}, or found again by {@link #open}; {@link #close} removes all of it. Calls block; failures
 * are {@link LabException}. Safe for use by several threads.
 */
public final class LabSite implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(10);

  private final LabFolder folder;
  private final SitePlan plan;
  private final List<LabNode> nodes = new ArrayList<>();
  private final Cables cables;

  private LabSite(LabFolder folder, SitePlan plan) {
    this.folder = folder;
    this.plan = plan;
    this.cables = new Cables(folder, plan);
    for (SitePlan.NodePlan node : plan.nodes()) {
      boolean guest = Files.exists(folder.image(node.name()), LinkOption.NOFOLLOW_LINKS);
      nodes.add(guest ? new Guest(folder, node) : new NamespaceNode(folder, node.name()));
    }
  }

  /** Builds the site and gives its nodes power; what was built so far is removed on a failure. */
  public static LabSite up(LabOptions options) {
    Site site = Site.of(options);
    return up(
        options,
        site.plan(),
        folder -> {
          SiteSetup setup = new SiteSetup(folder, site, options.distribution());
          boolean daemon = !options.daemon().equals(Optional.of(List.of()));
          return node -> options.machines() ? setup.ofGuest(node, daemon) : setup.of(node);
        });
  }

  /** The same for machines of any number and purpose; {@code setups} tells what is on each. */
  static LabSite up(LabOptions options, SitePlan plan, Map<String, NodeSetup> setups) {
    return up(options, plan, folder -> node -> setups.getOrDefault(node.name(), NodeSetup.NOTHING));
  }

  private static LabSite up(
      LabOptions options,
      SitePlan wanted,
      Function<LabFolder, Function<SitePlan.NodePlan, NodeSetup>> setups) {
    LabFolder folder = LabFolder.of(options.base(), options.name());
    SitePlan plan = options.machines() ? wanted.withManagement() : wanted;
    folder.create();
    try {
      new Builder(folder, plan, setups.apply(folder), options).build();
      LabSite lab = new LabSite(folder, plan);
      lab.startKeeper();
      // All at once: a guest takes its time.
      lab.nodes.forEach(LabNode::givePower);
      lab.nodes.forEach(LabNode::awaitBoot);
      return lab;
    } catch (RuntimeException e) {
      remove(folder);
      throw e;
    }
  }

  /** Finds a lab that another process has built. */
  public static LabSite open(Path base, String name) {
    LabFolder folder = LabFolder.of(base, name);
    if (!folder.exists()) {
      throw new LabException("no lab named " + name + " in " + base);
    }
    return new LabSite(folder, folder.plan());
  }

  public String name() {
    return folder.name();
  }

  public List<LabNode> nodes() {
    return List.copyOf(nodes);
  }

  public LabNode node(String name) {
    return nodes.get(plan.nodeNames().indexOf(plan.node(name).name()));
  }

  /** The other node of the pair. */
  public LabNode peer(String name) {
    return node(plan.peer(name));
  }

  SitePlan plan() {
    return plan;
  }

  /** All that can be cut: service, bmc, link0, link1, ... */
  public List<String> links() {
    return plan.linkNames();
  }

  /** The names of the heartbeat links alone. */
  public List<String> heartbeatLinks() {
    return plan.links().stream().map(SitePlan.Link::name).toList();
  }

  /** Cuts a link for all its nodes, both directions; cards keep their carrier. */
  public void cut(String link) {
    cables.cut(link, plan.nodesOn(link), Direction.BOTH);
  }

  public void cut(String link, Direction direction, String node) {
    cables.cut(link, List.of(node), direction);
  }

  public void mend(String link) {
    cables.mend(link, plan.nodesOn(link), Direction.BOTH);
  }

  public void mend(String link, Direction direction, String node) {
    cables.mend(link, List.of(node), direction);
  }

  /** Pulls the node's cable out of this LAN's switch: its card loses the carrier. */
  public void unplug(String lan, String node) {
    if (node(node) instanceof Guest) {
      throw new LabException("a guest's card does not notice that; use cut");
    }
    cables.carrier(lan, List.of(node), false);
  }

  public void plug(String lan, String node) {
    cables.carrier(lan, List.of(node), true);
  }

  public List<String> cuts() {
    return cables.cuts();
  }

  /** The floating address (the first, where there are several), without prefix length. */
  public String floatingAddress() {
    return plan.floating().getFirst().ip();
  }

  /** The nodes whose kernels have the floating address now. */
  public Set<String> holders() {
    return holders(floatingAddress());
  }

  public Set<String> holders(String address) {
    try {
      return Holders.now(nodes, InetAddress.getByName(address));
    } catch (UnknownHostException e) {
      throw new LabException("not an address: " + address);
    }
  }

  /** Watches the holders from now on; the listener is called on the watch's thread. */
  public Holders watchHolders(Consumer<Holders.Change> listener) {
    return watchHolders(listener, (from, length) -> {});
  }

  /** As above; {@code gaps} is told of each time in which the kernels were not looked at. */
  public Holders watchHolders(Consumer<Holders.Change> listener, Holders.Gaps gaps) {
    return new Holders(this, floatingAddress(), listener, gaps);
  }

  /** All that was ever asked of the power switch, in order. */
  public List<PowerAction> powerLog() {
    return PowerAction.read(folder.powerLog());
  }

  /**
   * Each time since then that somebody other than the operator was told that the node is off: what
   * a fence is confirmed by. An agent that finds a node off does not order it off.
   */
  public List<PowerAction> foundOff(String node, long sinceNanos) {
    return powerLog().stream()
        .filter(action -> action.node().equals(node) && !action.asker().equals("operator"))
        .filter(action -> action.result().equals("off") && action.endNanos() - sinceNanos >= 0)
        .toList();
  }

  /** The fences among it: power taken by a BMC or a fence hook, not by the operator. */
  public List<PowerAction> fenceLog() {
    return powerLog().stream().filter(PowerAction::isFence).toList();
  }

  /** Starts a client that opens a connection to the floating address each millisecond. */
  public Probe probe() {
    return probe(event -> {});
  }

  public Probe probe(Consumer<Probe.Event> listener) {
    return probe(Probe.Pace.FAST, listener);
  }

  Probe probe(Probe.Pace pace, Consumer<Probe.Event> listener) {
    return Probe.start(folder.namespace("client"), floatingAddress(), 80, pace, listener);
  }

  /** Runs a program on the client's machine. */
  public Outcome atClient(String... argv) {
    return Shell.run(entering("client", List.of(argv), false));
  }

  /** The argument vector that runs a program on a node or on the client's machine. */
  List<String> entering(String machine, List<String> argv, boolean terminal) {
    if (!machine.equals("client")) {
      return node(machine).entering(argv, terminal);
    }
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", folder.namespace("client")));
    all.addAll(argv);
    return all;
  }

  /** Waits until the condition holds; false: it did not within the limit. */
  public static boolean await(Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(2_000_000);
    }
    return true;
  }

  /** Whether the lab's power switch is alive; without it only {@link #close} is of use. */
  public boolean isRunning() {
    try {
      String[] keeper = Files.readString(folder.keeper()).strip().split(" ", -1);
      return Files.exists(Path.of("/proc/" + keeper[0]));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    remove(folder);
  }

  /** Removes the lab of this name, or what is left of it; content when there is nothing. */
  static void remove(LabFolder folder) {
    Path script = null;
    try {
      // The lab's own copy may be gone, and is about to be.
      script = Files.createTempDirectory("twinbeat-lab").resolve("teardown.sh");
      LabFolder.script("teardown.sh", script);
      Shell.must(
          "/bin/bash",
          script.toString(),
          folder.prefix(),
          folder.root().toAbsolutePath().toString());
    } catch (IOException e) {
      throw new LabException("can't remove the lab " + folder.name() + ": " + e, e);
    } finally {
      if (script != null) {
        Shell.run("rm", "-rf", String.valueOf(script.getParent()));
      }
    }
    folder.base().toFile().delete(); // as long as another lab is in it, it stays
    if (Files.exists(folder.root())) {
      throw new LabException("something of the lab is left in " + folder.root());
    }
  }

  /** It outlives this JVM where it may; the folder's owner line says when it may not. */
  private void startKeeper() {
    try {
      new ProcessBuilder(
              "setsid",
              "unshare",
              "--pid",
              "--fork",
              "--kill-child=KILL",
              "/bin/bash",
              folder.bin().resolve("keeper.sh").toString(),
              folder.root().toAbsolutePath().toString())
          .redirectInput(new java.io.File("/dev/null"))
          .redirectErrorStream(true)
          .redirectOutput(folder.root().resolve("keeper.log").toFile())
          .start();
    } catch (IOException e) {
      throw new LabException("can't start the lab's keeper: " + e.getMessage(), e);
    }
    if (!await(START_LIMIT, () -> Files.exists(folder.keeper()))) {
      throw new LabException(
          "the lab's keeper did not start: " + LabFolder.read(folder.root().resolve("keeper.log")));
    }
  }
}
