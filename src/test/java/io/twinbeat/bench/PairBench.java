package io.twinbeat.bench;

import io.twinbeat.lab.Holders;
import io.twinbeat.lab.LabNode;
import io.twinbeat.lab.LabOptions;
import io.twinbeat.lab.LabSite;
import io.twinbeat.lab.Outage;
import io.twinbeat.lab.Probe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures a real pair in the lab, with the quick hook device, as its client and its kernel see it:
 * one line a figure, as minimum, median and maximum of the trials, with what is wanted of it.
 */
public final class PairBench {
  private static final Duration CALM_LIMIT = Duration.ofSeconds(90);
  private static final Duration REST = Duration.ofSeconds(20);
  private static final double DEADTIME_MS = 1000;

  /** What the journal says that the fence took: "..., 89 ms". */
  private static final Pattern FENCE_TOOK =
      Pattern.compile("the peer is off: fenced, .*?(\\d+) ms\\)", Pattern.DOTALL);

  private final LabSite lab;
  private final int trials;

  private PairBench(LabSite lab, int trials) {
    this.lab = lab;
    this.trials = trials;
  }

  public static void main(String[] arguments) throws Exception {
    int trials = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    System.out.printf("load before: %s", Files.readString(Path.of("/proc/loadavg")));
    try (LabSite lab = LabSite.up(LabOptions.fresh().withFence(LabOptions.Fence.HOOK))) {
      PairBench bench = new PairBench(lab, trials);
      bench.calm("lb1");
      bench.statusCommand();
      bench.handOver();
      bench.start();
      bench.calm("lb1");
      bench.atRest(); // Here, when what only a start costs is over.
      bench.nginxKilled();
      bench.daemonKilled();
      bench.partition();
      bench.powerLoss();
    }
    System.out.printf("load after: %s", Files.readString(Path.of("/proc/loadavg")));
  }

  private void calm(String holder) {
    await(
        "both nodes ready, " + holder + " the holder",
        () -> {
          for (LabNode node : lab.nodes()) {
            var status = node.status();
            if (status.isEmpty()
                || !status.get().peer().equals("heard")
                || !status.get().isReady(node.name())) {
              return false;
            }
          }
          if (!lab.holders().contains(holder)) {
            lab.node(holder).twinbeat("takeover");
            return false;
          }
          return lab.holders().size() == 1;
        });
  }

  private static void await(String what, BooleanSupplier condition) {
    if (!LabSite.await(CALM_LIMIT, condition)) {
      throw new IllegalStateException("not within " + CALM_LIMIT.toSeconds() + " s: " + what);
    }
  }

  private void atRest() throws IOException, InterruptedException {
    List<Double> memory = new ArrayList<>();
    List<Double> busy = new ArrayList<>();
    for (LabNode node : lab.nodes()) {
      long pid = daemon(node);
      long before = ticks(pid);
      long from = System.nanoTime();
      Thread.sleep(REST); // The time over which the use is counted.
      double seconds = (System.nanoTime() - from) / 1e9;
      busy.add((ticks(pid) - before) / seconds); // A tick is a hundredth of a second.
      memory.add(residentMiB(pid));
    }
    report("resident memory of the daemon", "MiB", memory, "must 96, wanted 64");
    report("processor at rest", "% of a core", busy, "must 3, wanted 1");
  }

  private static long daemon(LabNode node) {
    OptionalLong pid = node.daemonPid();
    return pid.orElseThrow(() -> new IllegalStateException("no daemon on " + node.name()));
  }

  private static long ticks(long pid) throws IOException {
    String[] fields = stat(pid);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }

  /** The fields of proc(5) from the third, the state, on. */
  private static String[] stat(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }

  private static double residentMiB(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    throw new IllegalStateException("no VmRSS");
  }

  private void statusCommand() {
    List<Double> took = new ArrayList<>();
    for (int i = 0; i < trials * 2; i++) {
      took.add(lab.node("lb1").twinbeat("status").took().toNanos() / 1e6);
    }
    report("twinbeat status, whole process", "ms", took, "must 300, wanted 100");
  }

  /** From the process's first moment until the daemon says that it hears and is heard. */
  private void start() throws IOException {
    List<Double> took = new ArrayList<>();
    LabNode node = lab.node("lb2");
    for (int i = 0; i < trials; i++) {
      calm("lb1");
      long before = saidListening(node);
      node.killDaemon();
      await("listening again", () -> saidListening(node) > before);
      double up = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0]);
      took.add((up - startedAt(daemon(node))) * 1000); // To a hundredth of a second.
    }
    report("daemon start to listening", "ms", took, "must 1000, wanted 400");
  }

  private static long saidListening(LabNode node) {
    try (Stream<String> lines = Files.lines(node.daemonLog())) {
      return lines.filter(line -> line.contains(": listening for ")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In seconds after the machine's boot. */
  private static double startedAt(long pid) throws IOException {
    return Long.parseLong(stat(pid)[19]) / 100.0;
  }

  private void handOver() {
    List<Double> gaps = new ArrayList<>();
    for (int i = 0; i < trials * 2; i++) {
      LabNode to = lab.node(i % 2 == 0 ? "lb2" : "lb1");
      gaps.add(
          seenByClient(() -> {
            to.twinbeat("takeover");
            await("the address on " + to.name(), () -> lab.holders().contains(to.name()));
          }));
      calm(to.name());
    }
    report("graceful hand-over: gap", "ms", gaps, "must 30, wanted 5");
  }

  private void nginxKilled() {
    List<Double> gaps = new ArrayList<>();
    for (int i = 0; i < trials; i++) {
      calm("lb1");
      gaps.add(seenByClient(() -> lab.node("lb1").killNginx()));
    }
    report("nginx killed: gap", "ms", gaps, "must 200, wanted 25");
  }

  private void daemonKilled() {
    List<Double> gaps = new ArrayList<>();
    List<Double> both = new ArrayList<>();
    for (int i = 0; i < trials; i++) {
      calm("lb1");
      try (Holders holders = lab.watchHolders(change -> {})) {
        long old = daemon(lab.node("lb1"));
        gaps.add(
            seenByClient(() -> {
              lab.node("lb1").killDaemon();
              await("another daemon", () -> lab.node("lb1").daemonPid().orElse(old) != old);
              calm("lb1");
            }));
        both.add(holders.twoHoldersNanos() / 1e6);
      }
    }
    report("daemon killed: gap", "ms", gaps, "must 0");
    report("daemon killed: two holders", "ms", both, "must 0");
  }

  private void partition() {
    List<Double> gaps = new ArrayList<>();
    List<Double> both = new ArrayList<>();
    for (int i = 0; i < trials; i++) {
      calm("lb1");
      try (Holders holders = lab.watchHolders(change -> {})) {
        gaps.add(
            seenByClient(() -> {
              lab.heartbeatLinks().forEach(lab::cut);
              await(
                  "disconnected",
                  () ->
                      lab.node("lb2")
                          .status()
                          .filter(s -> s.peer().equals("disconnected"))
                          .isPresent());
              lab.heartbeatLinks().forEach(lab::mend);
              calm("lb1");
            }));
        both.add(holders.twoHoldersNanos() / 1e6);
      }
    }
    report("partition: gap", "ms", gaps, "must 0");
    report("partition: two holders", "ms", both, "must 0");
  }

  private void powerLoss() {
    List<Double> outages = new ArrayList<>();
    List<Double> beyond = new ArrayList<>();
    for (int i = 0; i < trials; i++) {
      calm("lb1");
      double outage =
          seenByClient(() -> {
            lab.node("lb1").powerOff();
            await("the address on lb2", () -> lab.holders().contains("lb2"));
          });
      outages.add(outage);
      beyond.add(outage - DEADTIME_MS - fenceTook(lab.node("lb2")));
      lab.node("lb1").powerOn();
    }
    report("power loss: outage", "ms", outages, "");
    report("power loss: beyond deadtime and fence", "ms", beyond, "must 30, wanted 10");
  }

  private static double fenceTook(LabNode node) {
    Matcher found = FENCE_TOOK.matcher(node.twinbeat("events", "-n", "40").out());
    double took = Double.NaN;
    while (found.find()) {
      took = Double.parseDouble(found.group(1));
    }
    return took;
  }

  /** The longest time without an answer while this was done, and until answers came again. */
  private double seenByClient(Runnable what) {
    try (Probe probe = lab.probe()) {
      await("an answer", () -> probe.good() > 100);
      long from = System.nanoTime();
      what.run();
      long good = probe.good();
      await("more answers", () -> probe.good() > good + 200 && !probe.isDown());
      return probe.outagesSince(from).stream().mapToDouble(Outage::millis).max().orElse(0);
    }
  }

  private static void report(String what, String unit, List<Double> figures, String wanted) {
    List<Double> sorted = figures.stream().sorted().toList();
    System.out.printf(
        "%-40s min %8.1f  median %8.1f  max %8.1f  %-12s n=%d  %s%n",
        what,
        sorted.getFirst(),
        sorted.get(sorted.size() / 2),
        sorted.getLast(),
        unit,
        sorted.size(),
        wanted);
  }
}
