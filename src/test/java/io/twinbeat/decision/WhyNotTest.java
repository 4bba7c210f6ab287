package io.twinbeat.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.Settings.Failback;
import io.twinbeat.decision.WhyNot.Reason;
import io.twinbeat.decision.WhyNot.Way;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WhyNotTest {
  private static final int WALKS = 400;
  private static final int STEPS = 200;

  private static List<Way> ways(Hand a) {
    return WhyNot.ways(a.state, a.core.settings(), new Moment(a.millis() * 1_000_000));
  }

  private static Way way(Hand a, String goal) {
    return ways(a).stream().filter(way -> way.goal().startsWith(goal)).findFirst().orElseThrow();
  }

  private static String unmet(Way way) {
    return String.join(
        "; ", way.conditions().stream().filter(r -> !r.met()).map(Reason::sentence).toList());
  }

  @Test
  void aPeerThatIsHeardIsNoReason() {
    Hand a = Hand.standby().pass(120);
    assertEquals(
        "B is not silent: last heard 120 ms ago, the deadtime is 1000 ms; "
            + "the service of site was not seen to be gone (only a silence is a reason to look)",
        unmet(way(a, "to take it")));
    assertEquals("B does not offer it, and failback is manual", unmet(way(a, "to ask")));
  }

  @Test
  void aServiceThatAnswersIsNamedWithTheAgeOfTheLook() {
    Hand a = Hand.standby().silentFor(1200, Look.ANSWERED);
    assertEquals(
        "the service of site answers (ANSWERED 0 ms ago: by hand)", unmet(way(a, "to take it")));
  }

  @Test
  void aBadConnectionIsNamed() {
    Hand a = Hand.standby().silentFor(900, Look.NOT_ANSWERED);
    a.step(new Event.ConnectionChanged(false, "no carrier on eth0"));
    a.silentFor(300, Look.NOT_ANSWERED);
    assertEquals("the connection of A is bad: no carrier on eth0", unmet(way(a, "to take it")));
  }

  @Test
  void aHolderSaysWhyItKeeps() {
    Hand a = Hand.active();
    a.peerReady = false;
    a.hear();
    assertEquals(
        "B is not ready: nginx is broken; nothing is wrong here: no resource fails, connection "
            + "not looked at yet",
        unmet(way(a, "to offer it")));
  }

  @Test
  void theFenceSaysWhatWasWeighed() {
    Hand a = Hand.standby().silentFor(1200, Look.NOT_ANSWERED);
    Effect.Explain fence = a.last(Effect.Explain.class);
    assertEquals(Rule.FENCE, fence.rule());
    String weighed = fence.evidence().get("weighed for site");
    assertTrue(weighed.contains("B is silent: last heard 10"), weighed);
    assertTrue(weighed.contains("the service of site is gone"), weighed);
  }

  /** Whatever happened before: a way is open if and only if the next step takes it. */
  @Test
  void aWayIsOpenExactlyWhenTheNextStepTakesIt() {
    int[] taken = new int[3];
    for (int seed = 0; seed < WALKS; seed++) {
      Random random = new Random(seed * 0x9E3779B97F4A7C15L);
      Failback failback =
          random.nextBoolean() ? new Failback.Manual() : new Failback.After(Duration.ofSeconds(1));
      Hand a = new Hand(random.nextBoolean() ? "A" : "B", failback, random.nextInt(4) == 0);
      a.started();
      a.peerPhase = random.nextBoolean() ? Phase.ACTIVE : Phase.STANDBY;
      a.peerTerm = 5;
      boolean hearing = true;
      Look look = Look.NOT_ANSWERED;
      for (int i = 0; i < STEPS; i++) {
        a.sleep(30 + random.nextInt(90));
        compare(a, taken, "seed " + seed + ", step " + i);
        a.step(new Event.Ticked());
        hearing ^= random.nextInt(25) == 0;
        look = random.nextInt(15) == 0 ? oneOf(random, Look.values()) : look;
        if (hearing) {
          a.hear();
        }
        if (a.site().probePending) {
          a.looked(look);
        }
        something(a, random);
      }
    }
    for (int way = 0; way < taken.length; way++) {
      assertTrue(taken[way] > 5, "way " + way + " was taken " + taken[way] + " times");
    }
  }

  private static void compare(Hand a, int[] taken, String where) {
    List<Way> ways = ways(a);
    Moment now = new Moment(a.millis() * 1_000_000);
    Step step = a.core.step(a.state, new Event.Ticked(), now);
    GroupState before = a.site();
    GroupState after = step.next().group(Hand.SITE);
    boolean took =
        step.effects().stream()
            .anyMatch(e ->
                e instanceof Effect.Fence
                    || (e instanceof Effect.StartGroup s
                        && s.right() != Effect.Right.GRANTED
                        && s.right() != Effect.Right.KEPT));
    boolean asked = before.ask == 0 && after.ask != 0;
    boolean offered = before.offer.isEmpty() && !after.offer.isEmpty();
    check(ways, "to take it", took, taken, 0, where);
    check(ways, "to ask", asked, taken, 1, where);
    check(ways, "to offer", offered, taken, 2, where);
  }

  private static void check(
      List<Way> ways, String goal, boolean done, int[] taken, int index, String where) {
    Optional<Way> way = ways.stream().filter(w -> w.goal().startsWith(goal)).findFirst();
    taken[index] += done ? 1 : 0;
    if (way.isEmpty()) {
      assertFalse(done, where + ": " + goal + " was taken but not named");
    } else {
      assertEquals(done, way.get().open(), where + ": " + way.get());
    }
  }

  private static void something(Hand a, Random random) {
    switch (random.nextInt(40)) {
      case 7, 8 -> {
        if (a.state.fencing()) {
          a.fenced(random.nextBoolean());
        }
      }
      case 9 -> {
        boolean able = random.nextBoolean();
        boolean ready = able && random.nextBoolean();
        a.step(new Event.ReadinessChanged(Hand.SITE, ready, able, ready ? "" : "nginx"));
      }
      case 10 -> a.step(new Event.ConnectionChanged(random.nextInt(3) > 0, "by hand"));
      case 11 -> {
        a.peerPhase = oneOf(random, Phase.STANDBY, Phase.ACTIVE, Phase.STUCK, Phase.STOPPING);
        a.peerReady = random.nextInt(4) > 0;
        a.peerOffer = random.nextInt(3) == 0 ? "it fails there" : "";
      }
      case 12, 6 -> {
        Effect.StartGroup start = a.last(Effect.StartGroup.class);
        if (start != null && a.site().phase == Phase.STARTING) {
          a.step(
              new Event.GroupStarted(Hand.SITE, a.site().term, random.nextInt(3) > 0, "by hand"));
        }
      }
      case 13 -> a.step(new Event.GroupStopped(Hand.SITE, true, ""));
      case 14 -> a.step(new Event.ResourceFailed(Hand.SITE, "nginx", "by hand"));
      case 15, 16, 17 -> {
        a.step(new Event.ResourceRestarted(Hand.SITE, "nginx", random.nextInt(3) > 0, "by hand"));
        if (a.site().ask != 0 && !a.site().askPrepared) {
          a.step(new Event.GroupPrepared(Hand.SITE, a.site().ask, true, ""));
          if (random.nextBoolean()) {
            a.granted(a.site().term + 2);
          }
        }
      }
      default -> {}
    }
  }

  @SafeVarargs
  private static <T> T oneOf(Random random, T... values) {
    return values[random.nextInt(values.length)];
  }
}
