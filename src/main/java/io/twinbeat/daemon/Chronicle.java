package io.twinbeat.daemon;

import io.twinbeat.decision.Effect.Persist;
import io.twinbeat.journal.Journal;
import io.twinbeat.journal.Journal.Entry;
import io.twinbeat.journal.Stamp;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what was decided, on a thread of its own, so that a slow disk delays a decision by no more
 * than {@link #DISK_WAIT_MAX} and a dead one by nothing.
 */
final class Chronicle implements AutoCloseable {
  /** How long an effect waits at most for the decision behind it to be on disk. */
  static final Duration DISK_WAIT_MAX = Duration.ofMillis(250);

  private static final int WRITES_MAX = 1024;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(Chronicle.class);
  private static final Logger decisions = LoggerFactory.getLogger("twinbeat");

  /**
   * Something for the disk; {@code done} is counted down when it is there, or cannot be. {@code
   * anew}: what could not be kept earlier is written again.
   */
  private record Write(List<Entry> entries, Persist persist, boolean anew, CountDownLatch done) {
    boolean keeps() {
      return !persist.equals(NOTHING);
    }
  }

  private static final Persist NOTHING = new Persist(Map.of(), false);

  private final Journal journal;
  private final KeptState kept;
  private final String bootId;
  private final BlockingQueue<Write> writes = new ArrayBlockingQueue<>(WRITES_MAX);
  private final Thread thread;
  private volatile boolean stuck;
  private volatile String trouble = "";

  Chronicle(Journal journal, KeptState kept) {
    this.journal = journal;
    this.kept = kept;
    this.bootId = kept.bootId();
    this.thread = Thread.ofPlatform().name("journal").daemon().start(this::run);
  }

  Journal journal() {
    return journal;
  }

  /** What is wrong with the disk; empty when nothing is. */
  String trouble() {
    return trouble;
  }

  /** Writes in the background. */
  void tell(String kind, String rule, String sentence, Map<String, String> evidence) {
    write(List.of(Entry.of(Instant.now(), kind, rule, sentence, evidence)));
  }

  void write(List<Entry> entries) {
    submit(new Write(stamped(entries), NOTHING, false, null));
  }

  /** Tries whether a disk that could not be written can be now, and makes up for it then. */
  void tryAgain() {
    if (!trouble.isEmpty() && !writes.offer(new Write(List.of(), NOTHING, true, null))) {
      log.debug("the queue is full: it is tried again later");
    }
  }

  /** Returns when all of it is on disk, or the disk had its time. */
  void writeDurably(List<Entry> entries, Persist persist) {
    CountDownLatch done = new CountDownLatch(1);
    submit(new Write(stamped(entries), persist, false, done));
    if (stuck) {
      return;
    }
    try {
      if (!done.await(DISK_WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        stuck = true;
        trouble = "the disk of the journal does not answer";
        log.error("{}: deciding goes on without it", trouble);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Entry> stamped(List<Entry> entries) {
    Stamp now = stamp();
    return entries.stream().map(now::on).toList();
  }

  /** This moment by both clocks of this machine. */
  Stamp stamp() {
    return new Stamp(bootId, System.nanoTime(), Instant.now());
  }

  private void submit(Write write) {
    for (Entry entry : write.entries()) {
      log(entry);
    }
    if (!writes.offer(write)) {
      trouble = "the disk of the journal is too slow: entries are lost";
    }
  }

  private static void log(Entry entry) {
    String line = entry.sentence();
    switch (entry.kind()) {
      case "alarm" -> decisions.warn("ALARM {}", line);
      case "decision" -> decisions.info("{} {}", line, forPeople(entry));
      default -> decisions.info("{}", line);
    }
  }

  private static Map<String, String> forPeople(Entry entry) {
    Map<String, String> evidence = new LinkedHashMap<>(entry.evidence());
    evidence.remove(Stamp.KEY);
    return evidence;
  }

  private void run() {
    while (true) {
      try {
        Write write = writes.take();
        carryOut(write);
        if (write.done() != null) {
          write.done().countDown();
        }
        stuck = false;
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void carryOut(Write write) {
    String failed = "";
    try {
      if (!write.entries().isEmpty()) {
        journal.append(write.entries());
      }
      if (write.done() != null || write.anew()) {
        journal.sync();
      }
    } catch (IOException e) {
      failed = "the journal cannot be written: " + e.getMessage();
    }
    // By itself: what is to be kept must not be forgotten because the journal is full.
    try {
      if (write.keeps()) {
        kept.keep(write.persist());
      } else if (write.anew()) {
        kept.write();
      }
    } catch (IOException e) {
      failed = failed.isEmpty() ? "the state cannot be kept: " + e.getMessage() : failed;
    }
    if (!failed.isEmpty() && !failed.equals(trouble)) {
      log.error("{}: deciding goes on without it", failed);
    }
    boolean wrote = !write.entries().isEmpty() || write.keeps() || write.anew();
    if (!failed.isEmpty() || wrote) {
      trouble = failed;
    }
  }

  /** Lets what is waiting go to disk. */
  @Override
  public void close() {
    CountDownLatch done = new CountDownLatch(1);
    if (writes.offer(new Write(List.of(), NOTHING, false, done))) {
      try {
        if (!done.await(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
          log.warn("the journal is closed before everything is on disk");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    thread.interrupt();
    try {
      journal.close();
    } catch (IOException e) {
      log.warn("closing the journal: {}", e.getMessage());
    }
  }
}
