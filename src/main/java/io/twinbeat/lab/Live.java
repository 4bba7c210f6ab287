package io.twinbeat.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The live timeline of a lab: what the client sees, where the address is, who is switched off and
 * what the daemons decide, in the order in which it happened. Lines come out a moment late, because
 * the client knows of an outage only when it has waited for the answer.
 */
final class Live implements AutoCloseable {
  /** What the client waits before it knows, and a little. */
  private final long holdBackNanos;

  private static final long POLL_NANOS = 20_000_000;
  private static final int WIDTH_MAX = 150;

  /** A line of the daemon's log that is a decision, and not the rest of one. */
  private static final Pattern LOG =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\d [\\d:.,]+ +(INFO|WARN|ERROR) +(.*)");

  private record Line(long atNanos, String text) {}

  private final LabSite lab;
  private final PrintStream out;
  private final long zero = System.nanoTime();
  private final PriorityQueue<Line> lines =
      new PriorityQueue<>(Comparator.comparingLong(line -> line.atNanos() - zero));
  private final Map<Path, Long> read = new HashMap<>();
  private final Set<String> answered = new ConcurrentSkipListSet<>();
  private final Thread thread;
  private final Probe probe;
  private final List<Holders> holders = new ArrayList<>();
  private int powerActions;
  private volatile boolean closed;

  Live(LabSite lab, PrintStream out) {
    this.lab = lab;
    this.out = out;
    boolean guests = lab.nodes().getFirst() instanceof Guest;
    Probe.Pace pace = guests ? Probe.Pace.SLOW : Probe.Pace.FAST;
    this.holdBackNanos = pace.limitNanos() + 50_000_000;
    this.probe = lab.probe(pace, this::seen);
    for (SitePlan.Floating floating : lab.plan().floating()) {
      String ip = floating.ip();
      holders.add(new Holders(lab, ip, change -> moved(ip, change), (from, length) -> {}));
    }
    this.powerActions = lab.powerLog().size();
    this.thread = Thread.ofPlatform().daemon().name("timeline").start(this::run);
  }

  Probe probe() {
    return probe;
  }

  /** One watch for each floating address. */
  List<Holders> holders() {
    return List.copyOf(holders);
  }

  /** Who gave answers since {@link #forgetAnswers}, by way of whom. */
  String answers() {
    Set<String> who = new TreeSet<>();
    Set<String> by = new TreeSet<>();
    for (String each : answered.isEmpty() ? Set.of(probe.node()) : answered) {
      int at = each.indexOf(ProbeClient.VIA);
      who.add(each.substring(at + 1));
      if (at > 0) {
        by.add(each.substring(0, at));
      }
    }
    return String.join(", ", who) + (by.isEmpty() ? "" : " by " + String.join(", ", by));
  }

  void forgetAnswers() {
    answered.clear();
  }

  private void seen(Probe.Event event) {
    // Behind proxies they take turns.
    boolean turns = event instanceof Probe.Moved && lab.plan().floating().size() > 1;
    if (Timeline.isTold(event) && !turns) {
      add(event.atNanos(), "client", Timeline.probeEvent(event));
    }
    switch (event) {
      case Probe.Moved moved -> answered.add(moved.after());
      case Probe.Up up -> answered.add(up.outage().after());
      case Probe.Down _, Probe.Stalled _ -> {}
    }
  }

  /** Says something that happens now. */
  void say(String text) {
    add(System.nanoTime(), "", text);
  }

  private void moved(String ip, Holders.Change change) {
    String where =
        change.holders().isEmpty() ? "on no node" : "on " + String.join(" AND ", change.holders());
    add(change.atNanos(), "kernel", ip + " is " + where);
  }

  private synchronized void add(long atNanos, String who, String text) {
    String line = who.isEmpty() ? text : "%-6s  %s".formatted(who, text);
    lines.add(new Line(atNanos, line.length() > WIDTH_MAX ? line.substring(0, WIDTH_MAX) : line));
  }

  private void run() {
    while (!closed) {
      look();
      print(System.nanoTime() - holdBackNanos);
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private void look() {
    List<PowerAction> actions = lab.powerLog();
    for (PowerAction action :
        actions.subList(Math.min(powerActions, actions.size()), actions.size())) {
      if (action.verb() != PowerAction.Verb.STATUS) {
        add(
            action.endNanos(),
            "power",
            "%s %s, asked by %s: %s"
                .formatted(
                    action.node(),
                    action.verb().toString().toLowerCase(java.util.Locale.ROOT),
                    action.asker(),
                    action.result()));
      }
    }
    powerActions = actions.size();
    for (LabNode node : lab.nodes()) {
      for (String line : newLines(node.daemonLog())) {
        Matcher decision = LOG.matcher(line);
        if (decision.matches()) {
          add(System.nanoTime(), node.name(), decision.group(2));
        }
      }
    }
  }

  private List<String> newLines(Path log) {
    List<String> found = new ArrayList<>();
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = read.getOrDefault(log, 0L);
      byte[] bytes = new byte[(int) Math.min(1 << 16, Math.max(0, file.length() - from))];
      file.seek(from);
      file.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      int end = text.lastIndexOf('\n') + 1;
      read.put(log, from + text.substring(0, end).getBytes(StandardCharsets.UTF_8).length);
      text.substring(0, end).lines().forEach(found::add);
    } catch (IOException e) {
      return List.of(); // the lab is being removed
    }
    return found;
  }

  private synchronized void print(long until) {
    while (!lines.isEmpty() && lines.peek().atNanos() - until <= 0) {
      Line line = lines.poll();
      out.println(Timeline.line(line.atNanos(), zero, line.text()));
    }
    out.flush();
  }

  /** Prints all that is known. */
  void flush() {
    probe.settle();
    look();
    print(System.nanoTime());
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    holders.forEach(Holders::close);
    probe.close();
  }
}
