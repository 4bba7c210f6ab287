package io.twinbeat.resource;

import io.twinbeat.resource.NginxDump.Listen;
import io.twinbeat.resource.NginxProcesses.Holder;
import io.twinbeat.resource.NginxProcesses.Role;
import io.twinbeat.resource.ProcFs.Proc;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The deep look at nginx on this node: would its configuration start, does it run and answer, are
 * its ports free, and does it run what is on disk. Thread-safe; a look that runs delays the next.
 */
final class NginxInspection {
  static final String TEST = "nginx -t";
  static final String RUNNING = "running";
  static final String HTTP = "http check";
  static final String PORTS = "ports";
  static final String CONFIGURATION = "running configuration";

  /** Start times come in steps of 10 ms from a clock of 10 ms; a file this much newer is newer. */
  private static final long CLOCK_SLACK_MILLIS = 50;

  /** It looks at every socket that listens; nobody takes a port every few seconds. */
  private static final Duration PORTS_EVERY = Duration.ofSeconds(5);

  private final NginxResource.Settings settings;
  private final NginxBinary binary;
  private final NginxProcesses processes;
  private final NginxFiles files = new NginxFiles();
  private volatile List<ReadinessItem> items =
      List.of(ReadinessItem.unknown(TEST, "not looked at yet"));
  private volatile Optional<Path> pidFile = Optional.empty();
  private volatile Optional<NginxDump> dump = Optional.empty();
  private final NginxCertificates certificates;
  private final LoadedConfiguration loaded;
  private Optional<ReadinessItem> ports = Optional.empty();
  private volatile String complaint = "";
  private boolean tested;
  private long testedNanos;

  NginxInspection(NginxResource.Settings settings, NginxBinary binary, NginxProcesses processes) {
    this.settings = settings;
    this.binary = binary;
    this.processes = processes;
    this.certificates = new NginxCertificates(settings.config().toAbsolutePath().getParent());
    this.loaded = new LoadedConfiguration(settings.memory());
    files.add(settings.config());
  }

  List<ReadinessItem> items() {
    return items;
  }

  /** nginx's own words on the configuration on disk; empty when it is good. */
  String complaint() {
    return complaint;
  }

  /** Whether a configuration was ever read here. */
  boolean known() {
    return dump.isPresent();
  }

  List<Listen> listens() {
    return dump.map(NginxDump::listens).orElse(List.of());
  }

  /** The files that the configuration was read from, for a comparison with the peer's. */
  List<Path> files() {
    return dump.map(NginxDump::files).orElse(List.of(settings.config()));
  }

  boolean foreground() {
    return dump.map(known -> !known.daemon()).orElse(false);
  }

  Path pidFile() {
    Optional<Path> known = pidFile;
    if (known.isEmpty()) {
      known = Optional.of(binary.pidFile(dump, Deadline.in(settings.prepare())));
      pidFile = known;
    }
    return known.get();
  }

  /** Tests the configuration on disk now. */
  synchronized void test(Deadline deadline) {
    files.changed();
    NginxBinary.Tested result = binary.test(deadline);
    complaint = result.error();
    tested = true;
    testedNanos = System.nanoTime();
    if (result.dump().isPresent()) {
      NginxDump read = result.dump().get();
      pidFile = Optional.of(binary.pidFile(result.dump(), deadline));
      dump = result.dump();
      files.set(read.files(), read.directories());
      files.changed();
      for (Listen listen : read.listens()) {
        listen.address().ifPresent(NginxBinary::allowNonlocal);
      }
    } else {
      fileOf(complaint).ifPresent(files::add);
    }
  }

  /** Complaints end in {@code in /etc/nginx/sites-enabled/new:12}. */
  private static Optional<Path> fileOf(String complaint) {
    int in = complaint.lastIndexOf(" in /");
    int colon = complaint.lastIndexOf(':');
    return in >= 0 && colon > in + 4
        ? Optional.of(Path.of(complaint.substring(in + 4, colon)))
        : Optional.empty();
  }

  synchronized void inspect(Optional<Proc> master, Supplier<HttpLook.Seen> look) {
    boolean due = System.nanoTime() - testedNanos > settings.testEvery().toNanos();
    if (!tested || !complaint.isEmpty() || due || files.changed()) {
      test(Deadline.in(settings.prepare()));
    }
    List<ReadinessItem> found = new ArrayList<>();
    found.add(configurationOnDisk(master));
    if (settings.hot()) {
      found.add(
          master.isPresent()
              ? ReadinessItem.good(RUNNING, "master process " + master.get().pid())
              : ReadinessItem.bad(
                  RUNNING,
                  "nginx does not run here, though it should run on both nodes",
                  "see why it ended (its error log); the next preparation starts it"));
    }
    if (master.isPresent()) {
      found.add(answers(look.get()));
      found.add(runsWhatIsOnDisk(master.get()));
      found.add(portsBeside(master.get()));
    } else {
      ports = Optional.empty();
      found.add(ports());
    }
    if (dump.isPresent()) {
      found.add(certificates.item(dump.get().certificates(), Instant.now()));
    }
    items = List.copyOf(found);
  }

  private ReadinessItem configurationOnDisk(Optional<Proc> master) {
    String mend = "correct the file and run nginx -t on this node";
    // A hot nginx serves with what it has loaded; a cold one could not be started.
    ReadinessItem item =
        complaint.isEmpty()
            ? ReadinessItem.good(TEST, "passed")
            : master.isEmpty()
                ? ReadinessItem.hopeless(TEST, complaint, mend)
                : ReadinessItem.bad(TEST, complaint, mend);
    Duration limit = settings.testEvery().multipliedBy(2).plus(ReadinessItem.LIMIT);
    return item.seen(testedNanos).within(limit);
  }

  private static ReadinessItem answers(HttpLook.Seen seen) {
    return switch (seen) {
      case HttpLook.Seen.Good good -> ReadinessItem.good(HTTP, good.detail());
      // A hung nginx is restarted by a takeover; one that answers wrongly would do so again.
      case HttpLook.Seen.Bad bad -> {
        String mend = "ask it by hand on this node and read its error log";
        yield bad.answered()
            ? ReadinessItem.hopeless(HTTP, bad.detail(), mend)
            : ReadinessItem.bad(HTTP, bad.detail(), mend);
      }
      case HttpLook.Seen.Local local -> ReadinessItem.unknown(HTTP, local.why());
    };
  }

  private ReadinessItem ports() {
    if (dump.isEmpty()) {
      return ReadinessItem.unknown(PORTS, "not known while the configuration does not pass");
    }
    for (Holder holder : processes.holders(listens())) {
      if (processes.orphan(holder)) {
        continue; // Ours to end when nginx is started.
      }
      String mend =
          holder.role() == Role.OTHER
              ? "stop " + holder.proc().comm() + " on this node, or give it another port"
              : "another nginx runs here: stop it, or name its configuration file";
      return ReadinessItem.hopeless(PORTS, holder.text(), mend);
    }
    return ReadinessItem.good(PORTS, "free");
  }

  /**
   * A hot nginx holds its ports itself, but not one that was written down since and that another
   * program has: nginx refuses the reload then, and a restart in place would fail.
   */
  private ReadinessItem portsBeside(Proc master) {
    long now = System.nanoTime();
    if (ports.isPresent() && now - ports.get().checkedNanos() < PORTS_EVERY.toNanos()) {
      return ports.get();
    }
    ReadinessItem item = ReadinessItem.good(PORTS, "held by this nginx, or free");
    List<Listen> beside = processes.heldBeside(master, listens());
    for (Holder holder : processes.holders(beside)) {
      if (holder.role() == Role.OTHER) {
        item =
            ReadinessItem.bad(
                PORTS,
                holder.text() + ", and nginx is to listen there",
                "stop " + holder.proc().comm() + " on this node, or give it another port");
        break;
      }
    }
    ports = Optional.of(item);
    return item;
  }

  /**
   * nginx -s reload returns before the master has read anything, and a master that can't use what
   * it reads keeps the old configuration and says so only in its log. The workers tell: a reload
   * that was taken makes new ones, so all of them are younger than the files.
   */
  private ReadinessItem runsWhatIsOnDisk(Proc master) {
    List<Proc> workers = processes.workers(master);
    if (workers.isEmpty()) {
      return ReadinessItem.unknown(CONFIGURATION, "nginx has no worker to judge by");
    }
    // The oldest: a worker that crashed was replaced without a load.
    Proc oldest = workers.getFirst();
    for (Proc worker : workers) {
      oldest = worker.startTicks() < oldest.startTicks() ? worker : oldest;
    }
    boolean newer = files.newestMillis() > ProcFs.startedMillis(oldest) + CLOCK_SLACK_MILLIS;
    Optional<Long> digest = complaint.isEmpty() ? dump.map(NginxDump::digest) : Optional.empty();
    if (!newer) {
      if (digest.isPresent()) {
        loaded.loaded(master, oldest.startTicks(), digest.get());
      }
      return ReadinessItem.good(CONFIGURATION, "is the one on disk");
    }
    if (digest.isPresent() && loaded.runs(master, oldest.startTicks(), digest.get())) {
      return ReadinessItem.good(CONFIGURATION, "files were touched, but say the same");
    }
    String how = settings.unit().map(u -> "systemctl reload " + u).orElse("nginx -s reload");
    return complaint.isEmpty()
        ? ReadinessItem.bad(
            CONFIGURATION,
            "nginx still runs an older configuration than the one on disk",
            how + ", then look here again: nginx refuses a reload only in its error log")
        : ReadinessItem.bad(
            CONFIGURATION,
            "nginx runs an older configuration and refuses the one on disk: " + complaint,
            "correct the file, run nginx -t, then " + how);
  }
}
