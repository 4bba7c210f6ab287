package io.twinbeat.resource;

import io.twinbeat.linux.Pidfd;
import io.twinbeat.resource.ProcFs.Proc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * nginx, through its systemd unit or directly. Hot: it runs on both nodes and only the address
 * moves. Its death is seen at once, it is restarted in place even when orphaned workers still hold
 * its ports, and a configuration that it would not start or reload with is seen before it matters.
 */
public final class NginxResource implements Resource {
  /**
   * What runs, and how it is checked.
   *
   * @param unit the systemd unit; used where systemd runs
   * @param testEvery how often nginx -t is run when no file has changed
   * @param memory a file that outlives the daemon and not the machine's uptime; none forgets
   * @param systemctl the program, for tests
   * @param booted the directory that exists where systemd runs, for tests
   */
  public record Settings(
      String name,
      Path binary,
      Path config,
      Optional<String> unit,
      boolean hot,
      HttpCheck check,
      Duration prepare,
      Duration start,
      Duration stop,
      Duration testEvery,
      Optional<Path> memory,
      Path systemctl,
      Path booted) {
    public static final Path BINARY = Path.of("/usr/sbin/nginx");
    public static final Path CONFIG = Path.of("/etc/nginx/nginx.conf");

    /** Even when no file changes: names it resolves, certificates, directories may. */
    public static final Duration TEST_EVERY = Duration.ofSeconds(60);

    public Settings(
        String name,
        Path binary,
        Path config,
        Optional<String> unit,
        boolean hot,
        HttpCheck check,
        Duration prepare,
        Duration start,
        Duration stop) {
      this(
          name,
          binary,
          config,
          unit,
          hot,
          check,
          prepare,
          start,
          stop,
          TEST_EVERY,
          Optional.empty(),
          Systemctl.PROGRAM,
          Systemctl.BOOTED);
    }

    public Settings withTestEvery(Duration interval) {
      return new Settings(
          name, binary, config, unit, hot, check, prepare, start, stop, interval, memory, systemctl,
          booted);
    }

    public Settings withMemory(Path file) {
      return new Settings(
          name,
          binary,
          config,
          unit,
          hot,
          check,
          prepare,
          start,
          stop,
          testEvery,
          Optional.of(file),
          systemctl,
          booted);
    }
  }

  /** How long orphaned workers may take to let go of the ports before they are killed. */
  private static final Duration ORPHAN_GRACE = Duration.ofMillis(100);

  /** How long a master that does not serve may take to end before it is killed. */
  private static final Duration HUNG_GRACE = Duration.ofMillis(300);

  /** The same when the whole is to be stopped. */
  private static final Duration STOP_GRACE = Duration.ofSeconds(2);

  private static final Duration SERVE_STEP = Duration.ofMillis(2);
  private static final Logger log = LoggerFactory.getLogger(NginxResource.class);

  private final Settings settings;
  private final Limits limits;
  private final NginxProcesses processes;
  private final NginxBinary binary;
  private final NginxInspection inspection;
  private final Optional<Systemctl> unit;

  /** The last master seen and its children: what is left of it when it is killed. */
  private volatile Optional<Proc> master = Optional.empty();

  private volatile List<Proc> family = List.of();

  public NginxResource(Settings settings) {
    this.settings = settings;
    HttpCheck check = settings.check();
    this.limits =
        new Limits(
            settings.prepare(), settings.start(), settings.stop(), check.limit(), check.interval());
    this.processes = new NginxProcesses(settings.binary());
    this.binary = new NginxBinary(settings.binary(), settings.config());
    this.inspection = new NginxInspection(settings, binary, processes);
    Optional<Systemctl> systemctl =
        settings.unit().map(name -> new Systemctl(settings.systemctl(), settings.booted(), name));
    this.unit = systemctl.filter(Systemctl::usable);
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String type() {
    return "nginx";
  }

  @Override
  public Limits limits() {
    return limits;
  }

  @Override
  public int fall() {
    return settings.check().fall();
  }

  @Override
  public int rise() {
    return settings.check().rise();
  }

  @Override
  public boolean presentWhenIdle() {
    return settings.hot();
  }

  @Override
  public List<ReadinessItem> readiness() {
    return inspection.items();
  }

  @Override
  public List<Path> files() {
    return inspection.files();
  }

  @Override
  public void inspect() {
    remember();
    inspection.inspect(master, () -> look(limits.check()));
  }

  /** Never restarts an nginx that runs: it may be serving. */
  @Override
  public void prepare() throws ResourceException {
    Deadline deadline = Deadline.in(limits.prepare());
    inspection.test(deadline);
    remember();
    if (master.isEmpty()) {
      if (!inspection.complaint().isEmpty()) {
        throw new ResourceException("nginx -t: " + inspection.complaint());
      }
      if (settings.hot()) {
        launch(deadline);
      }
    } else if (!(look(limits.check()) instanceof HttpLook.Seen.Good)) {
      awaitServing(deadline.earlier(limits.check()));
    }
    inspect();
  }

  @Override
  public void start() throws ResourceException {
    Deadline deadline = Deadline.in(limits.start());
    remember();
    if (master.isPresent()) {
      HttpLook.Seen seen = look(limits.check());
      if (seen instanceof HttpLook.Seen.Bad bad && bad.answered()) {
        seen = look(limits.check()); // It lives; one wrong answer is no cause to end it.
      }
      if (seen instanceof HttpLook.Seen.Good) {
        return;
      }
      log.warn("{}: nginx runs but does not serve ({}): restarting it", name(), text(seen));
    }
    launch(deadline);
  }

  /** Ends what is left of an earlier nginx, starts a new one, and sees it serve. */
  private void launch(Deadline deadline) throws ResourceException {
    if (!inspection.known()) {
      inspection.test(deadline);
    }
    if (!inspection.known() && master.isEmpty()) {
      throw new ResourceException("nginx can't be started: " + inspection.complaint());
    }
    List<NginxDump.Listen> listens = inspection.listens();
    Optional<Proc> running = master;
    if (unit.isPresent()) {
      if (running.isEmpty()) {
        processes.endOrphans(family, listens, ORPHAN_GRACE);
      }
      // Never "start": we see a death before systemd does, and to start a unit that systemd still
      // calls active does nothing.
      unit.get().start(deadline, "restart");
    } else {
      if (running.isPresent()) {
        NginxProcesses.end(household(running.get()), Pidfd.SIGTERM, HUNG_GRACE);
      } else {
        processes.endOrphans(family, listens, ORPHAN_GRACE);
      }
      refuseHeldPorts(listens);
      if (inspection.foreground()) {
        throw new ResourceException(
            settings.config() + " says \"daemon off\", so nginx can't be started without a unit");
      }
      binary.start(deadline);
    }
    awaitServing(deadline);
  }

  /** nginx itself would try for 2.5 s and then say less. */
  private void refuseHeldPorts(List<NginxDump.Listen> listens) throws ResourceException {
    if (NginxProcesses.anyListens(listens)) {
      for (NginxProcesses.Holder holder : processes.holders(listens)) {
        throw new ResourceException("nginx can't be started: " + holder.text());
      }
    }
  }

  private void awaitServing(Deadline deadline) throws ResourceException {
    HttpLook.Seen seen = look(deadline.atMost(limits.check()));
    while (!(seen instanceof HttpLook.Seen.Good)) {
      if (deadline.over()) {
        throw new ResourceException("nginx runs but does not serve: " + text(seen));
      }
      Deadline.sleep(SERVE_STEP);
      seen = look(deadline.atMost(limits.check()));
    }
    // Its parent returns before the pid file is written.
    deadline.until(SERVE_STEP, () -> processes.master(pidFile()).isPresent());
    remember();
    if (master.isEmpty()) {
      throw new ResourceException(
          "something answers the check, but no nginx master runs by " + pidFile());
    }
  }

  @Override
  public void stop(StopMode mode) throws ResourceException {
    if (mode == StopMode.HAND_OVER && settings.hot()) {
      return;
    }
    Deadline deadline = Deadline.in(limits.stop());
    remember();
    List<Proc> all = new ArrayList<>(family);
    master.ifPresent(m -> all.addAll(household(m)));
    if (unit.isPresent()) {
      unit.get().stop(deadline);
    }
    NginxProcesses.end(NginxProcesses.living(all), Pidfd.SIGTERM, deadline.atMost(STOP_GRACE));
    for (NginxProcesses.Holder holder : processes.holders(inspection.listens())) {
      if (processes.orphan(holder)) {
        NginxProcesses.end(List.of(holder.proc()), Pidfd.SIGKILL, STOP_GRACE);
      } else if (holder.role() != NginxProcesses.Role.OTHER) {
        throw new ResourceException("nginx is not proven stopped: " + holder.text());
      }
    }
    if (processes.master(pidFile()).isPresent()) {
      throw new ResourceException("nginx is not proven stopped: somebody has started it again");
    }
    master = Optional.empty();
    family = List.of();
  }

  @Override
  public Health check() {
    remember();
    HttpLook.Seen seen = look(limits.check());
    return switch (seen) {
      case HttpLook.Seen.Good good ->
          master.isPresent()
              ? new Health.Healthy(good.detail())
              : new Health.Failed(
                  "nginx has no master process any more; only orphans still answer");
      case HttpLook.Seen.Bad bad ->
          new Health.Failed(
              (master.isPresent() ? "nginx runs, but: " : "nginx does not run: ") + bad.detail());
      case HttpLook.Seen.Local local -> new Health.Unknown(local.why());
    };
  }

  @Override
  public Watch watch(Consumer<String> died) {
    remember();
    if (master.isEmpty()) {
      return Watch.NONE; // Nothing to wait for: the next check tells.
    }
    MasterWatch watch = new MasterWatch(processes, pidFile(), died);
    watch.begin(master.get());
    return watch;
  }

  private Path pidFile() {
    return inspection.pidFile();
  }

  /** Keeps who the master and its children are, for the time when the master is gone. */
  private void remember() {
    Optional<Proc> known = master;
    Optional<Proc> now =
        known.isPresent() && ProcFs.lives(known.get()) ? known : processes.master(pidFile());
    master = now;
    if (now.isPresent()) {
      List<Proc> old = NginxProcesses.living(family);
      List<Proc> children = ProcFs.children(now.get().pid());
      List<Proc> all = new ArrayList<>(children);
      for (Proc proc : old) {
        if (children.stream().noneMatch(child -> child.pid() == proc.pid())) {
          all.add(proc); // Left over from an earlier master, finishing its connections.
        }
      }
      family = List.copyOf(all);
    }
  }

  private static List<Proc> household(Proc master) {
    List<Proc> all = new ArrayList<>();
    all.add(master);
    all.addAll(ProcFs.children(master.pid()));
    return all;
  }

  private HttpLook.Seen look(Duration limit) {
    // A little less than the limit, so that the look tells what it saw before it is cut off.
    long deadline = System.nanoTime() + limit.toNanos() / 100 * 95;
    String host = settings.check().uri().getHost();
    InetAddress address =
        HttpLook.literal(host.replace("[", "").replace("]", ""))
            .orElseGet(InetAddress::getLoopbackAddress);
    ProbeSettings.Http how = settings.check().settings();
    return new HttpLook(new InetSocketAddress(address, how.port()), how, deadline).look();
  }

  static String text(HttpLook.Seen seen) {
    return switch (seen) {
      case HttpLook.Seen.Good good -> good.detail();
      case HttpLook.Seen.Bad bad -> bad.detail();
      case HttpLook.Seen.Local local -> local.why();
    };
  }
}
