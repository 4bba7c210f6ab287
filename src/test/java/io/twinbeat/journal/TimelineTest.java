package io.twinbeat.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.journal.Journal.Entry;
import io.twinbeat.journal.Timeline.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Times are in milliseconds of lb2's clock; that of lb1 is two seconds ahead. */
class TimelineTest {
  private static final Instant ZERO = Instant.parse("2026-11-26T03:00:00Z");
  private static final long AHEAD = 2000;
  private static final long NOW = 100_000;
  private static final Set<String> EVENTS =
      Set.of("LOOKED", "STARTED", "STOPPED", "ADDRESS_ADDED", "ADDRESS_REMOVED");

  private final List<Entry> lb1 = new ArrayList<>();
  private final List<Entry> lb2 = new ArrayList<>();

  private static Instant at(long millis) {
    return ZERO.plusMillis(millis);
  }

  private static Entry entry(
      List<Entry> journal,
      String boot,
      long at,
      long wall,
      String rule,
      String text,
      Map<String, String> more) {
    String kind = EVENTS.contains(rule) ? "event" : "decision";
    Entry bare = new Entry(journal.size() + 1L, at(wall), kind, rule, text, more);
    Entry stamped = new Stamp(boot, at * 1_000_000, at(wall)).on(bare);
    journal.add(stamped);
    return stamped;
  }

  private void lb1(long at, String rule, String text) {
    entry(lb1, "b1", at + 500, at + AHEAD, rule, text, Map.of());
  }

  private void lb2(long at, String rule, String text) {
    entry(lb2, "b2", at + 70, at, rule, text, Map.of("silent", "500 ms"));
  }

  private Timeline timeline() {
    return Timeline.of(
        List.of(
            new Source("lb2", lb2, new Stamp("b2", (NOW + 70) * 1_000_000, at(NOW)), at(NOW)),
            new Source(
                "lb1", lb1, new Stamp("b1", (NOW + 500) * 1_000_000, at(NOW + AHEAD)), at(NOW))));
  }

  private static String told(Timeline timeline) {
    StringBuilder text = new StringBuilder();
    for (Timeline.Line line : timeline.lines()) {
      text.append(Duration.between(ZERO, line.at()).toMillis())
          .append(' ')
          .append(line.node())
          .append(' ')
          .append(line.entry().rule())
          .append('\n');
    }
    return text.toString();
  }

  @Test
  void twoClocksAreOneTimeline() {
    lb2(1000, "LATE", "peer: late");
    lb1(1200, "SILENT", "peer: silent");
    lb2(1500, "SILENT", "peer: silent");
    assertEquals("1000 lb2 LATE\n1200 lb1 SILENT\n1500 lb2 SILENT\n", told(timeline()));
  }

  /** Its wall clock was set back by an hour between the two; its monotonic one knows better. */
  @Test
  void aStepOfTheWallClockMovesNothing() {
    entry(lb2, "b2", 1070, 1000 + 3_600_000, "LATE", "peer: late", Map.of());
    lb2(1500, "SILENT", "peer: silent");
    assertEquals("1000 lb2 LATE\n1500 lb2 SILENT\n", told(timeline()));
  }

  /** Within the earlier boot by its monotonic clock, from its last entry on. */
  @Test
  void anEarlierBootIsPlacedByItsWallClock() {
    entry(lb1, "b0", 90_000, 500 + AHEAD - 7, "HEARD", "peer: heard", Map.of());
    entry(lb1, "b0", 91_000, 1500 + AHEAD, "SILENT", "peer: silent", Map.of());
    lb1(5000, "LISTEN_FIRST", "peer: started");
    assertEquals("500 lb1 HEARD\n1500 lb1 SILENT\n5000 lb1 LISTEN_FIRST\n", told(timeline()));
  }

  @Test
  void anEntryOfAnOlderReleaseIsPlacedByItsWallClock() {
    lb1.add(new Entry(1, at(900 + AHEAD), "decision", "HEARD", "peer: heard", Map.of()));
    assertEquals("900 lb1 HEARD\n", told(timeline()));
  }

  private static String steps(Move move) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < move.steps().size(); i++) {
      Move.Step step = move.steps().get(i);
      text.append(i == 0 ? "" : ", ")
          .append(step.name())
          .append(" +")
          .append(move.took(i).toMillis());
    }
    return text.toString();
  }

  private void fencedTakeover() {
    lb2(900, "HEARD", "peer: the peer is heard (same life)");
    lb2(1500, "LATE", "peer: late");
    lb2(1600, "LOOKED", "site: looked at the service (ANSWERED: 200)");
    lb2(1900, "LOOKED", "site: looked at the service (NOT_ANSWERED: nothing)");
    lb2(2000, "SILENT", "peer: silent");
    lb2(2010, "FENCE", "peer: fencing the peer");
    lb2(3010, "FENCE_FAILED", "peer: not taking over");
    lb2(4010, "FENCE", "peer: fencing the peer");
    lb2(4310, "FENCE_CONFIRMED", "peer: off");
    lb2(4311, "TAKE_OVER", "site: taking the group over");
    lb2(4330, "ADDRESS_ADDED", "site: 10.10.10.100/24 dev eth0 is on this node");
    lb2(4340, "STARTED", "site: the group is active here (term 2: taking over)");
  }

  @Test
  void aTakeoverIsToldPhaseByPhase() {
    fencedTakeover();
    Move move = Move.all(timeline()).getFirst();
    assertEquals(
        "last heard +0, late +500, service answered +100, service gone +300, silent +100, "
            + "fence +10, proven off +2300, start +1, address +19, served +10",
        steps(move));
    assertEquals("fence", move.steps().get(move.longest() - 1).name());
    assertEquals("2", move.term());
    assertEquals("lb2", move.to());
    assertEquals(3340, move.whole().toMillis());
    assertTrue(move.steps().get(5).detail().endsWith("; 1 failed before it was confirmed"));
    assertEquals(move, Move.around(timeline(), at(2010)).orElseThrow());
    assertTrue(Move.around(timeline(), at(800)).isEmpty());
  }

  @Test
  void aHandOverIsToldFromBothJournals() {
    fencedTakeover();
    lb1(9000, "OPERATOR_TAKEOVER", "site: the operator asks for takeover");
    lb2(9010, "HAND_OVER", "site: handing the group over (request 3)");
    lb2(9012, "ADDRESS_REMOVED", "site: 10.10.10.100/24 dev eth0 is gone");
    lb2(9013, "GRANT", "site: granting (term 3)");
    lb1(9014, "GRANT_RECEIVED", "site: granted (term 3)");
    lb1(9016, "ADDRESS_ADDED", "site: 10.10.10.100/24 dev eth0 is on this node");
    lb1(9017, "STARTED", "site: the group is active here (term 3: granted)");
    Move move = Move.all(timeline()).getLast();
    assertEquals(
        "asked +0, holder stops +10, address removed +2, granted +1, start +1, address +2, served +1",
        steps(move));
    assertEquals("lb1", move.to());
  }

  private void splitBrain() {
    lb1(100, "ADDRESS_ADDED", "site: on this node");
    lb1(101, "STARTED", "site: the group is active here (term 1: granted)");
    lb1(2000, "NOTHING_TO_TAKE", "peer: silent, but this node holds every group");
    lb2(2005, "SILENT", "peer: silent");
    lb2(2006, "UNFENCED", "site: taking over without a fence");
    lb2(2010, "ADDRESS_ADDED", "site: on this node");
    lb2(2020, "STARTED", "site: the group is active here (term 2: unfenced)");
    lb2(8000, "HEARD", "peer: heard");
    lb2(8001, "TWO_HOLDERS_STAY", "site: two holders met (term 2 here, 1 there)");
    lb1(8003, "TWO_HOLDERS_YIELD", "site: two holders met (term 1 here, 2 there)");
    lb1(8010, "ADDRESS_REMOVED", "site: gone");
    lb1(8011, "STOPPED", "site: stopped");
  }

  @Test
  void anAutopsyTellsWhoHeldItAndWhatEachKnew() {
    splitBrain();
    List<Autopsy> all = Autopsy.all(timeline());
    assertEquals(1, all.size(), "both nodes tell of the same meeting");
    Autopsy autopsy = all.getFirst();
    assertEquals("lb2", autopsy.stayed());
    assertEquals("lb1", autopsy.yielded());
    assertEquals(at(2010), autopsy.from());
    assertEquals(at(8010), autopsy.to());
    Autopsy.Holding old = autopsy.holdings().get(0);
    Autopsy.Holding taker = autopsy.holdings().get(1);
    assertEquals("lb1 1 " + at(100) + " " + at(8010), words(old));
    assertEquals("lb2 2 " + at(2010) + " null", words(taker));
    assertEquals(
        List.of("NOTHING_TO_TAKE"), old.knew().stream().map(l -> l.entry().rule()).toList());
    assertEquals(
        List.of("SILENT", "UNFENCED"), taker.knew().stream().map(l -> l.entry().rule()).toList());
  }

  private static String words(Autopsy.Holding holding) {
    return holding.node() + " " + holding.term() + " " + holding.from() + " " + holding.to();
  }

  /** As long as the peer's journal cannot be read, what it did is not invented. */
  @Test
  void anAutopsyOfOneJournalLeavesOpenWhatItCannotKnow() {
    splitBrain();
    lb1.clear();
    Autopsy autopsy = Autopsy.all(timeline()).getFirst();
    assertEquals("lb2", autopsy.stayed());
    assertNull(autopsy.to());
    assertNull(
        autopsy.holdings().stream()
            .filter(h -> !h.node().equals("lb2"))
            .findFirst()
            .orElseThrow()
            .from());
  }
}
