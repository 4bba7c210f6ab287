package io.twinbeat.linux;

import java.nio.ByteBuffer;

/**
 * Sends whole Ethernet frames on any device (packet(7)), about 0.02 ms each. Safe from any thread.
 * Needs CAP_NET_RAW. Protocol 0 makes the socket receive nothing.
 */
public final class PacketSender implements AutoCloseable {
  public static final int FRAME_BYTES_MAX = 1514;
  static final int AF_PACKET = 17;
  static final int SOCKADDR_BYTES = 20;
  private static final int ETHERTYPE_AT = 12;

  private final NativeSocket socket;

  private PacketSender(NativeSocket socket) {
    this.socket = socket;
  }

  public static PacketSender open() throws LinuxException {
    return new PacketSender(
        new NativeSocket(
            "the packet socket", AF_PACKET, NativeSocket.SOCK_RAW, 0, FRAME_BYTES_MAX, 8));
  }

  /** Sends a frame, Ethernet header included. Returns 0 or the errno. */
  public int trySend(int ifindex, byte[] frame) {
    socket.sending().lock();
    try {
      ByteBuffer to = socket.to();
      to.putShort(0, (short) AF_PACKET);
      // The protocol is in network order there, as in the frame itself.
      to.put(2, frame[ETHERTYPE_AT]).put(3, frame[ETHERTYPE_AT + 1]);
      to.putInt(4, ifindex);
      to.put(11, (byte) MacAddress.BYTES);
      to.put(12, frame, 0, MacAddress.BYTES);
      socket.out().put(0, frame);
      return socket.trySendTo(frame.length, SOCKADDR_BYTES);
    } finally {
      socket.sending().unlock();
    }
  }

  public void send(int ifindex, byte[] frame) throws LinuxException {
    int errno = trySend(ifindex, frame);
    if (errno != 0) {
      throw new LinuxException("sending a frame on device number " + ifindex, errno);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
