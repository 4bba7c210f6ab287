package io.twinbeat.daemon;

import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Status;
import io.twinbeat.decision.Status.GroupStatus;
import io.twinbeat.decision.Status.Leaving;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node's status as the bytes of a heartbeat. Free text is cut so that everything fits; anything
 * that does not decode to the last byte is refused.
 */
final class StatusCodec {
  /** Groups in one file; with names of 32 characters each status still fits one datagram. */
  static final int GROUPS_MAX = 8;

  private static final int FORMAT = 1;
  private static final int TEXT_BYTES_MAX = 255;
  private static final int BYTES_FOR_TEXT = 400;

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

  private StatusCodec() {}

  static byte[] encode(Status status) {
    int room = Math.min(TEXT_BYTES_MAX, BYTES_FOR_TEXT / (2 * Math.max(1, status.groups().size())));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      text(out, status.node(), TEXT_BYTES_MAX);
      out.writeLong(status.incarnation());
      out.writeLong(status.version());
      out.writeLong(status.hears());
      out.writeByte(LEAVINGS.indexOf(status.leaving()));
      out.writeLong(status.backWithinMillis());
      out.writeBoolean(status.connected());
      text(out, status.configHash(), TEXT_BYTES_MAX);
      out.writeByte(status.groups().size());
      for (Map.Entry<String, GroupStatus> entry : new TreeMap<>(status.groups()).entrySet()) {
        group(out, entry.getKey(), entry.getValue(), room);
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return bytes.toByteArray();
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
  }

  static Status decode(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int format = in.readUnsignedByte();
      if (format != FORMAT) {
        throw new IOException("status format " + format + ", expected " + FORMAT);
      }
      String node = text(in);
      long incarnation = in.readLong();
      long version = in.readLong();
      long hears = in.readLong();
      Leaving leaving = constant(LEAVINGS, in.readUnsignedByte());
      long backWithin = in.readLong();
      boolean connected = in.readBoolean();
      String hash = text(in);
      int count = in.readUnsignedByte();
      if (count > GROUPS_MAX) {
        throw new IOException(count + " groups, at most " + GROUPS_MAX);
      }
      Map<String, GroupStatus> groups = new HashMap<>();
      for (int i = 0; i < count; i++) {
        groups.put(text(in), group(in));
      }
      if (in.read() >= 0) {
        throw new IOException("bytes behind the end of the status");
      }
      return new Status(
          node, incarnation, version, hears, leaving, backWithin, connected, hash, groups);
    }
  }

  private static GroupStatus group(DataInputStream in) throws IOException {
    Phase phase = constant(PHASES, in.readUnsignedByte());
    long term = in.readLong();
    int flags = in.readUnsignedByte();
    return new GroupStatus(
        phase,
        term,
        (flags & 1) != 0,
        (flags & 2) != 0,
        in.readLong(),
        in.readLong(),
        text(in),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        text(in));
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

  private static String text(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedByte()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
