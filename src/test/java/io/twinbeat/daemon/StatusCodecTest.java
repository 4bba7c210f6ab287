package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Status;
import io.twinbeat.decision.Status.GroupStatus;
import io.twinbeat.decision.Status.Leaving;
import io.twinbeat.heartbeat.Heartbeat;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StatusCodecTest {
  private static Status status(int groups, String text) {
    Map<String, GroupStatus> all = new HashMap<>();
    for (int i = 0; i < groups; i++) {
      all.put(
          "a-group-with-a-name-of-32-chars" + i,
          new GroupStatus(Phase.GRANTED, 7, true, false, 3, 2, text, 9, Long.MIN_VALUE, 8, text));
    }
    return new Status("lb1", -5, 12, 99, Leaving.RESTARTING, 30_000, true, "feffa60a73e4f73d", all);
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
        GroupStatus group = new GroupStatus(phase, 1, false, true, 0, 0, "", 0, 0, 0, "");
        Status status = new Status("n", 1, 1, 1, leaving, 0, false, "", Map.of("g", group));
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
  void whatDoesNotDecodeToTheLastByteIsRefused() {
    byte[] good = StatusCodec.encode(status(2, "x"));
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThrows(IOException.class, () -> StatusCodec.decode(cut));
    }
    assertThrows(IOException.class, () -> StatusCodec.decode(Arrays.copyOf(good, good.length + 1)));
  }

  @Test
  void noBytesMakeItThrowAnythingElse() {
    SplittableRandom random = new SplittableRandom(4);
    byte[] good = StatusCodec.encode(status(2, "reason"));
    int refused = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = good.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        StatusCodec.decode(bytes);
      } catch (IOException e) {
        refused++;
      }
    }
    assertTrue(refused > 0);
  }
}
