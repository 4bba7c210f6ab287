package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.address.FloatingAddress;
import io.twinbeat.decision.Effect.Held;
import io.twinbeat.decision.Effect.KeptMaintenance;
import io.twinbeat.decision.Effect.Persist;
import io.twinbeat.decision.Event.Remembered;
import io.twinbeat.decision.Event.RememberedMaintenance;
import io.twinbeat.journal.StateFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptStateTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path dir;

  private static final List<String> ONE = List.of("10.0.0.2/24 eth0");

  private static Persist held(String group, long term) {
    return new Persist(Map.of(group, new Held(term, true)), false);
  }

  private KeptState read(String boot) {
    return KeptState.read(dir.resolve("state"), boot);
  }

  @Test
  void whatWasHeldInThisBootIsStillHeld() throws IOException {
    read("boot-1").keep(held("site", 4));
    assertEquals(new Remembered(4, true, true), read("boot-1").remembered("site", true));
  }

  @Test
  void afterAnotherBootOnlyTheTermCounts() throws IOException {
    read("boot-1").keep(held("site", 4));
    assertEquals(new Remembered(4, false, false), read("boot-2").remembered("site", false));
  }

  @Test
  void aLaterWriteOfAnotherGroupDoesNotReviveAnOldBoot() throws IOException {
    read("boot-1").keep(held("site", 4));
    read("boot-2").keep(held("mail", 1));
    assertEquals(new Remembered(4, false, false), read("boot-2").remembered("site", false));
  }

  @Test
  void withoutAFileNothingIsKnownAndNothingIsWrong() {
    KeptState kept = read("boot-1");
    assertTrue(kept.lost().isEmpty());
    assertEquals(new Remembered(0, false, true), kept.remembered("site", true));
  }

  @Test
  void aTornFileIsUnknownAndSaidSo() throws IOException {
    read("boot-1").keep(held("site", 4));
    Path file = dir.resolve("state");
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 1; length < bytes.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(bytes, length));
      KeptState kept = read("boot-1");
      assertTrue(kept.lost().isPresent(), "cut at " + length);
      assertEquals(new Remembered(0, false, false), kept.remembered("site", false));
    }
  }

  /** Whole and well summed, but not what this program can have written. */
  @Test
  void aFileFromTheFutureOrWithAbsurdNumbersIsUnknownAndSaidSo() throws IOException {
    String group = "{\"site\":{\"term\":%s,\"held\":%s,\"boot\":%s}}";
    String good = group.formatted("4", "true", "\"boot-1\"");
    List<String> bad =
        List.of(
            "{\"format\":99,\"groups\":{}}",
            "{\"format\":\"x\",\"groups\":{}}",
            "{\"groups\":{}}",
            "{\"format\":1}",
            "[]",
            "",
            "{\"format\":1,\"groups\":" + group.formatted("-1", "true", "\"b\"") + "}",
            "{\"format\":1,\"groups\":"
                + group.formatted("" + Long.MAX_VALUE, "true", "\"b\"")
                + "}",
            "{\"format\":1,\"groups\":" + group.formatted("1e300", "true", "\"b\"") + "}",
            "{\"format\":1,\"groups\":" + group.formatted("\"four\"", "true", "\"b\"") + "}",
            "{\"format\":1,\"groups\":" + group.formatted("4", "true", "null") + "}",
            "{\"format\":1,\"groups\":" + group.formatted("[4,5]", "true", "\"b\"") + "}",
            "{\"format\":1,\"groups\":" + good + ",\"startFence\":-5}",
            "{\"format\":1,\"groups\":" + good + ",\"startFence\":\"noon\"}",
            "{\"format\":1,\"groups\":" + good + ",\"maintenance\":{\"number\":1}}");
    for (String json : bad) {
      new StateFile(dir.resolve("state")).write(json);
      KeptState kept = read("boot-1");
      assertTrue(kept.lost().isPresent(), json);
      assertEquals(new Remembered(0, false, true), kept.remembered("site", true), json);
      assertEquals(Duration.ZERO, kept.startFenceSpentFor(HOUR), json);
      assertEquals(RememberedMaintenance.NONE, kept.maintenance(), json);
    }
    new StateFile(dir.resolve("state")).write("{\"format\":1,\"groups\":" + good + "}");
    assertTrue(read("boot-1").lost().isEmpty());
    assertEquals(new Remembered(4, true, true), read("boot-1").remembered("site", true));
  }

  @Test
  void aMaintenanceIsRememberedByTheMonotonicClockWithinABoot() throws IOException {
    read("boot-1")
        .keep(
            new Persist(Map.of(), false, Optional.of(new KeptMaintenance(3, HOUR, "new switch"))));
    read("boot-1").keep(held("site", 4)); // and is not forgotten by what is written later
    RememberedMaintenance same = read("boot-1").maintenance();
    assertTrue(same.sure());
    assertEquals(3, same.number());
    assertEquals("new switch", same.reason());
    assertTrue(same.left().compareTo(HOUR) <= 0 && same.left().compareTo(HOUR.minusMinutes(1)) > 0);
    assertFalse(read("boot-2").maintenance().sure());
  }

  @Test
  void aClockThatWentBackDoesNotProlongAMaintenance() {
    MaintenanceOnDisk disk =
        new MaintenanceOnDisk(3, HOUR.toMillis(), "r", "boot-1", 1_000_000_000, 5_000);
    long minute = Duration.ofMinutes(1).toMillis();
    assertEquals(HOUR, disk.remembered("boot-2", 7, 0).left());
    assertEquals(HOUR.minusMinutes(1), disk.remembered("boot-2", 1_000_000_000 + minute, 0).left());
    assertEquals(Duration.ZERO, disk.remembered("boot-2", 1_000_000_000 + 61 * minute, 0).left());
    // Within the boot the wall clock does not count at all.
    assertEquals(
        HOUR.minusMinutes(1), disk.remembered("boot-1", 7, 5_000 + minute * 1_000_000).left());
  }

  @Test
  void theOperatorsWishAndTheLastFailbackAreKept() throws IOException {
    read("boot-1").keep(new Persist(Map.of("site", new Held(4, true, true, true)), false));
    read("boot-1").keep(new Persist(Map.of("site", new Held(5, false, true, false)), false));
    Remembered left = read("boot-2").remembered("site", false);
    assertTrue(left.failbackHeld());
    assertTrue(left.sinceFailback().orElseThrow().compareTo(Duration.ofMinutes(1)) < 0);
  }

  @Test
  void whatWasHeldAndIsNoLongerConfiguredIsFoundInThisBoot() throws IOException {
    KeptState first = read("boot-1");
    first.keep(new Persist(Map.of("site", new Held(4, true), "mail", new Held(2, false)), false));
    first.configured(Map.of("site", List.of("10.0.0.1/24 eth0", "fd00::1/64 eth1"), "mail", ONE));
    assertEquals(Map.of(), left("boot-2", Set.of()));
    assertEquals(
        Map.of("site", List.of(new FloatingAddress(InetAddress.ofLiteral("fd00::1"), 64, "eth1"))),
        left("boot-1", Set.of("10.0.0.1/24 eth0")));
    read("boot-1").configured(Map.of("mail", ONE));
    assertEquals(Map.of(), left("boot-1", Set.of()));
    assertEquals(new Remembered(4, false, true), read("boot-1").remembered("site", true));
  }

  private Map<String, List<FloatingAddress>> left(String boot, Set<String> configured) {
    return read(boot).heldBesides(configured);
  }

  @Test
  void aStartFenceIsSpentForItsWindow() throws IOException {
    read("boot-1").keep(new Persist(Map.of(), true));
    Duration left = read("boot-2").startFenceSpentFor(HOUR);
    assertTrue(left.compareTo(Duration.ofMinutes(59)) > 0 && left.compareTo(HOUR) <= 0, "" + left);
    assertEquals(Duration.ZERO, read("boot-2").startFenceSpentFor(Duration.ZERO));
  }
}
