package io.twinbeat.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Pings: sends ICMP echo requests of one IP version and receives the replies to them (RFC 792, RFC
 * 4443). Sending is safe from any thread, receiving is for one; wait with a {@link Poller}. Needs
 * CAP_NET_RAW.
 */
public final class IcmpSocket implements Poller.Source, AutoCloseable {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int IPPROTO_ICMP = 1;
  private static final int IPPROTO_ICMPV6 = 58;
  private static final int SOL_RAW = 255;
  private static final int FILTER = 1;
  private static final int ECHO_REQUEST = 8;
  private static final int ECHO_REPLY = 0;
  private static final int ECHO_REQUEST_V6 = 128;
  private static final int ECHO_REPLY_V6 = 129;
  private static final int REPLY_BYTES_MAX = 256;
  private static final int ECHO_BYTES = 16;

  /** So that a flood cannot hold the thread: the rest waits for the next call. */
  private static final int REPLIES_MAX = 4096;

  private final NativeSocket socket;
  private final boolean v6;
  private final short identifier;
  private final ByteBuffer echo = ByteBuffer.allocate(ECHO_BYTES);

  private IcmpSocket(NativeSocket socket, boolean v6, int identifier) {
    this.socket = socket;
    this.v6 = v6;
    this.identifier = (short) identifier;
  }

  /** {@code identifier} tells this socket's replies from other programs' (16 bits). */
  public static IcmpSocket open(boolean v6, int identifier) throws LinuxException {
    NativeSocket socket =
        new NativeSocket(
            v6 ? "the ICMPv6 socket" : "the ICMP socket",
            v6 ? AF_INET6 : AF_INET,
            NativeSocket.SOCK_RAW,
            v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
            ECHO_BYTES,
            REPLY_BYTES_MAX);
    try (Arena arena = Arena.ofConfined()) {
      // Set bits are the types that the kernel does not hand to us.
      MemorySegment blocked = arena.allocate(v6 ? 32 : 4, 4);
      blocked.fill((byte) 0xff);
      if (v6) {
        blocked.set(JAVA_INT, ECHO_REPLY_V6 / 32 * 4, ~(1 << ECHO_REPLY_V6 % 32));
        socket.option(IPPROTO_ICMPV6, FILTER, blocked);
      } else {
        blocked.set(JAVA_INT, 0, ~(1 << ECHO_REPLY));
        socket.option(SOL_RAW, FILTER, blocked);
      }
      return new IcmpSocket(socket, v6, identifier);
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public int fd() {
    return socket.fd();
  }

  /** Sends one echo request with this number (32 bits). Returns 0 or the errno. */
  public int trySend(InetAddress to, int number) {
    socket.sending().lock();
    try {
      echo.clear();
      echo.put((byte) (v6 ? ECHO_REQUEST_V6 : ECHO_REQUEST)).put((byte) 0).putShort((short) 0);
      echo.putShort(identifier).putShort((short) number).putInt(number).putInt(0);
      if (!v6) {
        echo.putShort(2, (short) Checksums.of(echo.array(), 0, ECHO_BYTES, 0));
      }
      socket.out().put(0, echo.array());
      return socket.trySendTo(ECHO_BYTES, address(to));
    } finally {
      socket.sending().unlock();
    }
  }

  private int address(InetAddress to) {
    ByteBuffer address = socket.to();
    address.clear();
    address.putShort((short) (v6 ? AF_INET6 : AF_INET)).putShort((short) 0);
    if (!v6) {
      address.put(to.getAddress()).putLong(0);
    } else {
      int scope = to instanceof Inet6Address six ? six.getScopeId() : 0;
      address.putInt(0).put(to.getAddress()).putInt(scope);
    }
    return address.position();
  }

  /** Is given each reply: who answered, and the number that the request carried. */
  public interface Handler {
    void reply(InetAddress from, int number);
  }

  /** Hands over the waiting replies to requests of ours, without waiting for more. */
  public void drain(Handler handler) throws LinuxException {
    for (int i = 0; i < REPLIES_MAX; i++) {
      int length = socket.receive();
      if (length < 0) {
        return;
      }
      ByteBuffer in = socket.in();
      // IPv4 comes with its header, IPv6 without.
      int at = v6 || length == 0 ? 0 : (in.get(0) & 0xf) * 4;
      if (length >= at + ECHO_BYTES) {
        ByteBuffer reply = in.duplicate().order(ByteOrder.BIG_ENDIAN);
        int type = reply.get(at) & 0xff;
        if (type == (v6 ? ECHO_REPLY_V6 : ECHO_REPLY) && reply.getShort(at + 4) == identifier) {
          handler.reply(sender(), reply.getInt(at + 8));
        }
      }
    }
  }

  private InetAddress sender() {
    byte[] ip = new byte[v6 ? 16 : 4];
    socket.from().get(v6 ? 8 : 4, ip);
    try {
      return InetAddress.getByAddress(ip);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
