package io.twinbeat.heartbeat;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps JGroups away from the heartbeat's threads: it is loaded and joined in the background, and
 * what comes in and goes on passes through bounded queues. What does not fit is dropped; JGroups
 * sends it again.
 */
final class Messaging implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Messaging.class);
  private static final int DATAGRAMS_WAITING_MAX = 512;
  private static final int ERRANDS_WAITING_MAX = 16;
  private static final long RETRY_MILLIS = 1000;
  private static final long LINK_LOOK_MILLIS = 20;
  private static final long CLOSE_MILLIS = 1000;

  private final HeartbeatSettings settings;
  private final long incarnation;
  private final Sender sender;
  private final LongSupplier peer;
  private final Consumer<byte[]> inbox;
  private final BlockingQueue<byte[]> datagrams = new ArrayBlockingQueue<>(DATAGRAMS_WAITING_MAX);
  private final ThreadFactory threads = Thread.ofVirtual().name("heartbeat-messages").factory();
  private final ThreadPoolExecutor errands =
      new ThreadPoolExecutor(
          0,
          1,
          1,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(ERRANDS_WAITING_MAX),
          threads,
          new ThreadPoolExecutor.DiscardOldestPolicy());
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Group group;

  /** {@code peer}: the present incarnation of the peer, or 0. */
  Messaging(
      HeartbeatSettings settings,
      long incarnation,
      Sender sender,
      LongSupplier peer,
      Consumer<byte[]> inbox) {
    this.settings = settings;
    this.incarnation = incarnation;
    this.sender = sender;
    this.peer = peer;
    this.inbox = inbox;
  }

  /** Joins as soon as a link is open. */
  void start(BooleanSupplier linkOpen) {
    threads.newThread(() -> join(linkOpen)).start();
    threads.newThread(this::handOn).start();
  }

  private void join(BooleanSupplier linkOpen) {
    try {
      while (!linkOpen.getAsBoolean()) {
        if (closed.await(LINK_LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
      do {
        if (joined()) {
          return;
        }
      } while (!closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean joined() {
    Group fresh = null;
    try {
      fresh = new Group(settings, incarnation, sender::message, inbox);
      group = fresh;
      fresh.connect();
      if (closed.getCount() == 0) {
        fresh.close();
      }
      // The peer may have been heard before there was anything to merge.
      peerUp();
      return true;
    } catch (Exception e) {
      log.warn("JGroups did not start; tried again each second", e);
      group = null;
      if (fresh != null) {
        fresh.close();
      }
      return false;
    }
  }

  private void handOn() {
    try {
      while (closed.getCount() > 0) {
        byte[] datagram = datagrams.poll(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        Group to = group;
        if (datagram != null && to != null) {
          to.received(datagram);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A datagram of the peer's JGroups; never blocks. */
  void received(byte[] datagram) {
    if (!datagrams.offer(datagram)) {
      log.debug("a datagram of JGroups was dropped");
    }
  }

  boolean send(byte[] message, long peerIncarnation) {
    Group to = group;
    try {
      return to != null && peerIncarnation != 0 && to.send(message, peerIncarnation);
    } catch (Exception e) {
      log.warn("a message was not sent: {}", e.toString());
      return false;
    }
  }

  /** That incarnation of the peer left, died or is silent; never blocks. */
  void peerGone(long peerIncarnation) {
    errand(to -> to.suspect(peerIncarnation));
  }

  /** The peer is there (again); never blocks. */
  void peerUp() {
    errand(to -> to.merge(peer));
  }

  private void errand(Consumer<Group> what) {
    Group to = group;
    if (to != null && closed.getCount() > 0) {
      errands.execute(() -> {
        try {
          what.accept(to);
        } catch (RuntimeException e) {
          log.warn("JGroups failed: {}", e.toString());
        }
      });
    }
  }

  @Override
  public void close() {
    closed.countDown();
    errands.shutdownNow();
    Group last = group;
    if (last == null) {
      return;
    }
    Thread closing = threads.newThread(last::close);
    closing.start();
    try {
      closing.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
