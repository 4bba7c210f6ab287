package io.twinbeat.resource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** A client that asks every millisecond, and knows the longest time without a good answer. */
final class GapClient implements AutoCloseable {
  private static final Duration STEP = Duration.ofMillis(1);

  private final InetSocketAddress to;
  private final Thread thread;
  private volatile boolean closed;
  private long last = System.nanoTime();
  private long worst;

  GapClient(int port) {
    to = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    thread = Thread.ofPlatform().name("gap-client").start(this::run);
  }

  private void run() {
    try {
      while (!closed) {
        long deadline = System.nanoTime() + NginxSite.CHECK_LIMIT.toNanos();
        ProbeSettings how = ProbeSettings.Http.of(to.getPort(), "/healthz");
        if (new HttpLook(to, how, deadline).look() instanceof HttpLook.Seen.Good) {
          good();
        }
        Thread.sleep(STEP);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void good() {
    long now = System.nanoTime();
    worst = Math.max(worst, now - last);
    last = now;
  }

  synchronized void reset() {
    last = System.nanoTime();
    worst = 0;
  }

  /** Up to now: a service that has not come back counts. */
  synchronized long worstGap() {
    return Math.max(worst, System.nanoTime() - last);
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
