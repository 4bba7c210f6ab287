package io.twinbeat.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A third host on a heartbeat LAN that records, replays, forges and floods. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileHeartbeatIT {
  private static final int INTERVAL = 100;
  private static final int DEADTIME = 800;
  private static final int FLOOD_PER_SECOND = 50_000;
  private static final int WARM_UP_MILLIS = 2000;
  private static final int FLOOD_MILLIS = 10_000;

  /** Sent of what was due: the sender shares the machine with those whom it floods. */
  private static final double FLOOD_SHARE_MIN = 0.95;

  private static final long GROWTH_KILOBYTES_MAX = 4 * 1024;

  @TempDir private Path dir;

  @Test
  void nothingListensButOnePortForEachLink() throws Exception {
    try (Bench bench = new Bench(INTERVAL, DEADTIME)) {
      bench.pair();
      Matcher port = Pattern.compile("(\\S+):(\\d+)\\s").matcher(bench.in("a", "ss -Hanut"));
      int found = 0;
      while (port.find()) {
        assertEquals(Integer.toString(Bench.PORT), port.group(2), port.group());
        found++;
      }
      assertEquals(2 * Bench.LINKS, found, "both ends of each link");
      String groups = bench.in("a", "ip maddr show");
      assertTrue(!groups.contains("224.0.75.75"), groups);
    }
  }

  @Test
  void recordedFramesOfADeadPeerAreNeverHeard() throws Exception {
    Path capture = dir.resolve("capture");
    try (Bench bench = new Bench(INTERVAL, DEADTIME)) {
      Child tcpdump = bench.capture(0, capture);
      List<Child> both = bench.pair();
      Child a = both.get(0);
      Child b = both.get(1);
      long replayFrom = System.nanoTime();
      b.awaitSince(replayFrom + 3_000_000_000L, "heard");
      // Some are recorded that never arrived: a's copy is lost on the way.
      bench.deafen("a", 0);
      a.awaitSince(replayFrom, "down");
      b.signal("KILL");
      long killed = System.nanoTime();
      b.awaitEnd();
      tcpdump.signal("INT");
      tcpdump.awaitEnd();
      bench.mend("a", 0);
      // Within a deadtime of its echo a withheld frame is only a late one, on a link that works.
      a.awaitSince(killed, "down", line -> line.part(0).equals("1"));
      replay(bench, capture);
      // The other link's last frames may still have been on the way for a moment.
      assertEquals(List.of(), a.since(killed + 20_000_000, "heard"));
      assertEquals(List.of(), a.since(killed + 20_000_000, "up"));
      assertTrue(a.counter(0, "replayed") > 0, "known ones");
      assertTrue(a.counter(0, "notfresh") > 0, "withheld ones");

      // A new life of a knows nothing of what was heard before.
      a.signal("KILL");
      a.awaitEnd();
      Child fresh = bench.node("a");
      fresh.await("start", line -> true);
      replay(bench, capture);
      assertTrue(fresh.counter(0, "notfresh") > 0);
      assertEquals(List.of(), fresh.all("heard"));
      assertEquals(List.of(), fresh.all("up"));

      // And the living peer is heard beside the recordings.
      Child living = bench.node("b");
      living.await("up", line -> line.text().equals("0"));
      String life = living.all("start").getFirst().text();
      Child.Line up = fresh.await("up", line -> line.text().equals("0"));
      replay(bench, capture);
      assertTrue(HeartbeatIT.heardGapMillis(fresh, up.nanos()) < DEADTIME);
      assertEquals(List.of(), fresh.all("restarted"), "only " + life);
      assertEquals(List.of(), fresh.all("goodbye"));
    }
  }

  private static void replay(Bench bench, Path capture) throws Exception {
    Child intruder = bench.intruder("replay", 0, capture, 0, 0);
    String sent = intruder.awaitRaw("sent ");
    assertTrue(Integer.parseInt(sent.split(" ", -1)[1]) > 20, sent);
    assertEquals(0, intruder.awaitEnd());
  }

  @Test
  void aFloodOnOneLinkHidesNoHeartbeatAndTakesNoMemory() throws Exception {
    Path capture = dir.resolve("capture");
    try (Bench bench = new Bench(INTERVAL, DEADTIME)) {
      Child tcpdump = bench.capture(0, capture);
      List<Child> both = bench.pair();
      Child a = both.get(0);
      long recording = System.nanoTime();
      a.awaitSince(recording + 2_000_000_000L, "heard");
      tcpdump.signal("INT");
      tcpdump.awaitEnd();
      assertTrue(Files.size(capture) > 1000);
      flood(bench, capture, WARM_UP_MILLIS);
      long before = a.residentKilobytes();
      long from = System.nanoTime();
      long dropped = droppedOnLink0(a);
      int sent = flood(bench, capture, FLOOD_MILLIS);
      long gap = HeartbeatIT.heardGapMillis(a, from);
      dropped = droppedOnLink0(a) - dropped;
      long after = a.residentKilobytes();
      System.out.printf(
          "flood of %d (%d a second): %d judged, longest gap %d ms, link 0 gap %d ms, %d to %d"
              + " KiB%n",
          sent, sent * 1000L / FLOOD_MILLIS, dropped, gap, a.counter(0, "gap"), before, after);
      long due = (long) FLOOD_PER_SECOND * FLOOD_MILLIS / 1000;
      assertTrue(sent > due * FLOOD_SHARE_MIN, "the flood came to " + sent);
      assertTrue(dropped > sent / 2, "the flood reached the node");
      // None is later than by its interval.
      assertTrue(gap < 2 * INTERVAL, gap + " ms");
      assertTrue(after - before < GROWTH_KILOBYTES_MAX, "from " + before + " to " + after);
      assertEquals(List.of(), a.since(from, "died"));
      assertEquals(List.of(), a.since(from, "restarted"));
      assertEquals(List.of(), a.since(from, "goodbye"));
      // The flooded link may be lost to the flood: a buffer that is full drops true frames too.
      for (Child.Line down : a.since(from, "down")) {
        assertEquals("0", down.part(0));
      }
    }
  }

  private static int flood(Bench bench, Path capture, int millis) throws Exception {
    Child intruder = bench.intruder("flood", 0, capture, FLOOD_PER_SECOND, millis);
    String sent = intruder.awaitRaw("sent ");
    assertEquals(0, intruder.awaitEnd());
    return Integer.parseInt(sent.split(" ", -1)[1]);
  }

  private static long droppedOnLink0(Child child) throws Exception {
    long dropped = 0;
    for (String reason : List.of("garbage", "forged", "replayed", "stale", "notfresh")) {
      dropped += child.counter(0, reason);
    }
    return dropped;
  }
}
