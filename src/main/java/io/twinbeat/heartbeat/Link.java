package io.twinbeat.heartbeat;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One UDP socket, connected to the peer's, and the thread that reads it. A missing local address
 * (no such interface yet, or not any more) is tried again each second. Sending never blocks: what
 * does not fit into the socket is dropped, as the network would.
 */
final class Link implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Link.class);
  private static final long RETRY_MILLIS = 1000;
  private static final int SOCKET_BUFFER_BYTES = 256 * 1024;

  /** Longer than any frame, so that a longer datagram is seen to be too long. */
  private static final int READ_BYTES = 2048;

  /**
   * Read in one go; then the rest of the thread's work has its turn, however much there is to read.
   */
  private static final int TURN_DATAGRAMS_MAX = 1024;

  /** Network control: routers and switches that know classes drop these last. */
  private static final int TRAFFIC_CLASS = 0xc0;

  private static final long STOP_MILLIS = 1000;

  /** Called on the link's thread. */
  interface Receiver {
    void received(Link link, Frame frame, long receivedNanos);

    /** The kernel of the peer says that nobody listens there; unauthenticated. Must not send. */
    void unreachable(Link link);
  }

  final int index;
  final LinkAddress address;
  final LinkHealth health;
  final Drops drops;
  final AtomicLong sent = new AtomicLong();
  final AtomicLong sendFailures = new AtomicLong();
  final AtomicLong received = new AtomicLong();
  private final Receiver receiver;
  private final Sealer sealer;
  private final Opener opener;
  // Fair: a long message sent at full speed must not keep a heartbeat from its turn.
  private final ReentrantLock sending = new ReentrantLock(true);
  private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
  private final ByteBuffer out = ByteBuffer.allocateDirect(Seal.DATAGRAM_BYTES_MAX);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile DatagramChannel channel;
  private volatile Selector selector;
  private volatile long failingSince;
  private String lastComplaint = "";

  Link(
      int index,
      LinkAddress address,
      LinkHealth health,
      Drops drops,
      Sealer sealer,
      Opener opener,
      Receiver receiver) {
    this.index = index;
    this.address = address;
    this.health = health;
    this.drops = drops;
    this.sealer = sealer;
    this.opener = opener;
    this.receiver = receiver;
    this.thread = Thread.ofPlatform().name("heartbeat-link-" + index).daemon().unstarted(this::run);
  }

  /** Opens the socket if it can be opened now, and starts to read. */
  void start() {
    open();
    thread.start();
  }

  boolean bound() {
    return channel != null;
  }

  /** Seals and sends; false if the link is not open or the kernel did not take the datagram. */
  boolean send(Frame frame) {
    DatagramChannel to = channel;
    if (to == null) {
      return false;
    }
    sending.lock();
    try {
      out.clear();
      out.put(sealer.seal(frame)).flip();
      if (to.write(out) == 0) {
        sendFailures.incrementAndGet();
        return false;
      }
      sent.incrementAndGet();
      failingSince = 0;
      return true;
    } catch (PortUnreachableException e) {
      // The word is about an earlier datagram, and the kernel did not send this one.
      return sendAgain(to);
    } catch (IOException e) {
      sendFailed(e);
      return false;
    } finally {
      sending.unlock();
    }
  }

  private boolean sendAgain(DatagramChannel to) {
    boolean taken = false;
    try {
      out.rewind();
      taken = to.write(out) > 0;
      (taken ? sent : sendFailures).incrementAndGet();
    } catch (IOException e) {
      sendFailed(e);
    }
    receiver.unreachable(this);
    return taken;
  }

  private void sendFailed(IOException e) {
    sendFailures.incrementAndGet();
    if (failingSince == 0) {
      failingSince = System.nanoTime() | 1;
      complain("cannot send", e);
    }
  }

  private void run() {
    while (!isClosed()) {
      try {
        if (channel == null && !open()) {
          pause();
        } else {
          read();
        }
      } catch (ClosedChannelException | ClosedSelectorException | CancelledKeyException e) {
        shut();
      } catch (IOException e) {
        complain("cannot receive", e);
        shut();
        pause();
      } catch (RuntimeException e) {
        log.error("link {}: a frame could not be handled", index, e);
      }
    }
    shut();
  }

  private void read() throws IOException {
    DatagramChannel from = channel;
    selector.select(RETRY_MILLIS);
    selector.selectedKeys().clear();
    for (int turn = 0; turn < TURN_DATAGRAMS_MAX && !isClosed(); turn++) {
      in.clear();
      try {
        if (from.read(in) <= 0) {
          break;
        }
      } catch (PortUnreachableException e) {
        receiver.unreachable(this);
        continue;
      }
      long now = System.nanoTime();
      Frame frame = opener.open(in.flip());
      if (frame != null) {
        received.incrementAndGet();
        receiver.received(this, frame, now);
      }
    }
    long failing = failingSince;
    if (failing != 0 && System.nanoTime() - failing > TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS)) {
      // The address may have gone from under the socket; a new one finds out.
      failingSince = 0;
      shut();
    }
  }

  private boolean open() {
    DatagramChannel fresh = null;
    try {
      InetAddress local = address.local().getAddress();
      fresh =
          DatagramChannel.open(
              local instanceof Inet6Address
                  ? StandardProtocolFamily.INET6
                  : StandardProtocolFamily.INET);
      fresh.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
      fresh.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
      fresh.setOption(StandardSocketOptions.IP_TOS, TRAFFIC_CLASS);
      fresh.bind(address.local());
      fresh.connect(address.peer());
      fresh.configureBlocking(false);
      Selector selecting = Selector.open();
      fresh.register(selecting, SelectionKey.OP_READ);
      selector = selecting;
      channel = fresh;
      if (!lastComplaint.isEmpty()) {
        log.info("link {}: {} to {} is open now", index, address.local(), address.peer());
        lastComplaint = "";
      }
      return true;
    } catch (IOException e) {
      complain("cannot open " + address.local() + " to " + address.peer(), e);
      closeQuietly(fresh);
      return false;
    }
  }

  /** Says each trouble once, until another one comes or the link opens. */
  private synchronized void complain(String what, IOException e) {
    String complaint = what + ": " + e.getMessage();
    if (!complaint.equals(lastComplaint)) {
      lastComplaint = complaint;
      log.warn("link {}: {}; tried again each second", index, complaint);
    }
  }

  private void pause() {
    try {
      closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void shut() {
    DatagramChannel old = channel;
    channel = null;
    closeQuietly(selector);
    closeQuietly(old);
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      if (closeable != null) {
        closeable.close();
      }
    } catch (Exception e) {
      log.debug("closing", e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    shut();
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
