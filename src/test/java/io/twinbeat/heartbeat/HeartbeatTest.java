package io.twinbeat.heartbeat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes over loopback with a hostile middle; what needs real interfaces is in the IT. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HeartbeatTest {
  private static final Duration SOON = Pair.SOON;

  @Test
  void bothHearEachOtherWhicheverStartsFirst() throws Exception {
    try (Pair pair = new Pair(2)) {
      pair.b.start();
      Thread.sleep(3 * Pair.INTERVAL.toMillis());
      pair.a.start();
      pair.awaitUp();
      assertEquals("b", pair.heardByA.heardStatus);
      assertEquals("a", pair.heardByB.heardStatus);
      assertEquals(pair.b.incarnation(), pair.heardByA.heardPeer);
      assertEquals(List.of(), pair.heardByA.all("down"));
    }
  }

  @Test
  void sendNowCarriesTheStatusOfThisMoment() throws Exception {
    try (Pair pair = new Pair(2).up()) {
      pair.statusOfA = "released";
      pair.a.sendNow();
      Recorder.await("it", SOON, () -> pair.heardByB.heardStatus.equals("released"));
    }
  }

  @Test
  void oneLinkCutIsReportedOnBothSidesAndTheOtherCarriesOn() throws Exception {
    try (Pair pair = new Pair(2).up()) {
      pair.heardByA.forgetGap();
      pair.wires.get(1).cut();
      Recorder.Report atA = pair.heardByA.await("down", SOON);
      Recorder.Report atB = pair.heardByB.await("down", SOON);
      assertEquals(1, atA.link());
      assertEquals("silent", atA.text());
      assertTrue(atA.time().compareTo(Pair.DEADTIME) >= 0, "not before the deadtime: " + atA);
      assertEquals(1, atB.link());
      assertTrue(pair.heardByA.gapMaxMillis() < Pair.DEADTIME.toMillis());
      assertTrue(pair.a.links().get(0).up());
      pair.wires.get(1).mend();
      Recorder.await("up again", SOON, () -> pair.heardByA.all("up").size() == 3);
      Recorder.await("up again", SOON, () -> pair.heardByB.all("up").size() == 3);
    }
  }

  @Test
  void aLinkCutInOneDirectionIsOneWayForTheSideThatStillHears() throws Exception {
    try (Pair pair = new Pair(2).up()) {
      pair.wires.get(0).aToB.cut = true;
      assertEquals("silent", pair.heardByB.await("down", SOON).text());
      assertEquals("one-way", pair.heardByA.await("down", SOON).text());
      assertTrue(pair.a.links().get(0).oneWay());
      pair.heardByA.awaitHeard(SOON);
      pair.heardByB.awaitHeard(SOON);
    }
  }

  @Test
  void crossedOneWayLinksKeepThePairTogether() throws Exception {
    try (Pair pair = new Pair(2).up()) {
      pair.wires.get(0).aToB.cut = true;
      pair.wires.get(1).bToA.cut = true;
      Recorder.await("both down", SOON, () -> pair.heardByA.all("down").size() == 2);
      Recorder.await("both down", SOON, () -> pair.heardByB.all("down").size() == 2);
      pair.heardByA.forgetGap();
      for (int i = 0; i < 10; i++) {
        pair.heardByA.awaitHeard(Pair.DEADTIME);
        pair.heardByB.awaitHeard(Pair.DEADTIME);
      }
    }
  }

  @Test
  void aPeerThatHearsNothingOfUsIsNotHeard() throws Exception {
    try (Pair pair = new Pair(1).up()) {
      pair.wires.getFirst().aToB.cut = true;
      pair.heardByA.await("down", SOON);
      long heard = pair.heardByA.heard();
      long before = pair.a.links().getFirst().notFresh();
      Recorder.await("more arrives", SOON, () -> pair.a.links().getFirst().notFresh() > before + 5);
      assertEquals(heard, pair.heardByA.heard());
    }
  }

  @Test
  void goodbyeIsHeardOnceWithTheLastStatusAndNothingAfterIt() throws Exception {
    try (Pair pair = new Pair(2).up()) {
      pair.statusOfA = "all stopped";
      pair.a.goodbye();
      Recorder.Report bye = pair.heardByB.await("goodbye", SOON);
      assertEquals("all stopped", bye.text());
      assertEquals(pair.a.incarnation(), bye.peer());
      long heard = pair.heardByB.heard();
      pair.a.sendNow();
      pair.a.close();
      for (Wire wire : pair.wires) {
        wire.aToB.recordedSoFar().forEach(wire.aToB::inject);
      }
      Recorder.await("replays seen", SOON, () -> pair.b.links().get(0).staleIncarnation() > 3);
      assertEquals(heard, pair.heardByB.heard());
      assertEquals(1, pair.heardByB.all("goodbye").size());
      assertEquals(List.of(), pair.heardByB.all("down"), "links rest after a goodbye");
    }
  }

  @Test
  void aRestartIsNoticedAndTheHandshakeIsQuick() throws Exception {
    try (Pair pair = new Pair(2).up()) {
      long old = pair.a.incarnation();
      pair.a.close();
      pair.a = pair.newA(Pair.key(1));
      long started = System.nanoTime();
      pair.a.start();
      Recorder.Report restarted = pair.heardByB.await("restarted", SOON);
      assertEquals(Long.toString(old), restarted.text());
      assertEquals(pair.a.incarnation(), restarted.peer());
      long millis = (restarted.nanos() - started) / 1_000_000;
      assertTrue(millis <= 2 * Pair.INTERVAL.toMillis(), millis + " ms");
      pair.awaitUp();
      assertEquals(List.of(), pair.heardByA.all("restarted"));
    }
  }

  @Test
  void twoKeysOverlapAndAForeignKeyIsNotHeard() throws Exception {
    try (Pair pair = new Pair(1, Pair.key(1, 2), Pair.key(2, 1)).up()) {
      pair.b.close();
      pair.b = pair.newB(Pair.key(3));
      pair.b.start();
      long heard = pair.heardByA.heard();
      Recorder.await("forgeries", SOON, () -> pair.a.links().getFirst().forged() > 5);
      assertEquals(heard, pair.heardByA.heard());
      pair.b.close();
      // A node that has the old key only still hears and is heard while ours is first.
      pair.b = pair.newB(Pair.key(1));
      pair.b.start();
      pair.heardByA.awaitHeard(SOON);
      pair.heardByB.awaitHeard(SOON);
    }
  }

  @Test
  void recordedFramesKeepNoDeadPeerAlive() throws Exception {
    try (Pair pair = new Pair(2).up()) {
      pair.heardByB.await("up", SOON, r -> r.link() == 1);
      Wire wire = pair.wires.getFirst();
      Recorder.await("a record", SOON, () -> wire.bToA.recordedSoFar().size() > 20);
      wire.bToA.holding = true;
      Recorder.await("some held back", SOON, () -> wire.bToA.heldSoFar().size() > 5);
      pair.b.close();
      pair.wires.get(1).cut();
      wire.bToA.holding = false;
      Recorder.await("silence", SOON, () -> !pair.a.links().get(1).up());
      long heard = pair.heardByA.heard();
      long replayed = pair.a.links().getFirst().replayed();
      long notFresh = pair.a.links().getFirst().notFresh();
      List<byte[]> delivered = wire.bToA.recordedSoFar();
      delivered.forEach(wire.bToA::inject);
      List<byte[]> withheld = wire.bToA.heldSoFar();
      withheld.forEach(wire.bToA::inject);
      Recorder.await(
          "all judged",
          SOON,
          () -> {
            LinkState link = pair.a.links().getFirst();
            return link.replayed() + link.notFresh() - replayed - notFresh
                >= delivered.size() + withheld.size();
          });
      assertEquals(heard, pair.heardByA.heard());
      assertFalse(pair.a.links().getFirst().up());
      // And to a node that has forgotten everything.
      pair.a.close();
      pair.a = pair.newA(Pair.key(1));
      pair.a.start();
      delivered.forEach(wire.bToA::inject);
      Recorder.await("not fresh", SOON, () -> pair.a.links().getFirst().notFresh() > 5);
      assertEquals(heard, pair.heardByA.heard());
      assertEquals(0, pair.a.links().getFirst().replayed());
    }
  }

  @Test
  void replaysOfAnEarlierLifeDoNotHideTheLivingPeer() throws Exception {
    try (Pair pair = new Pair(1).up()) {
      Wire wire = pair.wires.getFirst();
      List<byte[]> earlier = wire.bToA.recordedSoFar();
      pair.a.close();
      pair.b.close();
      pair.a = pair.newA(Pair.key(1));
      pair.b = pair.newB(Pair.key(1));
      pair.up();
      pair.heardByA.forgetGap();
      for (byte[] frame : earlier) {
        wire.bToA.inject(frame);
        pair.heardByA.awaitHeard(Pair.DEADTIME);
      }
      assertTrue(pair.heardByA.gapMaxMillis() < Pair.DEADTIME.toMillis());
      assertEquals(pair.b.incarnation(), pair.heardByA.heardPeer);
      assertEquals(List.of(), pair.heardByA.all("restarted"));
    }
  }

  @Test
  void aLinkWhoseAddressIsMissingDoesNotHoldUpTheOther() throws Exception {
    try (Pair pair = new Pair(1)) {
      InetAddress nowhere = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 77});
      LinkAddress missing =
          new LinkAddress(new InetSocketAddress(nowhere, 694), new InetSocketAddress(nowhere, 695));
      HeartbeatSettings settings =
          new HeartbeatSettings(
              "a",
              "b",
              List.of(pair.wires.getFirst().ofA, missing),
              Pair.INTERVAL,
              Pair.DEADTIME,
              Pair.key(1));
      pair.a = new Heartbeat(settings, () -> Frame.EMPTY, pair.heardByA);
      pair.a.start();
      pair.b.start();
      pair.heardByA.awaitHeard(SOON);
      assertTrue(pair.a.links().get(0).bound());
      assertFalse(pair.a.links().get(1).bound());
    }
  }

  @Test
  void reliableMessagesGoBothWaysInOrder() throws Exception {
    try (Pair pair = new Pair(2).up()) {
      Recorder.await("joined", SOON, () -> pair.a.send(new byte[] {0}));
      byte[] large = new byte[500 * 1024];
      new Random(3).nextBytes(large);
      assertTrue(pair.a.send(large));
      assertTrue(pair.a.send(new byte[] {2}));
      Recorder.await("three", SOON, () -> pair.heardByB.messages.size() == 3);
      assertArrayEquals(large, pair.heardByB.messages.get(1));
      assertArrayEquals(new byte[] {2}, pair.heardByB.messages.get(2));
      Recorder.await("back", SOON, () -> pair.b.send(large));
      Recorder.await("back", SOON, () -> pair.heardByA.messages.size() == 1);
      assertArrayEquals(large, pair.heardByA.messages.getFirst());
    }
  }

  @Test
  void messagingFollowsSilenceAndReturn() throws Exception {
    try (Pair pair = new Pair(1).up()) {
      Recorder.await("joined", SOON, () -> pair.a.send(new byte[] {0}));
      pair.wires.getFirst().cut();
      pair.heardByA.await("down", SOON);
      pair.heardByB.await("down", SOON);
      pair.a.peerJudgedSilent();
      pair.b.peerJudgedSilent();
      Recorder.await("out of the view", SOON, () -> !pair.a.send(new byte[] {1}));
      Recorder.await("out of the view", SOON, () -> !pair.b.send(new byte[] {1}));
      pair.wires.getFirst().mend();
      Recorder.await("merged", SOON, () -> pair.a.send(new byte[] {7}));
      Recorder.await(
          "arrives",
          SOON,
          () -> pair.heardByB.messages.stream().anyMatch(m -> m.length == 1 && m[0] == 7));
    }
  }

  @Test
  void messagingFollowsARestart() throws Exception {
    try (Pair pair = new Pair(1).up()) {
      Recorder.await("joined", SOON, () -> pair.a.send(new byte[] {0}));
      pair.a.close();
      pair.a = pair.newA(Pair.key(1));
      pair.a.start();
      Recorder.await("the new one", SOON, () -> pair.b.send(new byte[] {9}));
      Recorder.await("arrives", SOON, () -> !pair.heardByA.messages.isEmpty());
      Recorder.await("and back", SOON, () -> pair.a.send(new byte[] {1}));
    }
  }

  @Test
  void whatIsTooLongIsRefused() throws Exception {
    try (Pair pair = new Pair(1).up()) {
      assertThrows(
          IllegalArgumentException.class,
          () -> pair.a.send(new byte[Heartbeat.MESSAGE_BYTES_MAX + 1]));
      pair.statusOfA = "x".repeat(Heartbeat.STATUS_BYTES_MAX);
      pair.a.sendNow();
      Recorder.await("the longest", SOON, () -> pair.heardByB.heardStatus.length() == 1200);
      pair.statusOfA = "x".repeat(Heartbeat.STATUS_BYTES_MAX + 1);
      assertThrows(IllegalStateException.class, pair.a::sendNow);
    }
  }
}
