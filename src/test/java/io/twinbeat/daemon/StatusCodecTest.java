package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Reach;
import io.twinbeat.decision.Status;
import io.twinbeat.decision.Status.GroupStatus;
import io.twinbeat.decision.Status.Leaving;
import io.twinbeat.decision.Status.Word;
import io.twinbeat.heartbeat.Heartbeat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusCodecTest {
  private static Status status(int groups, String text) {
    Map<String, GroupStatus> all = new HashMap<>();
    for (int i = 0; i < groups; i++) {
      all.put(
          "a-group-with-a-name-of-32-chars" + i,
          new GroupStatus(
              Phase.GRANTED, 7, true, false, Reach.LOST, 3, 2, text, 9, Long.MIN_VALUE, 8, text));
    }
    return new Status(
        "lb1",
        -5,
        12,
        99,
        Leaving.RESTARTING,
        30_000,
        true,
        "feffa60a73e4f73d",
        all,
        new Word(3, 7_200_000, text, true));
  }

  @Test
  void comesBackAsItWas() throws IOException {
    Status status = status(3, "nginx -t: unknown directive");
    assertEquals(status, StatusCodec.decode(StatusCodec.encode(status)));
  }

  @Test
  void everyPhaseAndLeavingHasACode() throws IOException {
    for (Phase phase : Phase.values()) {
      for (Leaving leaving : Leaving.values()) {
        GroupStatus group =
            new GroupStatus(phase, 1, false, true, Reach.THERE, 0, 0, "", 0, 0, 0, "");
        Status status =
            new Status("n", 1, 1, 1, leaving, 0, false, "", Map.of("g", group), Word.NONE);
        assertEquals(status, StatusCodec.decode(StatusCodec.encode(status)));
      }
    }
  }

  @Test
  void theLongestStatusFitsADatagramAndIsCutBetweenCharacters() throws IOException {
    byte[] bytes = StatusCodec.encode(status(StatusCodec.GROUPS_MAX, "ü€".repeat(500)));
    assertTrue(bytes.length <= Heartbeat.STATUS_BYTES_MAX, bytes.length + " bytes");
    for (GroupStatus group : StatusCodec.decode(bytes).groups().values()) {
      assertTrue(group.reason().startsWith("ü€") && !group.reason().contains("\uFFFD"));
    }
  }

  @Test
  void whatIsCutOffIsRefused() {
    byte[] good = StatusCodec.encode(status(2, "x"));
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThrows(IOException.class, () -> StatusCodec.decode(cut));
    }
  }

  /** As a newer version would say it: more fields in each block, and more behind the last. */
  @Test
  void whatANewerVersionAppendsIsIgnored() throws IOException {
    Status status = status(3, "nginx");
    ByteBuffer old = ByteBuffer.wrap(StatusCodec.encode(status));
    ByteBuffer longer = ByteBuffer.allocate(4096);
    longer.put(old.get());
    text(old, longer);
    appended(old, longer);
    byte count = old.get();
    longer.put(count);
    for (int i = 0; i < count; i++) {
      appended(old, longer);
    }
    longer.put(new byte[] {0, 2, 9, 9});
    assertEquals(status, StatusCodec.decode(Arrays.copyOf(longer.array(), longer.position())));
  }

  private static void text(ByteBuffer from, ByteBuffer to) {
    byte[] bytes = new byte[from.get(from.position()) + 1];
    from.get(bytes);
    to.put(bytes);
  }

  private static void appended(ByteBuffer from, ByteBuffer to) {
    byte[] block = new byte[from.getShort()];
    from.get(block);
    to.putShort((short) (block.length + 3)).put(block).put(new byte[] {7, 7, 7});
  }

  @Test
  void anotherFormatIsRefusedWithTheVersionThatSpeaksIt() {
    byte[] other = StatusCodec.encode(status(1, ""));
    other[0]++;
    IOException refused = assertThrows(IOException.class, () -> StatusCodec.decode(other));
    String expected =
        "heartbeat format %d, expected %d (it runs version %s, this node version %s)"
            .formatted(other[0], other[0] - 1, Version.TEXT, Version.TEXT);
    assertEquals(expected, refused.getMessage());
  }
}
