package io.twinbeat.heartbeat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** A third host on a heartbeat LAN, with the address of one node and without the key. */
final class IntruderMain {
  private static final int CAPTURE_HEADER_BYTES = 24;
  private static final int FRAME_HEADERS_BYTES = 14 + 20 + 8;

  private IntruderMain() {}

  /** replay|flood from to port capture-file datagrams-a-second milliseconds. */
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[3]);
    List<byte[]> recorded = recorded(Path.of(args[4]), InetAddress.ofLiteral(args[1]).getAddress());
    try (DatagramChannel to =
        DatagramChannel.open()
            .bind(new InetSocketAddress(InetAddress.ofLiteral(args[1]), port))
            .connect(new InetSocketAddress(InetAddress.ofLiteral(args[2]), port))) {
      int sent =
          switch (args[0]) {
            case "replay" -> replay(to, recorded);
            case "flood" ->
                flood(to, recorded, Integer.parseInt(args[5]), Integer.parseInt(args[6]));
            default -> throw new IllegalArgumentException(args[0]);
          };
      System.out.println("sent " + sent + " of " + recorded.size());
    }
  }

  /** What the node with that address sent, from a file that tcpdump wrote. */
  private static List<byte[]> recorded(Path capture, byte[] from) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(capture)).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> recorded = new ArrayList<>();
    in.position(CAPTURE_HEADER_BYTES);
    while (in.remaining() >= 16) {
      int length = in.getInt(in.position() + 8);
      int at = in.position() + 16;
      if (at + length > in.limit()) {
        break;
      }
      boolean theirs = length > FRAME_HEADERS_BYTES;
      for (int i = 0; theirs && i < from.length; i++) {
        theirs = in.get(at + 14 + 12 + i) == from[i];
      }
      if (theirs) {
        byte[] payload = new byte[length - FRAME_HEADERS_BYTES];
        in.get(at + FRAME_HEADERS_BYTES, payload);
        recorded.add(payload);
      }
      in.position(at + length);
    }
    return recorded;
  }

  private static int replay(DatagramChannel to, List<byte[]> recorded) throws IOException {
    int sent = 0;
    for (byte[] datagram : recorded) {
      sent += send(to, datagram);
      LockSupport.parkNanos(2_000_000);
    }
    return sent;
  }

  /** Garbage, forgeries with a true header, replays and single changed bits, in turn. */
  private static int flood(DatagramChannel to, List<byte[]> recorded, int perSecond, int millis)
      throws IOException {
    Random random = new Random(7);
    long start = System.nanoTime();
    int made = 0;
    int sent = 0;
    for (long now = start; now - start < millis * 1_000_000L; now = System.nanoTime()) {
      long due = (now - start) * perSecond / 1_000_000_000L;
      while (made < due) {
        sent += send(to, bad(made++, recorded, random));
      }
      LockSupport.parkNanos(500_000);
    }
    return sent;
  }

  private static byte[] bad(int number, List<byte[]> recorded, Random random) {
    byte[] original = recorded.get(random.nextInt(recorded.size()));
    byte[] made = original.clone();
    switch (number % 4) {
      case 0 -> {
        made = new byte[random.nextInt(1472)];
        random.nextBytes(made);
      }
      case 1 -> {
        random.nextBytes(made);
        System.arraycopy(original, 0, made, 0, Seal.AT_INCARNATION);
      }
      case 2 -> made[Seal.HEADER_BYTES + random.nextInt(made.length - Seal.HEADER_BYTES)] ^= 1;
      default -> {}
    }
    return made;
  }

  private static int send(DatagramChannel to, byte[] datagram) {
    try {
      return to.write(ByteBuffer.wrap(datagram)) >= 0 ? 1 : 0;
    } catch (IOException e) {
      return 0; // Nobody listens just now, or the queue is full.
    }
  }
}
