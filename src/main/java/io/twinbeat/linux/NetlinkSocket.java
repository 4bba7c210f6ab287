package io.twinbeat.linux;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Requests and answers over one netlink(7) socket: batches of changes with an acknowledgement each,
 * listings, and single questions. Safe from any thread; calls wait for each other.
 */
final class NetlinkSocket implements AutoCloseable {
  /** Messages in one send; the kernel's answers to them fit into a default receive queue. */
  static final int BATCH_MAX = 128;

  static final int AF_NETLINK = 16;
  static final int RECEIVE_BYTES = 64 * 1024;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;
  private static final int QUEUE_BYTES = 1 << 20;
  private static final int SOL_SOCKET = NativeSocket.SOL_SOCKET;
  private static final int SO_RCVTIMEO = 20;

  /** The kernel answers within the call; a wait can only mean that answers were lost. */
  private static final int ANSWER_SECONDS_MAX = 2;

  /** A listing that changed while it was read is read again; this often at most. */
  private static final int LISTINGS_MAX = 20;

  private final NativeSocket socket;
  private int sequence;

  private NetlinkSocket(NativeSocket socket) {
    this.socket = socket;
  }

  /** {@code messageBytesMax}: no message that will be sent is longer. */
  static NetlinkSocket open(String name, int protocol, int messageBytesMax) throws LinuxException {
    NativeSocket socket =
        new NativeSocket(
            name,
            AF_NETLINK,
            NativeSocket.SOCK_RAW,
            protocol,
            BATCH_MAX * messageBytesMax,
            RECEIVE_BYTES);
    try {
      socket.receiveQueue(QUEUE_BYTES);
      socket.timeout(SOL_SOCKET, SO_RCVTIMEO, ANSWER_SECONDS_MAX);
      // Without them answers are longer and errors have no sentence; no harm on old kernels.
      socket.tryOption(SOL_NETLINK, NETLINK_CAP_ACK, 1);
      socket.tryOption(SOL_NETLINK, NETLINK_EXT_ACK, 1);
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
    return new NetlinkSocket(socket);
  }

  /** What came of one change: 0 or an errno, and the kernel's sentence if it sent one. */
  record Acknowledgement(int errno, String text) {
    private static final Acknowledgement DONE = new Acknowledgement(0, "");

    @Override
    public String toString() {
      return Errno.describe(errno) + (text.isEmpty() ? "" : ": " + text);
    }
  }

  interface Encoder<T> {
    void encode(ByteBuffer out, int sequence, T change);
  }

  interface Request {
    void encode(ByteBuffer out, int sequence);
  }

  interface Decoder<T> {
    Optional<T> decode(ByteBuffer in, int at);
  }

  /** Makes all changes, also those after a refused one; one answer for each, in order. */
  <T> List<Acknowledgement> change(String what, List<T> changes, Encoder<T> encoder)
      throws LinuxException {
    Acknowledgement[] results = new Acknowledgement[changes.size()];
    for (int from = 0; from < results.length; from += BATCH_MAX) {
      int to = Math.min(results.length, from + BATCH_MAX);
      socket.sending().lock();
      try {
        ByteBuffer out = socket.out().clear();
        int first = sequence + 1;
        for (T change : changes.subList(from, to)) {
          encoder.encode(out, ++sequence, change);
        }
        socket.sendTo(out.position(), 0);
        acknowledgements(what, first, results, from, to);
      } finally {
        socket.sending().unlock();
      }
    }
    return Arrays.asList(results);
  }

  private void acknowledgements(String what, int first, Acknowledgement[] results, int from, int to)
      throws LinuxException {
    int missing = to - from;
    ByteBuffer in = socket.in();
    while (missing > 0) {
      int length = answer(what);
      for (int at = 0; complete(in, at, length); at += step(in, at)) {
        int index = from + NetlinkMessages.sequence(in, at) - first;
        boolean answers = NetlinkMessages.type(in, at) == NetlinkMessages.NLMSG_ERROR;
        if (answers && index >= from && index < to && results[index] == null) {
          int errno = NetlinkMessages.errno(in, at);
          results[index] =
              errno == 0
                  ? Acknowledgement.DONE
                  : new Acknowledgement(errno, NetlinkMessages.errorText(in, at));
          missing--;
        }
      }
    }
  }

  /** One object, by a request that asks for an acknowledgement; {@code absent} is no error. */
  <T> Optional<T> ask(String what, Request request, int type, Decoder<T> decoder, int absent)
      throws LinuxException {
    socket.sending().lock();
    try {
      ByteBuffer out = socket.out().clear();
      int asked = ++sequence;
      request.encode(out, asked);
      socket.sendTo(out.position(), 0);
      Optional<T> found = Optional.empty();
      ByteBuffer in = socket.in();
      while (true) {
        int length = answer(what);
        for (int at = 0; complete(in, at, length); at += step(in, at)) {
          if (NetlinkMessages.sequence(in, at) != asked) {
            continue;
          }
          if (NetlinkMessages.type(in, at) == type) {
            found = decoder.decode(in, at);
          } else if (NetlinkMessages.type(in, at) == NetlinkMessages.NLMSG_ERROR) {
            int errno = NetlinkMessages.errno(in, at);
            if (errno != 0 && errno != absent) {
              throw new LinuxException(what, errno, NetlinkMessages.errorText(in, at));
            }
            return found;
          }
        }
      }
    } finally {
      socket.sending().unlock();
    }
  }

  <T> List<T> listing(String what, Request request, int type, Decoder<T> decoder)
      throws LinuxException {
    socket.sending().lock();
    try {
      for (int i = 0; i < LISTINGS_MAX; i++) {
        ByteBuffer out = socket.out().clear();
        request.encode(out, ++sequence);
        socket.sendTo(out.position(), 0);
        List<T> found = new ArrayList<>();
        if (readListing(what, type, decoder, found)) {
          return found;
        }
      }
      throw new LinuxException(what, Errno.EAGAIN, "it changed at each of " + LISTINGS_MAX);
    } finally {
      socket.sending().unlock();
    }
  }

  /** False if the listing changed under the reading and may lack something. */
  private <T> boolean readListing(String what, int type, Decoder<T> decoder, List<T> found)
      throws LinuxException {
    ByteBuffer in = socket.in();
    boolean consistent = true;
    while (true) {
      int length = answer(what);
      for (int at = 0; complete(in, at, length); at += step(in, at)) {
        if (NetlinkMessages.sequence(in, at) != sequence) {
          continue;
        }
        int got = NetlinkMessages.type(in, at);
        consistent &= (NetlinkMessages.flags(in, at) & NetlinkMessages.NLM_F_DUMP_INTR) == 0;
        if (got == type) {
          decoder.decode(in, at).ifPresent(found::add);
        } else if (got == NetlinkMessages.NLMSG_DONE || got == NetlinkMessages.NLMSG_ERROR) {
          int errno = NetlinkMessages.errno(in, at);
          if (errno != 0) {
            throw new LinuxException(what, errno);
          }
          return consistent;
        }
      }
    }
  }

  /** Waits for the next datagram from the kernel. */
  private int answer(String what) throws LinuxException {
    while (true) {
      int length = socket.receiveWaiting();
      if (length < 0) {
        throw new LinuxException(what, Errno.ETIMEDOUT);
      }
      // sockaddr_nl: the kernel's own port number is 0; other processes' are not.
      if (socket.from().getInt(4) == 0) {
        return length;
      }
    }
  }

  static boolean complete(ByteBuffer in, int at, int end) {
    if (at + NetlinkMessages.HEADER_BYTES > end) {
      return false;
    }
    int length = NetlinkMessages.length(in, at);
    return length >= NetlinkMessages.HEADER_BYTES && at + length <= end;
  }

  static int step(ByteBuffer in, int at) {
    return NetlinkMessages.aligned(NetlinkMessages.length(in, at));
  }

  @Override
  public void close() {
    socket.close();
  }
}
