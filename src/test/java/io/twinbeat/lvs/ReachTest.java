package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.ForwardingMode;
import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ServerCheckConfig;
import io.twinbeat.config.VirtualServiceConfig;
import io.twinbeat.decision.Reach;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a node says of its real servers to one that sees them too. */
class ReachTest {
  private static final Look.Seen GOOD = Look.Seen.good("ok");
  private static final Look.Seen BAD = Look.Seen.bad("no");
  private static final Look.Seen NONE = Look.Seen.none("too many open files");
  private static final Set<String> DRAINED = Set.of();

  private static ServiceState begin(int quorum, int hysteresis, boolean alpha) {
    List<RealServerConfig> servers =
        List.of("a", "b", "c").stream()
            .map(name ->
                new RealServerConfig(
                    name,
                    InetAddress.ofLiteral("10.0.1." + name.charAt(0) % 10),
                    80,
                    1,
                    ForwardingMode.DR,
                    0,
                    0))
            .toList();
    return ServiceState.begin(
        new VirtualServiceConfig(
            new VirtualServiceConfig.Target.Address(InetAddress.ofLiteral("10.0.0.1"), 80, false),
            "rr",
            List.of(),
            false,
            Optional.empty(),
            servers,
            new ServerCheckConfig(
                new ServerCheckConfig.How.Tcp(),
                Optional.empty(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ZERO,
                2,
                3),
            false,
            Optional.empty(),
            quorum,
            hysteresis,
            alpha),
        DRAINED);
  }

  private static ServiceState all(ServiceState state, Look.Seen... looks) {
    ServiceState now = state;
    for (String server : List.of("a", "b", "c")) {
      for (Look.Seen look : looks) {
        now = now.seen(server, look, DRAINED);
      }
    }
    return now;
  }

  @Test
  void nothingIsKnownBeforeTheFirstLooks() {
    assertEquals(Reach.UNKNOWN, begin(1, 0, false).reach(DRAINED));
    assertEquals(Reach.UNKNOWN, begin(1, 0, true).reach(DRAINED));
    assertEquals(Reach.UNKNOWN, all(begin(1, 0, false), NONE, NONE).reach(DRAINED));
  }

  @Test
  void lostIsOnlyWhatIsDownAndThereOnlyWhatWasJustSeen() {
    ServiceState there = all(begin(1, 0, false), GOOD);
    assertEquals(Reach.THERE, there.reach(DRAINED));
    ServiceState doubtful = all(there, BAD);
    assertEquals(Reach.UNKNOWN, doubtful.reach(DRAINED), "one bad look of three");
    ServiceState lost = all(doubtful, BAD, BAD);
    assertEquals(Reach.LOST, lost.reach(DRAINED));
    ServiceState rising = lost.seen("b", GOOD, DRAINED);
    assertEquals(Reach.UNKNOWN, rising.reach(DRAINED), "one good look of two");
    assertEquals(Reach.THERE, rising.seen("b", GOOD, DRAINED).reach(DRAINED));
  }

  @Test
  void whoCannotLookForSoLongDoesNotReachThem() {
    ServiceState there = all(begin(1, 0, false), GOOD);
    assertEquals(Reach.THERE, all(there, NONE, NONE).reach(DRAINED));
    ServiceState blind = all(there, NONE, NONE, NONE);
    assertEquals(Reach.LOST, blind.reach(DRAINED));
    assertTrue(blind.up(), "and nobody is taken out for it");
    assertEquals(Reach.THERE, all(blind, GOOD).reach(DRAINED));
  }

  @Test
  void theQuorumDecidesAndDrainedServersDoNotCount() {
    ServiceState two = all(begin(2, 0, false), GOOD);
    two = two.seen("c", BAD, DRAINED).seen("c", BAD, DRAINED).seen("c", BAD, DRAINED);
    assertEquals(Reach.THERE, two.reach(DRAINED));
    Set<String> drained = Set.of("a");
    assertEquals(Reach.LOST, two.judged(drained).reach(drained));
  }

  @Test
  void ofSeveralServicesOneThatIsLostDecides() {
    assertEquals(Reach.LOST, Reach.of(List.of(Reach.THERE, Reach.UNKNOWN, Reach.LOST)));
    assertEquals(Reach.UNKNOWN, Reach.of(List.of(Reach.THERE, Reach.UNKNOWN)));
    assertEquals(Reach.THERE, Reach.of(List.of(Reach.THERE, Reach.THERE)));
    assertEquals(Reach.UNKNOWN, Reach.of(List.of()));
  }

  /**
   * Two nodes look at the same servers, each in its own time, while these die and come back (not
   * faster than they are looked at): one says lost and the other there no longer than one round of
   * looks takes. On that the core builds.
   */
  @Test
  void twoThatSeeTheSameContradictEachOtherNoLongerThanARound() {
    Random random = new Random(1);
    int contradicted = 0;
    for (int run = 0; run < 2000; run++) {
      ServiceState[] nodes = {begin(1 + run % 3, 0, false), begin(1 + run % 3, 0, false)};
      int[] phase = new int[6];
      for (int i = 0; i < phase.length; i++) {
        phase[i] = random.nextInt(10);
      }
      boolean[] up = {true, true, true};
      int contrary = 0;
      int changed = 0;
      for (int tick = 0; tick < 400; tick++) {
        if (tick - changed >= 10 && random.nextInt(30) == 0) {
          changed = tick;
          boolean now = random.nextBoolean();
          up[0] = now;
          up[1] = random.nextInt(4) == 0 ? !now : now;
          up[2] = now;
        }
        for (int i = 0; i < phase.length; i++) {
          if ((tick + phase[i]) % 10 == 0) {
            String server = List.of("a", "b", "c").get(i / 2);
            nodes[i % 2] = nodes[i % 2].seen(server, up[i / 2] ? GOOD : BAD, DRAINED);
          }
        }
        Reach first = nodes[0].reach(DRAINED);
        Reach second = nodes[1].reach(DRAINED);
        boolean contradict =
            (first == Reach.LOST && second == Reach.THERE)
                || (first == Reach.THERE && second == Reach.LOST);
        contrary = contradict ? contrary + 1 : 0;
        contradicted += contradict ? 1 : 0;
        assertTrue(contrary <= 10, "run " + run + ": for " + contrary + " of 10 ticks of a round");
      }
    }
    assertTrue(contradicted > 0, "they never did, so nothing was tried");
  }
}
