package io.twinbeat.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.Settings.Failback;
import io.twinbeat.decision.whatif.Assumptions;
import io.twinbeat.decision.whatif.Fault;
import io.twinbeat.decision.whatif.Prediction;
import io.twinbeat.decision.whatif.Prediction.End;
import io.twinbeat.decision.whatif.Rehearsal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A is the node that is asked; the group is on B unless said otherwise. */
class WhatIfTest {
  private static final Duration FENCE = Duration.ofMillis(300);

  private static Prediction whatIf(Hand a, String faults) {
    Assumptions assumptions =
        new Assumptions(Map.of("A", FENCE, "B", FENCE), "a fence takes 300 ms", true);
    return Rehearsal.of(
        a.state,
        a.core.settings(),
        assumptions,
        Fault.parse(faults, List.of("A", "B"), Duration.ofSeconds(2)),
        new Moment(a.millis() * 1_000_000));
  }

  private static List<String> rules(Prediction prediction, String node) {
    return prediction.story().stream()
        .filter(
            l -> l.node().equals(node) && !l.kind().equals("world") && !l.kind().equals("alarm"))
        .map(Prediction.Line::rule)
        .toList();
  }

  private static End site(Prediction prediction) {
    return prediction.ends().getFirst();
  }

  /** What the same core really does when it is fed by hand, in the same order. */
  @Test
  void powerLossOfTheHolderGoesAsItReallyGoes() {
    Hand a = Hand.standby();
    Prediction prediction = whatIf(a, "power off B");

    a.silentFor(1300, Look.NOT_ANSWERED);
    a.fenced(true);
    a.step(new Event.GroupStarted(Hand.SITE, a.site().term, true, ""));
    List<String> really =
        a.effects.stream()
            .map(e ->
                e instanceof Effect.Explain x
                    ? x.rule()
                    : e instanceof Effect.Note n ? n.rule() : null)
            .filter(rule -> rule != null)
            .map(Rule::name)
            .toList();
    assertEquals(really, rules(prediction, "A"));

    assertEquals(List.of("A"), site(prediction).holders());
    assertTrue(site(prediction).served());
    assertEquals(Duration.ZERO, site(prediction).doubly());
    long outage = site(prediction).unserved().toMillis();
    assertTrue(outage >= 1300 && outage < 1400, outage + " ms");
  }

  @Test
  void aHolderThatIsFencedInVainIsNeverTakenOverFrom() {
    Prediction prediction = whatIf(Hand.standby(), "power off B, fence fails");
    assertEquals(List.of(), site(prediction).holders());
    assertTrue(prediction.goesOn());
    assertTrue(rules(prediction, "A").contains("FENCE_FAILED"));
  }

  @Test
  void cutHeartbeatsMoveNothing() {
    Prediction prediction = whatIf(Hand.standby(), "cut heartbeats");
    assertTrue(rules(prediction, "A").contains("STILL_SERVED"));
    assertTrue(rules(prediction, "B").contains("NOTHING_TO_TAKE"));
    assertEquals(
        new End(Hand.SITE, List.of("B"), true, Duration.ZERO, Duration.ZERO), site(prediction));
  }

  @Test
  void aHolderThatLosesAllItsLinksIsFenced() {
    Prediction prediction = whatIf(Hand.standby(), "cut B");
    assertTrue(rules(prediction, "A").contains("FENCE"));
    assertEquals(List.of("A"), site(prediction).holders());
    assertTrue(
        prediction.story().stream().anyMatch(l -> l.sentence().equals("B is switched off by A")));
  }

  @Test
  void aStandbyThatLosesAllItsLinksHoldsStill() {
    Prediction prediction = whatIf(Hand.standby(), "cut A");
    assertTrue(rules(prediction, "A").contains("CUT_OFF"), prediction.story()::toString);
    assertEquals(List.of("B"), site(prediction).holders());
  }

  @Test
  void aHolderThatLosesItsServiceLinkHandsOver() {
    Prediction prediction = whatIf(Hand.standby(), "cut service B");
    assertTrue(rules(prediction, "B").contains("HAND_OVER"), prediction.story()::toString);
    assertEquals(List.of("A"), site(prediction).holders());
    assertTrue(site(prediction).served());
  }

  @Test
  void aDaemonThatDiesIsBackBeforeAnythingMoves() {
    Prediction prediction = whatIf(Hand.standby(), "kill daemon B");
    assertTrue(rules(prediction, "A").contains("PROCESS_DIED"));
    assertTrue(rules(prediction, "B").contains("ADOPT"));
    assertEquals(
        new End(Hand.SITE, List.of("B"), true, Duration.ZERO, Duration.ZERO), site(prediction));
  }

  @Test
  void aServiceThatDiesIsRestartedInPlace() {
    Prediction prediction = whatIf(Hand.active(), "kill service A");
    assertEquals(List.of("RESTART_IN_PLACE"), rules(prediction, "A"));
    assertTrue(site(prediction).served());
    assertEquals(101, site(prediction).unserved().toMillis());
  }

  @Test
  void aStandbyThatStandsStillAccusesNobody() {
    Prediction prediction = whatIf(Hand.standby(), "stall A for 3 s");
    assertTrue(rules(prediction, "A").contains("OWN_STALL"), prediction.story()::toString);
    assertEquals(List.of("B"), site(prediction).holders());
  }

  @Test
  void withoutFencingTwoHoldersMeet() {
    Hand a = new Hand("A", new Failback.Manual(), true).started();
    a.peerPhase = Phase.ACTIVE;
    a.peerTerm = 5;
    a.hear();
    Prediction prediction = whatIf(a, "cut A, cut service B");
    assertEquals(1, prediction.ends().size());
    assertEquals(List.of("B"), site(prediction).holders(), "cut off itself, it takes nothing");
    prediction = whatIf(a, "cut B");
    assertEquals(List.of("A", "B"), site(prediction).holders());
    assertTrue(site(prediction).doubly().toMillis() > 0);
  }

  @Test
  void nothingOfItReachesTheRealState() {
    Hand a = Hand.standby();
    Phase before = a.site().phase();
    long version = a.state.version;
    whatIf(a, "power off B");
    assertEquals(before, a.site().phase());
    assertEquals(version, a.state.version);
    assertEquals(List.of(), a.effects);
  }
}
