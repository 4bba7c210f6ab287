package io.twinbeat.daemon;

import com.google.gson.JsonParser;
import io.twinbeat.journal.StateException;
import io.twinbeat.journal.StateFile;
import io.twinbeat.linux.IpvsDestination.Connections;
import io.twinbeat.lvs.Director;
import io.twinbeat.lvs.LvsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which real servers get no new connections, as this node knows it: kept on disk, and what its
 * directors do. Any thread.
 */
final class Drains {
  /** Of the orders in one message, or in one answer: it must stay below what messages may have. */
  static final int PAGE_CHARS = PeerQuestions.ANSWER_BYTES_MAX / 2;

  private static final String ALARM = "drains";
  private static final Logger log = LoggerFactory.getLogger(Drains.class);

  private final StateFile file;
  private final List<Director> directors;
  private final Chronicle chronicle;
  private final DaemonAlarms alarms;
  private volatile DrainBook book = DrainBook.EMPTY;
  private volatile boolean onDisk = true;

  /** Reads what was kept; the directors, which are not active yet, act on it from the start. */
  Drains(Path state, List<Director> directors, Chronicle chronicle, DaemonAlarms alarms) {
    Path path = state.resolve("drains");
    this.file = new StateFile(path);
    this.directors = List.copyOf(directors);
    this.chronicle = chronicle;
    this.alarms = alarms;
    try {
      var kept = file.read();
      if (kept.isPresent()) {
        book = DrainBook.parse(JsonParser.parseString(kept.get()).getAsJsonObject());
      }
    } catch (StateException | IOException | RuntimeException e) {
      onDisk = false;
      alarms.raise(
          ALARM,
          path + " cannot be used: " + e.getMessage() + "; no server is drained",
          "the other node tells what it knows of them; else: twinbeat drain SERVER again");
    }
    try {
      apply();
    } catch (LvsException e) {
      throw new IllegalStateException("a director acted before it was told to", e);
    }
  }

  DrainBook book() {
    return book;
  }

  /** False while the disk has less than is known. */
  boolean onDisk() {
    return onDisk;
  }

  /** All real servers that the file names. */
  Set<String> servers() {
    Set<String> servers = new TreeSet<>();
    directors.forEach(director -> servers.addAll(director.servers()));
    return servers;
  }

  /** Those that balance to it, by their ids. */
  Map<String, DrainCount.Counter> knowing(String server) {
    Map<String, DrainCount.Counter> knowing = new TreeMap<>();
    for (Director director : directors) {
      if (director.servers().contains(server)) {
        knowing.put(director.id(), asked -> counted(director, asked));
      }
    }
    return knowing;
  }

  private static Optional<Connections> counted(Director director, String server)
      throws IOException {
    try {
      return director.connections(server);
    } catch (LvsException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * What the file no longer names is forgotten. To be called when it is certain that this file is
   * used.
   */
  synchronized void forgetOthers() {
    DrainBook left = book.only(servers());
    if (left.equals(book)) {
      return;
    }
    Set<String> gone = new TreeSet<>(book.orders().keySet());
    gone.removeAll(left.orders().keySet());
    tell("the file does not name " + String.join(", ", gone) + ": a drain of it is forgotten");
    book = left;
    try {
      keep(left);
    } catch (IOException e) {
      log.warn("{}", e.getMessage());
    }
  }

  /** On disk and in the kernel when it returns; not on disk, it is not done at all. */
  synchronized void order(String server, boolean drain) throws IOException {
    DrainBook next = book.with(server, book.of(server).next(drain));
    keep(next);
    book = next;
    try {
      apply();
    } catch (LvsException e) {
      throw new IOException("it is ordered and kept, but not done yet: " + e.getMessage(), e);
    }
  }

  /**
   * Takes over what is newer. It is acted upon even if it cannot be kept; an exception asks for it
   * to be told again.
   */
  synchronized void join(DrainBook theirs, String peer) throws IOException {
    DrainBook next = book.join(theirs.only(servers()));
    if (next.equals(book) && onDisk) {
      return;
    }
    say(next, peer);
    book = next;
    try {
      apply();
    } catch (LvsException e) {
      log.warn("{}", e.getMessage()); // The director tries again by itself.
    }
    onDisk = false;
    try {
      keep(next);
    } catch (IOException e) {
      alarms.raise(ALARM, e.getMessage(), "make room for the state's folder");
      throw e;
    }
  }

  private void say(DrainBook next, String peer) {
    Set<String> on = new TreeSet<>(next.drained());
    on.removeAll(book.drained());
    Set<String> off = new TreeSet<>(book.drained());
    off.removeAll(next.drained());
    String newer = ": " + peer + " knows a newer order";
    if (!on.isEmpty()) {
      tell("no new connections for " + String.join(", ", on) + newer);
    }
    if (!off.isEmpty()) {
      tell("new connections again for " + String.join(", ", off) + newer);
    }
  }

  private void tell(String sentence) {
    chronicle.tell("event", "DRAIN", sentence, Map.of());
  }

  private void keep(DrainBook next) throws IOException {
    try {
      file.write(next.json().toString());
      onDisk = true;
      alarms.clear(ALARM);
    } catch (IOException e) {
      throw new IOException("which servers are drained cannot be kept: " + e.getMessage(), e);
    }
  }

  private void apply() throws LvsException {
    for (Director director : directors) {
      Set<String> own = new TreeSet<>(book.drained());
      own.retainAll(director.servers());
      director.drained(own);
    }
  }
}
