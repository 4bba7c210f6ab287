package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the monitor speaks, and when it holds its tongue. */
class MonitorTest {
  private static final Duration WAIT = Duration.ofSeconds(10);

  /** A resource whose checks are answered one by one by the test. */
  private static final class Scripted implements Resource {
    final BlockingQueue<Health> answers = new LinkedBlockingQueue<>();
    final AtomicInteger inside = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final CountDownLatch closed = new CountDownLatch(1);
    volatile Consumer<String> died;
    final int fall;
    final int rise;
    final Duration limit;

    Scripted(int fall, int rise, Duration limit) {
      this.fall = fall;
      this.rise = rise;
      this.limit = limit;
    }

    @Override
    public Health check() {
      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
      try {
        return answers.take();
      } catch (InterruptedException e) {
        return new Health.Unknown("interrupted");
      } finally {
        inside.decrementAndGet();
      }
    }

    @Override
    public Watch watch(Consumer<String> listener) {
      died = listener;
      return closed::countDown;
    }

    @Override
    public Limits limits() {
      Duration second = Duration.ofSeconds(1);
      return new Limits(second, second, second, limit, Duration.ofMillis(5));
    }

    @Override
    public int fall() {
      return fall;
    }

    @Override
    public int rise() {
      return rise;
    }

    @Override
    public String name() {
      return "it";
    }

    @Override
    public String type() {
      return "scripted";
    }

    @Override
    public void prepare() {}

    @Override
    public void start() {}

    @Override
    public void stop(StopMode mode) {}

    @Override
    public List<ReadinessItem> readiness() {
      return List.of();
    }

    @Override
    public void inspect() {}
  }

  private final BlockingQueue<String> told = new ArrayBlockingQueue<>(100);
  private final Monitor monitor =
      new Monitor(
          new Monitor.Listener() {
            @Override
            public void failed(Resource resource, String detail) {
              told.add("failed " + detail);
            }

            @Override
            public void recovered(Resource resource, String detail) {
              told.add("recovered " + detail);
            }

            @Override
            public void unknown(Resource resource, String why) {
              told.add("unknown " + why);
            }
          });

  @AfterEach
  void end() {
    monitor.close();
  }

  private String next() throws InterruptedException {
    return told.poll(WAIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Resource.Health good(String text) {
    return new Resource.Health.Healthy(text);
  }

  private static Resource.Health bad(String text) {
    return new Resource.Health.Failed(text);
  }

  @Test
  void fallAndRiseAreCountedInARow() throws Exception {
    Scripted it = new Scripted(2, 2, WAIT);
    it.answers.addAll(
        List.of(bad("1"), good("a"), bad("2"), bad("3"), bad("4"), good("b"), bad("5"), good("c")));
    it.answers.addAll(List.of(good("d"), good("e"), bad("6"), bad("7")));
    monitor.start(it);
    assertEquals("failed 3", next());
    assertEquals("recovered d", next());
    assertEquals("failed 7", next());
  }

  @Test
  void unknownIsNoVerdictAndToldOnce() throws Exception {
    Scripted it = new Scripted(2, 1, WAIT);
    Resource.Health unknown = new Resource.Health.Unknown("why");
    it.answers.addAll(List.of(bad("1"), unknown, unknown, bad("2"), unknown));
    monitor.start(it);
    assertEquals("unknown why", next());
    assertEquals("failed 2", next());
    assertEquals("unknown why", next());
  }

  @Test
  void anOverrunCountsAsFailureAndNoSecondCheckIsBegunBesideIt() throws Exception {
    Scripted it = new Scripted(3, 1, Duration.ofMillis(20));
    monitor.start(it);
    assertEquals("failed the check overran its limit of 20 ms", next());
    assertEquals(1, it.most.get());
    it.answers.addAll(List.of(good("late"), good("back")));
    assertEquals("recovered back", next());
  }

  @Test
  void aDeathIsToldAtOnceWhateverTheFallAndOnlyOnce() throws Exception {
    Scripted it = new Scripted(100, 1, WAIT);
    monitor.start(it);
    it.died.accept("was killed");
    assertEquals("failed was killed", next());
    it.answers.addAll(List.of(bad("1"), bad("2"), good("back")));
    assertEquals("recovered back", next());
  }

  @Test
  void nothingIsToldAfterStopAndStopWaitsForTheCheck() throws Exception {
    Scripted it = new Scripted(1, 1, WAIT);
    monitor.start(it);
    NginxSite.until("a check to run", () -> it.inside.get() == 1);
    it.answers.add(bad("too late"));
    monitor.stop(it);
    it.died.accept("too late");
    assertEquals(0, it.inside.get());
    assertTrue(it.closed.await(WAIT.toMillis(), TimeUnit.MILLISECONDS));
    String last = told.poll();
    // The answer may have been heard before stop was called; after it there is silence.
    if (last != null) {
      assertEquals("failed too late", last);
    }
    assertNull(told.poll(50, TimeUnit.MILLISECONDS));
  }
}
