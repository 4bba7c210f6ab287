package io.twinbeat.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Effect.Verdict;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.Event.Order;
import io.twinbeat.decision.Event.Remembered;
import io.twinbeat.decision.Event.RememberedMaintenance;
import io.twinbeat.decision.Settings.Failback;
import io.twinbeat.decision.Status.Leaving;
import io.twinbeat.decision.Status.Word;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** For a while nothing is done by itself, on both nodes. */
class MaintenanceRulesTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final long HOUR_MILLIS = HOUR.toMillis();

  private static Order on() {
    return new Order.MaintenanceOn(HOUR, "new switch");
  }

  private static Word word(Hand a) {
    return a.core.status(a.state, new Moment(a.millis() * 1_000_000), "").maintenance();
  }

  /** Ordered here, and B has joined. */
  private static Hand inMaintenance(Hand a) {
    a.order(on());
    Word asked = word(a);
    a.peerMaintenance = new Word(asked.number(), asked.leftMillis(), asked.reason(), true);
    a.hear();
    assertEquals(Verdict.DONE, a.answer().verdict(), a.answer().sentence());
    assertTrue(a.state.maintenance().stands());
    a.forget();
    return a;
  }

  private static void refused(Hand a, String why) {
    assertEquals(Verdict.REFUSED, a.answer().verdict(), a.answer().sentence());
    assertTrue(a.answer().sentence().contains(why), a.answer().sentence());
    assertFalse(a.state.maintenance().stands());
  }

  private static void withheld(Hand a, String subject, Rule rule) {
    assertTrue(a.said(Rule.WITHHELD), () -> a.effects.toString());
    State.Alarm alarm = a.state.alarms().get("withheld:" + subject);
    assertTrue(alarm.sentence().contains("would have: " + rule.sentence()), alarm::sentence);
  }

  // It begins.

  @Test
  void standsOnlyWhenThePeerHasJoinedAndItIsOnDisk() {
    Hand a = Hand.active().order(on());
    assertTrue(a.said(Rule.MAINTENANCE_ASKED));
    assertFalse(a.state.maintenance().stands());
    assertFalse(a.did(Effect.Answer.class));
    assertEquals(new Word(1, HOUR_MILLIS, "new switch", false), word(a));
    a.peerMaintenance = new Word(1, HOUR_MILLIS, "new switch", true);
    a.hear();
    assertTrue(a.state.maintenance().stands());
    assertEquals(Verdict.DONE, a.answer().verdict());
    assertTrue(a.alarm("maintenance"));
    int kept = a.effects.indexOf(a.last(Effect.Persist.class));
    assertTrue(kept >= 0 && kept < a.effects.indexOf(a.answer()), () -> a.effects.toString());
    assertEquals(
        Optional.of(new Effect.KeptMaintenance(1, HOUR, "new switch")),
        a.last(Effect.Persist.class).maintenance());
  }

  @Test
  void joinsWhatThePeerAsksFor() {
    Hand a = Hand.standby();
    a.peerMaintenance = new Word(4, HOUR_MILLIS, "new switch", false);
    a.hear();
    assertTrue(a.state.maintenance().stands());
    assertEquals(new Word(4, HOUR_MILLIS, "new switch", true), word(a));
  }

  @Test
  void aPeerThatDoesNotJoinEndsTheAttempt() {
    Hand a = Hand.active().order(on());
    a.passHearing(11_000);
    assertEquals(Verdict.FAILED, a.answer().verdict());
    assertTrue(a.answer().sentence().contains("B did not join"), a.answer().sentence());
    assertFalse(a.state.maintenance().stands());
    assertEquals(0, word(a).leftMillis());
  }

  @Test
  void isRefusedWhenThePeerIsNotHeard() {
    Hand a = Hand.active();
    a.pass(1500).order(on());
    refused(a, "B is not heard");
  }

  @Test
  void isNotRefusedWhenThePeerIsKnownToBeOff() {
    Hand a = Hand.active();
    a.goodbye(Leaving.GOODBYE).order(on());
    assertEquals(Verdict.DONE, a.answer().verdict());
    assertTrue(a.state.maintenance().stands());
  }

  @Test
  void isRefusedWhenItWouldHideALostService() {
    Hand nobody = new Hand("B", new Failback.Manual()).started().hear();
    nobody.order(on());
    refused(nobody, "site is active on no node");

    Hand failed = Hand.active().step(new Event.ResourceFailed(Hand.SITE, "nginx", "dead"));
    failed.order(on());
    refused(failed, "nginx of site has failed on A");

    Hand fencing = Hand.standby();
    fencing.order(new Order.FenceOff("B")).order(on());
    refused(fencing, "B is being fenced");

    Hand cutOff = Hand.active().step(new Event.ConnectionChanged(false, "no carrier"));
    cutOff.order(on());
    refused(cutOff, "no carrier");
  }

  @Test
  void whatThePeerCannotSeeIsARefusalToo() {
    Hand a = Hand.active().step(new Event.ResourceFailed(Hand.SITE, "nginx", "dead"));
    a.peerMaintenance = new Word(4, HOUR_MILLIS, "new switch", false);
    a.hear();
    assertTrue(a.said(Rule.MAINTENANCE_REFUSED));
    assertEquals(5, word(a).number());
    assertEquals(0, word(a).leftMillis());

    Hand b = Hand.standby().order(on());
    b.peerMaintenance = new Word(2, 0, "B does not join: nginx of site has failed on B", false);
    b.hear();
    refused(b, "nginx of site has failed on B");
  }

  @Test
  void whatStandsIsJoinedWhateverIsLost() {
    Hand a = new Hand("B", new Failback.Manual()).started();
    a.peerMaintenance = new Word(4, HOUR_MILLIS, "new switch", true);
    a.hear();
    assertTrue(a.state.maintenance().stands());
  }

  @Test
  void lengthAndReasonAreBounded() {
    for (Duration length : new Duration[] {Duration.ZERO, Duration.ofHours(25)}) {
      Hand a = Hand.active().order(new Order.MaintenanceOn(length, "x"));
      refused(a, "from 1s to 24h");
    }
    Hand a = Hand.active().order(new Order.MaintenanceOn(HOUR, " "));
    refused(a, "a reason is");
  }

  // It stands.

  @Test
  void aSilentPeerIsNotFencedAndThatIsSaid() {
    Hand a = inMaintenance(Hand.standby());
    a.silentFor(5000, Look.NOT_ANSWERED);
    assertFalse(a.did(Effect.Fence.class));
    assertFalse(a.did(Effect.Prepare.class));
    withheld(a, Turn.PEER, Rule.FENCE);
    assertEquals(
        1,
        a.effects.stream()
            .filter(e -> e instanceof Effect.Explain x && x.rule() == Rule.WITHHELD)
            .count());
    a.hear();
    a.passHearing(3000);
    assertFalse(a.alarm("withheld:peer"));
  }

  @Test
  void aFailedResourceIsNotRestartedAndThatIsSaid() {
    Hand a = inMaintenance(Hand.active());
    a.step(new Event.ResourceFailed(Hand.SITE, "nginx", "dead"));
    a.passHearing(3000);
    assertFalse(a.did(Effect.RestartResource.class));
    withheld(a, Hand.SITE, Rule.RESTART_IN_PLACE);
    a.step(new Event.ResourceRecovered(Hand.SITE, "nginx"));
    a.passHearing(3000);
    assertFalse(a.alarm("withheld:site"));
  }

  @Test
  void aBadConnectionMovesNothing() {
    Hand a = inMaintenance(Hand.active());
    a.step(new Event.ConnectionChanged(false, "no carrier")).passHearing(2000);
    assertTrue(a.site().offer().isEmpty());
    withheld(a, Hand.SITE, Rule.OFFER_BAD_CONNECTION);
  }

  @Test
  void nobodyFailsBack() {
    Hand a = new Hand("A", new Failback.After(Duration.ZERO)).started();
    a.peerPhase = Phase.ACTIVE;
    a.peerReady = false;
    a.peerMaintenance = new Word(4, HOUR_MILLIS, "new switch", true);
    a.hear();
    a.passHearing(2000);
    assertFalse(a.did(Effect.Prepare.class));
    withheld(a, Hand.SITE, Rule.FAILBACK);
  }

  @Test
  void whatTheOperatorOrdersIsDone() {
    Hand a = inMaintenance(Hand.standby());
    a.order(new Order.Takeover(Hand.SITE));
    assertTrue(a.did(Effect.Prepare.class));

    Hand fence = inMaintenance(Hand.standby());
    fence.order(new Order.FenceOff("B"));
    assertTrue(fence.did(Effect.Fence.class));
    fence.fenced(true);
    fence.pass(500);
    assertFalse(fence.did(Effect.StartGroup.class));
    withheld(fence, Hand.SITE, Rule.TAKE_OVER);
    fence.order(new Order.Takeover(Hand.SITE));
    assertTrue(fence.did(Effect.StartGroup.class));
  }

  @Test
  void twoHoldersStillBecomeOne() {
    Hand a = inMaintenance(Hand.active());
    a.peerPhase = Phase.ACTIVE;
    a.peerTerm = 99;
    a.hear();
    assertTrue(a.said(Rule.TWO_HOLDERS_YIELD));
    assertTrue(a.did(Effect.StopGroup.class));
  }

  @Test
  void refusalsSayThatThereIsMaintenance() {
    Hand a = inMaintenance(Hand.standby());
    a.order(new Order.Standby(Hand.SITE));
    assertEquals(Verdict.REFUSED, a.answer().verdict());
    assertTrue(a.answer().sentence().contains("in maintenance for another 3600 s: new switch"));
  }

  @Test
  void canBeProlongedWithoutThePeer() {
    Hand a = inMaintenance(Hand.active());
    a.pass(2000).order(new Order.MaintenanceOn(HOUR.multipliedBy(2), "still at it"));
    assertEquals(Verdict.DONE, a.answer().verdict());
    assertEquals(new Word(2, 2 * HOUR_MILLIS, "still at it", true), word(a));
  }

  // It ends.

  @Test
  void endsWithItsTimeAndNothingSeenInItCounts() {
    Hand a = inMaintenance(Hand.standby());
    a.silentFor(4000, Look.NOT_ANSWERED);
    a.forget();
    // What is left is an hour; the time is skipped as a sleep and is an own stall as well.
    a.sleep(HOUR_MILLIS).pass(50);
    assertTrue(a.said(Rule.MAINTENANCE_OVER));
    assertFalse(a.alarm("maintenance"));
    assertFalse(a.alarm("withheld:peer"));
    a.silentFor(Hand.DEADTIME - 100, Look.NOT_ANSWERED);
    assertFalse(a.did(Effect.Fence.class));
    a.silentFor(1000, Look.NOT_ANSWERED);
    assertTrue(a.did(Effect.Fence.class));
  }

  @Test
  void offVoidsWhatWasSeenInIt() {
    Hand a = inMaintenance(Hand.standby());
    a.silentFor(4000, Look.NOT_ANSWERED);
    a.forget();
    a.order(new Order.MaintenanceOff());
    assertTrue(a.answer().sentence().contains("B is not heard"), a.answer().sentence());
    a.silentFor(Hand.DEADTIME - 100, Look.NOT_ANSWERED);
    assertFalse(a.did(Effect.Fence.class));
    a.silentFor(1000, Look.NOT_ANSWERED);
    assertTrue(a.did(Effect.Fence.class));
  }

  @Test
  void aFailedResourceIsRestartedAtTheEndWithAllItsTries() {
    Hand a = Hand.active();
    a.step(new Event.ResourceFailed(Hand.SITE, "nginx", "dead"));
    a.step(new Event.ResourceRestarted(Hand.SITE, "nginx", true, ""));
    inMaintenance(a);
    a.step(new Event.ResourceFailed(Hand.SITE, "nginx", "dead"));
    a.order(new Order.MaintenanceOff());
    assertTrue(a.did(Effect.RestartResource.class));
    assertFalse(a.said(Rule.OFFER_FAILED));
  }

  @Test
  void thePeersEndIsTheEndHere() {
    Hand a = inMaintenance(Hand.active());
    a.peerMaintenance = new Word(2, 0, "ended on B by the operator", false);
    a.hear();
    assertFalse(a.state.maintenance().stands());
    assertTrue(a.did(Effect.Persist.class));
  }

  @Test
  void anOlderWordChangesNothing() {
    Hand a = inMaintenance(Hand.active());
    a.order(new Order.MaintenanceOff());
    a.hear(); // B still says the older word.
    assertFalse(a.state.maintenance().stands());
    a.peerMaintenance = new Word(2, 0, "ended", false);
    a.hear();
    assertEquals("maintenance is over on both nodes", a.answer().sentence());
  }

  @Test
  void theOneThatEndsFirstCounts() {
    Hand a = inMaintenance(Hand.active());
    a.peerMaintenance = new Word(1, 60_000, "new switch", true);
    a.hear();
    assertEquals(60_000, word(a).leftMillis());
    a.peerMaintenance = new Word(1, HOUR_MILLIS, "new switch", true);
    a.hear();
    assertEquals(60_000, word(a).leftMillis());
  }

  // Lives of daemons and machines.

  private static Hand reborn(RememberedMaintenance left, boolean held) {
    Hand a = new Hand();
    a.step(
        new Event.Started(
            Hand.LIFE, Map.of(Hand.SITE, new Remembered(3, held, held)), Duration.ZERO, left));
    return a.step(new Event.ReadinessChanged(Hand.SITE, true, true, ""));
  }

  @Test
  void survivesARestartAndTouchesNoService() {
    Hand a = reborn(new RememberedMaintenance(7, HOUR, "new switch", true), true);
    assertTrue(a.state.maintenance().stands());
    assertTrue(a.alarm("maintenance"));
    assertTrue(a.last(Effect.StartGroup.class).watchOnly());
    assertEquals(new Word(7, HOUR_MILLIS, "new switch", true), word(a));
  }

  @Test
  void aNodeThatBootsAloneInMaintenanceFencesNobody() {
    Hand a = reborn(new RememberedMaintenance(7, HOUR, "new switch", false), false);
    a.silentFor(Hand.INITDEAD + 2000, Look.NOT_ANSWERED);
    assertFalse(a.did(Effect.Fence.class));
    withheld(a, Turn.PEER, Rule.FENCE);
  }

  @Test
  void overABootThePeerKnowsTheTimeBetter() {
    Hand a = reborn(new RememberedMaintenance(7, Duration.ZERO, "new switch", false), false);
    assertEquals(Word.NONE, word(a));
    a.peerPhase = Phase.ACTIVE;
    a.peerMaintenance = new Word(7, HOUR_MILLIS, "new switch", true);
    a.hear();
    assertTrue(a.state.maintenance().stands());

    Hand late = reborn(new RememberedMaintenance(7, HOUR, "new switch", false), false);
    late.peerPhase = Phase.ACTIVE;
    late.peerMaintenance = new Word(7, 0, "its time is over", false);
    late.hear();
    assertFalse(late.state.maintenance().stands());
  }

  @Test
  void theDiskIsToldEachMinuteHowLongItStillLasts() {
    Hand a = inMaintenance(Hand.active());
    a.passHearing(61_000);
    Duration left = a.last(Effect.Persist.class).maintenance().orElseThrow().left();
    assertTrue(left.compareTo(HOUR.minusSeconds(59)) < 0, left::toString);
  }
}
