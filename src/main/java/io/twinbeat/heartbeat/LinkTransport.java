package io.twinbeat.heartbeat;

import java.io.DataInput;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jgroups.BytesMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.Event;
import org.jgroups.LongMessage;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.PhysicalAddress;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.FragHeader;
import org.jgroups.protocols.TP;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.Digest;
import org.jgroups.util.MutableDigest;
import org.jgroups.util.SeqnoList;
import org.jgroups.util.SizeStreamable;
import org.jgroups.util.UUID;

/**
 * JGroups' transport over our sealed links. There are two nodes and one way between them, so its
 * physical addresses only name the two. Of the kinds of messages it lets in those that the
 * protocols of our stack use, and no content that Java would have to deserialise.
 */
final class LinkTransport extends TP {
  /** Carries one datagram to the peer, over all links. */
  interface Outlet {
    boolean message(byte[] data, int offset, int length);
  }

  private static final short FRAGMENTS = ClassConfigurator.getProtocolId(FRAG2.class);

  private final Outlet outlet;
  private final PhysicalAddress ours;
  private final PhysicalAddress theirs;

  LinkTransport(Outlet outlet, PhysicalAddress ours, PhysicalAddress theirs) {
    this.outlet = outlet;
    this.ours = ours;
    this.theirs = theirs;
  }

  /** The name, for JGroups, of the first (1) or second (2) node of the pair; not a real address. */
  static PhysicalAddress nameOf(int node) {
    try {
      return new IpAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) node}), node);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean supportsMulticasting() {
    return false;
  }

  @Override
  protected PhysicalAddress getPhysicalAddress() {
    return ours;
  }

  /** JGroups would listen for probes on a multicast address; one port per link is all we open. */
  @Override
  protected void startDiagnostics() {}

  @Override
  public void sendUnicast(PhysicalAddress to, byte[] data, int offset, int length) {
    outlet.message(data, offset, length);
  }

  /** One datagram from the peer. */
  void receive(byte[] datagram) {
    // Our bundler sends single messages; nothing else is let in.
    boolean single = datagram.length > MSG_OVERHEAD && (datagram[Short.BYTES] & LIST) == 0;
    if (single) {
      receive(theirs, datagram, 0, datagram.length);
    }
  }

  /** The peer's process of that address is gone, or silent: membership shall follow. */
  void suspect(UUID member) {
    if (up_prot != null && members.contains(member)) {
      up_prot.up(new Event(Event.SUSPECT, List.of(member)));
    }
  }

  @Override
  protected void handleSingleMessage(DataInput in, boolean multicast) {
    try {
      Message message = read(in);
      if (multicast || !unicastDestMismatch(message.getDest())) {
        msg_processing_policy.process(message, message.isFlagSet(Message.Flag.OOB));
      }
    } catch (Exception e) {
      log.warn("a message of the peer was refused: %s", e.toString());
    }
  }

  @Override
  protected void handleMessageBatch(DataInput in, boolean multicast) {
    log.warn("a batch of messages of the peer was refused: nobody here sends batches");
  }

  static Message read(DataInput in) throws IOException, ClassNotFoundException {
    Message message = admitted(in.readShort());
    message.readFrom(in);
    // The whole that such fragments make would be read by JGroups itself, whatever it is.
    if (message.getHeader(FRAGMENTS) instanceof FragHeader fragment
        && fragment.needsDeserialization()) {
      throw new IOException("a fragment of something else than bytes");
    }
    return message;
  }

  private static Message admitted(short type) throws IOException {
    return switch (type) {
      case Message.BYTES_MSG -> new PlainMessage();
      case Message.EMPTY_MSG -> new EmptyMessage();
      case Message.LONG_MSG -> new LongMessage();
      case Message.OBJ_MSG -> new ProtocolMessage();
      default -> throw new IOException("kind of message " + type);
    };
  }

  /** JGroups reserves memory for as many elements as a number says: no more than can follow it. */
  private static void mustFit(DataInput in, int elementsPerByte) throws IOException {
    if (!(in instanceof ByteArrayDataInputStream bytes)) {
      throw new IOException("a message that does not come in one piece");
    }
    int number = bytes.readInt();
    if (number > (long) bytes.available() * elementsPerByte) {
      throw new IOException(number + " elements in " + bytes.available() + " bytes");
    }
    bytes.position(bytes.position() - Integer.BYTES);
  }

  /** Bytes that were counted. */
  static final class PlainMessage extends BytesMessage {
    @Override
    public void readPayload(DataInput in) throws IOException {
      mustFit(in, 1);
      super.readPayload(in);
    }
  }

  /**
   * UNICAST3, NAKACK2 and STABLE put lists of sequence numbers and digests into object messages:
   * these and no others are read, by their own readers.
   */
  static final class ProtocolMessage extends ObjectMessage {
    @Override
    public void readPayload(DataInput in) throws IOException, ClassNotFoundException {
      if (isWrapped()) {
        throw new IOException("a wrapped object");
      }
      if (in.readByte() == 0) {
        return;
      }
      SizeStreamable content = empty(in.readShort());
      if (content instanceof SeqnoList) {
        mustFit(in, Byte.SIZE);
      }
      content.readFrom(in);
      setObject(content);
    }

    private static SizeStreamable empty(short magic) throws IOException {
      if (magic == ClassConfigurator.getMagicNumber(SeqnoList.class)) {
        return new SeqnoList();
      }
      if (magic == ClassConfigurator.getMagicNumber(Digest.class)) {
        return new Digest();
      }
      if (magic == ClassConfigurator.getMagicNumber(MutableDigest.class)) {
        return new MutableDigest();
      }
      throw new IOException("an object of kind " + magic);
    }
  }
}
