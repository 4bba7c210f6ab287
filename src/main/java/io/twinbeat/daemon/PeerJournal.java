package io.twinbeat.daemon;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.twinbeat.journal.Journal;
import io.twinbeat.journal.Journal.Entry;
import io.twinbeat.journal.Stamp;
import io.twinbeat.journal.Timeline.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The other node's journal, asked for over the wire, and this node's for the other. The round trip
 * tells how far the clocks are apart: the answer was made somewhere between question and answer.
 */
final class PeerJournal {
  static final String QUESTION = "journal";

  /** How many of the last entries of a journal are looked through. */
  static final int LOOKED_THROUGH_MAX = 2048;

  /** An operator waits for it, and a peer that is heard answers within milliseconds. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

  /** Room for what stands around the entries. */
  private static final int ENTRIES_BYTES_MAX = PeerQuestions.ANSWER_BYTES_MAX - 16 * 1024;

  /**
   * What the peer told.
   *
   * @param ahead how far its clock is ahead of this node's
   * @param unsure by how much that may be wrong, and with it the place of its entries
   * @param all whether no entry of the time asked for was left out
   */
  record Told(Source source, Duration ahead, Duration unsure, boolean all) {}

  private PeerJournal() {}

  /** The entries of the last so many milliseconds, up to those that are so old. */
  static Told ask(PeerQuestions peer, String name, long fromAgeMs, long toAgeMs)
      throws IOException, InterruptedException {
    JsonObject question = new JsonObject();
    question.addProperty("fromAgeMs", fromAgeMs);
    question.addProperty("toAgeMs", toAgeMs);
    long asked = System.nanoTime();
    JsonObject answer = peer.ask(QUESTION, question, ANSWER_LIMIT);
    long trip = System.nanoTime() - asked;
    Instant here = Instant.now().minusNanos(trip / 2);
    try {
      Stamp now =
          new Stamp(
              answer.get("boot").getAsString(),
              answer.get("nanos").getAsLong(),
              Instant.parse(answer.get("wall").getAsString()));
      List<Entry> entries = new ArrayList<>();
      for (JsonElement entry : answer.getAsJsonArray("entries")) {
        entries.add(entry(entry.getAsJsonObject()));
      }
      return new Told(
          new Source(name, entries, now, here),
          Duration.between(here, now.wall()),
          Duration.ofNanos(trip / 2),
          answer.get("all").getAsBoolean());
    } catch (DateTimeParseException
        | IllegalStateException
        | ClassCastException
        | NullPointerException
        | NumberFormatException
        | UnsupportedOperationException e) {
      throw new IOException("the answer of " + name + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Entry entry(JsonObject json) {
    Map<String, String> evidence = new LinkedHashMap<>();
    json.getAsJsonObject("evidence")
        .entrySet()
        .forEach(item -> evidence.put(item.getKey(), item.getValue().getAsString()));
    return new Entry(
        json.get("number").getAsLong(),
        Instant.parse(json.get("at").getAsString()),
        json.get("kind").getAsString(),
        json.get("rule").getAsString(),
        json.get("sentence").getAsString(),
        evidence);
  }

  /** Answers the other node. The newest entries go first into what fits. */
  static JsonObject answer(Journal journal, Stamp now, JsonObject question) throws IOException {
    long fromAge = question.get("fromAgeMs").getAsLong();
    long toAge = question.get("toAgeMs").getAsLong();
    List<Entry> read = journal.last(LOOKED_THROUGH_MAX);
    List<JsonObject> fitting = new ArrayList<>();
    long bytes = 0;
    boolean all = true;
    for (Entry entry : read.reversed()) {
      long age = Duration.between(entry.at(), now.wall()).toMillis();
      if (age <= fromAge && age >= toAge) {
        JsonObject json = entry.toJson();
        bytes += json.toString().getBytes(StandardCharsets.UTF_8).length + 1;
        if (bytes > ENTRIES_BYTES_MAX) {
          all = false;
          break;
        }
        fitting.add(json);
      }
    }
    JsonArray entries = new JsonArray();
    fitting.reversed().forEach(entries::add);
    JsonObject answer = new JsonObject();
    answer.addProperty("boot", now.boot());
    answer.addProperty("nanos", now.nanos());
    answer.addProperty("wall", now.wall().toString());
    answer.addProperty("all", all);
    answer.add("entries", entries);
    return answer;
  }
}
