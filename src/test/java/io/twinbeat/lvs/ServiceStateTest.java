package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.ForwardingMode;
import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ServerCheckConfig;
import io.twinbeat.config.VirtualServiceConfig;
import io.twinbeat.decision.Reach;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rise and fall, quorum and hysteresis, alpha, the sorry server, quiescing and draining. */
class ServiceStateTest {
  private static final Set<String> NONE = Set.of();
  private static final Look.Seen GOOD = Look.Seen.good("ok");
  private static final Look.Seen BAD = Look.Seen.bad("no");

  private static RealServerConfig server(String name, int last, int weight) {
    return new RealServerConfig(
        name, InetAddress.ofLiteral("10.0.1." + last), 80, weight, ForwardingMode.DR, 0, 0);
  }

  static VirtualServiceConfig config(
      boolean quiesce, boolean sorry, int quorum, int hysteresis, boolean alpha) {
    return new VirtualServiceConfig(
        new VirtualServiceConfig.Target.Address(InetAddress.ofLiteral("10.0.0.1"), 80, false),
        "rr",
        List.of(),
        false,
        Optional.empty(),
        List.of(server("a", 1, 1), server("b", 2, 2), server("c", 3, 1)),
        new ServerCheckConfig(
            new ServerCheckConfig.How.Tcp(),
            Optional.empty(),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ZERO,
            2,
            3),
        quiesce,
        sorry ? Optional.of(server("sorry-server", 9, 1)) : Optional.empty(),
        quorum,
        hysteresis,
        alpha);
  }

  private static ServiceState seen(ServiceState state, String server, Look.Seen... looks) {
    ServiceState now = state;
    for (Look.Seen look : looks) {
      now = now.seen(server, look, NONE);
    }
    return now;
  }

  /** As "1:1 2:2": last byte of the address, and weight. */
  private static String table(ServiceState state, Set<String> drained) {
    List<String> words = new ArrayList<>();
    state
        .destinations(drained)
        .forEach(d -> words.add((d.ip().getAddress()[3] & 0xff) + ":" + d.weight()));
    return String.join(" ", words);
  }

  @Test
  void fallInARowTakesOutAndRiseInARowTakesIn() {
    ServiceState state = ServiceState.begin(config(false, false, 1, 0, false), NONE);
    assertEquals("1:1 2:2 3:1", table(state, NONE));
    state = seen(state, "a", BAD, BAD, GOOD, BAD, BAD);
    assertEquals("1:1 2:2 3:1", table(state, NONE));
    state = seen(state, "a", BAD);
    assertEquals("2:2 3:1", table(state, NONE));
    state = seen(state, "a", GOOD, BAD, GOOD);
    assertEquals("2:2 3:1", table(state, NONE));
    state = seen(state, "a", GOOD);
    assertEquals("1:1 2:2 3:1", table(state, NONE));
  }

  @Test
  void aLookThatCouldNotBeMadeSaysNothing() {
    Look.Seen none = Look.Seen.none("too many open files");
    ServiceState state = ServiceState.begin(config(false, false, 1, 0, false), NONE);
    state = seen(state, "a", none, none, none, none);
    assertTrue(state.servers().get("a").up());
    assertFalse(state.servers().get("a").looked());
    state = seen(state, "a", BAD, none, BAD, none, BAD);
    assertFalse(state.servers().get("a").up());
  }

  /** It stays in the table as it is; for a comparison of two directors, this one has lost it. */
  @Test
  void whoCannotBeLookedAtIsNeitherTakenOutNorReached() {
    Look.Seen none = Look.Seen.none("too many open files");
    ServiceState state = ServiceState.begin(config(false, false, 4, 0, false), NONE);
    state = seen(seen(seen(state, "a", GOOD), "b", GOOD), "c", GOOD);
    state = seen(state, "a", none, none);
    assertEquals(Reach.THERE, state.reach(NONE));
    state = seen(state, "a", none);
    assertEquals(Reach.LOST, state.reach(NONE));
    assertTrue(state.servers().get("a").up());
    assertEquals(Reach.THERE, seen(state, "a", none, none, GOOD).reach(NONE));
    ServiceState lost = seen(state, "a", BAD, BAD, BAD);
    assertEquals(Reach.LOST, lost.reach(NONE));
    assertEquals(Reach.LOST, seen(lost, "a", none, none).reach(NONE));
    lost = seen(lost, "a", none, none, none);
    assertEquals(Reach.LOST, lost.reach(NONE));
    assertFalse(lost.servers().get("a").up());
    assertFalse(seen(lost, "a", GOOD).servers().get("a").up());
    assertTrue(seen(lost, "a", GOOD, GOOD).servers().get("a").up());
  }

  @Test
  void alphaIsDownUntilTheFirstGoodLook() {
    ServiceState state = ServiceState.begin(config(false, true, 1, 0, true), NONE);
    assertFalse(state.up());
    assertEquals("9:1", table(state, NONE));
    state = seen(state, "b", BAD);
    assertEquals("9:1", table(state, NONE));
    state = seen(state, "a", GOOD);
    assertTrue(state.up());
    assertEquals("1:1", table(state, NONE));
    // It was looked at before: what is down comes up by rise.
    state = seen(state, "b", GOOD);
    assertEquals("1:1", table(state, NONE));
    state = seen(state, "b", GOOD);
    assertEquals("1:1 2:2", table(state, NONE));
  }

  private static ServiceState recalled(ServiceState fresh, ServiceState left, Set<String> drained) {
    return fresh.recalled(left.entry(drained), Optional.of(left.endpoints()), drained);
  }

  /** Another process finds what the last one made, and changes none of it. */
  @Test
  void aNewProcessKnowsWhatTheTableShows() {
    for (boolean quiesce : new boolean[] {false, true}) {
      for (boolean alpha : new boolean[] {false, true}) {
        ServiceState fresh = ServiceState.begin(config(quiesce, true, 3, 0, alpha), NONE);
        ServiceState left = seen(fresh, "a", GOOD, BAD, BAD, BAD);
        left = seen(left, "b", GOOD);
        left = seen(left, "c", GOOD);
        assertEquals(quiesce ? "1:0 2:2 3:1" : "2:2 3:1", table(left, NONE));
        ServiceState next = recalled(fresh, left, NONE);
        assertEquals(table(left, NONE), table(next, NONE));
        assertTrue(next.up());
        assertEquals("1:1 2:2 3:1", table(seen(next, "a", GOOD), NONE));
        left = seen(left, "b", BAD, BAD, BAD);
        next = recalled(fresh, left, NONE);
        assertEquals(quiesce ? "1:0 2:0 3:0 9:1" : "3:0 9:1", table(left, NONE));
        assertEquals(table(left, NONE), table(next, NONE));
        assertFalse(next.up());
        assertEquals(
            "2:2 3:1", table(seen(seen(next, "b", GOOD), "c", GOOD), NONE).replace("1:0 ", ""));
      }
    }
  }

  /** A reload with another port, or other addresses, for all: nobody was out, the table is full. */
  @Test
  void whomTheLastProcessDidNotKnowWasNotOut() {
    for (boolean alpha : new boolean[] {false, true}) {
      ServiceState last = ServiceState.begin(config(false, true, 1, 0, false), NONE);
      ServiceState left = seen(last, "a", GOOD, BAD, BAD, BAD);
      ServiceState moved = ServiceState.begin(moved(config(false, false, 1, 0, alpha)), NONE);
      ServiceState next = recalled(moved, left, NONE);
      assertEquals(alpha ? "" : "51:1 52:2 53:1", table(next, NONE));
      assertEquals(!alpha, next.up());
      for (String name : List.of("a", "b", "c")) {
        assertEquals(ServerState.unknown(alpha), next.servers().get(name));
      }
    }
  }

  /** As a daemon before this one kept no servers: who is not there was out. */
  @Test
  void whereNoServersWereKeptWhoIsNotThereWasOut() {
    ServiceState fresh = ServiceState.begin(config(false, true, 1, 0, false), NONE);
    ServiceState left = seen(fresh, "a", BAD, BAD, BAD);
    ServiceState next = fresh.recalled(left.entry(NONE), Optional.empty(), NONE);
    assertEquals("2:2 3:1", table(next, NONE));
  }

  /** It made the table, and was killed before it had kept whom it knows: what it made counts. */
  @Test
  void aProcessThatCrashedBeforeItKeptItsServersTookNobodyOut() {
    ServiceState fresh = ServiceState.begin(config(false, true, 1, 0, false), NONE);
    ServiceState next = fresh.recalled(fresh.entry(NONE), Optional.of(Set.of()), NONE);
    assertEquals("1:1 2:2 3:1", table(next, NONE));
    // It had seen one go out, and was killed before the table that it was to be kept after.
    ServiceState left = seen(fresh, "a", BAD, BAD, BAD);
    next = fresh.recalled(left.entry(NONE), Optional.of(Set.of()), NONE);
    assertEquals("1:1 2:2 3:1", table(next, NONE));
    assertEquals("2:2 3:1", table(seen(next, "a", BAD, BAD, BAD), NONE));
  }

  /** The same servers at other addresses. */
  static VirtualServiceConfig moved(VirtualServiceConfig config) {
    return new VirtualServiceConfig(
        config.target(),
        config.scheduler(),
        config.schedulerFlags(),
        config.onePacket(),
        config.persistence(),
        List.of(server("a", 51, 1), server("b", 52, 2), server("c", 53, 1)),
        config.check(),
        config.quiesceOnFailure(),
        config.sorryServer(),
        config.quorum(),
        config.hysteresis(),
        config.alpha());
  }

  @Test
  void aDrainedServerIsNoDeadOne() {
    Set<String> drained = Set.of("b");
    ServiceState fresh = ServiceState.begin(config(true, false, 1, 0, true), drained);
    ServiceState left = fresh.seen("a", GOOD, drained).seen("b", GOOD, drained);
    ServiceState next = recalled(fresh, left, drained);
    assertEquals("1:1 2:0 3:0", table(next, drained));
    assertEquals("1:1 2:2 3:0", table(next.judged(NONE), NONE));
  }

  @Test
  void quiescedServersStayWithoutWeight() {
    ServiceState state = ServiceState.begin(config(true, false, 1, 0, false), NONE);
    assertEquals("1:1 2:0 3:1", table(seen(state, "b", BAD, BAD, BAD), NONE));
  }

  /** keepalived.conf(5): up at quorum + hysteresis, down below quorum - hysteresis. */
  @Test
  void quorumHasHysteresis() {
    ServiceState state = ServiceState.begin(config(false, true, 3, 1, false), NONE);
    assertTrue(state.up());
    state = seen(state, "b", BAD, BAD, BAD); // weight 2 = 3 - 1
    assertTrue(state.up());
    state = seen(state, "a", BAD, BAD, BAD); // weight 1
    assertFalse(state.up());
    assertEquals("3:0 9:1", table(state, NONE));
    state = seen(state, "b", GOOD, GOOD); // weight 3, wanted 4
    assertFalse(state.up());
    state = seen(state, "a", GOOD, GOOD);
    assertTrue(state.up());
    assertEquals("1:1 2:2 3:1", table(state, NONE));
  }

  @Test
  void withoutASorryServerWhatIsLeftServes() {
    ServiceState state = ServiceState.begin(config(false, false, 4, 0, false), NONE);
    state = seen(state, "b", BAD, BAD, BAD);
    assertFalse(state.up());
    assertEquals("1:1 3:1", table(state, NONE));
  }

  @Test
  void drainedServersKeepConnectionsAndCountForNothing() {
    Set<String> drained = Set.of("b");
    ServiceState state = ServiceState.begin(config(false, true, 3, 0, false), NONE);
    ServiceState now = state.judged(drained);
    assertFalse(now.up());
    assertEquals("1:0 2:0 3:0 9:1", table(now, drained));
    assertEquals("1:1 2:2 3:1", table(now.judged(NONE), NONE));
  }

  @Test
  void aScriptSetsTheWeight() {
    ServiceState state = ServiceState.begin(config(false, true, 3, 0, false), NONE);
    Look.Seen seven = new Look.Seen(Look.Verdict.GOOD, OptionalInt.of(7), "");
    Look.Seen zero = new Look.Seen(Look.Verdict.GOOD, OptionalInt.of(0), "");
    assertEquals("1:1 2:7 3:1", table(seen(state, "b", seven), NONE));
    assertEquals("1:1 2:7 3:1", table(seen(state, "b", seven, BAD), NONE));
    assertEquals("1:1 2:2 3:1", table(seen(state, "b", seven, GOOD), NONE));
    assertEquals("1:0 2:0 3:0 9:1", table(seen(state, "b", zero), NONE));
  }

  /** The machine against its definition, by counting, over random looks. */
  @Test
  void upIsWhatTheLooksSay() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      ServiceState state = ServiceState.begin(config(false, true, 2, 1, false), NONE);
      boolean up = true;
      int good = 0;
      int bad = 0;
      boolean looked = false;
      for (int i = 0; i < 60; i++) {
        boolean isGood = random.nextInt(3) > 0;
        good = isGood ? good + 1 : 0;
        bad = isGood ? 0 : bad + 1;
        up = up ? bad < 3 : good >= 2 || (!looked && isGood);
        looked = true;
        state = state.seen("b", isGood ? GOOD : BAD, NONE);
        assertEquals(up, state.servers().get("b").up(), "seed " + seed + ", look " + i);
        assertEquals(up ? 4 : 2, state.liveWeight(NONE));
      }
    }
  }
}
