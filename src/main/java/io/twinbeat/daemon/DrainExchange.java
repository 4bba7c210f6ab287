package io.twinbeat.daemon;

import com.google.gson.JsonObject;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.State;
import io.twinbeat.resource.ReadinessItem;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes both nodes agree which servers are drained. Each tells a digest of its book with what it
 * tells anyway; where they differ, the books are joined on both, page by page. Any thread.
 */
final class DrainExchange {
  static final String QUESTION = "drains";
  static final String NAME = "drained servers";

  /** The answering node writes to its disk. */
  private static final Duration PAGE_LIMIT = Duration.ofSeconds(5);

  /** Both books at their largest, 512 KiB, with half of each page wasted. */
  private static final int PAGES_MAX = 32;

  /** What failed is not tried again at once. */
  private static final Duration AGAIN = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(DrainExchange.class);

  /** What both had when they were joined last; the files may name different servers. */
  private record Joined(long peerLife, String here, String there) {}

  private final String peer;
  private final Drains drains;
  private final PeerQuestions questions;
  private final PeerFacts facts;
  private final Supplier<State> state;
  private volatile Joined joined = new Joined(0, "", "");
  private volatile String failed = "";
  private volatile long failedAt;

  /** From now on the peer is answered. */
  DrainExchange(
      String peer, Drains drains, PeerQuestions questions, PeerFacts facts, Supplier<State> state) {
    this.peer = peer;
    this.drains = drains;
    this.questions = questions;
    this.facts = facts;
    this.state = state;
    questions.answer(QUESTION, this::answered);
  }

  private JsonObject answered(JsonObject question) throws IOException {
    DrainBook.Page page = DrainBook.Page.parse(question);
    drains.join(page.book(), peer);
    return drains.book().newsFor(page, Drains.PAGE_CHARS).json();
  }

  /** Both know the newest orders of both when it returns; an IOException says why not. */
  void join() throws IOException, InterruptedException {
    Optional<Long> life = heard();
    String there = told();
    pages();
    life.ifPresent(heard -> joined = new Joined(heard, drains.book().digest(heard), there));
  }

  private void pages() throws IOException, InterruptedException {
    String after = "";
    for (int i = 0; i < PAGES_MAX; i++) {
      DrainBook.Page page = drains.book().pageAfter(after, Drains.PAGE_CHARS);
      DrainBook.News news = DrainBook.News.parse(questions.ask(QUESTION, page.json(), PAGE_LIMIT));
      drains.join(news.book(), peer);
      Optional<String> next = page.next(news);
      if (next.isEmpty()) {
        return;
      }
      after = next.get();
    }
    throw new IOException(peer + " does not come to an end with its drained servers");
  }

  /** To be called again and again. */
  void agree() {
    Optional<Long> life = heard();
    boolean justFailed = !failed.isEmpty() && System.nanoTime() - failedAt < AGAIN.toNanos();
    if (life.isEmpty() || justFailed || !mute().isEmpty() || agreed(life.get())) {
      return;
    }
    try {
      join();
      failed = "";
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      if (!why.equals(failed)) {
        log.info("{} and this node do not agree yet on drained servers: {}", peer, why);
      }
      failedAt = System.nanoTime();
      failed = why;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The peer's incarnation, while it is heard. */
  private Optional<Long> heard() {
    State s = state.get();
    Hearing hearing = s.peer().hearing();
    boolean heard = hearing == Hearing.HEARD || hearing == Hearing.LATE;
    return heard && s.peer().last() != null
        ? Optional.of(s.peer().last().incarnation())
        : Optional.empty();
  }

  /** The digest that the peer told; empty before it did. */
  private String told() {
    return facts.told().map(PeerFacts.Told::drains).orElse("");
  }

  /** Why the peer cannot agree: it is of a version that has no book. */
  private String mute() {
    return facts.told().filter(told -> told.drains() == null).isPresent()
        ? peer + " runs a version that cannot be told"
        : "";
  }

  /** Whether there is nothing to be exchanged with this life of the peer. */
  private boolean agreed(long life) {
    String here = drains.book().digest(life);
    String there = told();
    return drains.onDisk() && (here.equals(there) || joined.equals(new Joined(life, here, there)));
  }

  /** Only what a director's node has. */
  List<ReadinessItem> items() {
    return drains.servers().isEmpty() ? List.of() : List.of(item());
  }

  private ReadinessItem item() {
    Set<String> drained = drains.book().drained();
    String names = drained.isEmpty() ? "none" : String.join(", ", drained);
    Optional<Long> life = heard();
    if (life.isEmpty()) {
      return ReadinessItem.good(NAME, names + "; " + peer + " is told when it is heard");
    }
    if (!mute().isEmpty()) {
      return ReadinessItem.warning(
          NAME, names + "; " + mute(), "on " + peer + ", too: twinbeat drain SERVER");
    }
    if (agreed(life.get())) {
      return ReadinessItem.good(NAME, names + ", as " + peer + " knows");
    }
    return ReadinessItem.unknown(
        NAME, names + "; not agreed with " + peer + (failed.isEmpty() ? " yet" : ": " + failed));
  }
}
