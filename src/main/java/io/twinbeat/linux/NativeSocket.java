package io.twinbeat.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One socket with its own send and receive buffers, so that a call allocates nothing. Sending is
 * safe from any thread; receiving is for one thread at a time. No call after {@link #close} reaches
 * the kernel, so a number reused by another file is never touched.
 */
final class NativeSocket implements AutoCloseable {
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int SOL_SOCKET = 1;

  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SO_SNDTIMEO = 21;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int PEER_BYTES = 128;
  private static final int SEND_SECONDS_MAX = 2;

  private final String name;
  private final int fd;
  private final MemorySegment sendState;
  private final MemorySegment sendBytes;
  private final MemorySegment to;
  private final MemorySegment receiveState;
  private final MemorySegment receiveBytes;
  private final MemorySegment from;
  private final MemorySegment fromLength;
  private final ByteBuffer out;
  private final ByteBuffer in;
  private final ByteBuffer toBuffer;
  private final ByteBuffer fromBuffer;
  private final ReentrantLock sending = new ReentrantLock();
  private final ReentrantLock receiving = new ReentrantLock();
  private boolean closed;

  NativeSocket(String name, int domain, int type, int protocol, int sendMax, int receiveMax)
      throws LinuxException {
    this.name = name;
    // Freed by the collector: no call can ever meet freed memory, and sockets live for long.
    Arena arena = Arena.ofAuto();
    sendState = Libc.newState(arena);
    receiveState = Libc.newState(arena);
    sendBytes = arena.allocate(sendMax, 8);
    receiveBytes = arena.allocate(receiveMax, 8);
    to = arena.allocate(PEER_BYTES, 8);
    from = arena.allocate(PEER_BYTES, 8);
    fromLength = arena.allocate(JAVA_INT);
    out = sendBytes.asByteBuffer().order(ByteOrder.nativeOrder());
    in = receiveBytes.asByteBuffer().order(ByteOrder.nativeOrder());
    toBuffer = to.asByteBuffer().order(ByteOrder.nativeOrder());
    fromBuffer = from.asByteBuffer().order(ByteOrder.nativeOrder());
    fd = Libc.socket(sendState, domain, type | SOCK_CLOEXEC, protocol);
    if (fd < 0) {
      throw new LinuxException("opening " + name, Libc.errno(sendState));
    }
    // A full queue must not hold the sender for ever.
    timeout(SOL_SOCKET, SO_SNDTIMEO, SEND_SECONDS_MAX);
  }

  int fd() {
    return fd;
  }

  /** Guards {@link #out}, {@link #to} and the sends; hold it while filling them. */
  ReentrantLock sending() {
    return sending;
  }

  ByteBuffer out() {
    return out;
  }

  ByteBuffer in() {
    return in;
  }

  /** Where {@link #sendTo} sends to; a socket address structure. */
  ByteBuffer to() {
    return toBuffer;
  }

  /** Whom the last datagram came from; a socket address structure. */
  ByteBuffer from() {
    return fromBuffer;
  }

  /** Binds to the first {@code length} bytes of {@link #to}. */
  void bind(int length) throws LinuxException {
    if (Libc.bind(sendState, fd, to, length) != 0) {
      throw failed("binding");
    }
  }

  void option(int level, int option, int value) throws LinuxException {
    if (!tryOption(level, option, value)) {
      throw failed("setting option " + option + " of");
    }
  }

  boolean tryOption(int level, int option, int value) {
    MemorySegment segment = Arena.ofAuto().allocate(JAVA_INT);
    segment.set(JAVA_INT, 0, value);
    return Libc.setsockopt(sendState, fd, level, option, segment, 4) == 0;
  }

  void option(int level, int option, MemorySegment value) throws LinuxException {
    if (Libc.setsockopt(sendState, fd, level, option, value, (int) value.byteSize()) != 0) {
      throw failed("setting option " + option + " of");
    }
  }

  /** Sets one of the options that take a struct timeval. */
  void timeout(int level, int option, int seconds) throws LinuxException {
    MemorySegment value = Arena.ofAuto().allocate(16, 8);
    value.set(JAVA_LONG, 0, seconds);
    option(level, option, value);
  }

  /** Beyond net.core.rmem_max where we are permitted to, else as far as it goes. */
  void receiveQueue(int bytes) {
    if (!tryOption(SOL_SOCKET, SO_RCVBUFFORCE, bytes)) {
      tryOption(SOL_SOCKET, SO_RCVBUF, bytes);
    }
  }

  /** Sends the first bytes of {@link #out} to {@link #to}, or to the bound peer if 0. */
  void sendTo(int length, int addressLength) throws LinuxException {
    int errno = trySendTo(length, addressLength);
    if (errno != 0) {
      throw new LinuxException("sending on " + name, errno);
    }
  }

  /** As {@link #sendTo}, with the error as a number for hot paths; 0 when sent. */
  int trySendTo(int length, int addressLength) {
    while (!closed) {
      MemorySegment address = addressLength == 0 ? MemorySegment.NULL : to;
      long sent =
          Libc.sendto(sendState, fd, sendBytes, length, MSG_NOSIGNAL, address, addressLength);
      if (sent >= 0) {
        return 0;
      }
      int errno = Libc.errno(sendState);
      if (errno != Errno.EINTR) {
        return errno;
      }
    }
    throw new IllegalStateException(name + " is closed");
  }

  /**
   * Takes one waiting datagram into {@link #in} and {@link #from} without waiting. Returns its
   * length, or -1 when none waits; one longer than the buffer is an error.
   */
  int receive() throws LinuxException {
    return receive(MSG_DONTWAIT);
  }

  /** As {@link #receive()}, waiting as long as the option SO_RCVTIMEO says. */
  int receiveWaiting() throws LinuxException {
    return receive(0);
  }

  private int receive(int flags) throws LinuxException {
    receiving.lock();
    try {
      while (!closed) {
        fromLength.set(JAVA_INT, 0, PEER_BYTES);
        long got =
            Libc.recvfrom(
                receiveState,
                fd,
                receiveBytes,
                receiveBytes.byteSize(),
                flags | MSG_TRUNC,
                from,
                fromLength);
        if (got >= 0) {
          return (int) Math.min(got, receiveBytes.byteSize());
        }
        int errno = Libc.errno(receiveState);
        if (errno == Errno.EAGAIN) {
          return -1;
        }
        if (errno != Errno.EINTR) {
          throw new LinuxException("receiving on " + name, errno);
        }
      }
    } finally {
      receiving.unlock();
    }
    throw new IllegalStateException(name + " is closed");
  }

  private LinuxException failed(String tried) {
    return new LinuxException(tried + " " + name, Libc.errno(sendState));
  }

  @Override
  public void close() {
    sending.lock();
    receiving.lock();
    try {
      if (!closed) {
        closed = true;
        Libc.close(sendState, fd);
      }
    } finally {
      receiving.unlock();
      sending.unlock();
    }
  }
}
