package io.twinbeat.heartbeat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Writes down what a heartbeat reports, with the time, and lets tests wait for it. */
final class Recorder implements Heartbeat.Listener {
  /** One report; {@code peer} is an incarnation, {@code nanos} when it was reported. */
  record Report(String what, long peer, String text, int link, Duration time, long nanos) {}

  private static final long POLL_MILLIS = 2;

  private final List<Report> reports = new ArrayList<>();
  final List<byte[]> messages = new ArrayList<>();
  long heardCount;
  long heardLast;
  long heardGapMax;
  long heardPeer;
  String heardStatus = "";

  @Override
  public synchronized void heard(long peer, byte[] status, int link, long receivedNanos) {
    if (heardCount++ > 0) {
      heardGapMax = Math.max(heardGapMax, receivedNanos - heardLast);
    }
    heardLast = receivedNanos;
    heardPeer = peer;
    heardStatus = new String(status, StandardCharsets.UTF_8);
    notifyAll();
  }

  @Override
  public void linkUp(int link) {
    add(new Report("up", 0, "", link, Duration.ZERO, System.nanoTime()));
  }

  @Override
  public void linkDown(int link, Duration silent, boolean oneWay) {
    add(new Report("down", 0, oneWay ? "one-way" : "silent", link, silent, System.nanoTime()));
  }

  @Override
  public void peerProcessDied(long peer, Duration silent) {
    add(new Report("died", peer, "", -1, silent, System.nanoTime()));
  }

  @Override
  public void peerSaidGoodbye(long peer, byte[] last) {
    String text = new String(last, StandardCharsets.UTF_8);
    add(new Report("goodbye", peer, text, -1, Duration.ZERO, System.nanoTime()));
  }

  @Override
  public void peerRestarted(long old, long fresh) {
    add(new Report("restarted", fresh, Long.toString(old), -1, Duration.ZERO, System.nanoTime()));
  }

  @Override
  public void ownStall(Duration gap) {
    add(new Report("stall", 0, "", -1, gap, System.nanoTime()));
  }

  @Override
  public synchronized void message(byte[] message) {
    messages.add(message);
    notifyAll();
  }

  private synchronized void add(Report report) {
    reports.add(report);
    notifyAll();
  }

  synchronized List<Report> all(String what) {
    return reports.stream().filter(r -> r.what().equals(what)).toList();
  }

  synchronized long heard() {
    return heardCount;
  }

  synchronized void forgetGap() {
    heardGapMax = 0;
    heardLast = System.nanoTime();
  }

  synchronized long gapMaxMillis() {
    return Math.max(heardGapMax, System.nanoTime() - heardLast) / 1_000_000;
  }

  Report await(String what, Duration limit, Predicate<Report> which) {
    await(what, limit, () -> all(what).stream().anyMatch(which));
    return all(what).stream().filter(which).findFirst().orElseThrow();
  }

  Report await(String what, Duration limit) {
    return await(what, limit, r -> true);
  }

  /** Waits until something newer than now was heard. */
  void awaitHeard(Duration limit) {
    long before = heard();
    await("a heartbeat", limit, () -> heard() > before);
  }

  static void await(String what, Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + limit + ": " + what);
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public synchronized String toString() {
    return "heard " + heardCount + ", " + reports;
  }
}
