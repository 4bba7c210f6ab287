package io.twinbeat.lvs;

import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ServerCheckConfig;
import io.twinbeat.config.VirtualServiceConfig;
import io.twinbeat.decision.Reach;
import io.twinbeat.linux.Ipvs;
import io.twinbeat.linux.IpvsChange;
import io.twinbeat.linux.IpvsDestination.Connections;
import io.twinbeat.linux.IpvsSocket;
import io.twinbeat.linux.IpvsSyncDaemon.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lvs resource on this node. While it is active the kernel has its table, and each result of a
 * health check and each foreign edit is followed by a reconciliation. While it is not, the kernel
 * has none of it: a table on the standby would catch the standby's own look at the service, and
 * balance once more what reaches it as a real server. Applying it takes milliseconds (one batch),
 * so that nothing is lost by waiting for the takeover. Safe from any thread.
 */
public final class Director implements AutoCloseable {
  /** Is told what happens, and what is wrong for a while. From any thread; must not block. */
  public interface Voice {
    void event(String sentence);

    void alarm(String key, String what, String mend);

    void clear(String key);
  }

  /** What the check of an active director saw. */
  public record Condition(boolean good, String detail) {}

  private static final Logger log = LoggerFactory.getLogger(Director.class);

  private final LvsConfig config;
  private final String id;
  private final OwnSettings settings;
  private final Voice voice;
  private final Modules modules;
  private final OwnSync sync;
  private final Suitability suitability;
  private final Pinger pinger = new Pinger();
  private final Checks checks;
  private final ReentrantLock lock = new ReentrantLock();
  private final KernelTable kernel;
  private final Fleet fleet;
  private final FleetNews news;
  private final OwnTable table;
  private final Mender mender = new Mender(this::mend);
  private volatile Reach reach = Reach.UNKNOWN;
  private boolean active;
  private boolean closed;

  /**
   * Touches nothing yet.
   *
   * @param id tells this resource from others of this node
   * @param devices those of the group's addresses
   * @param connecting makes the looks that open a connection: TCP and HTTP
   */
  public Director(
      LvsConfig config,
      String id,
      Shared shared,
      Set<String> devices,
      Function<ServerCheckConfig.How, Look> connecting,
      Voice voice) {
    this(config, id, shared, devices, connecting, voice, IpvsSocket::open);
  }

  Director(
      LvsConfig config,
      String id,
      Shared shared,
      Set<String> devices,
      Function<ServerCheckConfig.How, Look> connecting,
      Voice voice,
      Ipvs.Opening ipvs) {
    this.config = config;
    this.id = id;
    this.settings = new OwnSettings(config, id, devices, shared.sysctls(), voice);
    this.voice = voice;
    this.sync = new OwnSync(config, id, shared.syncDaemons(), voice);
    this.kernel = new KernelTable(ipvs);
    this.modules = new Modules(config.services(), ipvs);
    this.suitability = new Suitability(modules, kernel, settings, sync);
    this.checks =
        new Checks(config.services(), how -> Looks.of(how, connecting, pinger), this::seen);
    this.fleet = new Fleet(config.services());
    this.news = new FleetNews(fleet, voice);
    shared.named().add(id, fleet.named().keySet());
    this.table =
        new OwnTable(
            kernel,
            new Kept(shared.state(), id, shared.bootId()),
            fleet.named(),
            key -> shared.named().ofAnother(id, key));
  }

  /**
   * Begins to look at the real servers, where a standby does; and recalls what is known of them.
   */
  public void begin() {
    lock.lock();
    try {
      recall();
    } finally {
      lock.unlock();
    }
    if (config.checkOnStandby()) {
      checks.start();
    }
  }

  /** What this director made in this boot, and did not stop, shows what it knew. */
  private void recall() {
    try {
      fleet.recall(table.left(), table.known());
      reach = fleet.reach();
    } catch (LvsException e) {
      log.warn("{}: what the last daemon left cannot be read: {}", config.name(), e.getMessage());
    }
  }

  private void load() throws LvsException {
    Optional<String> missing = modules.load();
    if (missing.isPresent()) {
      throw new LvsException(missing.get());
    }
  }

  /** Loads what the kernel needs, and on a standby listens to the other's connections. */
  public void prepare() throws LvsException {
    load();
    lock.lock();
    try {
      table.practise(fleet.wanted());
      List<String> _ = settings.differing();
      if (!active) {
        sync.as(Role.BACKUP);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The table is in the kernel, and was read back, when this returns. */
  public void start() throws LvsException {
    long began = System.nanoTime();
    load(); // Nothing to do where it was prepared.
    lock.lock();
    try {
      if (!active && !checks.running()) {
        fleet.forget(); // What is known is as old as the last time that this node was active.
        reach = Reach.UNKNOWN;
        recall();
      }
      settings.set();
      List<IpvsChange> made = table.make(fleet.wanted());
      sync.as(Role.MASTER);
      active = true;
      log.info(
          "{}: {} changes made the table, {} us",
          config.name(),
          made.size(),
          (System.nanoTime() - began) / 1000);
    } finally {
      lock.unlock();
    }
    checks.start();
    lock.lock();
    try {
      news.quorums();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The kernel's table has nothing of it when this returns. Connection sync goes on for a while
   * ({@link SyncDaemons}): nobody has to wait for that, since the address is gone by now. One that
   * is closed, because the file no longer has it, can be stopped, too.
   */
  public void stop() throws LvsException {
    if (!config.checkOnStandby()) {
      checks.stop();
    }
    lock.lock();
    try {
      active = false;
      List<IpvsChange> _ = release();
      if (!closed) {
        news.over();
        sync.as(Role.BACKUP);
      }
    } finally {
      if (closed) {
        kernel.close();
      }
      lock.unlock();
    }
  }

  /**
   * The settings first: while expire_nodest_conn is 1 the kernel (since 5.9) forgets the
   * connections of a server that is taken out, and a group that comes back would find none of them.
   */
  private List<IpvsChange> release() throws LvsException {
    settings.putBack();
    return kernel.available() ? table.remove() : List.of(); // Without IPVS there is nothing of it.
  }

  /**
   * On a node that is known not to hold it: what the kernel has of it all the same is taken out. It
   * would answer this node's own look at the holder, and balance a second time.
   */
  public void standBy() throws LvsException {
    lock.lock();
    try {
      if (active || closed) {
        return;
      }
      List<IpvsChange> taken = release();
      if (!taken.isEmpty()) {
        voice.event(
            config.name()
                + ": there was an IPVS table on this node, which does not hold it; taken out: "
                + Words.of(taken));
      }
      sync.as(Role.BACKUP);
    } finally {
      lock.unlock();
    }
  }

  /**
   * While it is active: the table is made as it shall be, where it is not. A foreign edit is said.
   */
  public Condition check() {
    lock.lock();
    try {
      if (!active || closed) {
        return new Condition(true, "not active on this node");
      }
      settings.mend();
      List<IpvsChange> edits = table.mend(fleet.wanted());
      voice.clear("lvs:" + id);
      if (!edits.isEmpty()) {
        voice.event(
            config.name() + ": somebody changed the IPVS table; mended: " + Words.of(edits));
      }
      sync.as(Role.MASTER);
      return new Condition(true, fleet.summary());
    } catch (LvsException e) {
      return new Condition(false, e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  /** Many results make one reconciliation. */
  private void mend() {
    lock.lock();
    try {
      if (active && !closed) {
        table.make(fleet.wanted());
        voice.clear("lvs:" + id);
      }
    } catch (LvsException e) {
      voice.alarm("lvs:" + id, config.name() + ": " + e.getMessage(), "see the log");
    } finally {
      lock.unlock();
    }
  }

  private void seen(VirtualServiceConfig service, RealServerConfig server, Look.Seen seen) {
    lock.lock();
    try {
      Fleet.Turn turn = fleet.seen(service, server, seen);
      if (!turn.after().equals(turn.before())) {
        reach = fleet.reach();
      }
      if (!active || closed) {
        return;
      }
      news.tell(server, turn);
      if (turn.tableChanges()) {
        mender.soon();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether this node reaches its real servers; unknown while it does not look at them. */
  public Reach reach() {
    return checks.running() ? reach : Reach.UNKNOWN;
  }

  /** Could this node balance now? */
  public List<Finding> inspect() {
    List<Finding> findings = new ArrayList<>();
    lock.lock();
    try {
      findings.addAll(suitability.look(active, table));
      if (checks.running()) {
        findings.addAll(fleet.reachable());
      }
    } catch (LvsException e) {
      findings.add(
          new Finding("ipvs", Finding.Grade.BAD, e.getMessage(), "see the log of the daemon"));
    } finally {
      lock.unlock();
    }
    return findings;
  }

  /** Tells it from others of this node, and is the same on the other. */
  public String id() {
    return id;
  }

  /** The names of all real servers. */
  public Set<String> servers() {
    return fleet.servers();
  }

  /**
   * These servers, and no others, get no new connections. In the kernel when it returns, where this
   * director is active; if that throws, it is tried again.
   */
  public void drained(Set<String> servers) throws LvsException {
    lock.lock();
    try {
      if (!fleet.drained().equals(servers)) {
        fleet.drained(servers);
        reach = fleet.reach();
        if (active && !closed) {
          mender.soon();
          table.make(fleet.wanted());
          news.quorums();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many connections the kernel knows to that server; empty where it is not active. */
  public Optional<Connections> connections(String server) throws LvsException {
    lock.lock();
    try {
      return active ? Optional.of(counted(server)) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private Connections counted(String server) throws LvsException {
    Connections sum = Connections.NONE;
    for (ServiceReport service : report()) {
      for (ServiceReport.Server each : service.servers()) {
        if (each.name().equals(server)) {
          sum = sum.plus(each.connections());
        }
      }
    }
    return sum;
  }

  /** All services as they stand. */
  public List<ServiceReport> report() throws LvsException {
    lock.lock();
    try {
      return fleet.reports(active ? table.connections() : Map.of());
    } finally {
      lock.unlock();
    }
  }

  /** Ends the looks; what the kernel has stays as it is. */
  @Override
  public void close() {
    checks.stop();
    mender.close();
    lock.lock();
    try {
      closed = true;
      kernel.close();
    } finally {
      lock.unlock();
    }
    pinger.close();
  }
}
