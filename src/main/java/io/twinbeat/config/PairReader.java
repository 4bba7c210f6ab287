package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Section.Item;
import io.twinbeat.config.Values.Kind;
import io.twinbeat.config.Values.Value;
import io.twinbeat.config.Values.Wrong;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the top level of the file: the pair and all that belongs to it as a whole. */
final class PairReader {
  static final Duration MS = Duration.ofMillis(1);
  static final Duration SECOND = Duration.ofSeconds(1);
  static final Duration HOUR = Duration.ofHours(1);
  static final Duration DAY = Duration.ofDays(1);

  private static final Duration INTERVAL_MIN = Duration.ofMillis(20);

  /** A JVM at our settings was measured to be 192 ms late under the heaviest load tried. */
  private static final Duration DEADTIME_CALM = Duration.ofMillis(300);

  private static final Duration INITDEAD_CALM = Duration.ofSeconds(10);
  private static final Kind<String> NONE =
      new Kind<>(
          "'none' or a map",
          text ->
              text.equals("none")
                  ? new Value<>(text)
                  : new Wrong<>(
                      Optional.empty(), "'none' or a map", Nearest.of(text, List.of("none"))));

  private static final int REFERENCE_POINTS_MAX = 16;
  private static final int HOOKS_MAX = 16;

  private final Report report;
  private final AddressBook book;
  private final Path key;

  /**
   * @param key where the pair's key is unless the file says otherwise
   */
  PairReader(Report report, AddressBook book, Path key) {
    this.report = report;
    this.book = book;
    this.key = key;
  }

  /** A file that is one pair. */
  static Optional<Site> read(Report report, Tree tree) {
    Optional<Section> top =
        Section.of(
            report, new Item(tree, Place.of(tree, "")), "a map that begins with 'pair: NAME'");
    if (top.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> name = top.get().required("pair", Names.NAME);
    return new PairReader(report, new AddressBook(report), HeartbeatConfig.KEY_FILE)
        .read(top.get(), name)
        .map(pair -> SiteStatusReader.completed(report, Site.of(pair)))
        .map(site -> checked(report, site));
  }

  private static Site checked(Report report, Site site) {
    new SiteStatusChecks(report, site).check();
    return site;
  }

  /** All keys of a pair but its name. */
  Optional<Pair> read(Section top, Optional<String> name) {
    int atFirst = report.count();
    NodesReader nodesReader = new NodesReader(report, book);
    List<Node> nodes = nodesReader.read(top);
    HeartbeatConfig heartbeat = heartbeat(sub(top, "heartbeat"));
    int before = report.count();
    FencingConfig fencing = fencing(top);
    if (report.count() == before) {
      nodesReader.checkFencing(top, fencing);
    }
    Optional<WatchdogConfig> watchdog = WatchdogReader.read(report, top);
    List<InetAddress> points = referencePoints(top, book);
    List<Group> groups = new GroupsReader(report, book, names(nodes)).read(top);
    Paths paths = readPaths(sub(top, "paths"));
    ControlConfig control = control(sub(top, "control"), paths);
    JournalConfig journal = journal(sub(top, "journal"));
    List<HookConfig> hooks = hooks(top);
    FilesConfig files = files(top);
    Optional<SiteStatusConfig> siteStatus = SiteStatusReader.read(report, top);
    top.done();
    book.check();
    OwnServers.check(report, nodes, groups);
    if (report.count() > atFirst || name.isEmpty()) {
      return Optional.empty();
    }
    Pair pair =
        new Pair(
            name.get(),
            nodes,
            heartbeat,
            fencing,
            watchdog,
            points,
            groups,
            control,
            paths,
            journal,
            hooks,
            files,
            siteStatus,
            "");
    return Optional.of(Meaning.hashed(pair));
  }

  private static List<String> names(List<Node> nodes) {
    List<String> names = new ArrayList<>();
    for (Node node : nodes) {
      names.add(node.name());
    }
    return names;
  }

  /** The map of this key, or one with nothing in it. */
  private Section sub(Section top, String key) {
    Optional<Item> item = top.take(key);
    Optional<Section> section =
        item.isPresent() ? Section.of(report, item.get(), "a map") : Optional.empty();
    return section.orElseGet(() -> Section.absent(report, top.place()));
  }

  private HeartbeatConfig heartbeat(Section s) {
    int before = report.count();
    Duration interval =
        s.or(
            "interval",
            Values.duration(INTERVAL_MIN, Duration.ofSeconds(10)),
            HeartbeatConfig.INTERVAL);
    Duration deadtime = s.or("deadtime", Values.duration(MS, HOUR), HeartbeatConfig.DEADTIME);
    Duration warntime = s.or("warntime", Values.duration(MS, HOUR), deadtime.dividedBy(2));
    Duration initdead =
        s.or("initdead", Values.duration(MS, HOUR), HeartbeatConfig.defaultInitdead(deadtime));
    int port = s.or("port", Values.integer(1, 65535), HeartbeatConfig.PORT);
    Path keyFile = s.or("key-file", Values.pathOfSecret(), key);
    boolean comparable = report.count() == before;
    s.done();
    if (comparable) {
      Duration least = interval.multipliedBy(2);
      if (deadtime.compareTo(least) <= 0) {
        report.problem(
            s.placeOf(s.has("deadtime") ? "deadtime" : "interval"),
            "a deadtime of "
                + Values.shown(deadtime)
                + " with an interval of "
                + Values.shown(interval),
            "a deadtime of more than two intervals (" + Values.shown(least) + ")");
      } else if (deadtime.compareTo(DEADTIME_CALM) < 0) {
        report.warning(
            s.placeOf("deadtime"),
            "a deadtime of " + Values.shown(deadtime),
            "at least "
                + Values.shown(DEADTIME_CALM)
                + ": a machine under load may be silent for 200ms");
      }
      if (s.has("warntime")
          && (warntime.compareTo(deadtime) >= 0 || warntime.compareTo(interval) <= 0)) {
        report.problem(
            s.placeOf("warntime"),
            "a warntime of " + Values.shown(warntime),
            "more than the interval ("
                + Values.shown(interval)
                + ") and less than the deadtime ("
                + Values.shown(deadtime)
                + ")");
      }
      if (s.has("initdead") && initdead.compareTo(deadtime) < 0) {
        report.problem(
            s.placeOf("initdead"),
            "an initdead of " + Values.shown(initdead),
            "at least the deadtime (" + Values.shown(deadtime) + ")");
      } else if (initdead.compareTo(INITDEAD_CALM) < 0) {
        report.warning(
            s.placeOf("initdead"),
            "an initdead of " + Values.shown(initdead),
            "at least "
                + Values.shown(INITDEAD_CALM)
                + ": two machines that get power together do not boot in the same second");
      }
    }
    return report.placed(
        new HeartbeatConfig(interval, deadtime, warntime, initdead, port, keyFile),
        s.placeOf(s.has("key-file") ? "key-file" : "port"));
  }

  private FencingConfig fencing(Section top) {
    Optional<Item> item = top.take("fencing");
    boolean none = false;
    Section s = Section.absent(report, top.place());
    if (item.isPresent()) {
      if (item.get().tree() instanceof Tree.Scalar word && !word.isNothing()) {
        none = Section.word(report, item.get(), NONE).isPresent();
      } else {
        s = Section.of(report, item.get(), "'none' or a map").orElse(s);
      }
    }
    int before = report.count();
    Duration limit =
        s.or("limit", Values.duration(SECOND, Duration.ofMinutes(10)), FencingConfig.LIMIT);
    Duration window =
        s.or(
            "startup-window",
            Values.duration(Duration.ofMinutes(1), DAY.multipliedBy(30)),
            FencingConfig.STARTUP_WINDOW);
    Duration test =
        s.or(
            "test-interval",
            Values.duration(Duration.ofSeconds(10), DAY.multipliedBy(30)),
            FencingConfig.TEST_INTERVAL);
    Duration age =
        s.or(
            "proof-age",
            Values.duration(Duration.ofSeconds(10), DAY.multipliedBy(60)),
            FencingConfig.PROOF_AGE);
    Optional<Duration> wait =
        s.optional("wait", Values.duration(Duration.ZERO, Duration.ofMinutes(10)));
    boolean comparable = report.count() == before;
    s.done();
    if (comparable && age.compareTo(test) <= 0) {
      report.problem(
          s.placeOf(s.has("proof-age") ? "proof-age" : "test-interval"),
          "a proof-age of " + Values.shown(age) + " with a test-interval of " + Values.shown(test),
          "a proof-age of more than one test-interval");
    }
    boolean accept = top.or("accept-split-brain", Values.bool(), false);
    return new FencingConfig(none, accept, limit, window, test, age, wait);
  }

  private List<InetAddress> referencePoints(Section top, AddressBook book) {
    List<InetAddress> points = new ArrayList<>();
    List<Item> items = top.items("reference-points", "a list of addresses, such as [10.10.10.1]");
    for (Item item : items) {
      Optional<InetAddress> ip = Section.word(report, item, Values.address());
      if (ip.isPresent()) {
        book.referencePoint(ip.get(), item.place());
        points.add(ip.get());
      }
    }
    if (items.size() > REFERENCE_POINTS_MAX) {
      report.problem(
          top.placeOf("reference-points"),
          items.size() + " reference points",
          "at most " + REFERENCE_POINTS_MAX);
    }
    if (items.isEmpty()) {
      report.warning(
          top.placeOf("reference-points"),
          "no reference points",
          "the gateway, for instance: without one a node with a bad connection can't tell that it"
              + " is the one that is cut off");
    }
    return points;
  }

  static Paths readPaths(Section s) {
    Path state = s.or("state", Values.absolutePath(), Paths.STATE);
    Path run = s.or("run", Values.absolutePath(), Paths.RUN);
    s.done();
    return new Paths(state, run);
  }

  private ControlConfig control(Section s, Paths paths) {
    Path socket =
        s.or("socket", Values.absolutePath(), paths.run().resolve(ControlConfig.SOCKET_NAME));
    Optional<String> group = s.optional("group", Names.UNIX_GROUP);
    s.done();
    if (socket.toString().length() > Names.SOCKET_PATH_MAX) {
      report.problem(
          s.placeOf("socket"),
          "a path of " + socket.toString().length() + " characters",
          "at most " + Names.SOCKET_PATH_MAX + ", the kernel's limit for a socket");
    }
    return new ControlConfig(socket, group);
  }

  private JournalConfig journal(Section s) {
    long size = s.or("size", Values.size(64L << 10, 1L << 30), JournalConfig.SIZE);
    int files = s.or("files", Values.integer(2, 100), JournalConfig.FILES);
    s.done();
    return new JournalConfig(size, files);
  }

  private FilesConfig files(Section top) {
    String expected = "a list of absolute paths";
    List<Path> same = top.words("same-files", expected, Values.absolutePath());
    List<Path> own = top.words("own-files", expected, Values.absolutePath());
    if (same.size() > FilesConfig.PATHS_MAX) {
      report.problem(
          top.placeOf("same-files"), same.size() + " paths", "at most " + FilesConfig.PATHS_MAX);
    }
    return new FilesConfig(same, own);
  }

  private List<HookConfig> hooks(Section top) {
    List<HookConfig> hooks = new ArrayList<>();
    List<Item> items = top.items("notify", "a list of programs to call");
    for (Item item : items) {
      if (item.tree() instanceof Tree.Scalar) {
        Optional<Path> path = Section.word(report, item, Values.absolutePath());
        hooks.add(new HookConfig(path.orElse(Path.of("/")), List.of(), HookConfig.LIMIT));
        continue;
      }
      Optional<Section> s = Section.of(report, item, "a path or a map");
      if (s.isPresent()) {
        hooks.add(hook(s.get()));
      }
    }
    if (items.size() > HOOKS_MAX) {
      report.problem(top.placeOf("notify"), items.size() + " programs", "at most " + HOOKS_MAX);
    }
    return hooks;
  }

  private static HookConfig hook(Section s) {
    Path path = s.required("path", Values.absolutePath()).orElse(Path.of("/"));
    List<String> args = s.words("args", "a list of words", Values.line("a word"));
    Duration limit =
        s.or("limit", Values.duration(SECOND, Duration.ofMinutes(10)), HookConfig.LIMIT);
    s.done();
    return new HookConfig(path, args, limit);
  }
}
