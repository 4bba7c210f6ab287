package io.twinbeat.lvs;

import io.twinbeat.linux.Ipvs;
import io.twinbeat.linux.IpvsSocket;
import io.twinbeat.linux.IpvsSyncDaemon;
import io.twinbeat.linux.IpvsSyncDaemon.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's two threads that tell the other director of connections (master) and listen to it
 * (backup): one of each in a kernel, shared by all directors of a node. A change of roles takes
 * both nodes a while in which both threads run: the one that hands over sends what it has not sent
 * yet, and the one that takes over, which serves at once, still hears it. Safe from any thread.
 */
public final class SyncDaemons implements AutoCloseable {
  /**
   * The kernel's master sends what is new when it is 2 s old (IPVS_SYNC_FLUSH_TIME), looks once a
   * second whether it is (IPVS_SYNC_CHECK_PERIOD), and forgets it when it is stopped before.
   */
  public static final Duration TURN = Duration.ofMillis(3200);

  /** After the time of the turn: the thread that ends a daemon has to run. */
  private static final Duration SLACK = Duration.ofSeconds(1);

  private static final Pattern LINE = Pattern.compile("(MASTER|BACKUP) (\\S+) ([0-9]{1,3})");
  private static final Logger log = LoggerFactory.getLogger(SyncDaemons.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final KernelTable kernel;
  private final Function<IpvsSyncDaemon, Optional<String>> trouble;
  private final KeptLines kept;
  private final Map<String, IpvsSyncDaemon> wanted = new TreeMap<>();

  /** Also by earlier processes of this boot; on disk before it is. */
  private final Map<Role, IpvsSyncDaemon> started = new EnumMap<>(Role.class);

  /** When those that nobody wants any more will be stopped. */
  private final Map<Role, Long> ends = new EnumMap<>(Role.class);

  /** {@code bootId}: what an earlier boot's processes started is gone. */
  public static SyncDaemons open(Path file, String bootId) {
    KeptLines kept = new KeptLines(file, "sync daemons of boot " + bootId);
    return new SyncDaemons(IpvsSocket::open, SyncDevice::trouble, kept);
  }

  /** {@code trouble}: why a daemon could not run on its device, as far as that is known. */
  SyncDaemons(
      Ipvs.Opening opening, Function<IpvsSyncDaemon, Optional<String>> trouble, KeptLines kept) {
    this.kernel = new KernelTable(opening);
    this.trouble = trouble;
    this.kept = kept;
    for (String line : kept.read()) {
      Matcher words = LINE.matcher(line);
      if (words.matches()) {
        Role role = Role.valueOf(words.group(1));
        started.put(
            role, new IpvsSyncDaemon(role, words.group(2), Integer.parseInt(words.group(3))));
      }
    }
  }

  /** No director of the file wants any: what was started for an earlier file ends. */
  public void endAll() throws LvsException {
    lock.lock();
    try {
      if (started.isEmpty()) {
        return;
      }
      List<IpvsSyncDaemon> running = kernel.available() ? kernel.daemons() : List.of();
      for (IpvsSyncDaemon daemon : List.copyOf(started.values())) {
        if (running.contains(daemon)) {
          kernel.daemon(daemon.role(), Optional.empty());
        }
        ended(daemon.role());
      }
    } finally {
      lock.unlock();
    }
  }

  private void ended(Role role) {
    started.remove(role);
    kept.keep(lines());
  }

  private List<String> lines() {
    return started.values().stream()
        .map(daemon -> daemon.role() + " " + daemon.device() + " " + daemon.syncId())
        .toList();
  }

  /**
   * What this director wants from now on; where the kernel has IPVS, it runs when this returns.
   * Again is harmless.
   */
  void want(String director, IpvsSyncDaemon daemon) throws LvsException {
    lock.lock();
    try {
      wanted.put(director, daemon);
      if (!kernel.available()) {
        return;
      }
      Optional<LvsException> failed = Optional.empty();
      for (Role role : Role.values()) {
        try {
          settle(role);
        } catch (LvsException e) {
          failed = Optional.of(e); // The other one can do without it.
        }
      }
      if (failed.isPresent()) {
        throw failed.get();
      }
    } finally {
      lock.unlock();
    }
  }

  private void settle(Role role) throws LvsException {
    Optional<IpvsSyncDaemon> one =
        wanted.values().stream().filter(each -> each.role() == role).findFirst();
    if (one.isPresent()) {
      ends.remove(role);
      begin(one.get());
    } else if (!ends.containsKey(role) && runs(role)) {
      endLater(role);
    }
  }

  /** It is tried again and again, and the kernel writes a line into its log for each refusal. */
  private void begin(IpvsSyncDaemon daemon) throws LvsException {
    boolean runs = kernel.daemons().contains(daemon);
    Optional<String> why = runs ? Optional.empty() : trouble(daemon);
    if (why.isPresent()) {
      throw new LvsException(why.get());
    }
    started.put(daemon.role(), daemon);
    kept.keep(lines());
    kernel.daemon(daemon.role(), Optional.of(daemon));
  }

  /** Why this daemon could not run on its device; empty when nothing is known. */
  Optional<String> trouble(IpvsSyncDaemon daemon) {
    return trouble.apply(daemon);
  }

  private boolean runs(Role role) throws LvsException {
    return kernel.daemons().stream().anyMatch(daemon -> daemon.role() == role);
  }

  private void endLater(Role role) {
    long at = System.nanoTime() + TURN.toNanos();
    ends.put(role, at);
    Thread.ofVirtual().name("lvs-sync").start(() -> end(role, at));
  }

  /** Unless it is wanted again, or its end was put off, meanwhile. */
  private void end(Role role, long at) {
    try {
      TimeUnit.NANOSECONDS.sleep(at - System.nanoTime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    lock.lock();
    try {
      if (ends.remove(role, at)) {
        kernel.daemon(role, Optional.empty());
        ended(role);
      }
    } catch (LvsException e) {
      log.warn("the kernel's sync daemon ({}) could not be stopped: {}", role, e.getMessage());
    } finally {
      ended.signalAll();
      lock.unlock();
    }
  }

  /** Waits until no daemon is to be stopped any more; bounded. */
  public void finish() {
    lock.lock();
    try {
      long left = TURN.plus(SLACK).toNanos();
      while (!ends.isEmpty() && left > 0) {
        left = ended.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** What the kernel has goes on as it is. */
  @Override
  public void close() {
    lock.lock();
    try {
      ends.clear(); // The next life, which may want it, decides anew.
      kernel.close();
    } finally {
      ended.signalAll();
      lock.unlock();
    }
  }
}
