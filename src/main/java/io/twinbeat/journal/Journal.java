package io.twinbeat.journal;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Append-only events on disk, one JSON line each with a checksum; survives a torn last record. Safe
 * for several threads. A full disk stops nobody: append and sync throw, what was appended stays
 * readable from memory (the last {@link #KEPT_MAX}) and is written when there is room again.
 */
public final class Journal implements AutoCloseable {
  /** How many of the last entries are kept in memory. */
  public static final int KEPT_MAX = 512;

  private static final String NEWEST = "events.jsonl";
  private static final String OLDER = "events.1.jsonl";
  private static final String DAMAGED = "events.damaged";

  /**
   * One thing that happened. {@code kind} is decision, refusal, effect, alarm or event; {@code
   * rule} names what it follows from; {@code evidence} is kept in its order.
   */
  public record Entry(
      long number,
      Instant at,
      String kind,
      String rule,
      String sentence,
      Map<String, String> evidence) {
    public Entry {
      evidence = Collections.unmodifiableMap(new LinkedHashMap<>(evidence));
    }

    /** An entry that is not in a journal yet: appending gives it its number. */
    public static Entry of(
        Instant at, String kind, String rule, String sentence, Map<String, String> evidence) {
      return new Entry(0, at, kind, rule, sentence, evidence);
    }

    /** As clients of the control socket read it. */
    public JsonObject toJson() {
      JsonObject json = new JsonObject();
      json.addProperty("number", number);
      json.addProperty("at", at.toString());
      json.addProperty("kind", kind);
      json.addProperty("rule", rule);
      json.addProperty("sentence", sentence);
      JsonObject items = new JsonObject();
      evidence.forEach(items::addProperty);
      json.add("evidence", items);
      return json;
    }

    Entry numbered(long given) {
      return new Entry(given, at, kind, rule, sentence, evidence);
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  private final Path directory;
  private final long bytesMax;
  private final LogFile.Opener opener;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition appended = lock.newCondition();
  // All below: under the lock.
  private final Deque<Entry> kept = new ArrayDeque<>();
  private LogFile
      file; // Opened by the first write, so that a full disk keeps nobody from starting.
  private long length;
  private boolean tailUnsure;
  private long last;
  private long written;

  private Journal(Path directory, long bytesMax, LogFile.Opener opener) {
    this.directory = directory;
    this.bytesMax = bytesMax;
    this.opener = opener;
  }

  /**
   * Opens or begins the journal in this directory. A torn record at its end is cut off, and an
   * event says so. Each of its two files stays below {@code bytesMax}.
   */
  public static Journal open(Path directory, long bytesMax) throws IOException {
    return open(directory, bytesMax, LogFile.OnDisk::new);
  }

  static Journal open(Path directory, long bytesMax, LogFile.Opener opener) throws IOException {
    Files.createDirectories(directory);
    Journal journal = new Journal(directory, bytesMax, opener);
    journal.begin();
    return journal;
  }

  private void begin() throws IOException {
    Path newest = directory.resolve(NEWEST);
    List<LineReader.Line> tail = LineReader.last(newest, 1, l -> RecordLine.number(l).isPresent());
    long bytes = Files.exists(newest) ? Files.size(newest) : 0;
    long good = tail.isEmpty() ? 0 : tail.getFirst().end();
    if (tail.isEmpty()) {
      tail = LineReader.last(directory.resolve(OLDER), 1, l -> RecordLine.number(l).isPresent());
    }
    last = tail.isEmpty() ? 0 : RecordLine.number(tail.getFirst().bytes()).orElseThrow();
    written = last;
    length = good;
    if (bytes - good > RecordLine.BYTES_MAX) {
      // Too much for one torn record, so something else happened: keep it for who looks into it.
      Files.copy(newest, directory.resolve(DAMAGED), StandardCopyOption.REPLACE_EXISTING);
    }
    tailUnsure = bytes > good;
    if (tailUnsure) {
      try {
        append(List.of(torn(bytes - good, last)));
      } catch (IOException e) {
        log.warn("the journal cannot be written yet: {}", e.getMessage());
      }
    }
  }

  private static Entry torn(long bytes, long after) {
    return Entry.of(
        Instant.now(),
        "event",
        "journal-torn-tail",
        "the journal ended in a torn record; it was cut off",
        Map.of("bytes", Long.toString(bytes), "after", Long.toString(after)));
  }

  /**
   * Numbers the entries, keeps them, and writes them without waiting for the disk. Gives the number
   * of the last. On IOException they are kept, numbered and readable, but not written yet.
   */
  public long append(List<Entry> entries) throws IOException {
    lock.lock();
    try {
      for (Entry entry : entries) {
        last++;
        kept.addLast(entry.numbered(last));
        if (kept.size() > KEPT_MAX) {
          kept.removeFirst();
        }
      }
      appended.signalAll();
      writeBacklog();
      return last;
    } finally {
      lock.unlock();
    }
  }

  /** Returns when everything appended so far is on the disk. */
  public void sync() throws IOException {
    LogFile target;
    lock.lock();
    try {
      writeBacklog();
      target = file;
    } finally {
      lock.unlock();
    }
    if (target == null) {
      return; // Nothing was ever appended.
    }
    target.sync(); // Outside the lock: a slow disk must not hold up the one who appends.
  }

  private void writeBacklog() throws IOException {
    if (written == last) {
      return;
    }
    List<byte[]> lines = new ArrayList<>();
    int bytes = 0;
    for (Entry entry : kept) {
      if (entry.number() > written) {
        byte[] line = RecordLine.encode(entry);
        lines.add(line);
        bytes += line.length;
      }
    }
    if (file == null) {
      file = opener.open(directory.resolve(NEWEST));
      LogFile.syncDirectory(directory);
    }
    if (length > 0 && length + bytes > bytesMax) {
      rotate();
    }
    byte[] all = new byte[bytes];
    int at = 0;
    for (byte[] line : lines) {
      System.arraycopy(line, 0, all, at, line.length);
      at += line.length;
    }
    if (tailUnsure) {
      file.cut(length);
    }
    tailUnsure = true;
    file.write(length, all);
    tailUnsure = false;
    length += bytes;
    written = last;
  }

  private void rotate() throws IOException {
    if (tailUnsure) {
      file.cut(length);
      tailUnsure = false;
    }
    file.sync();
    Path newest = directory.resolve(NEWEST);
    Files.move(newest, directory.resolve(OLDER), StandardCopyOption.ATOMIC_MOVE);
    LogFile full = file;
    try {
      file = opener.open(newest);
    } catch (IOException e) {
      Files.move(directory.resolve(OLDER), newest, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    length = 0;
    full.close();
    LogFile.syncDirectory(directory);
  }

  /** The number of the last entry appended; 0 if there is none. */
  public long lastNumber() {
    lock.lock();
    try {
      return last;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is an entry after this number; false if none came within the limit. */
  public boolean awaitAfter(long number, Duration limit) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = limit.toNanos();
      while (last <= number) {
        if (left <= 0) {
          return false;
        }
        left = appended.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Entries from this number on, at most so many. Where records are damaged or were lost, one entry
   * with the rule {@code journal-gap} stands in their place and has the number of the last of them.
   */
  public List<Entry> read(long fromNumber, int most) throws IOException {
    NavigableMap<Long, Entry> found = new TreeMap<>();
    long[] before = {0};
    List<Entry> memory = memory();
    if (memory.isEmpty() || memory.getFirst().number() > Math.max(1, fromNumber)) {
      try (LineReader.Forward newest = openIfThere(NEWEST);
          LineReader.Forward older = openIfThere(OLDER)) {
        for (LineReader.Forward one : new LineReader.Forward[] {older, newest}) {
          if (one != null) {
            one.each(line -> take(line, fromNumber, found, before) < most);
          }
        }
      }
    } else {
      before[0] = fromNumber - 1;
    }
    for (Entry entry : memory) {
      if (entry.number() >= fromNumber) {
        found.put(entry.number(), entry);
      }
    }
    List<Entry> all = withGaps(found, before[0] > 0 ? fromNumber : 0);
    return List.copyOf(all.subList(0, Math.min(most, all.size())));
  }

  private static int take(byte[] line, long from, NavigableMap<Long, Entry> found, long[] before) {
    RecordLine.number(line)
        .ifPresent(number -> {
          if (number < from) {
            before[0] = number;
          } else {
            RecordLine.decode(line).ifPresent(entry -> found.put(number, entry));
          }
        });
    return found.size();
  }

  /** The last entries, oldest first, at most so many; gaps are shown as in {@link #read}. */
  public List<Entry> last(int most) throws IOException {
    NavigableMap<Long, Entry> found = new TreeMap<>();
    List<Entry> memory = memory();
    for (Entry entry : memory) {
      found.put(entry.number(), entry);
    }
    for (String name : List.of(NEWEST, OLDER)) {
      if (found.size() < most) {
        for (LineReader.Line line :
            LineReader.last(directory.resolve(name), most, l -> RecordLine.number(l).isPresent())) {
          RecordLine.decode(line.bytes())
              .ifPresent(entry -> found.putIfAbsent(entry.number(), entry));
        }
      }
    }
    while (found.size() > most) {
      found.pollFirstEntry();
    }
    List<Entry> all = withGaps(found, 0);
    return List.copyOf(all.subList(Math.max(0, all.size() - most), all.size()));
  }

  private List<Entry> memory() {
    lock.lock();
    try {
      return List.copyOf(kept);
    } finally {
      lock.unlock();
    }
  }

  private LineReader.Forward openIfThere(String name) throws IOException {
    try {
      return new LineReader.Forward(directory.resolve(name));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** {@code expected} is the number that the first entry should have, 0 if any will do. */
  private static List<Entry> withGaps(NavigableMap<Long, Entry> found, long expected) {
    List<Entry> all = new ArrayList<>(found.size());
    long next = expected;
    for (Entry entry : found.values()) {
      if (next > 0 && entry.number() > next) {
        all.add(gap(next, entry.number() - 1, entry.at()));
      }
      all.add(entry);
      next = entry.number() + 1;
    }
    return all;
  }

  private static Entry gap(long first, long last, Instant at) {
    String which =
        first == last ? "event " + first + " is" : "events " + first + " to " + last + " are";
    return new Entry(
        last,
        at,
        "event",
        "journal-gap",
        which + " not in the journal: damaged on disk, or the disk was full",
        Map.of("first", Long.toString(first), "last", Long.toString(last)));
  }

  /** Writes what can be written, and closes. */
  @Override
  public void close() throws IOException {
    try {
      sync();
    } finally {
      if (file != null) {
        file.close();
      }
    }
  }
}
