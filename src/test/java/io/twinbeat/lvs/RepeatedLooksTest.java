package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.ForwardingMode;
import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ServerCheckConfig;
import io.twinbeat.config.VirtualServiceConfig;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** When servers are looked at, and that nothing ends it. */
class RepeatedLooksTest {
  private static final long LIMIT_SECONDS = 20;

  private static ServerCheckConfig check(Duration interval, Duration jitter) {
    return new ServerCheckConfig(
        new ServerCheckConfig.How.Tcp(),
        Optional.empty(),
        interval,
        Duration.ofSeconds(1),
        jitter,
        2,
        3);
  }

  private static VirtualServiceConfig service(ServerCheckConfig check, int servers) {
    List<RealServerConfig> all = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      InetAddress ip = InetAddress.ofLiteral("10.0.1." + i);
      all.add(new RealServerConfig("s" + i, ip, 80, 1, ForwardingMode.DR, 0, 0));
    }
    return new VirtualServiceConfig(
        new VirtualServiceConfig.Target.Address(InetAddress.ofLiteral("10.0.0.1"), 80, false),
        "rr",
        List.of(),
        false,
        Optional.empty(),
        all,
        check,
        false,
        Optional.empty(),
        1,
        0,
        false);
  }

  /** Of a thousand: the least, the most, and how many of the ten tenths between these are met. */
  private static void spread(long least, long most, Supplier<Duration> each) {
    boolean[] tenths = new boolean[10];
    for (int i = 0; i < 1000; i++) {
      long nanos = each.get().toNanos();
      assertTrue(nanos >= least && nanos <= most, () -> nanos + " ns");
      tenths[(int) Math.min(9, (nanos - least) * 10 / (most - least))] = true;
    }
    for (int i = 0; i < 10; i++) {
      assertTrue(tenths[i], "none in tenth " + i);
    }
  }

  @Test
  void jitterSpreadsTheLooks() {
    Random random = new Random(1);
    ServerCheckConfig check = check(Duration.ofSeconds(1), Duration.ofMillis(300));
    spread(1_000_000_000, 1_300_000_000, () -> Checks.apart(check, false, random));
    ServerCheckConfig strict = check(Duration.ofSeconds(1), Duration.ZERO);
    assertEquals(Duration.ofSeconds(1), Checks.apart(strict, false, random));
  }

  /** The first come soon after one another; the others are to be spread over the interval. */
  @Test
  void firstLooksAreAtOnceAndSecondOnesSpread() {
    Random random = new Random(1);
    ServerCheckConfig second = check(Duration.ofSeconds(1), Duration.ZERO);
    spread(0, 100_000_000, () -> Checks.untilFirst(second, random));
    ServerCheckConfig hour = check(Duration.ofHours(1), Duration.ZERO);
    spread(0, 100_000_000, () -> Checks.untilFirst(hour, random));
    ServerCheckConfig brief = check(Duration.ofMillis(50), Duration.ZERO);
    spread(0, 5_000_000, () -> Checks.untilFirst(brief, random));
    spread(500_000_000, 1_500_000_000, () -> Checks.apart(second, true, random));
  }

  @Test
  void serversNeverLookedAtAreNotLeftForAnInterval() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    Checks checks =
        new Checks(
            List.of(service(check(Duration.ofHours(1), Duration.ZERO), 20)),
            _ -> (ip, port, limit) -> Look.Seen.good("ok"),
            (service, server, look) -> seen.add(server.name()));
    checks.start();
    try {
      for (int i = 0; i < 20; i++) {
        assertNotNull(seen.poll(LIMIT_SECONDS, TimeUnit.SECONDS), "look " + i);
      }
    } finally {
      checks.stop();
    }
    assertFalse(checks.running());
  }

  private interface Breaking {
    void look(int number);
  }

  /** The results of looks, of which some break. */
  private static List<Look.Seen> looks(Breaking look, Breaking listener, int results)
      throws Exception {
    BlockingQueue<Look.Seen> seen = new LinkedBlockingQueue<>();
    AtomicInteger number = new AtomicInteger();
    AtomicInteger told = new AtomicInteger();
    Checks checks =
        new Checks(
            List.of(service(check(Duration.ofMillis(1), Duration.ZERO), 1)),
            _ ->
                (ip, port, limit) -> {
                  look.look(number.getAndIncrement());
                  return Look.Seen.good("ok");
                },
            (service, server, result) -> {
              seen.add(result);
              listener.look(told.getAndIncrement());
            });
    checks.start();
    try {
      List<Look.Seen> all = new ArrayList<>();
      for (int i = 0; i < results; i++) {
        Look.Seen next = seen.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertNotNull(next, "result " + i + " after " + all);
        all.add(next);
      }
      return all;
    } finally {
      checks.stop();
    }
  }

  @Test
  void aLookThatThrowsEndsNothing() throws Exception {
    List<Look.Seen> seen =
        looks(
            number -> {
              switch (number) {
                case 0 -> throw new IllegalStateException("broken");
                case 1 -> throw new NoClassDefFoundError("gone");
                case 2 -> throw new StackOverflowError();
                default -> {}
              }
            },
            _ -> {},
            4);
    assertEquals(
        List.of(Look.Verdict.NONE, Look.Verdict.NONE, Look.Verdict.BAD, Look.Verdict.GOOD),
        seen.stream().map(Look.Seen::verdict).toList());
    assertTrue(seen.get(1).detail().contains("gone"), seen.toString());
    assertTrue(seen.get(2).detail().contains("StackOverflowError"), seen.toString());
  }

  @Test
  void aListenerThatThrowsEndsNothing() throws Exception {
    looks(
        _ -> {},
        number -> {
          if (number == 0) {
            throw new IllegalStateException("broken");
          }
          if (number == 1) {
            throw new AssertionError("broken");
          }
        },
        3);
  }
}
