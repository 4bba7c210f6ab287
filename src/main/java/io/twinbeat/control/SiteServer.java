package io.twinbeat.control;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers each TCP connection of a machine that may ask with one line, and ends it; nothing that a
 * client sends is read. An address that is not there, or whose port another program has, is tried
 * again for ever. On virtual threads of its own; whatever comes, it only costs little.
 */
public final class SiteServer implements AutoCloseable {
  /** Answered at a time, and of one machine; all others are reset. */
  public static final int CONNECTIONS_MAX = 16;

  public static final int CONNECTIONS_OF_ONE_MAX = 4;

  /** A line that is longer is not sent: the client would not read it either. */
  public static final int LINE_BYTES_MAX = 64 * 1024;

  /** The kernel refuses what waits beyond these; it needs none of our time for that. */
  private static final int BACKLOG = 16;

  /** How long a client may take to read the line and hang up. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(1);

  /** After each connection: a flood may have no more of a processor than fifty of them need. */
  private static final Duration PACE = Duration.ofMillis(20);

  private static final Duration RETRY = Duration.ofSeconds(5);

  /** An interrupted loop has nothing to wait for. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(SiteServer.class);

  /** Whose answer it is. Called on many threads at once. */
  public interface Host {
    boolean answers(InetAddress from);

    Response.End answer();

    void listens(InetSocketAddress at);

    /** It does not listen there, for now. */
    void fails(InetSocketAddress at, String why);
  }

  private final Host host;
  private final Duration retry;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<Thread> loops = new ArrayList<>();
  private final Set<SocketChannel> answered = ConcurrentHashMap.newKeySet();
  private final Map<InetAddress, Integer> asking = new HashMap<>();

  private SiteServer(Host host, Duration retry) {
    this.host = host;
    this.retry = retry;
  }

  /** Returns at once, whether these addresses are there or not. */
  public static SiteServer open(List<InetSocketAddress> addresses, Host host) {
    return open(addresses, host, RETRY);
  }

  static SiteServer open(List<InetSocketAddress> addresses, Host host, Duration retry) {
    SiteServer server = new SiteServer(host, retry);
    for (InetSocketAddress at : addresses) {
      server.loops.add(
          Thread.ofVirtual().name("site-status-" + at.getPort()).start(() -> server.listen(at)));
    }
    return server;
  }

  private void listen(InetSocketAddress at) {
    try {
      do {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
          server.bind(at, BACKLOG);
          host.listens(at);
          while (ended.getCount() > 0) {
            take(server.accept());
            Thread.sleep(PACE);
          }
        } catch (InterruptedException e) {
          throw e;
        } catch (Throwable e) { // Also an Error: nobody may miss this loop without a word.
          if (ended.getCount() > 0) {
            host.fails(at, e.getMessage() == null ? e.toString() : e.getMessage());
          }
        }
      } while (!ended.await(retry.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(SocketChannel channel) {
    boolean handed = false;
    try {
      // Whatever closes it from here on resets it: the kernel has nothing to keep for a client that
      // does not read.
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      InetAddress from = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
      if (host.answers(from) && enter(from)) {
        answered.add(channel);
        Thread.ofVirtual().name("site-status-answer").start(() -> answer(channel, from));
        handed = true;
      }
    } catch (IOException e) {
      log.debug("site-status: a client has gone already: {}", e.getMessage());
    } finally {
      if (!handed) {
        reset(channel);
      }
    }
  }

  private synchronized boolean enter(InetAddress from) {
    int all = asking.values().stream().mapToInt(Integer::intValue).sum();
    int ofOne = asking.getOrDefault(from, 0);
    if (all >= CONNECTIONS_MAX || ofOne >= CONNECTIONS_OF_ONE_MAX || ended.getCount() == 0) {
      return false;
    }
    asking.put(from, ofOne + 1);
    return true;
  }

  private synchronized void leave(InetAddress from) {
    asking.computeIfPresent(from, (ip, count) -> count > 1 ? count - 1 : null);
  }

  private static void reset(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("site-status: {}", e.getMessage());
    }
  }

  private void answer(SocketChannel channel, InetAddress from) {
    try (channel;
        TimeLimit _ = TimeLimit.on(channel, ANSWER_LIMIT)) {
      byte[] line = (Protocol.write(host.answer()) + "\n").getBytes(StandardCharsets.UTF_8);
      if (line.length > LINE_BYTES_MAX) {
        throw new IOException("an answer of " + line.length + " bytes");
      }
      ByteBuffer rest = ByteBuffer.wrap(line);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.shutdownOutput();
      channel.read(ByteBuffer.allocate(1)); // Its end of the connection; anything else is junk.
    } catch (IOException e) {
      log.debug("site-status: {} was not answered: {}", from, e.getMessage());
    } catch (RuntimeException e) {
      log.warn("site-status: no answer could be made", e);
    } finally {
      answered.remove(channel);
      leave(from);
    }
  }

  /** Stops listening, so that the ports are free, and resets who is being answered. */
  @Override
  public void close() {
    ended.countDown();
    loops.forEach(Thread::interrupt);
    try {
      for (Thread loop : loops) {
        loop.join(CLOSE_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    answered.forEach(SiteServer::reset);
  }
}
