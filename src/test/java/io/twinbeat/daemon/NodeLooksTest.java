package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.linux.DiskSpace;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.ReadinessItem.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The clock, the disks, and how often what takes a while is looked at. */
class NodeLooksTest {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  @Test
  void aClockIsJudgedByWhatIsSureOfItsSkew() {
    assertEquals(State.GOOD, PeerClock.judged("lb1", 10_000, 10_040, 20).state());
    assertEquals(State.GOOD, PeerClock.judged("lb1", 10_000, 8_000, 0).state(), "2 s");
    ReadinessItem ahead = PeerClock.judged("lb1", 13_510, 10_000, 20);
    assertEquals(State.WARNING, ahead.state());
    assertEquals("3.5 s ahead of lb1's", ahead.detail());
    assertEquals("3.5 s behind lb1's", PeerClock.judged("lb1", 6_510, 10_000, 20).detail());
    // Half of a slow question may be what seems to be the skew.
    assertEquals(State.GOOD, PeerClock.judged("lb1", 13_000, 10_000, 2_500).state());
  }

  private static ReadinessItem disk(long bytes, long free, long inodes, long inodesFree) {
    return DiskItems.judged("disk", Path.of("/d"), new DiskSpace(bytes, free, inodes, inodesFree));
  }

  @Test
  void aDiskIsFullByItsShareAndByWhatIsLeft() {
    assertEquals(State.GOOD, disk(100 * GIB, 50 * GIB, 1000, 900).state());
    assertEquals(State.GOOD, disk(1000 * GIB, 10 * GIB, 1000, 900).state(), "1 %, but 10 GiB");
    assertEquals(State.WARNING, disk(10 * GIB, 512 * MIB, 1000, 900).state());
    assertEquals(State.BAD, disk(4 * GIB, 20 * MIB, 1000, 900).state());
    assertEquals(State.BAD, disk(16 * MIB, 0, 1000, 900).state());
    assertEquals(State.WARNING, disk(100 * GIB, 50 * GIB, 1000, 50).state());
    ReadinessItem inodes = disk(100 * GIB, 50 * GIB, 1000, 3);
    assertEquals(State.BAD, inodes.state());
    assertEquals("full: 3 of 1000 inodes free", inodes.detail());
    assertEquals(State.GOOD, disk(100 * GIB, 50 * GIB, 0, 0).state(), "inodes as needed");
    assertTrue(disk(16 * MIB, 0, 0, 0).mend().contains("/d"));
  }

  @Test
  void theDiskOfThisMachineIsRead() throws Exception {
    DiskSpace here = DiskSpace.of(Path.of("/proc"));
    assertTrue(here.bytesFree() >= 0 && here.bytesFree() <= here.bytes(), here.toString());
    DiskSpace root = DiskSpace.of(Path.of("/"));
    long java = Path.of("/").toFile().getTotalSpace();
    assertEquals(java, root.bytes());
    assertTrue(root.inodesFree() <= root.inodes(), root.toString());
  }

  private static AddressOnWire.Found wire(Set<String> answered, Set<String> known) {
    return AddressOnWire.judged("10.0.0.9", answered, "lb1", known);
  }

  @Test
  void nobodyOrThePeerMayAnswerForAnAddressAndNoThirdMachine() {
    Set<String> peer = Set.of("02:00:00:00:00:01", "02:00:00:00:00:02");
    Set<String> third = Set.of("02:00:00:00:00:99");
    assertEquals("nobody answers", wire(Set.of(), peer).detail());
    assertEquals(State.GOOD, wire(Set.of(), Set.of()).state());
    assertEquals("lb1 answers", wire(Set.of("02:00:00:00:00:02"), peer).detail());
    assertEquals(State.BAD, wire(third, peer).state());
    assertEquals(
        "02:00:00:00:00:99 answers for 10.0.0.9: neither this node nor lb1",
        wire(Set.of("02:00:00:00:00:01", "02:00:00:00:00:99"), peer).detail());
    assertEquals(State.UNKNOWN, wire(third, Set.of()).state(), "whose it is, is not known");
  }

  @Test
  void whatIsGoodIsLookedAtSeldomAndWhatIsNotSoonAgain() {
    Queue<ReadinessItem> next = new ArrayDeque<>();
    KeptItem kept = new KeptItem("files", Duration.ofHours(1), next::remove);
    assertEquals(State.UNKNOWN, kept.item().state());
    long early = System.nanoTime() - KeptItem.AGAIN.toNanos();
    next.addAll(List.of(ReadinessItem.bad("files", "differ", "").seen(early)));
    kept.look();
    next.add(ReadinessItem.good("files", "same").seen(early));
    kept.lookIfDue();
    assertEquals(State.GOOD, kept.item().state());
    kept.lookIfDue(); // Not due: would find nothing in the queue.
    assertTrue(kept.item().limit().compareTo(Duration.ofHours(2)) > 0);
  }
}
