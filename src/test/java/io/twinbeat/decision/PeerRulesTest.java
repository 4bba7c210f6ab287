package io.twinbeat.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.PeerState.Off;
import io.twinbeat.decision.Status.Leaving;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is known of the peer: heard, late, silent, gone. */
class PeerRulesTest {
  @Test
  void silentNeverBeforeDeadtime() {
    Hand a = Hand.standby();
    a.pass(Hand.DEADTIME - 50).sleepNanos(49_999_999).step(new Event.Ticked());
    assertEquals(Hearing.LATE, a.peer().hearing());
    a.sleepNanos(1).step(new Event.Ticked());
    assertEquals(Hearing.SILENT, a.peer().hearing());
    assertTrue(a.said(Rule.SILENT));
  }

  @Test
  void lateAtWarntimeLooksAndPrepares() {
    Hand a = Hand.standby();
    a.pass(450);
    assertEquals(Hearing.HEARD, a.peer().hearing());
    a.pass(50);
    assertTrue(a.said(Rule.LATE));
    assertTrue(a.did(Effect.Probe.class));
    assertTrue(a.did(Effect.Prepare.class));
    assertTrue(a.did(Effect.WarmFence.class));
  }

  @Test
  void wakeAtIsTheVerdict() {
    Hand a = Hand.standby();
    a.pass(950);
    Moment now = new Moment(a.millis() * 1_000_000);
    assertEquals(Duration.ofMillis(50), a.core.wakeAt(a.state, now).since(now));
  }

  @Test
  void heardAgainEndsSilence() {
    Hand a = Hand.active().pass(Hand.DEADTIME);
    assertTrue(a.alarm("peer-silent"));
    a.hear();
    assertEquals(Hearing.HEARD, a.peer().hearing());
    assertFalse(a.alarm("peer-silent"));
  }

  @Test
  void neverHeardOnlyAfterInitdead() {
    Hand a = new Hand().started();
    a.pass(Hand.INITDEAD - 50);
    assertNotEquals(Hearing.SILENT, a.peer().hearing());
    a.pass(50);
    assertEquals(Hearing.SILENT, a.peer().hearing());
    assertTrue(a.said(Rule.NEVER_HEARD));
  }

  @Test
  void ownStallVoidsSilence() {
    Hand a = Hand.standby();
    a.sleep(5000).step(new Event.Ticked());
    assertTrue(a.said(Rule.OWN_STALL));
    a.pass(Hand.DEADTIME - 50);
    assertNotEquals(Hearing.SILENT, a.peer().hearing());
    a.pass(50);
    assertEquals(Hearing.SILENT, a.peer().hearing());
  }

  @Test
  void ownStallAfterTheVerdictListensAnew() {
    Hand a = Hand.standby();
    a.silentFor(Hand.DEADTIME, Look.ANSWERED);
    a.step(new Event.OwnStallNoticed(Duration.ofSeconds(2)));
    a.silentFor(Hand.DEADTIME - 50, Look.NOT_ANSWERED);
    assertFalse(a.did(Effect.Fence.class));
    a.silentFor(100, Look.NOT_ANSWERED);
    assertTrue(a.did(Effect.Fence.class));
  }

  @Test
  void echoIsNeeded() {
    Hand a = new Hand().started();
    a.peerHears = 999;
    a.hear();
    assertEquals(Hearing.LISTENING, a.peer().hearing());
  }

  @Test
  void whoArrivesIsEchoedBeforeItEchoes() {
    Hand a = new Hand().started();
    a.peerHears = 0;
    a.hear();
    Status mine = a.core.status(a.state, new Moment(0), "hash");
    assertEquals(a.peerLife, mine.hears());
  }

  @Test
  void oldNewsIsIgnored() {
    Hand a = Hand.standby();
    Status old = a.peerStatus(Leaving.NO);
    a.peerPhase = Phase.STANDBY;
    a.hear();
    a.step(new Event.HeartbeatArrived(old, new Moment(0)));
    assertEquals(Phase.STANDBY, a.peer().last().groups().get(Hand.SITE).phase());
  }

  @Test
  void earlierLifeIsIgnored() {
    Hand a = Hand.standby();
    Status old = a.peerStatus(Leaving.NO);
    a.peerLife = 3000;
    a.hear();
    a.step(new Event.HeartbeatArrived(old, new Moment(0)));
    assertEquals(3000, a.peer().last().incarnation());
  }

  @Test
  void goodbyeFreesTheGroups() {
    Hand a = Hand.standby();
    a.peerPhase = Phase.STANDBY;
    a.goodbye(Leaving.GOODBYE);
    assertEquals(Off.LEFT, a.peer().off());
    assertEquals(Effect.Right.LEFT, a.last(Effect.StartGroup.class).right());
  }

  @Test
  void goodbyeThatStillHoldsFreesNothing() {
    Hand a = Hand.standby();
    a.goodbye(Leaving.GOODBYE);
    assertEquals(Off.NO, a.peer().off());
    assertFalse(a.did(Effect.StartGroup.class));
  }

  @Test
  void peerRestartingHoldsStillWhileServed() {
    Hand a = Hand.standby();
    a.goodbye(Leaving.RESTARTING);
    a.silentFor(5 * Hand.DEADTIME / 2, Look.ANSWERED);
    assertTrue(a.said(Rule.PEER_RESTARTING));
    assertFalse(a.alarm("disconnected"));
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void whoIsNotBackInTheTimeItGaveIsAnAlarm() {
    Hand a = Hand.standby();
    a.goodbye(Leaving.RESTARTING);
    a.silentFor(2950, Look.ANSWERED);
    assertFalse(a.said(Rule.PEER_NOT_BACK));
    a.silentFor(200, Look.ANSWERED);
    assertTrue(a.said(Rule.PEER_NOT_BACK));
    assertTrue(a.alarm("peer-silent"));
    assertTrue(a.alarm("disconnected"));
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void theServiceOfWhoRestartsDies() {
    Hand a = Hand.standby();
    a.goodbye(Leaving.RESTARTING);
    a.silentFor(2 * Hand.DEADTIME, Look.NOT_ANSWERED);
    assertTrue(a.did(Effect.Fence.class));
  }

  @Test
  void aServiceThatIsSlowWhileItsDaemonRestartsHasADeadtimeOfItsOwn() {
    Hand a = Hand.standby();
    a.goodbye(Leaving.RESTARTING);
    a.silentFor(Hand.DEADTIME / 2, Look.ANSWERED);
    a.slowFor(Hand.DEADTIME - 100).silentFor(100, Look.ANSWERED).slowFor(Hand.DEADTIME - 100);
    assertFalse(a.did(Effect.Fence.class));
    a.slowFor(200);
    assertTrue(a.did(Effect.Fence.class));
  }

  @Test
  void soHasOneWhoseDaemonWasKilled() {
    Hand a = Hand.standby().step(new Event.PeerProcessDied(2000));
    a.silentFor(2 * Hand.DEADTIME, Look.ANSWERED).slowFor(Hand.DEADTIME - 100);
    assertFalse(a.did(Effect.Fence.class));
    a.slowFor(200);
    assertTrue(a.did(Effect.Fence.class));
  }

  @Test
  void butNotOneWhoseKernelTakesNoConnection() {
    Hand a = Hand.standby().step(new Event.PeerProcessDied(2000));
    a.silentFor(2 * Hand.DEADTIME, Look.ANSWERED).slowFor(Hand.DEADTIME / 2);
    assertFalse(a.did(Effect.Fence.class));
    a.silentFor(100, Look.NOT_ANSWERED);
    assertTrue(a.did(Effect.Fence.class));
  }

  @Test
  void aServiceThatHangsInASilenceWithoutACauseIsDead() {
    assertTrue(Hand.standby().slowFor(Hand.DEADTIME + 100).did(Effect.Fence.class));
  }

  @Test
  void thatAFenceLiedIsAnAlarmForADay() {
    Hand a = Hand.standby();
    a.silentFor(Hand.DEADTIME + 100, Look.NOT_ANSWERED).fenced(true);
    a.pass(Hand.DEADTIME).hear();
    assertTrue(a.alarm("fence-lied"));
    a.sleep(Aftermath.STANDS.toMillis() - 100).hear();
    assertTrue(a.alarm("fence-lied"));
    a.sleep(100).hear();
    assertFalse(a.alarm("fence-lied"));
  }

  @Test
  void whatIsNotUnderstoodIsAlive() {
    Hand a = new Hand().started();
    for (int i = 0; i < 40; i++) {
      a.pass(200).foreign(5);
      if (a.site().probePending) {
        a.looked(Look.NOT_ANSWERED);
      }
    }
    assertEquals(Hearing.HEARD, a.peer().hearing());
    assertTrue(a.alarm("not-understood"));
    assertFalse(a.did(Effect.Fence.class));
    assertFalse(a.did(Effect.StartGroup.class));
  }

  /** It was understood to hold nothing, but its next life may hold anything. */
  @Test
  void whatIsNotUnderstoodMayHoldAnything() {
    Hand a = Hand.standby();
    a.foreign(5);
    assertEquals(null, a.peer().last());
    a.silentFor(Hand.DEADTIME + Hand.FENCE_WAIT - 200, Look.NOT_ANSWERED);
    assertTrue(a.said(Rule.WAIT_FIRST));
    assertFalse(a.did(Effect.Fence.class));
    assertFalse(a.alarm("not-understood"));
    a.silentFor(2 * Hand.FENCE_WAIT, Look.NOT_ANSWERED).fenced(true);
    assertEquals(Effect.Right.FENCED, a.last(Effect.StartGroup.class).right());
  }

  @Test
  void whatIsUnderstoodAgainIsHeard() {
    Hand a = Hand.standby();
    a.foreign(5);
    a.peerLife = 6;
    a.forget().hear();
    assertTrue(a.said(Rule.HEARD));
    assertFalse(a.alarm("not-understood"));
    assertEquals(6, a.peer().last().incarnation());
    a.foreign(5);
    assertFalse(a.alarm("not-understood"), "a life that is over");
  }

  @Test
  void whoWasFencedAndSpeaksAnotherVersionIsAliveToo() {
    Hand a = Hand.standby();
    a.foreign(5);
    a.silentFor(Hand.DEADTIME + 3 * Hand.FENCE_WAIT, Look.NOT_ANSWERED).fenced(true);
    a.foreign(5);
    assertFalse(a.said(Rule.FENCE_LIED), "it may have been sent before the end");
    a.pass(Hand.DEADTIME).foreign(5);
    assertTrue(a.said(Rule.FENCE_LIED));
  }

  @Test
  void processDiedIsNoDeath() {
    Hand a = Hand.standby();
    a.step(new Event.PeerProcessDied(a.peerLife));
    assertEquals(Hearing.LATE, a.peer().hearing());
    a.silentFor(Hand.DEADTIME, Look.ANSWERED);
    assertFalse(a.did(Effect.Fence.class));
  }

  @Test
  void processDiedOfAnEarlierLifeIsIgnored() {
    Hand a = Hand.standby();
    a.step(new Event.PeerProcessDied(1));
    assertEquals(Hearing.HEARD, a.peer().hearing());
  }
}
