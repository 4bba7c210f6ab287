package io.twinbeat.heartbeat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * One link through a hostile middle: two sockets, each connected to one node, between which a test
 * cuts, records, holds back and injects. Loopback only.
 */
final class Wire implements AutoCloseable {
  /** One way over the wire. */
  static final class Way {
    private final DatagramChannel from;
    private final DatagramChannel to;
    volatile boolean cut;
    volatile boolean holding;
    final List<byte[]> recorded = new ArrayList<>();
    final List<byte[]> held = new ArrayList<>();

    Way(DatagramChannel from, DatagramChannel to) {
      this.from = from;
      this.to = to;
    }

    void inject(byte[] datagram) {
      try {
        to.write(ByteBuffer.wrap(datagram));
      } catch (IOException e) {
        // Nobody listens there just now: as on a real wire.
      }
    }

    List<byte[]> recordedSoFar() {
      synchronized (recorded) {
        return List.copyOf(recorded);
      }
    }

    List<byte[]> heldSoFar() {
      synchronized (held) {
        return List.copyOf(held);
      }
    }

    private void run() {
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      while (from.isOpen()) {
        try {
          buffer.clear();
          from.read(buffer);
          byte[] datagram = new byte[buffer.flip().remaining()];
          buffer.get(datagram);
          pass(datagram);
        } catch (ClosedChannelException e) {
          return;
        } catch (IOException e) {
          // The node's socket is closed; it may come back.
        }
      }
    }

    private void pass(byte[] datagram) {
      if (holding) {
        synchronized (held) {
          held.add(datagram);
        }
        return;
      }
      if (!cut) {
        synchronized (recorded) {
          recorded.add(datagram);
        }
        inject(datagram);
      }
    }
  }

  final LinkAddress ofA;
  final LinkAddress ofB;
  final Way aToB;
  final Way bToA;
  private final DatagramChannel atA;
  private final DatagramChannel atB;

  Wire() throws IOException {
    InetSocketAddress a = free();
    InetSocketAddress b = free();
    atA = DatagramChannel.open().bind(free()).connect(a);
    atB = DatagramChannel.open().bind(free()).connect(b);
    ofA = new LinkAddress(a, (InetSocketAddress) atA.getLocalAddress());
    ofB = new LinkAddress(b, (InetSocketAddress) atB.getLocalAddress());
    aToB = new Way(atA, atB);
    bToA = new Way(atB, atA);
    Thread.ofPlatform().daemon().name("wire-a-b").start(aToB::run);
    Thread.ofPlatform().daemon().name("wire-b-a").start(bToA::run);
  }

  /** A free port on a loopback address of its own, so that no two tests get in each other's way. */
  static InetSocketAddress free() throws IOException {
    try (DatagramChannel probe = DatagramChannel.open()) {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      return (InetSocketAddress) probe.bind(new InetSocketAddress(loopback, 0)).getLocalAddress();
    }
  }

  void cut() {
    aToB.cut = true;
    bToA.cut = true;
  }

  void mend() {
    aToB.cut = false;
    bToA.cut = false;
  }

  @Override
  public void close() throws IOException {
    atA.close();
    atB.close();
  }
}
