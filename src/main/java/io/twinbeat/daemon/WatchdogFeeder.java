package io.twinbeat.daemon;

import io.twinbeat.linux.Watchdog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Arms the machine's watchdog while this node may hold a group, and feeds it while the daemon does
 * its work; so a holder that hangs or cannot let go is reset. On a thread of its own that waits for
 * nothing but the device: what it finds is a state, told by others.
 */
final class WatchdogFeeder implements AutoCloseable {
  private static final Duration STEP = Duration.ofMillis(200);
  private static final Duration FEED_MAX = Duration.ofSeconds(1);
  private static final int FEEDS_IN_TIMEOUT = 5;
  private static final Duration RETRY = Duration.ofSeconds(5);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(1);

  /** Opens, and so arms, the device. */
  interface Opener {
    Watchdog open() throws IOException;
  }

  /** What is asked about this node each time. */
  interface Node {
    boolean mayHold();

    /** Why the machine should be reset; empty when it should not. */
    String trouble();

    /** The daemon ends on an order that was carried out; what is held is kept on purpose. */
    boolean leftAsPlanned();
  }

  enum State {
    /** Not tried yet. */
    UNTRIED,
    DISARMED,
    ARMED,
    /** Armed, and not fed. */
    HUNGRY,
    /** It cannot be opened, or not be fed. */
    UNUSABLE
  }

  /**
   * How it stands; {@code identity} and {@code timeout} are the device's own words, empty and zero
   * before it was opened. {@code lasting}: it cannot be disarmed. {@code fedNanos} is 0 before it
   * was fed.
   */
  record Standing(
      State state,
      String identity,
      Duration timeout,
      boolean lasting,
      long fedNanos,
      String detail) {}

  private final Path device;
  private final Opener opener;
  private final Node node;
  private final Thread thread;
  private volatile boolean ended;
  private volatile Standing standing =
      new Standing(State.UNTRIED, "", Duration.ZERO, false, 0, "not tried yet");
  private Watchdog watchdog;
  private boolean tried;
  private long retryAt;
  private long feedAt;

  WatchdogFeeder(Path device, Opener opener, Node node) {
    this.device = device;
    this.opener = opener;
    this.node = node;
    this.thread = Thread.ofPlatform().name("watchdog").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  Path device() {
    return device;
  }

  Standing standing() {
    return standing;
  }

  /** Why no daemon may leave services behind for long; empty when it may. */
  String needsDaemon() {
    Standing s = standing;
    return s.lasting()
        ? "the watchdog cannot be disarmed (nowayout): this machine is reset "
            + s.timeout().toSeconds()
            + " s after its daemon ends"
        : "";
  }

  private void run() {
    while (!ended) {
      turn(System.nanoTime());
      LockSupport.parkNanos(STEP.toNanos());
    }
  }

  /** Once, also on a node that holds nothing, so that a device that does not work is known. */
  void turn(long now) {
    boolean wanted = node.mayHold() || !tried;
    try {
      if (watchdog == null) {
        if (!wanted || (tried && now - retryAt < 0)) {
          return;
        }
        arm(now);
      } else if (!wanted && !standing.lasting() && disarmed()) {
        return;
      }
      feed(now);
    } catch (IOException e) {
      Standing s = standing;
      standing =
          new Standing(
              State.UNUSABLE,
              s.identity(),
              s.timeout(),
              s.lasting(),
              s.fedNanos(),
              String.valueOf(e.getMessage()));
    }
  }

  private void arm(long now) throws IOException {
    tried = true;
    retryAt = now + RETRY.toNanos();
    watchdog = opener.open();
    retryAt = now;
    feedAt = now;
    standing =
        new Standing(
            State.ARMED, watchdog.identity(), watchdog.timeout(), standing.lasting(), now, "");
  }

  private boolean disarmed() throws IOException {
    Standing s = standing;
    boolean off = watchdog.disarm();
    if (off) {
      watchdog = null;
    }
    standing =
        new Standing(
            off ? State.DISARMED : s.state(),
            s.identity(),
            s.timeout(),
            !off,
            s.fedNanos(),
            off ? "" : s.detail());
    return off;
  }

  private void feed(long now) throws IOException {
    Standing s = standing;
    String trouble = node.trouble();
    if (!trouble.isEmpty()) {
      standing =
          new Standing(State.HUNGRY, s.identity(), s.timeout(), s.lasting(), s.fedNanos(), trouble);
    } else if (now - feedAt >= 0) {
      watchdog.feed();
      long often = Math.min(FEED_MAX.toNanos(), s.timeout().toNanos() / FEEDS_IN_TIMEOUT);
      feedAt = now + often;
      standing = new Standing(State.ARMED, s.identity(), s.timeout(), s.lasting(), now, "");
    }
  }

  /**
   * Disarms it if nothing is held any more, or if the daemon leaves with its services kept as
   * ordered. Else it stays armed: the next daemon opens it in time, or the machine is reset.
   */
  @Override
  public void close() {
    ended = true;
    LockSupport.unpark(thread);
    try {
      thread.join(STOP_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!thread.isAlive()) {
      end();
    }
  }

  /** What is left to do when no more turns come. */
  void end() {
    if (watchdog == null) {
      return;
    }
    try {
      boolean well = node.trouble().isEmpty() && (!node.mayHold() || node.leftAsPlanned());
      if (well && disarmed()) {
        return;
      }
      if (well) {
        watchdog.feed(); // All of its time for the next daemon.
      }
    } catch (IOException e) {
      standing =
          new Standing(
              State.UNUSABLE,
              standing.identity(),
              standing.timeout(),
              standing.lasting(),
              standing.fedNanos(),
              String.valueOf(e.getMessage()));
    }
    watchdog.close();
    watchdog = null;
  }
}
