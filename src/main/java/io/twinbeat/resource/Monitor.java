package io.twinbeat.resource;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the started resources at their intervals, each on a virtual thread of its own, and tells
 * what changed. A check that overruns its limit counts as failed, and no second one is begun beside
 * it. A process that is seen to die is told at once. Thread-safe.
 */
public final class Monitor implements AutoCloseable {
  /** Told of changes, on the monitor's threads; must be quick and must not call {@link #stop}. */
  public interface Listener {
    void failed(Resource resource, String detail);

    void recovered(Resource resource, String detail);

    /** No verdict could be had; told once until there is one again. */
    default void unknown(Resource resource, String why) {}
  }

  /** How long {@link #stop} waits, beyond the check's limit, for a check that is under way. */
  private static final Duration STOP_GRACE = Duration.ofMillis(500);

  private static final Logger log = LoggerFactory.getLogger(Monitor.class);

  private final Listener listener;
  private final Map<Resource, Watcher> watchers = new ConcurrentHashMap<>();

  public Monitor(Listener listener) {
    this.listener = listener;
  }

  /** Begins to check it, as a resource that was just seen to serve; again is harmless. */
  public void start(Resource resource) {
    watchers.computeIfAbsent(
        resource,
        r -> {
          Watcher watcher = new Watcher(r);
          watcher.begin();
          return watcher;
        });
  }

  /** Checks it no more; returns when no check of it runs, or its limit is over. Idempotent. */
  public void stop(Resource resource) {
    Watcher watcher = watchers.remove(resource);
    if (watcher != null) {
      watcher.end();
    }
  }

  @Override
  public void close() {
    for (Resource resource : watchers.keySet()) {
      stop(resource);
    }
  }

  /** The life of one resource under watch. */
  private final class Watcher {
    private final Resource resource;
    private final CountDownLatch ended = new CountDownLatch(1);
    private Thread checking; // Guarded by this.
    private volatile Resource.Watch watch = Resource.Watch.NONE;
    private int bad;
    private int good;
    private boolean failed;
    private boolean unknown;

    Watcher(Resource resource) {
      this.resource = resource;
    }

    void begin() {
      watch = resource.watch(this::died);
      Thread.ofVirtual().name("monitor-" + resource.name()).start(this::loop);
    }

    void end() {
      Thread check;
      synchronized (this) {
        ended.countDown();
        check = checking;
      }
      watch.close();
      if (check != null) {
        try {
          if (!check.join(resource.limits().check().plus(STOP_GRACE))) {
            check.interrupt();
            log.warn("{}: a check is stuck beyond its limit and was left behind", resource.name());
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private boolean over() {
      return ended.getCount() == 0;
    }

    private void loop() {
      try {
        while (!ended.await(resource.limits().interval().toNanos(), TimeUnit.NANOSECONDS)) {
          checkOnce();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void checkOnce() throws InterruptedException {
      AtomicReference<Resource.Health> seen = new AtomicReference<>();
      Thread check;
      synchronized (this) {
        if (over()) {
          return;
        }
        if (checking != null && checking.isAlive()) {
          judge(overrun()); // Still stuck in an earlier check.
          return;
        }
        check =
            Thread.ofVirtual().name("check-" + resource.name()).start(() -> seen.set(guarded()));
        checking = check;
      }
      boolean returned = check.join(resource.limits().check());
      Resource.Health health = seen.get();
      judge(returned && health != null ? health : overrun());
    }

    private Resource.Health guarded() {
      try {
        return resource.check();
      } catch (RuntimeException e) {
        log.warn("{}: the check broke", resource.name(), e);
        return new Resource.Health.Unknown("the check broke: " + e);
      }
    }

    private Resource.Health overrun() {
      return new Resource.Health.Failed(
          "the check overran its limit of " + resource.limits().check().toMillis() + " ms");
    }

    private synchronized void died(String detail) {
      if (!over() && !failed) {
        failed = true;
        good = 0;
        listener.failed(resource, detail);
      }
    }

    private synchronized void judge(Resource.Health health) {
      if (over()) {
        return;
      }
      switch (health) {
        case Resource.Health.Healthy healthy -> {
          bad = 0;
          unknown = false;
          good++;
          if (failed && good >= resource.rise()) {
            failed = false;
            listener.recovered(resource, healthy.detail());
          }
        }
        case Resource.Health.Failed failure -> {
          good = 0;
          unknown = false;
          bad++;
          if (!failed && bad >= resource.fall()) {
            failed = true;
            listener.failed(resource, failure.detail());
          }
        }
        case Resource.Health.Unknown silence -> {
          if (!unknown) {
            unknown = true;
            listener.unknown(resource, silence.why());
          }
        }
      }
    }
  }
}
