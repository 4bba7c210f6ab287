package io.twinbeat.daemon;

import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Reach;
import io.twinbeat.decision.Status;
import io.twinbeat.decision.Status.GroupStatus;
import io.twinbeat.decision.Status.Leaving;
import io.twinbeat.decision.Status.Word;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node's status as the bytes of a heartbeat; free text is cut so that everything fits. Two
 * versions of this program must understand each other:
 *
 * <pre>
 * format, version of the program    in all formats
 * block: what concerns the node     length (2 bytes), then fields in a fixed order
 * number of groups, for each a block
 * </pre>
 *
 * A newer version appends: fields to a block, or blocks behind the last group. What is behind the
 * known is ignored; a field that an older version does not send ({@code available()} is 0 there) is
 * read as a default. The format is raised only when an older version would decide wrongly without
 * what is new. A status that cannot be read is refused as a whole, and its sender is alive all the
 * same.
 */
final class StatusCodec {
  /** Groups in one file; with names of 32 characters each status still fits one datagram. */
  static final int GROUPS_MAX = 8;

  private static final int FORMAT = 2;
  private static final int TEXT_BYTES_MAX = 255;
  private static final int VERSION_BYTES_MAX = 32;
  private static final int BYTES_FOR_TEXT = 300;

  /** For the reason of a maintenance, beside the texts of the groups. */
  private static final int REASON_BYTES_MAX = 100;

  /** The place in the list is the code on the wire: only ever append. */
  private static final List<Phase> PHASES =
      List.of(
          Phase.SETTLING,
          Phase.STANDBY,
          Phase.STARTING,
          Phase.ACTIVE,
          Phase.STOPPING,
          Phase.GRANTED,
          Phase.STUCK);

  private static final List<Leaving> LEAVINGS =
      List.of(Leaving.NO, Leaving.GOODBYE, Leaving.RESTARTING);

  private static final List<Reach> REACHES = List.of(Reach.UNKNOWN, Reach.THERE, Reach.LOST);

  private StatusCodec() {}

  static byte[] encode(Status status) {
    int room = Math.min(TEXT_BYTES_MAX, BYTES_FOR_TEXT / (2 * Math.max(1, status.groups().size())));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      text(out, Version.TEXT, VERSION_BYTES_MAX);
      block(out, block -> node(block, status));
      out.writeByte(status.groups().size());
      for (Map.Entry<String, GroupStatus> entry : new TreeMap<>(status.groups()).entrySet()) {
        block(out, block -> group(block, entry.getKey(), entry.getValue(), room));
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private interface Fields {
    void write(DataOutputStream block) throws IOException;
  }

  private static void block(DataOutputStream out, Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream block = new DataOutputStream(bytes)) {
      fields.write(block);
    }
    out.writeShort(bytes.size());
    bytes.writeTo(out);
  }

  private static void node(DataOutputStream out, Status status) throws IOException {
    text(out, status.node(), TEXT_BYTES_MAX);
    out.writeLong(status.incarnation());
    out.writeLong(status.version());
    out.writeLong(status.hears());
    out.writeByte(LEAVINGS.indexOf(status.leaving()));
    out.writeLong(status.backWithinMillis());
    out.writeBoolean(status.connected());
    text(out, status.configHash(), TEXT_BYTES_MAX);
    maintenance(out, status.maintenance());
  }

  private static void group(DataOutputStream out, String name, GroupStatus group, int room)
      throws IOException {
    text(out, name, TEXT_BYTES_MAX);
    out.writeByte(PHASES.indexOf(group.phase()));
    out.writeLong(group.term());
    out.writeByte((group.ready() ? 1 : 0) | (group.able() ? 2 : 0));
    out.writeLong(group.ask());
    out.writeLong(group.closedAsk());
    text(out, group.offer(), room);
    out.writeLong(group.grantedAsk());
    out.writeLong(group.grantedTo());
    out.writeLong(group.grantedTerm());
    text(out, group.reason(), room);
    out.writeByte(REACHES.indexOf(group.reach()));
  }

  /** The exception says what is not understood, and which version of the program said it. */
  static Status decode(byte[] bytes) throws IOException {
    String version = "an unknown version";
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int format = in.readUnsignedByte();
      version = "version " + text(in);
      if (format != FORMAT) {
        throw new IOException("heartbeat format " + format + ", expected " + FORMAT);
      }
      return status(in);
    } catch (IOException e) {
      String what = e instanceof EOFException ? "the heartbeat is cut off" : e.getMessage();
      throw new IOException(
          what + " (it runs " + version + ", this node version " + Version.TEXT + ")", e);
    }
  }

  private static Status status(DataInputStream in) throws IOException {
    DataInputStream node = block(in);
    String name = name(node);
    long incarnation = node.readLong();
    long version = node.readLong();
    long hears = node.readLong();
    Leaving leaving = constant(LEAVINGS, node.readUnsignedByte());
    long backWithin = node.readLong();
    boolean connected = node.readBoolean();
    String hash = name(node);
    Word maintenance = node.available() == 0 ? Word.NONE : maintenance(node);
    int count = in.readUnsignedByte();
    if (count > GROUPS_MAX) {
      throw new IOException(count + " groups, at most " + GROUPS_MAX);
    }
    Map<String, GroupStatus> groups = new HashMap<>();
    for (int i = 0; i < count; i++) {
      DataInputStream group = block(in);
      String groupName = name(group);
      if (groups.put(groupName, group(group)) != null) {
        throw new IOException("the group " + groupName + " twice");
      }
    }
    return new Status(
        name,
        incarnation,
        version,
        hears,
        leaving,
        backWithin,
        connected,
        hash,
        groups,
        maintenance);
  }

  private static DataInputStream block(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }

  private static void maintenance(DataOutputStream out, Word word) throws IOException {
    out.writeLong(word.number());
    out.writeLong(word.leftMillis());
    text(out, word.reason(), REASON_BYTES_MAX);
    out.writeBoolean(word.agreed());
  }

  private static Word maintenance(DataInputStream in) throws IOException {
    return new Word(in.readLong(), in.readLong(), text(in), in.readBoolean());
  }

  private static GroupStatus group(DataInputStream in) throws IOException {
    Phase phase = constant(PHASES, in.readUnsignedByte());
    long term = in.readLong();
    int flags = in.readUnsignedByte();
    long ask = in.readLong();
    long closedAsk = in.readLong();
    String offer = text(in);
    long grantedAsk = in.readLong();
    long grantedTo = in.readLong();
    long grantedTerm = in.readLong();
    String reason = text(in);
    Reach reach = in.available() == 0 ? Reach.UNKNOWN : constant(REACHES, in.readUnsignedByte());
    return new GroupStatus(
        phase,
        term,
        (flags & 1) != 0,
        (flags & 2) != 0,
        reach,
        ask,
        closedAsk,
        offer,
        grantedAsk,
        grantedTo,
        grantedTerm,
        reason);
  }

  private static <T> T constant(List<T> values, int code) throws IOException {
    if (code >= values.size()) {
      throw new IOException("no such value: " + code);
    }
    return values.get(code);
  }

  private static void text(DataOutputStream out, String text, int bytesMax) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = bytes.length;
    if (length > bytesMax) {
      length = bytesMax;
      while (length > 0 && (bytes[length] & 0xC0) == 0x80) {
        length--; // Never cut through a character.
      }
    }
    out.writeByte(length);
    out.write(bytes, 0, length);
  }

  /** Names are compared, so they are what was written or nothing; free text may be damaged. */
  private static String name(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedByte()];
    in.readFully(bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("a name that is not UTF-8", e);
    }
  }

  private static String text(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedByte()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
