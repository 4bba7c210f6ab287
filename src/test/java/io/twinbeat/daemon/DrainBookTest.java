package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Two nodes that join their books in any order, any number of times, end up with one. */
class DrainBookTest {
  private static final List<String> SERVERS = List.of("web1", "web2", "web3", "web4");
  private static final int ROUNDS = 20_000;

  /** The messages between the two have a limit; this is far less than it. */
  private static final int SMALL_PAGE = 100;

  private static DrainBook any(Random random) {
    DrainBook book = DrainBook.EMPTY;
    for (String server : SERVERS) {
      if (random.nextBoolean()) {
        // Few numbers, so that ties are frequent.
        book = book.with(server, new DrainOrder(1 + random.nextInt(3), random.nextBoolean()));
      }
    }
    return book;
  }

  private static DrainBook ordered(DrainBook book, String server, boolean drained) {
    return book.with(server, book.of(server).next(drained));
  }

  @Test
  void joiningIsCommutativeAssociativeAndIdempotent() {
    Random random = new Random(7);
    for (int i = 0; i < ROUNDS; i++) {
      DrainBook a = any(random);
      DrainBook b = any(random);
      DrainBook c = any(random);
      assertEquals(a.join(b), b.join(a));
      assertEquals(a.join(b).join(c), a.join(b.join(c)));
      assertEquals(a, a.join(a));
      assertEquals(a.join(b), a.join(b).join(a).join(b));
      assertEquals(a, a.join(DrainBook.EMPTY));
    }
  }

  @Test
  void theNewestOrderForEachServerWins() {
    DrainBook before = ordered(DrainBook.EMPTY, "web1", true);
    DrainBook undrained = ordered(before, "web1", false);
    assertEquals(Set.of(), before.join(undrained).drained());
    DrainBook again = ordered(undrained, "web1", true);
    assertEquals(Set.of("web1"), again.join(undrained).join(before).drained());
  }

  /** The same order again was given just now, and is newer than what was ordered elsewhere. */
  @Test
  void anOrderThatChangesNothingIsNewerAllTheSame() {
    DrainBook both = ordered(DrainBook.EMPTY, "web1", true);
    DrainBook here = ordered(ordered(both, "web1", true), "web1", true);
    DrainBook there = ordered(both, "web1", false);
    assertEquals(Set.of("web1"), here.join(there).drained());
  }

  /** Which of the two was later nobody can tell: a server in maintenance must get no clients. */
  @Test
  void ofTwoOrdersWithOneNumberTheDrainWins() {
    DrainBook both = ordered(DrainBook.EMPTY, "web1", false);
    DrainBook here = ordered(both, "web1", true);
    DrainBook there = ordered(both, "web1", false);
    assertEquals(Set.of("web1"), here.join(there).drained());
    assertEquals(Set.of("web1"), there.join(here).drained());
  }

  @Test
  void anOrderOfOneServerTouchesNoOther() {
    DrainBook here = ordered(ordered(DrainBook.EMPTY, "web1", true), "web1", false);
    DrainBook there = ordered(DrainBook.EMPTY, "web2", true);
    assertEquals(Set.of("web2"), here.join(there).drained());
  }

  @Test
  void whatTheFileDoesNotNameIsLeftOut() {
    DrainBook book = ordered(ordered(DrainBook.EMPTY, "web1", true), "old", true);
    DrainBook left = book.only(Set.of("web1", "web2"));
    assertEquals(Set.of("web1"), left.drained());
    assertEquals(Set.of("web1"), left.orders().keySet());
  }

  @Test
  void aDigestTellsBooksApartAndLives() {
    DrainBook one = ordered(DrainBook.EMPTY, "web1", true);
    DrainBook two = ordered(DrainBook.EMPTY, "web2", true);
    assertEquals(one.digest(5), ordered(DrainBook.EMPTY, "web1", true).digest(5));
    assertNotEquals(one.digest(5), one.digest(6));
    assertNotEquals(one.digest(5), two.digest(5));
    assertNotEquals(one.digest(5), ordered(one, "web1", true).digest(5));
    assertNotEquals(one.digest(5), DrainBook.EMPTY.digest(5));
  }

  @Test
  void itComesBackFromJsonAsItWas() throws IOException {
    Random random = new Random(8);
    for (int i = 0; i < 200; i++) {
      DrainBook book = any(random);
      JsonObject json = JsonParser.parseString(book.json().toString()).getAsJsonObject();
      assertEquals(book, DrainBook.parse(json));
    }
  }

  @Test
  void damageIsRefused() {
    for (String damaged :
        List.of(
            "{\"web1\": 1}",
            "{\"web1\": []}",
            "{\"web1\": [1]}",
            "{\"web1\": [0, true]}",
            "{\"web1\": [-1, true]}",
            "{\"web1\": [1.5, true]}",
            "{\"web1\": [9007199254740993, true]}",
            "{\"web1\": [1e30, true]}",
            "{\"web1\": [1, \"yes\"]}",
            "{\"web1\": [1, 1]}",
            "{\"web1\": [1, true, 2]}",
            "{\"web1\": null}")) {
      JsonObject json = JsonParser.parseString(damaged).getAsJsonObject();
      assertThrows(IOException.class, () -> DrainBook.parse(json), damaged);
    }
  }

  private static DrainBook large(String prefix, int servers, Random random) {
    DrainBook book = DrainBook.EMPTY;
    for (int i = 0; i < servers; i++) {
      if (random.nextInt(4) > 0) {
        book = book.with(prefix + i, new DrainOrder(1 + random.nextInt(4), random.nextBoolean()));
      }
    }
    return book;
  }

  /** Page by page, whatever fits into a page, both have the same in the end. */
  @Test
  void pagesOfAnySizeMakeBothTheSame() throws IOException {
    Random random = new Random(9);
    for (int round = 0; round < 300; round++) {
      DrainBook here = large("a", random.nextInt(40), random);
      DrainBook there = large(random.nextBoolean() ? "a" : "b", random.nextInt(40), random);
      DrainBook wanted = here.join(there);
      DrainBook.Page page = here.pageAfter("", SMALL_PAGE);
      int pages = 1;
      while (true) {
        // As the other node does: it joins, and answers with what the asker does not know.
        there = there.join(page.book());
        DrainBook.News news = there.newsFor(page, SMALL_PAGE);
        assertTrue(news.json().toString().length() <= 2 * SMALL_PAGE, news::toString);
        here = here.join(news.book());
        Optional<String> after = page.next(news);
        if (after.isEmpty()) {
          break;
        }
        page = here.pageAfter(after.get(), SMALL_PAGE);
        pages++;
        assertTrue(pages < 1000, "it goes on for ever");
      }
      assertEquals(wanted, here);
      assertEquals(wanted, there);
    }
  }

  /** A thousand drained servers with the longest names are one message, and one small file. */
  @Test
  void aThousandServersFitIntoOneMessage() {
    DrainBook book = DrainBook.EMPTY;
    for (int i = 0; i < 1000; i++) {
      book = ordered(book, "a-rather-long-name-of-serve-%d".formatted(1000 + i), true);
    }
    List<String> all = new ArrayList<>(new TreeSet<>(book.drained()));
    DrainBook.Page page = book.pageAfter("", Drains.PAGE_CHARS);
    assertEquals(all, List.copyOf(page.book().drained()));
    int bytes = page.json().toString().length();
    assertTrue(bytes < PeerQuestions.ANSWER_BYTES_MAX / 4, bytes + " bytes");
  }
}
