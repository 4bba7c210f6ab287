package io.twinbeat.lvs;

import io.twinbeat.linux.Errno;
import io.twinbeat.linux.IcmpSocket;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.Poller;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pings for all who ask: one socket for each IP version, opened by the first ping that needs it. A
 * kernel may lack the other version.
 */
final class Pinger implements Look, AutoCloseable {
  private static final Duration AWAIT = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Logger log = LoggerFactory.getLogger(Pinger.class);

  /** Opens the socket for one IP version. */
  interface Opening {
    IcmpSocket open(boolean v6, int identifier) throws LinuxException;
  }

  private record Open(IcmpSocket socket, Poller poller, Thread thread) {}

  private final Opening opening;
  private final int identifier = ThreadLocalRandom.current().nextInt(1 << 16);
  private final AtomicInteger lastNumber = new AtomicInteger(ThreadLocalRandom.current().nextInt());
  private final Map<Integer, CompletableFuture<InetAddress>> waiting = new ConcurrentHashMap<>();
  private final Map<Boolean, Open> opened = new HashMap<>();
  private boolean closed;

  Pinger() {
    this(IcmpSocket::open);
  }

  Pinger(Opening opening) {
    this.opening = opening;
  }

  /** One ping that is under way, or could not be sent. */
  final class Ping implements AutoCloseable {
    private final int number = lastNumber.incrementAndGet();
    private final InetAddress to;
    private final CompletableFuture<InetAddress> reply = new CompletableFuture<>();
    private final Optional<String> trouble;

    private Ping(InetAddress to) {
      this.to = to;
      waiting.put(number, reply);
      this.trouble = sent();
    }

    private Optional<String> sent() {
      try {
        int errno = open(to instanceof Inet6Address).trySend(to, number);
        return errno == 0
            ? Optional.empty()
            : Optional.of("a ping could not be sent: " + Errno.describe(errno));
      } catch (LinuxException e) {
        return Optional.of(e.getMessage());
      }
    }

    /** Why this machine could not send it. */
    Optional<String> trouble() {
      return trouble;
    }

    /** Whether its answer is there, without waiting for it. */
    boolean answered() {
      return to.equals(reply.getNow(null));
    }

    private Seen await(Duration limit) throws InterruptedException {
      if (trouble.isPresent()) {
        return Seen.none("cannot look: " + trouble.get());
      }
      try {
        InetAddress from = reply.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        return from.equals(to)
            ? Seen.good("answered a ping")
            : Seen.bad("another address answered: " + from.getHostAddress());
      } catch (TimeoutException e) {
        return Seen.bad("no answer to a ping within " + limit.toMillis() + " ms");
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      waiting.remove(number);
    }
  }

  @Override
  public Seen at(InetAddress ip, int port, Duration limit) throws InterruptedException {
    try (Ping ping = ping(ip)) {
      return ping.await(limit);
    }
  }

  Ping ping(InetAddress ip) {
    return new Ping(ip);
  }

  private synchronized IcmpSocket open(boolean v6) throws LinuxException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    Open open = opened.get(v6);
    if (open == null) {
      IcmpSocket socket = opening.open(v6, identifier);
      try {
        Poller poller = Poller.open(List.of(socket));
        Thread thread =
            Thread.ofPlatform()
                .daemon()
                .name(v6 ? "pings-6" : "pings-4")
                .unstarted(() -> listen(socket, poller));
        open = new Open(socket, poller, thread);
        opened.put(v6, open);
        thread.start();
      } catch (LinuxException e) {
        socket.close();
        throw e;
      }
    }
    return open.socket();
  }

  private void listen(IcmpSocket socket, Poller poller) {
    while (!isClosed()) {
      poller.await(AWAIT.toNanos());
      try {
        socket.drain(this::answered);
      } catch (LinuxException | IllegalStateException e) {
        if (isClosed()) {
          return;
        }
        log.warn("reading the answers to pings: {}", e.getMessage());
        pause();
      }
    }
  }

  private void answered(InetAddress from, int number) {
    CompletableFuture<InetAddress> asked = waiting.get(number);
    if (asked != null) {
      asked.complete(from);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    List<Open> last;
    synchronized (this) {
      closed = true;
      last = List.copyOf(opened.values());
      opened.clear();
    }
    for (Open each : last) {
      each.poller().wake();
      try {
        each.thread().join(AWAIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      each.poller().close();
      each.socket().close();
    }
  }
}
