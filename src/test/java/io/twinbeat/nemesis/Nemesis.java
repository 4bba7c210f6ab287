package io.twinbeat.nemesis;

import io.twinbeat.lab.Direction;
import io.twinbeat.lab.LabException;
import io.twinbeat.lab.LabNode;
import io.twinbeat.lab.LabSite;
import io.twinbeat.nemesis.Schedule.Timed;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hurts a real pair in a lab, round after round, and lets {@link Checker} judge what was seen. The
 * seed fixes what is done and when; what comes of it is the machine's. Ends the run when the pair
 * does not come to rest after a round.
 */
final class Nemesis {
  /** For one round: the longest fault, its mending, and a reserve for a starved machine. */
  private static final Duration ROUND_LIMIT = Duration.ofSeconds(60);

  /** The first start of a lab: two boots, the devices' proofs, the group's first start. */
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final long seed;
  private final PrintStream out;
  private final History history = new History();
  private final AtomicInteger invoked = new AtomicInteger();
  private final Bounds bounds = Bounds.of(Ground.DEADTIME);

  Nemesis(long seed, PrintStream out) {
    this.seed = seed;
    this.out = out;
  }

  /** Goes on until so many faults are done or the time is over. */
  Verdict run(int faults, Duration time, Path stories) {
    long deadline = System.nanoTime() + time.toNanos();
    Schedule schedule = new Schedule(seed);
    Verdict verdict;
    try (Ground ground = new Ground(history)) {
      Optional<String> missing = ground.rest(START_LIMIT);
      int rounds = 0;
      while (missing.isEmpty() && invoked.get() < faults && System.nanoTime() - deadline < 0) {
        round(ground, schedule.next());
        missing = ground.rest(bounds.rest());
        if (++rounds % 20 == 0) {
          out.printf("%d rounds, %d faults%n", rounds, invoked.get());
        }
      }
      ground.tellPower();
      verdict = Checker.check(history.sorted(), bounds);
      if (!verdict.isClean()) {
        tell(ground, verdict, stories);
      }
    }
    verdict.table().forEach(out::println);
    return verdict;
  }

  private void round(Ground ground, List<Timed> faults) {
    AtomicBoolean unmended = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (Timed timed : faults) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                if (!hurt(ground, timed)) {
                  unmended.set(true);
                }
              }));
    }
    for (Thread thread : threads) {
      try {
        if (!thread.join(ROUND_LIMIT)) {
          throw new LabException("a fault did not end within " + ROUND_LIMIT);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LabException("interrupted", e);
      }
    }
    if (unmended.get()) {
      mendAll(ground);
    }
    ground.powerOn();
  }

  /** One fault from beginning to end; false: something of it may be left. */
  private boolean hurt(Ground ground, Timed timed) {
    Fault fault = timed.fault();
    LabSite.await(timed.offset(), () -> false);
    long began = System.nanoTime();
    LabNode node =
        switch (fault.role()) {
          case HOLDER -> ground.holder();
          case STANDBY -> ground.standby();
        };
    boolean mended = true;
    try {
      fault.invoke().on(ground, node);
    } catch (LabException | UncheckedIOException e) {
      ground.note(
          "%s on %s came to nothing: %s".formatted(fault.name(), node.name(), e.getMessage()));
      return false;
    }
    int id = invoked.incrementAndGet();
    history.add(
        new Entry.Began(
            began,
            id,
            fault.name(),
            "on %s (%s), for %d ms".formatted(node.name(), fault.role(), fault.lasts().toMillis()),
            fault.heldUp()));
    LabSite.await(fault.lasts(), () -> false);
    try {
      fault.heal().on(ground, node);
    } catch (LabException | UncheckedIOException e) {
      ground.note("mending fault %d: %s".formatted(id, e.getMessage()));
      mended = false;
    }
    history.add(new Entry.Ended(System.nanoTime(), id));
    return mended;
  }

  /** Undoes all that any fault may have done and not undone: its node lost its power meanwhile. */
  private static void mendAll(Ground ground) {
    LabSite lab = ground.lab;
    for (LabNode node : lab.nodes()) {
      for (String link : lab.links()) {
        lab.mend(link, Direction.BOTH, node.name());
        Faults.plug(ground, link, node);
      }
      HumanFaults.rightFile(node);
      node.fenceDevice(LabNode.Fault.NONE);
      node.freeDisk();
      if (node.isOn()) {
        node.exec("/bin/bash", "-c", "kill -CONT \"$(< /run/lab/daemon.pid)\"; true");
      }
    }
  }

  private void tell(Ground ground, Verdict verdict, Path stories) {
    List<String> head = new ArrayList<>(List.of("seed " + seed));
    List<Long> moments = new ArrayList<>();
    for (Verdict.Violation violation : verdict.violations()) {
      head.add(violation.kind() + ": " + violation.sentence());
      moments.add(violation.atNanos());
    }
    for (LabNode node : ground.lab.nodes()) {
      Logs.keep(node, stories.resolve("nemesis-%d-%s.log".formatted(seed, node.name())));
    }
    head.forEach(out::println);
    out.println("the history before the first violation:");
    history.before(moments.getFirst()).forEach(out::println);
    out.println(
        "the history around it: "
            + history.keep(stories.resolve("nemesis-" + seed + ".txt"), head, moments));
  }
}
