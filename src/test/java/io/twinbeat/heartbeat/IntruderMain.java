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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** A third host on a heartbeat LAN, with the address of one node and without the key. */
public final class IntruderMain {
  private static final int CAPTURE_HEADER_BYTES = 24;
  private static final int FRAME_HEADERS_BYTES = 14 + 20 + 8;

  private static final int STOCK = 4096;
  private static final int KINDS = 8;
  private static final int OVERSIZED_BYTES = 9000;
  private static final long BURST_NANOS = 200_000;

  private IntruderMain() {}

  /** replay|flood from to port capture-file datagrams-a-second milliseconds. */
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[3]);
    List<byte[]> recorded = recorded(Path.of(args[4]), InetAddress.ofLiteral(args[1]).getAddress());
    long start = System.nanoTime();
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
      long millis = Math.max(1, (System.nanoTime() - start) / 1_000_000);
      System.out.println("sent " + sent + " in " + millis + " ms");
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
      sent += send(to, ByteBuffer.wrap(datagram));
      LockSupport.parkNanos(2_000_000);
    }
    return sent;
  }

  /** Sends from a stock that was made before, so that making them costs no time: it goes round. */
  private static int flood(DatagramChannel to, List<byte[]> recorded, int perSecond, int millis)
      throws IOException {
    List<ByteBuffer> stock = stock(recorded);
    long start = System.nanoTime();
    long made = 0;
    int sent = 0;
    for (long now = start; now - start < millis * 1_000_000L; now = System.nanoTime()) {
      long due = (now - start) * perSecond / 1_000_000_000L;
      while (made < due) {
        sent += send(to, stock.get((int) (made++ % STOCK)).rewind());
      }
      LockSupport.parkNanos(BURST_NANOS);
    }
    return sent;
  }

  private static List<ByteBuffer> stock(List<byte[]> recorded) {
    Random random = new Random(7);
    Sealer otherKey =
        new Sealer(Pair.key(2).keys().getFirst(), new Seal.Direction(0, "lb2", "lb1"), 9);
    List<ByteBuffer> stock = new ArrayList<>();
    for (int i = 0; i < STOCK; i++) {
      byte[] made = bad(i, recorded.get(random.nextInt(recorded.size())), random, otherKey);
      stock.add(ByteBuffer.allocateDirect(made.length).put(made).flip());
    }
    return stock;
  }

  private static byte[] bad(int number, byte[] original, Random random, Sealer otherKey) {
    byte[] made = original.clone();
    return switch (number % KINDS) {
      case 0 -> random(random, random.nextInt(Seal.DATAGRAM_BYTES_MAX));
      case 1 -> { // A true header, link and incarnation, and the rest made up.
        random.nextBytes(made);
        System.arraycopy(original, 0, made, 0, Seal.AT_COUNTER);
        yield made;
      }
      case 2 -> { // One bit.
        made[Seal.HEADER_BYTES + random.nextInt(made.length - Seal.HEADER_BYTES)] ^= 1;
        yield made;
      }
      case 3 -> made; // A replay.
      case 4 -> Arrays.copyOf(original, random.nextInt(original.length)); // Truncated.
      case 5 -> Arrays.copyOf(original, Seal.DATAGRAM_BYTES_MAX + 1 + random.nextInt(20));
      case 6 -> { // From somebody with another key.
        Frame.Echo echo = new Frame.Echo(1, 1, 1);
        ByteBuffer sealed =
            otherKey.seal(new Frame(Frame.Type.BYE, 0, number, number, echo, random(random, 60)));
        byte[] copy = new byte[sealed.remaining()];
        sealed.get(copy);
        yield copy;
      }
      // Far too long: it comes as fragments, which the kernel has to put together.
      default -> number % STOCK == KINDS - 1 ? random(random, OVERSIZED_BYTES) : new byte[0];
    };
  }

  private static byte[] random(Random random, int length) {
    byte[] made = new byte[length];
    random.nextBytes(made);
    return made;
  }

  private static int send(DatagramChannel to, ByteBuffer datagram) {
    try {
      return to.write(datagram) >= 0 ? 1 : 0;
    } catch (IOException e) {
      return 0; // Nobody listens just now, or the queue is full.
    }
  }
}
