package io.twinbeat.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A running {@link ProbeClient} and what it has seen so far. Times are {@link System#nanoTime} of
 * this process: the clock is the machine's. An outage is known only when it is over, and up to 250
 * ms later. Close it to end it; it ends with this process too.
 */
public final class Probe implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(10);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  /**
   * A connection each period; an answer later than the limit is none: one try and no more, so that
   * a retransmitted first packet (after 1 s) is an outage.
   */
  record Pace(long periodNanos, long limitNanos) {
    /** For nodes at this machine's own speed. */
    static final Pace FAST = new Pace(1_000_000, 250_000_000);

    /** For guests, whose kernels share the machine's cores. */
    static final Pace SLOW = new Pace(20_000_000, 900_000_000);
  }

  /** What the probe saw, as soon as it knew. */
  public sealed interface Event {
    long atNanos();
  }

  /** The first bad attempt after good ones; before the first good answer there is no outage. */
  public record Down(long atNanos, String lastNode, String why) implements Event {}

  /** The first good attempt after bad ones. */
  public record Up(long atNanos, Outage outage) implements Event {}

  /** Another node answers, and nothing was lost between; {@code before} is {@code -} at first. */
  public record Moved(long atNanos, String before, String after) implements Event {}

  /** The probe itself did not run for so long. */
  public record Stalled(long atNanos, long lengthNanos) implements Event {}

  private final Process process;
  private final Pace pace;
  private final Consumer<Event> listener;
  private final Thread reader;
  private final List<Outage> outages = new ArrayList<>();
  private final List<Stalled> stalls = new ArrayList<>();
  private String node = "-";
  private boolean ready;
  private boolean down;
  private long downSince;
  private long attempts;
  private long good;
  private long slowestNanos;
  private long summaryNanos;

  private Probe(Process process, Pace pace, Consumer<Event> listener) {
    this.process = process;
    this.pace = pace;
    this.listener = listener;
    this.reader = Thread.ofVirtual().name("probe").start(this::read);
  }

  static Probe start(
      String namespace, String address, int port, Pace pace, Consumer<Event> listener) {
    String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                "ip",
                "netns",
                "exec",
                namespace,
                // A witness must not be late; it uses a fraction of a core.
                "nice",
                "-n",
                "-15",
                java,
                "-Xmx64m",
                "-Xms64m",
                "-Xmn48m",
                "-Xss256k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-cp",
                Distribution.ownCode().toString(),
                ProbeClient.class.getName(),
                address,
                Integer.toString(port),
                Long.toString(pace.periodNanos()),
                Long.toString(pace.limitNanos())));
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    try {
      Probe probe = new Probe(builder.start(), pace, listener);
      if (!LabSite.await(START_LIMIT, probe::isReady)) {
        probe.close();
        throw new LabException("the probe did not start within " + START_LIMIT.toSeconds() + " s");
      }
      return probe;
    } catch (IOException e) {
      throw new LabException("can't start the probe: " + e.getMessage(), e);
    }
  }

  /** The outages that are over. */
  public synchronized List<Outage> outages() {
    return List.copyOf(outages);
  }

  /** The outages that began at this time or later. */
  public synchronized List<Outage> outagesSince(long nanos) {
    return outages.stream().filter(outage -> outage.startNanos() - nanos >= 0).toList();
  }

  /** An outage is under way. */
  public synchronized boolean isDown() {
    return down;
  }

  /** How long the outage that is under way has been going on; 0: there is none. */
  public synchronized long downNanos() {
    return down ? System.nanoTime() - downSince : 0;
  }

  /** The node that gave the last good answer; {@code -}: none yet. */
  public synchronized String node() {
    return node;
  }

  public synchronized long attempts() {
    return attempts;
  }

  public synchronized long good() {
    return good;
  }

  public synchronized long slowestNanos() {
    return slowestNanos;
  }

  /** Until when (nanoTime) the counts are complete; they come once a second. */
  public synchronized long summaryNanos() {
    return summaryNanos;
  }

  public synchronized List<Stalled> stalls() {
    return List.copyOf(stalls);
  }

  /**
   * Waits until every attempt started before now is judged, so that {@link #outages} is complete up
   * to now, but for one that is still under way.
   */
  public boolean settle() {
    long now = System.nanoTime() + pace.limitNanos();
    return LabSite.await(STOP_LIMIT, () -> summaryNanos() - now >= 0 || !process.isAlive());
  }

  /** One line: how many attempts, how many good, the slowest answer, own stalls. */
  public synchronized String summary() {
    long stalled = stalls.stream().mapToLong(Stalled::lengthNanos).sum();
    return "%d connections, %d good answers, slowest %.1f ms, %d outages (%.0f ms in all)%s"
        .formatted(
            attempts,
            good,
            slowestNanos / 1e6,
            outages.size(),
            outages.stream().mapToDouble(Outage::millis).sum(),
            stalls.isEmpty()
                ? ""
                : ", the probe itself stood still %d times (%.0f ms in all)"
                    .formatted(stalls.size(), stalled / 1e6));
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      reader.join(STOP_LIMIT);
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isReady() {
    return ready;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        note(line.split(" ", -1));
      }
    } catch (IOException e) {
      // The process was ended while it wrote; what it had said until then stands.
      process.destroyForcibly();
    }
  }

  private void note(String[] field) {
    Event event =
        switch (field[0]) {
          case "down" -> new Down(Long.parseLong(field[1]), field[2], field[3]);
          case "up" -> up(field);
          case "node" -> new Moved(Long.parseLong(field[1]), field[2], field[3]);
          case "stall" -> new Stalled(Long.parseLong(field[1]), Long.parseLong(field[2]));
          default -> null;
        };
    synchronized (this) {
      if (event == null) {
        count(field);
        return;
      }
      switch (event) {
        case Down d -> {
          down = true;
          downSince = d.atNanos();
        }
        case Up u -> {
          down = false;
          node = u.outage().after();
          outages.add(u.outage());
        }
        case Moved m -> node = m.after();
        case Stalled s -> stalls.add(s);
      }
    }
    listener.accept(event);
  }

  private Up up(String[] field) {
    long start = Long.parseLong(field[1]);
    long length = Long.parseLong(field[2]);
    long stalled = 0;
    synchronized (this) {
      for (Stalled stall : stalls) {
        long from = Math.max(stall.atNanos(), start);
        long to = Math.min(stall.atNanos() + stall.lengthNanos(), start + length);
        stalled += Math.max(0, to - from);
      }
    }
    Outage outage =
        new Outage(
            start,
            length,
            field[3],
            field[4],
            Integer.parseInt(field[5]),
            Integer.parseInt(field[6]),
            Integer.parseInt(field[7]),
            stalled);
    return new Up(start + length, outage);
  }

  private void count(String[] field) {
    switch (field[0]) {
      case "ready" -> ready = true;
      case "sum" -> {
        attempts = Long.parseLong(field[2]);
        good = Long.parseLong(field[3]);
        slowestNanos = Long.parseLong(field[4]);
        summaryNanos = Long.parseLong(field[1]);
      }
      default -> {}
    }
  }
}
