package io.twinbeat.nemesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.lab.Outage;
import io.twinbeat.lab.PowerAction;
import io.twinbeat.nemesis.Verdict.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The checker finds each kind of broken promise in a history made by hand, and only those. */
class CheckerTest {
  private static final long MS = 1_000_000;
  private static final Bounds BOUNDS =
      new Bounds(
          Duration.ofMillis(500),
          Duration.ofMillis(100),
          Duration.ofMillis(200),
          Duration.ofSeconds(10));

  private final List<Entry> history = new ArrayList<>();

  /** lb1 holds and answers from the start. */
  CheckerTest() {
    held(0, "lb1");
    history.add(new Entry.Answering(1 * MS, "lb1"));
    calm(2, "lb1");
  }

  private void held(long ms, String... nodes) {
    history.add(new Entry.Held(ms * MS, Set.of(nodes)));
  }

  private void calm(long ms, String holder) {
    history.add(new Entry.Calm(ms * MS, holder));
  }

  private void began(long ms, int id, long heldUpMs) {
    history.add(new Entry.Began(ms * MS, id, "fault " + id, "", Duration.ofMillis(heldUpMs)));
  }

  private void ended(long ms, int id) {
    history.add(new Entry.Ended(ms * MS, id));
  }

  private void outage(long fromMs, long toMs, long stalledMs, String before, String after) {
    history.add(new Entry.Down(fromMs * MS, before));
    history.add(
        new Entry.Up(
            toMs * MS,
            new Outage(fromMs * MS, (toMs - fromMs) * MS, before, after, 0, 1, 0, stalledMs * MS)));
  }

  private void power(PowerAction.Verb verb, String node, String asker, String result, long fromMs) {
    history.add(
        new Entry.Power(
            new PowerAction(verb, node, asker, result, fromMs * MS, (fromMs + 50) * MS)));
  }

  private Verdict check() {
    history.sort(Comparator.comparingLong(Entry::atNanos));
    return Checker.check(history, BOUNDS);
  }

  private void finds(Kind... kinds) {
    Verdict verdict = check();
    assertEquals(
        List.of(kinds),
        verdict.violations().stream().map(Verdict.Violation::kind).toList(),
        () -> verdict.violations().toString());
  }

  /** A power cut, a fence, a takeover, as it ought to be. */
  private void goodTakeover(long outageMs) {
    began(1000, 1, 0);
    power(PowerAction.Verb.OFF, "lb1", "operator", "off", 1000);
    held(1010);
    power(PowerAction.Verb.OFF, "lb1", "lb2", "off", 1550);
    power(PowerAction.Verb.STATUS, "lb1", "lb2", "off", 1600);
    held(1660, "lb2");
    outage(1005, 1005 + outageMs, 0, "lb1", "lb2");
    ended(2500, 1);
    power(PowerAction.Verb.ON, "lb1", "operator", "on", 2500);
    calm(4000, "lb2");
  }

  @Test
  void aGoodTakeoverBreaksNothing() {
    goodTakeover(670);
    finds();
    Verdict verdict = check();
    assertEquals(1, verdict.outages().size());
    // deadtime 500 + fence 100 + 100 + 200
    assertEquals(900 * MS, verdict.outages().getFirst().boundNanos());
    assertEquals(700 * MS, verdict.outages().getFirst().strictNanos());
    assertEquals(
        "1 faults, 0 double holders, 0 working services shot, longest outage 670 ms, bound 900 ms",
        verdict.summary());
  }

  @Test
  void twoHoldersAreFound() {
    held(5000, "lb1", "lb2");
    held(5001, "lb1");
    finds(Kind.DOUBLE_HOLDER);
    assertTrue(check().summary().contains(" 1 double holders"), check().summary());
  }

  @Test
  void aTakeoverThatTookTooLongIsFound() {
    goodTakeover(901);
    finds(Kind.OUTAGE_TOO_LONG);
  }

  @Test
  void whatTheFaultItselfHeldUpIsNoneOfOurs() {
    began(1000, 1, 400);
    outage(1000, 2199, 0, "lb1", "lb1");
    ended(1200, 1);
    calm(2500, "lb1");
    finds();
  }

  @Test
  void butNoMoreThanThat() {
    began(1000, 1, 400);
    outage(1000, 2201, 0, "lb1", "lb1");
    ended(1200, 1);
    calm(2500, "lb1");
    finds(Kind.OUTAGE_TOO_LONG);
  }

  @Test
  void timeInWhichTheClientItselfStoodStillIsNotCounted() {
    outage(1000, 2000, 300, "lb1", "lb1");
    finds();
  }

  @Test
  void anOutageWithoutAnyFaultIsJudgedToo() {
    outage(1000, 2000, 0, "lb1", "lb1");
    finds(Kind.OUTAGE_TOO_LONG);
  }

  @Test
  void severalFaultsAreJudgedFromTheirEnd() {
    began(1000, 1, 0);
    began(1100, 2, 0);
    ended(2000, 1);
    ended(4000, 2);
    outage(1000, 13_900, 0, "lb1", "lb1");
    calm(13_950, "lb1");
    finds();
  }

  @Test
  void andMayNotLeaveTheClientAloneThen() {
    began(1000, 1, 0);
    began(1100, 2, 0);
    ended(2000, 1);
    ended(4000, 2);
    outage(1000, 14_100, 0, "lb1", "lb1");
    calm(14_200, "lb1");
    finds(Kind.OUTAGE_TOO_LONG);
  }

  @Test
  void anOutageThatNeverEndsIsFound() {
    history.add(new Entry.Down(5000 * MS, "lb1"));
    finds(Kind.OUTAGE_TOO_LONG);
  }

  @Test
  void aShotAtAWorkingServiceIsFound() {
    power(PowerAction.Verb.OFF, "lb1", "lb2", "off", 3000);
    finds(Kind.WORKING_SERVICE_SHOT);
  }

  @Test
  void aShotThroughABmcIsOne() {
    power(PowerAction.Verb.OFF, "lb1", "bmc", "off", 3000);
    finds(Kind.WORKING_SERVICE_SHOT);
  }

  @Test
  void aShotWithinADeadtimeOfTheLastAnswerIsNotOneAtAWorkingService() {
    history.add(new Entry.Down(2990 * MS, "lb1"));
    power(PowerAction.Verb.OFF, "lb1", "lb2", "off", 3000);
    history.add(new Entry.Up(3300 * MS, new Outage(2990 * MS, 310 * MS, "lb1", "lb2", 0, 1, 0, 0)));
    finds();
  }

  @Test
  void theOperatorMaySwitchOffWhatHeLikes() {
    power(PowerAction.Verb.OFF, "lb1", "operator", "off", 3000);
    finds();
  }

  @Test
  void aNodeThatServesNothingMayBeShot() {
    power(PowerAction.Verb.OFF, "lb2", "lb1", "off", 3000);
    finds();
  }

  @Test
  void aShotThatDidNothingIsNone() {
    power(PowerAction.Verb.OFF, "lb1", "lb2", "error dead", 3000);
    finds();
  }

  @Test
  void aPairThatDoesNotComeToRestIsFound() {
    history.add(new Entry.NotCalm(9000 * MS, "one holder"));
    finds(Kind.NO_REST);
  }

  @Test
  void nobodyHoldsAtTheEnd() {
    held(9000);
    finds(Kind.NO_REST);
  }

  @Test
  void anOperatorsWordAgainstAHeardPeerMustBeRefused() {
    history.add(
        new Entry.Ordered(3000 * MS, "lb2", Orders.CONFIRM_HEARD, Entry.Outcome.REFUSED, ""));
    finds();
    history.add(new Entry.Ordered(4000 * MS, "lb2", Orders.CONFIRM_HEARD, Entry.Outcome.DONE, ""));
    finds(Kind.LIVING_NODE_TAKEN_FOR_OFF);
  }

  @Test
  void theTimeOfASlowFenceIsAllowedButNotThatOfAFailedOneBefore() {
    began(1000, 1, 0);
    power(PowerAction.Verb.OFF, "lb1", "operator", "off", 1000);
    power(PowerAction.Verb.OFF, "lb1", "lb2", "error dead", 1500);
    power(PowerAction.Verb.OFF, "lb1", "lb2", "off", 2500);
    power(PowerAction.Verb.STATUS, "lb1", "lb2", "off", 2600);
    outage(1000, 2700, 0, "lb1", "lb2");
    ended(3000, 1);
    calm(4000, "lb2");
    held(2650, "lb2");
    finds(Kind.OUTAGE_TOO_LONG);
    assertEquals((500 + 150 + 100 + 200) * MS, check().outages().getFirst().boundNanos());
  }
}
