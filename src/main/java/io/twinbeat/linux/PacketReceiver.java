package io.twinbeat.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Receives those frames of one Ethernet protocol that a filter lets through, from all devices
 * (packet(7)). For one thread at a time; wait with a {@link Poller}. Needs CAP_NET_RAW.
 */
public final class PacketReceiver implements Poller.Source, AutoCloseable {
  public static final int ETH_P_IP = 0x0800;
  public static final int ETH_P_ARP = 0x0806;
  public static final int ETH_P_IPV6 = 0x86dd;

  /** What is kept of a frame: enough for ARP and for neighbour discovery with its options. */
  private static final int FRAME_BYTES_MAX = 256;

  /** So that a flood cannot hold the thread: the rest waits for the next call. */
  private static final int FRAMES_MAX = 4096;

  private static final int SO_ATTACH_FILTER = 26;
  private static final int PACKET_OTHERHOST = 3;
  private static final int PACKET_OUTGOING = 4;

  private final NativeSocket socket;

  private PacketReceiver(NativeSocket socket) {
    this.socket = socket;
  }

  /** Is given each frame, Ethernet header included, and the device that it came in on. */
  public interface Handler {
    void frame(int ifindex, byte[] frame);
  }

  public static PacketReceiver open(int protocol, PacketFilter filter) throws LinuxException {
    // Protocol 0 first: nothing may be queued before the filter is in place.
    NativeSocket socket =
        new NativeSocket(
            "the packet receiver",
            PacketSender.AF_PACKET,
            NativeSocket.SOCK_RAW,
            0,
            8,
            FRAME_BYTES_MAX);
    try {
      attach(socket, filter.program());
      ByteBuffer address = socket.to().clear();
      address.putShort((short) PacketSender.AF_PACKET);
      address.order(ByteOrder.BIG_ENDIAN).putShort((short) protocol);
      address.order(ByteOrder.nativeOrder()).putInt(0);
      socket.bind(PacketSender.SOCKADDR_BYTES);
      return new PacketReceiver(socket);
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  private static void attach(NativeSocket socket, List<PacketFilter.Instruction> program)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(8L * program.size(), 8);
      for (int i = 0; i < program.size(); i++) {
        PacketFilter.Instruction instruction = program.get(i);
        long at = 8L * i;
        code.set(JAVA_SHORT, at, (short) instruction.code());
        code.set(JAVA_BYTE, at + 2, (byte) instruction.whenTrue());
        code.set(JAVA_BYTE, at + 3, (byte) instruction.whenFalse());
        code.set(JAVA_INT, at + 4, instruction.constant());
      }
      MemorySegment header = arena.allocate(16, 8);
      header.set(JAVA_SHORT, 0, (short) program.size());
      header.set(ADDRESS, 8, code);
      socket.option(NativeSocket.SOL_SOCKET, SO_ATTACH_FILTER, header);
    }
  }

  @Override
  public int fd() {
    return socket.fd();
  }

  /**
   * Hands over the waiting frames that are meant for this machine or for all, without waiting for
   * more. Frames that only pass by are left out: they may belong to another VLAN.
   */
  public void drain(Handler handler) throws LinuxException {
    for (int i = 0; i < FRAMES_MAX; i++) {
      int length = socket.receive();
      if (length < 0) {
        return;
      }
      ByteBuffer from = socket.from();
      int kind = from.get(10);
      if (kind != PACKET_OTHERHOST && kind != PACKET_OUTGOING) {
        byte[] frame = new byte[length];
        socket.in().get(0, frame);
        handler.frame(from.getInt(4), frame);
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
