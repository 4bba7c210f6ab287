package io.twinbeat.heartbeat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jgroups.BytesMessage;
import org.jgroups.CompositeMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.LongMessage;
import org.jgroups.Message;
import org.jgroups.NioMessage;
import org.jgroups.ObjectMessage;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.FragHeader;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.SeqnoList;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.Test;

/** What a peer that holds the key may make this node read. */
class LinkTransportTest {
  private static final UUID PEER = new UUID(2, 1);

  private static Message readBack(Message message) throws Exception {
    ByteArrayDataOutputStream out = new ByteArrayDataOutputStream();
    out.writeShort(message.getType());
    message.writeTo(out);
    return LinkTransport.read(new ByteArrayDataInputStream(out.buffer(), 0, out.position()));
  }

  @Test
  void whatTheStackSaysIsRead() throws Exception {
    byte[] bytes = {1, 2, 3};
    assertArrayEquals(bytes, readBack(new BytesMessage(PEER, bytes)).getArray());
    assertEquals(PEER, readBack(new EmptyMessage(PEER)).getDest());
    assertEquals(7L, ((LongMessage) readBack(new LongMessage(PEER, 7))).getValue());
    SeqnoList missing = new SeqnoList(10, 0).add(3, 5);
    SeqnoList read = readBack(new ObjectMessage(PEER, missing)).getObject();
    assertEquals(missing.size(), read.size());
  }

  @Test
  void objectsThatJavaWouldHaveToDeserialiseAreRefused() {
    List<Object> objects =
        List.of(new ArrayList<>(List.of("x")), "text", 5L, new View(PEER, 1, List.of(PEER)));
    for (Object object : objects) {
      assertThrows(
          IOException.class, () -> readBack(new ObjectMessage(PEER, object)), object.toString());
    }
  }

  @Test
  void otherKindsOfMessagesAreRefused() {
    Message nio = new NioMessage(PEER, java.nio.ByteBuffer.allocate(3));
    Message composite = new CompositeMessage(PEER, new BytesMessage(PEER, new byte[1]));
    for (Message message : List.of(nio, composite)) {
      assertThrows(IOException.class, () -> readBack(message), message.toString());
    }
  }

  @Test
  void fragmentsOfAnythingButBytesAreRefused() throws Exception {
    short fragments = ClassConfigurator.getProtocolId(FRAG2.class);
    FragHeader ofBytes = new FragHeader(1, 0, 2);
    assertEquals(
        PEER,
        readBack(new BytesMessage(PEER, new byte[9]).putHeader(fragments, ofBytes)).getDest());
    FragHeader ofAnObject = new FragHeader(1, 0, 2).needsDeserialization(true);
    assertThrows(
        IOException.class,
        () -> readBack(new BytesMessage(PEER, new byte[9]).putHeader(fragments, ofAnObject)));
  }
}
