package io.twinbeat.heartbeat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.PhysicalAddress;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.util.UUID;

/**
 * The JGroups channel of the two nodes. A member's address carries the incarnation of its process,
 * so that views and heartbeats speak of the same thing.
 *
 * <p>The stack is built in code: that starts without an XML parser, and the compiler checks it. It
 * has no failure detector; {@link #suspect} takes the place of one. Its view says only whether a
 * message reaches anybody. All methods may block.
 */
final class Group implements AutoCloseable {
  private static final String CLUSTER = "twinbeat";

  /** Leaves room for the headers of all protocols in one frame. */
  private static final int FRAGMENT_BYTES = 1150;

  /** What may be on the way to the peer: below what a socket buffers, heartbeats included. */
  private static final int CREDIT_BYTES = 48 * 1024;

  /** How long a sender waits for credits before it asks for them. */
  private static final int CREDIT_WAIT_MILLIS = 200;

  private static final int THREADS_MAX = 8;
  private static final int DISCOVERY_RUNS = 3;
  private static final int JOIN_MILLIS = 300;
  private static final int JOIN_ATTEMPTS_MAX = 3;
  private static final int LEAVE_MILLIS = 100;
  private static final int VIEW_ACKS_MILLIS = 300;
  private static final int MERGE_MILLIS = 1000;
  private static final int MERGE_LOOK_MILLIS_MIN = 500;
  private static final int MERGE_LOOK_MILLIS_MAX = 1000;
  private static final int RESEND_MILLIS = 500;
  private static final int MERGE_LOOKS_MAX = 6;
  private static final long MERGE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  private final LinkTransport transport;
  private final MERGE3 merging;
  private final JChannel channel;
  private final int ourNumber;

  Group(
      HeartbeatSettings settings,
      long incarnation,
      LinkTransport.Outlet outlet,
      Consumer<byte[]> inbox)
      throws Exception {
    ourNumber = settings.node().compareTo(settings.peer()) < 0 ? 1 : 2;
    PhysicalAddress ours = LinkTransport.nameOf(ourNumber);
    PhysicalAddress theirs = LinkTransport.nameOf(theirNumber());
    transport = transport(new LinkTransport(outlet, ours, theirs));
    // Never bound, but discovery wants the port that it will find us by.
    transport.setBindPort(ourNumber);
    // First the lower bound: its setter compares with the upper one as it stands.
    merging = new MERGE3().setMinInterval(MERGE_LOOK_MILLIS_MIN);
    merging.setMaxInterval(MERGE_LOOK_MILLIS_MAX);
    TCPPING discovery = new TCPPING().portRange(0);
    discovery.setInitialHosts2(List.of(ours, theirs)).numDiscoveryRuns(DISCOVERY_RUNS);
    channel =
        new JChannel(
            transport,
            discovery,
            merging,
            new NAKACK2().useMcastXmit(false).setXmitInterval(RESEND_MILLIS),
            new UNICAST3().setXmitInterval(RESEND_MILLIS),
            new STABLE(),
            membership(),
            flowControl(),
            new FRAG2().setFragSize(FRAGMENT_BYTES));
    channel.setName(settings.node());
    channel.setDiscardOwnMessages(true);
    channel.addAddressGenerator(() -> new UUID(ourNumber, incarnation));
    channel.setReceiver(receiver(inbox));
  }

  private int theirNumber() {
    return 3 - ourNumber;
  }

  private static LinkTransport transport(LinkTransport bare) {
    // Never bound; without one JGroups would search the machine's interfaces for an address.
    bare.setBindAddress(InetAddress.getLoopbackAddress());
    bare.setBundlerType("no-bundler");
    bare.useVirtualThreads(true);
    bare.getThreadPool().setMinThreads(0).setMaxThreads(THREADS_MAX);
    return bare;
  }

  private static GMS membership() {
    return new GMS()
        .setJoinTimeout(JOIN_MILLIS)
        .setMaxJoinAttempts(JOIN_ATTEMPTS_MAX)
        .setLeaveTimeout(LEAVE_MILLIS)
        .setMergeTimeout(MERGE_MILLIS)
        .setViewAckCollectionTimeout(VIEW_ACKS_MILLIS)
        .printLocalAddress(false)
        .printPhysicalAddress(false);
  }

  private static UFC flowControl() {
    // What arrives before the view does is not counted by the receiver: ask again soon.
    UFC control = new UFC();
    control.setMaxCredits(CREDIT_BYTES).setMaxBlockTime(CREDIT_WAIT_MILLIS);
    return control;
  }

  private static Receiver receiver(Consumer<byte[]> inbox) {
    return new Receiver() {
      @Override
      public void receive(Message message) {
        if (message instanceof BytesMessage bytes && bytes.hasArray()) {
          int from = bytes.getOffset();
          inbox.accept(Arrays.copyOfRange(bytes.getArray(), from, from + bytes.getLength()));
        }
      }
    };
  }

  /** Joins the peer, or forms a view alone that is merged later. */
  void connect() throws Exception {
    channel.connect(CLUSTER);
  }

  /** A datagram that the peer's transport sent. */
  void received(byte[] datagram) {
    transport.receive(datagram);
  }

  /** False if that incarnation of the peer is no member of the view. */
  boolean send(byte[] message, long peerIncarnation) throws Exception {
    if (!has(peerIncarnation)) {
      return false;
    }
    channel.send(new BytesMessage(memberOf(peerIncarnation), message));
    return true;
  }

  /** That incarnation of the peer is gone or silent: the view shall follow. */
  void suspect(long peerIncarnation) {
    transport.suspect(memberOf(peerIncarnation));
  }

  /**
   * The peer is there: looks for its view now, and some times more until it is in ours, and not
   * when the next look is due. Those are rare, as each costs messages and each node knows when.
   */
  void merge(LongSupplier peerIncarnation) {
    for (int look = 1; look <= MERGE_LOOKS_MAX; look++) {
      long peer = peerIncarnation.getAsLong();
      if (peer == 0 || has(peer)) {
        return;
      }
      if (channel.isConnected()) {
        merging.sendInfo();
      }
      LockSupport.parkNanos(MERGE_PAUSE_NANOS);
      if (channel.isConnected()) {
        merging.checkInconsistencies();
      }
      LockSupport.parkNanos(look * MERGE_PAUSE_NANOS);
    }
  }

  private boolean has(long peerIncarnation) {
    View view = channel.getView();
    return view != null && view.containsMember(memberOf(peerIncarnation));
  }

  private UUID memberOf(long peerIncarnation) {
    return new UUID(theirNumber(), peerIncarnation);
  }

  /** Leaves without waiting for the peer: whoever closes has said goodbye, or wants to vanish. */
  @Override
  public void close() {
    channel.close();
  }
}
