package io.twinbeat.address;

import io.twinbeat.linux.IcmpSocket;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.Poller;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pings a few machines that are always there (a gateway, a switch), to tell whether this node is
 * the one that is cut off. One thread; replies are read before a ping is given up, so that a stall
 * of our own makes nobody unreachable.
 */
public final class ReferencePoints implements AutoCloseable {
  /** Answers in a row that make an unreachable point reachable; the first one ever is enough. */
  public static final int RISE = 2;

  /** Missing answers in a row that make a point unreachable. */
  public static final int FALL = 3;

  /** More are no help, and each costs a ping in each interval. */
  public static final int POINTS_MAX = 64;

  private static final Logger log = LoggerFactory.getLogger(ReferencePoints.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** A round that begins later than this after its time shows a stall of our own. */
  private static final Duration STALL = Duration.ofMillis(500);

  private final List<InetAddress> points;
  private final Duration interval;
  private final Duration limit;
  private final Listener listener;
  private final ReachTable table;
  private final Optional<IcmpSocket> v4;
  private final Optional<IcmpSocket> v6;
  private final Poller poller;
  private final Thread thread = Thread.ofPlatform().name("reference").daemon().unstarted(this::run);
  private volatile boolean closing;
  private int number = ThreadLocalRandom.current().nextInt();

  /** Whether a point answers; unknown until the first answer or {@link #FALL} misses. */
  public enum State {
    UNKNOWN,
    REACHABLE,
    UNREACHABLE
  }

  /** A point, how long ago it answered last (empty: never), and how long that answer took. */
  public record Point(
      InetAddress address, State state, Optional<Duration> answeredAgo, Duration roundTrip) {}

  /** All points at one moment. */
  public record Snapshot(List<Point> points) {
    public Snapshot {
      points = List.copyOf(points);
    }

    public int reachable() {
      return count(State.REACHABLE);
    }

    /** Those that were judged, one way or the other. */
    public int known() {
      return points.size() - count(State.UNKNOWN);
    }

    private int count(State state) {
      int count = 0;
      for (Point point : points) {
        count += point.state == state ? 1 : 0;
      }
      return count;
    }
  }

  /** Is told when a point's state has changed; from this part's thread, and must not block. */
  public interface Listener {
    void changed(Snapshot snapshot);
  }

  private ReferencePoints(
      List<InetAddress> points,
      Duration interval,
      Duration limit,
      int rise,
      int fall,
      Listener listener)
      throws LinuxException {
    this.points = List.copyOf(points);
    this.interval = interval;
    this.limit = limit;
    this.listener = listener;
    table = new ReachTable(this.points, rise, fall);
    int identifier = ThreadLocalRandom.current().nextInt(1 << 16);
    List<IcmpSocket> opened = new ArrayList<>();
    try {
      v4 = open(false, identifier, opened);
      v6 = open(true, identifier, opened);
      poller = Poller.open(opened);
    } catch (LinuxException e) {
      opened.forEach(IcmpSocket::close);
      throw e;
    }
  }

  private Optional<IcmpSocket> open(boolean six, int identifier, List<IcmpSocket> opened)
      throws LinuxException {
    if (points.stream().noneMatch(point -> point instanceof Inet6Address == six)) {
      return Optional.empty();
    }
    IcmpSocket socket = IcmpSocket.open(six, identifier);
    opened.add(socket);
    return Optional.of(socket);
  }

  /** Watches with {@link #RISE} and {@link #FALL}. */
  public static ReferencePoints watch(
      List<InetAddress> points, Duration interval, Duration limit, Listener listener) {
    return watch(points, interval, limit, RISE, FALL, listener);
  }

  /**
   * Pings each point once in each interval; an answer counts if it comes within the limit, which is
   * at most the interval. Fails without CAP_NET_RAW.
   */
  public static ReferencePoints watch(
      List<InetAddress> points,
      Duration interval,
      Duration limit,
      int rise,
      int fall,
      Listener listener) {
    if (points.size() > POINTS_MAX) {
      throw new IllegalArgumentException(
          points.size() + " reference points: at most " + POINTS_MAX);
    }
    if (interval.toMillis() < 1 || limit.toMillis() < 1 || limit.compareTo(interval) > 0) {
      throw new IllegalArgumentException("limit " + limit + ", interval " + interval);
    }
    try {
      ReferencePoints watched = new ReferencePoints(points, interval, limit, rise, fall, listener);
      watched.thread.start();
      return watched;
    } catch (LinuxException e) {
      throw new AddressException("watching the reference points", e);
    }
  }

  /** What is known now; cheap. */
  public Snapshot snapshot() {
    synchronized (table) {
      return table.snapshot(System.nanoTime());
    }
  }

  /** The number of the next round of pings, in which each point is asked once. */
  public int nextRound() {
    synchronized (table) {
      return number + 1;
    }
  }

  /**
   * Whether any point has answered in this round; false also when it is long past. Waits while that
   * is open, for two intervals at most: until it was sent, and answered.
   */
  public boolean answered(int round) throws InterruptedException {
    long until = System.nanoTime() + 2 * interval.toNanos();
    synchronized (table) {
      while (!table.answered(round) && table.pending(round)) {
        long left = until - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(table, left);
      }
      return table.answered(round);
    }
  }

  private void run() {
    long round = System.nanoTime();
    long limitEnds = round;
    List<State> told = table.states();
    while (!closing) {
      try {
        long now = System.nanoTime();
        if (now - round >= 0) {
          ping();
          limitEnds = now + limit.toNanos();
          round = now - round > STALL.toNanos() ? now : round;
          round += interval.toNanos();
        }
        now = System.nanoTime();
        poller.await(Math.min(round - now, limitEnds - now > 0 ? limitEnds - now : round - now));
        Optional<Snapshot> news = judge(told);
        if (news.isPresent()) {
          told = news.get().points().stream().map(Point::state).toList();
          listener.changed(news.get());
        }
      } catch (LinuxException | RuntimeException e) {
        if (!closing) {
          log.error("pinging the reference points", e);
          pause();
        }
      }
    }
  }

  private void ping() throws LinuxException {
    synchronized (table) {
      // A reply that waited out a stall of ours counts.
      read(v4);
      read(v6);
      table.expire(0, System.nanoTime());
      number++;
      for (int i = 0; i < points.size(); i++) {
        InetAddress point = points.get(i);
        IcmpSocket socket = (point instanceof Inet6Address ? v6 : v4).orElseThrow();
        table.sent(i, number, System.nanoTime());
        if (socket.trySend(point, number) != 0) {
          table.notSent(i);
        }
      }
    }
  }

  private Optional<Snapshot> judge(List<State> told) throws LinuxException {
    synchronized (table) {
      read(v4);
      read(v6);
      long now = System.nanoTime();
      table.expire(limit.toNanos(), now);
      table.notifyAll();
      return table.states().equals(told) ? Optional.empty() : Optional.of(table.snapshot(now));
    }
  }

  private void read(Optional<IcmpSocket> socket) throws LinuxException {
    if (socket.isPresent()) {
      socket.get().drain((from, echo) -> table.answered(from, echo, System.nanoTime()));
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing = true;
    poller.wake();
    try {
      thread.join(CLOSE_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    poller.close();
    v4.ifPresent(IcmpSocket::close);
    v6.ifPresent(IcmpSocket::close);
  }
}
