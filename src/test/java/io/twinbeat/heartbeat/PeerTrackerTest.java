package io.twinbeat.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.heartbeat.PeerTracker.Worth;
import org.junit.jupiter.api.Test;

class PeerTrackerTest {
  private static final long OURS = 1;
  private static final long PEER = 100;
  private static final long DEADTIME = 1000;
  private final PeerTracker tracker = new PeerTracker(OURS, 2, DEADTIME);
  private long sequence;

  private Frame beat(long incarnation, long echoed, long echoLink, long echoAny) {
    Frame.Echo echo = new Frame.Echo(echoed, echoLink, echoAny);
    return new Frame(Frame.Type.BEAT, incarnation, ++sequence, 5000 + sequence, echo, Frame.EMPTY);
  }

  private Worth worth(Frame frame, long now) {
    return tracker.received(frame, 0, now).worth();
  }

  @Test
  void aFrameThatDoesNotEchoUsOnlyServesTheHandshake() {
    Frame first = beat(PEER, 0, 0, 0);
    assertEquals(Worth.NOT_FRESH, worth(first, 10));
    assertEquals(new Frame.Echo(PEER, first.stamp(), first.stamp()), tracker.echo(0, 10));
    assertEquals(new Frame.Echo(PEER, 0, first.stamp()), tracker.echo(1, 10));
    assertEquals(0, tracker.present());
    assertEquals(Worth.LIVE_ADOPTED, worth(beat(PEER, OURS, 10, 10), 20));
    assertEquals(PEER, tracker.present());
  }

  @Test
  void anEchoProvesLifeForLessThanADeadtime() {
    worth(beat(PEER, OURS, 10, 10), 20);
    assertEquals(Worth.LIVE, worth(beat(PEER, OURS, 10, 10), 10 + DEADTIME - 1));
    assertEquals(Worth.NOT_FRESH, worth(beat(PEER, OURS, 10, 10), 10 + DEADTIME));
    assertEquals(Worth.LIVE, worth(beat(PEER, OURS, 30, 30), 10 + DEADTIME));
  }

  @Test
  void anEchoOfWhatWeHaveNotSentYetProvesNothing() {
    assertEquals(Worth.NOT_FRESH, worth(beat(PEER, OURS, 30, 30), 20));
    assertEquals(Worth.NOT_FRESH, worth(beat(PEER, OURS, -5, 0), 20));
  }

  @Test
  void anEchoOfAnEarlierLifeOfOursProvesNothing() {
    assertEquals(Worth.NOT_FRESH, worth(beat(PEER, OURS + 1, 15, 15), 20));
  }

  @Test
  void crossedOneWayLinksStillProveLifeButNotTheLink() {
    worth(beat(PEER, OURS, 10, 10), 20);
    PeerTracker.Verdict verdict = tracker.received(beat(PEER, OURS, 10, 5000), 0, 5001);
    assertEquals(Worth.LIVE, verdict.worth());
    assertFalse(verdict.linkFresh());
  }

  @Test
  void theCopyOnTheOtherLinkIsNotNews() {
    Frame beat = beat(PEER, OURS, 10, 10);
    assertTrue(tracker.received(beat, 0, 20).isNew());
    PeerTracker.Verdict copy = tracker.received(beat, 1, 21);
    assertEquals(Worth.LIVE, copy.worth());
    assertFalse(copy.isNew());
  }

  @Test
  void aBeatThatComesAfterALaterOneIsNotNews() {
    Frame early = beat(PEER, OURS, 10, 10);
    Frame late = beat(PEER, OURS, 10, 10);
    assertTrue(tracker.received(late, 0, 20).isNew());
    assertFalse(tracker.received(early, 1, 21).isNew());
  }

  @Test
  void aBeatThatWasNotFreshHereIsNewsOnTheLinkWhereItIs() {
    worth(beat(PEER, OURS, 10, 10), 20);
    Frame.Echo old = new Frame.Echo(OURS, 10, 10);
    Frame.Echo fresh = new Frame.Echo(OURS, 5000, 5000);
    tracker.received(new Frame(Frame.Type.BEAT, PEER, 50, 1, old, Frame.EMPTY), 0, 5001);
    assertTrue(
        tracker
            .received(new Frame(Frame.Type.BEAT, PEER, 50, 1, fresh, Frame.EMPTY), 1, 5001)
            .isNew());
  }

  @Test
  void aRestartTakesThePlaceAndTheOldLifeIsRefusedForGood() {
    worth(beat(PEER, OURS, 10, 10), 20);
    assertEquals(Worth.NOT_FRESH, worth(beat(200, 0, 0, 0), 30));
    PeerTracker.Verdict adopted = tracker.received(beat(200, OURS, 31, 31), 0, 40);
    assertEquals(Worth.LIVE_ADOPTED, adopted.worth());
    assertEquals(PEER, adopted.replaced());
    assertEquals(Worth.OVER, worth(beat(PEER, OURS, 39, 39), 41));
    assertTrue(tracker.isOver(PEER));
  }

  @Test
  void aHeldBackFrameOfAnEarlierLifeDoesNotUnseatTheLivingOne() {
    worth(beat(200, OURS, 10, 10), 20);
    worth(beat(200, OURS, 60, 60), 70);
    assertEquals(Worth.NOT_FRESH, worth(beat(PEER, OURS, 65, 65), 80));
    assertEquals(200, tracker.present());
    assertEquals(Worth.LIVE, worth(beat(200, OURS, 75, 75), 90));
  }

  @Test
  void strangersAreNotEchoedWhileThePresentOneLives() {
    worth(beat(PEER, OURS, 10, 10), 20);
    worth(beat(200, 0, 0, 0), 30);
    assertEquals(PEER, tracker.echo(0, 40).incarnation());
    assertEquals(200, tracker.echo(0, 20 + DEADTIME).incarnation());
  }

  @Test
  void afterTheGoodbyeTheLifeIsOverAndAnotherMayCome() {
    worth(beat(PEER, OURS, 10, 10), 20);
    tracker.end();
    assertEquals(0, tracker.present());
    assertEquals(Worth.OVER, worth(beat(PEER, OURS, 15, 15), 21));
    assertEquals(Worth.LIVE_ADOPTED, worth(beat(200, OURS, 15, 15), 22));
  }

  @Test
  void theMemoryOfEndedLivesIsBounded() {
    for (long life = 2; life < 5000; life++) {
      assertEquals(Worth.LIVE_ADOPTED, worth(beat(life, OURS, life, life), life));
    }
    assertTrue(tracker.isOver(4998));
    assertFalse(tracker.isOver(2));
  }
}
