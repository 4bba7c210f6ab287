package io.twinbeat.lvs;

import io.twinbeat.linux.IcmpSocket;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.Poller;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pings for all who ask: one socket for each IP version, opened by the first look. */
final class Pinger implements Look, AutoCloseable {
  private static final Duration AWAIT = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Logger log = LoggerFactory.getLogger(Pinger.class);

  private record Open(IcmpSocket v4, IcmpSocket v6, Poller poller, Thread thread) {}

  private final AtomicInteger lastNumber = new AtomicInteger(ThreadLocalRandom.current().nextInt());
  private final Map<Integer, CompletableFuture<InetAddress>> waiting = new ConcurrentHashMap<>();
  private Open open;
  private boolean closed;

  @Override
  public Seen at(InetAddress ip, int port, Duration limit) throws InterruptedException {
    int number = lastNumber.incrementAndGet();
    CompletableFuture<InetAddress> reply = new CompletableFuture<>();
    waiting.put(number, reply);
    try {
      Open sockets = open();
      int errno = (ip instanceof Inet6Address ? sockets.v6() : sockets.v4()).trySend(ip, number);
      if (errno != 0) {
        return Seen.none("a ping could not be sent: " + io.twinbeat.linux.Errno.describe(errno));
      }
      InetAddress from = reply.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return from.equals(ip)
          ? Seen.good("answered a ping")
          : Seen.bad("another address answered: " + from.getHostAddress());
    } catch (TimeoutException e) {
      return Seen.bad("no answer to a ping within " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (LinuxException e) {
      return Seen.none(e.getMessage());
    } finally {
      waiting.remove(number);
    }
  }

  private synchronized Open open() throws LinuxException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (open == null) {
      int identifier = ThreadLocalRandom.current().nextInt(1 << 16);
      List<IcmpSocket> opened = new ArrayList<>();
      try {
        opened.add(IcmpSocket.open(false, identifier));
        opened.add(IcmpSocket.open(true, identifier));
        Poller poller = Poller.open(opened);
        Thread thread =
            Thread.ofPlatform().daemon().name("pings").unstarted(() -> listen(opened, poller));
        open = new Open(opened.get(0), opened.get(1), poller, thread);
        thread.start();
      } catch (LinuxException e) {
        opened.forEach(IcmpSocket::close);
        throw e;
      }
    }
    return open;
  }

  private void listen(List<IcmpSocket> sockets, Poller poller) {
    while (!isClosed()) {
      poller.await(AWAIT.toNanos());
      for (IcmpSocket socket : sockets) {
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
    Open last;
    synchronized (this) {
      closed = true;
      last = open;
      open = null;
    }
    if (last != null) {
      last.poller().wake();
      try {
        last.thread().join(AWAIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      last.poller().close();
      last.v4().close();
      last.v6().close();
    }
  }
}
