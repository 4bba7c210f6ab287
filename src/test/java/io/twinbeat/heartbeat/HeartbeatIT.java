package io.twinbeat.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two processes on two LANs of their own, as the kernel sees them. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HeartbeatIT {
  private static final int INTERVAL = 100;
  private static final int DEADTIME = 800;

  /** Less than an interval: a verdict that waits for the next beat is seen. In microseconds. */
  private static final long LATE_MICROS_MAX = 90_000;

  private static final int LATENCY_ROUNDS = 200;
  private static final long RESTART_MILLIS_MAX = 6L * INTERVAL;

  @Test
  void aLinkThatIsCutIsDownOnBothSidesInTimeAndTheOtherCarriesOn() throws Exception {
    try (Bench bench = new Bench(INTERVAL, DEADTIME)) {
      List<Child> both = bench.pair();
      for (int link = 0; link < Bench.LINKS; link++) {
        long cut = System.nanoTime();
        bench.cut(link);
        for (Child each : both) {
          Child.Line down = each.awaitSince(cut, "down");
          assertEquals(Integer.toString(link), down.part(0));
          assertEquals("silent", down.part(1));
          verdictInTime(down);
          int other = 1 - link;
          each.awaitSince(down.nanos(), "heard", line -> line.part(2).equals("" + other));
          assertTrue(heardGapMillis(each, cut) < DEADTIME, "the other link carries on");
        }
        long mended = System.nanoTime();
        bench.mend(link);
        for (Child each : both) {
          each.awaitSince(mended, "up");
        }
      }
      for (Child each : both) {
        assertEquals(List.of(), each.all("died"));
        assertEquals(List.of(), each.all("stall"));
      }
    }
  }

  @Test
  void aLinkThatIsCutInOneDirectionIsSilentForOneSideAndOneWayForTheOther() throws Exception {
    try (Bench bench = new Bench(INTERVAL, DEADTIME)) {
      List<Child> both = bench.pair();
      for (int link = 0; link < Bench.LINKS; link++) {
        for (int deaf = 0; deaf < 2; deaf++) {
          String deafOne = deaf == 0 ? "a" : "b";
          long cut = System.nanoTime();
          bench.deafen(deafOne, link);
          Child.Line atDeaf = both.get(deaf).awaitSince(cut, "down");
          Child.Line atOther = both.get(1 - deaf).awaitSince(cut, "down");
          assertEquals(link + " silent", atDeaf.part(0) + " " + atDeaf.part(1));
          assertEquals(link + " one-way", atOther.part(0) + " " + atOther.part(1));
          long mended = System.nanoTime();
          bench.mend(deafOne, link);
          for (Child each : both) {
            each.awaitSince(mended, "up");
            assertTrue(heardGapMillis(each, cut) < DEADTIME, "the other link carries on");
          }
        }
      }
    }
  }

  @Test
  void aKilledProcessIsToldFromOneThatIsSilentAndItsRestartIsNoticed() throws Exception {
    try (Bench bench = new Bench(INTERVAL, DEADTIME)) {
      List<Child> both = bench.pair();
      Child a = both.get(0);
      Child b = both.get(1);
      long stopped = System.nanoTime();
      b.signal("STOP");
      Child.Line first = a.awaitSince(stopped, "down");
      a.awaitSince(stopped, "down", line -> !line.part(0).equals(first.part(0)));
      assertEquals(List.of(), a.all("died"), "its socket is still there");
      long continued = System.nanoTime();
      b.signal("CONT");
      Child.Line stall = b.awaitSince(continued, "stall");
      assertTrue(Long.parseLong(stall.text()) >= DEADTIME, "own stall: " + stall);
      b.awaitSince(continued, "heard");
      a.awaitSince(continued, "up", line -> line.text().equals("0"));
      a.awaitSince(continued, "up", line -> line.text().equals("1"));
      assertEquals(List.of(), b.all("down"), "own stalls accuse nobody");
      assertEquals(List.of(), a.all("restarted"));

      String oldLife = b.all("start").getFirst().text();
      long killed = System.nanoTime();
      b.signal("KILL");
      Child.Line died = a.awaitSince(killed, "died");
      assertEquals(oldLife, died.part(0));
      System.out.println("SIGKILL told after " + (died.nanos() - killed) / 1000 + " us");
      assertEquals(List.of(), a.since(killed, "down"), "before the links are judged");
      b.awaitEnd();
      Child again = bench.node("b");
      Child.Line restarted = a.awaitSince(killed, "restarted");
      Child.Line start = again.await("start", line -> true);
      assertEquals(oldLife + " " + start.text(), restarted.text());
      Child.Line heard = again.await("heard", line -> true);
      System.out.println(
          "restarted b: told to a after "
              + (restarted.nanos() - start.nanos()) / 1000
              + " us, heard a after "
              + (heard.nanos() - start.nanos()) / 1000
              + " us");
      assertTrue((restarted.nanos() - start.nanos()) / 1_000_000 < RESTART_MILLIS_MAX);
      assertTrue((heard.nanos() - start.nanos()) / 1_000_000 < RESTART_MILLIS_MAX);

      again.say("now last");
      again.say("bye");
      assertEquals(start.text() + " last", a.awaitSince(killed, "goodbye").text());
      assertEquals(0, again.awaitEnd());
      assertEquals(1, a.since(killed, "died").size(), "a goodbye is no death");
    }
  }

  @Test
  void aLinkWhoseAddressComesLaterIsOpenedThen() throws Exception {
    try (Bench bench = new Bench(INTERVAL, DEADTIME)) {
      String address = Bench.address("a", 1) + "/24 dev eth1";
      bench.in("a", "ip addr del " + address);
      Child a = bench.node("a");
      Child b = bench.node("b");
      a.await("up", line -> line.text().equals("0"));
      b.await("up", line -> line.text().equals("0"));
      assertEquals(1, a.all("up").size());
      bench.in("a", "ip addr add " + address);
      a.await("up", line -> line.text().equals("1"));
      b.await("up", line -> line.text().equals("1"));
      long taken = System.nanoTime();
      bench.in("a", "ip addr del " + address);
      a.awaitSince(taken, "down", line -> line.part(0).equals("1"));
      long back = System.nanoTime();
      bench.in("a", "ip addr add " + address);
      a.awaitSince(back, "up", line -> line.text().equals("1"));
      assertTrue(heardGapMillis(a, taken) < DEADTIME);
    }
  }

  @Test
  void reliableMessagesGoBothWaysAndAgainAfterACutOfAllLinks() throws Exception {
    try (Bench bench = new Bench(INTERVAL, DEADTIME)) {
      List<Child> both = bench.pair();
      exchange(both, "before", 1);
      for (int link = 0; link < Bench.LINKS; link++) {
        bench.cut(link);
      }
      for (Child each : both) {
        each.await("down", line -> line.part(0).equals("0"));
        each.await("down", line -> line.part(0).equals("1"));
        each.say("silent");
      }
      long mended = System.nanoTime();
      for (int link = 0; link < Bench.LINKS; link++) {
        bench.mend(link);
      }
      for (Child each : both) {
        each.awaitSince(mended, "heard");
      }
      exchange(both, "after", 3);
    }
  }

  private static void exchange(List<Child> both, String word, int seed) throws Exception {
    for (int each = 0; each < 2; each++) {
      int from = each;
      Child sender = both.get(from);
      Child receiver = both.get(1 - from);
      int number = seed + from;
      untilSent(sender, word + from);
      receiver.await("message", line -> line.text().equals(word + from));
      long started = System.nanoTime();
      sender.say("sendlong " + number);
      Child.Line arrived = receiver.await("message", line -> line.text().equals("long " + number));
      sender.await("sent", line -> line.text().equals(number + " true"));
      System.out.println("500 KiB " + word + ": " + (arrived.nanos() - started) / 1000 + " us");
      assertTrue(heardGapMillis(receiver, started) < DEADTIME, "heartbeats beside messages");
    }
  }

  /** False only says that the peer is not in the view yet. */
  private static void untilSent(Child sender, String message) throws Exception {
    long deadline = System.nanoTime() + Child.LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      long asked = System.nanoTime();
      sender.say("send " + message);
      Child.Line sent = sender.awaitSince(asked, "sent");
      if (sent.text().equals(message + " true")) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("no view of two");
  }

  @Test
  void whatIsSaidNowIsHeardAtOnceAndNoGapIsLong() throws Exception {
    try (Bench bench = new Bench(INTERVAL, DEADTIME)) {
      List<Child> both = bench.pair();
      Child a = both.get(0);
      Child b = both.get(1);
      Child.Line start = b.all("start").getFirst();
      Child.Line first = b.await("heard", line -> true);
      System.out.println("start to heard: " + (first.nanos() - start.nanos()) / 1000 + " us");
      long idleFrom = System.nanoTime();
      b.awaitSince(idleFrom + 10_000_000_000L, "heard");
      System.out.println("longest gap in 10 s of rest: " + heardGapMillis(b, idleFrom) + " ms");
      assertTrue(heardGapMillis(b, idleFrom) < DEADTIME);
      long[] micros = new long[LATENCY_ROUNDS];
      for (int i = 0; i < LATENCY_ROUNDS; i++) {
        String word = "n" + i;
        a.say("now " + word);
        Child.Line said = a.await("now", line -> line.text().equals(word));
        Child.Line heard = b.await("heard", line -> line.part(1).equals(word));
        micros[i] = (heard.nanos() - said.nanos()) / 1000;
      }
      Arrays.sort(micros);
      long median = micros[LATENCY_ROUNDS / 2];
      System.out.println(
          "said to heard: median " + median + " us, max " + micros[LATENCY_ROUNDS - 1] + " us");
      assertTrue(median < INTERVAL * 1000L / 2, "not at the next beat: " + median);
    }
  }

  private static void verdictInTime(Child.Line down) {
    long silentMicros = Long.parseLong(down.part(2));
    System.out.println("link down " + silentMicros + " us after its last frame: " + down);
    assertTrue(silentMicros >= DEADTIME * 1000L, "never before the deadtime");
    assertTrue(silentMicros < DEADTIME * 1000L + LATE_MICROS_MAX, "late: " + silentMicros);
  }

  /** The longest time between two heartbeats since that moment, by their times of receipt. */
  static long heardGapMillis(Child child, long since) {
    long last = since;
    long longest = 0;
    for (Child.Line line : child.since(since, "heard")) {
      long received = Long.parseLong(line.part(0));
      longest = Math.max(longest, received - last);
      last = received;
    }
    return longest / 1_000_000;
  }
}
