package io.twinbeat.daemon;

import io.twinbeat.address.AddressException;
import io.twinbeat.config.Pair;
import io.twinbeat.control.ControlServer;
import io.twinbeat.lvs.SyncDaemons;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lives of one process, one after the other: a reload ends one, with the services kept and the
 * peer told, and begins the next from the changed file. If that cannot be made, the one before
 * comes back. The control socket goes through all of them.
 */
final class Lives implements AutoCloseable {
  /**
   * What the end of a process may take, besides what connection sync goes on for after a stop;
   * systemd waits longer.
   */
  private static final Duration TERM_LIMIT = Duration.ofSeconds(2);

  /** A life ends and the next is made in less than a second; a child of a resource may hang. */
  private static final Duration CHANGE_LIMIT = Duration.ofSeconds(60);

  private static final Logger log = LoggerFactory.getLogger(Lives.class);

  /** Told empty when it is done, or else why it could not be. */
  private record Change(Loaded to, CompletableFuture<Optional<String>> done) {}

  private final ControlDesk desk;
  private final ControlServer server;
  private final Reload reload;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Loaded loaded;
  private volatile Life life;
  private volatile boolean ending;
  private Change change;

  Lives(DaemonOptions options, Loaded loaded) throws IOException {
    this.loaded = loaded;
    this.reload = new Reload(options, this);
    this.desk = new ControlDesk(reload);
    Pair pair = loaded.pair();
    // The socket comes first: a second daemon must end here, before it touches anything.
    Files.createDirectories(pair.paths().run());
    Files.createDirectories(pair.paths().state());
    this.server = ControlServer.open(pair.control().socket(), pair.control().group(), desk);
  }

  /** What the present life runs with. */
  Loaded loaded() {
    return loaded;
  }

  /** Empty between two lives. */
  Optional<Parts> parts() {
    Life now = life;
    return now == null ? Optional.empty() : Optional.of(now.parts());
  }

  int run() throws IOException, InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::terminated, "terminated"));
    Life now = begun(loaded);
    while (true) {
      life = now;
      int status = now.live();
      Change next = taken();
      if (next == null || ending) {
        now.stopping();
        return status;
      }
      life = null;
      server.endStreams();
      now.close();
      now = changed(now, next);
    }
  }

  private Life changed(Life before, Change next) throws IOException, InterruptedException {
    String why;
    try {
      before.stopServicesNotIn(next.to().pair());
      Life after = begun(next.to());
      loaded = next.to();
      life = after;
      next.done().complete(Optional.empty());
      return after;
    } catch (IOException e) {
      why = e.getMessage();
    } catch (AddressException e) {
      why = e.getMessage();
    }
    log.error("the changed file cannot be used: {}; going back to the one before", why);
    Life again = begun(loaded);
    again
        .parts()
        .alarms()
        .raise(
            "reload",
            "the changed file could not be used, the one before still holds: " + why,
            "mend it, then: twinbeat reload");
    life = again;
    next.done().complete(Optional.of(why));
    return again;
  }

  private Life begun(Loaded from) throws IOException, InterruptedException {
    Life begun = Life.of(from, desk, reload);
    boolean good = false;
    try {
      begun.begin();
      good = true;
      return begun;
    } finally {
      if (!good) {
        begun.close();
      }
    }
  }

  private synchronized Change taken() {
    Change taken = change;
    change = null;
    return taken;
  }

  /** Ends this life and begins one from that file; empty when done, else why it was not. */
  Optional<String> change(Loaded to) throws InterruptedException {
    Change wanted = new Change(to, new CompletableFuture<>());
    Life now = life;
    synchronized (this) {
      if (change != null || now == null || ending) {
        return Optional.of("another change is under way");
      }
      change = wanted;
    }
    now.endToBeContinued();
    try {
      return wanted.done().get(CHANGE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return Optional.of("it was not done within " + CHANGE_LIMIT.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** SIGTERM: whoever sends it wants this process to end, not the service to move. */
  private void terminated() {
    ending = true;
    try {
      Life now = life;
      if (now != null) {
        Thread.ofVirtual().start(now::endToBeContinued).join(TERM_LIMIT);
        now.end();
      }
      closed.await(TERM_LIMIT.plus(SyncDaemons.TURN).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    Life last = life;
    if (last != null) {
      last.close();
    }
    server.close();
    closed.countDown();
  }
}
