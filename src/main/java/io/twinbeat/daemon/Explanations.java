package io.twinbeat.daemon;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.twinbeat.journal.Journal;
import io.twinbeat.journal.Journal.Entry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers "why?" from the journal. */
final class Explanations {
  private static final int LOOKED_THROUGH_MAX = 512;
  private static final int BECAUSE_MAX = 12;

  /** What came longer before a decision is not what it rests on. */
  private static final Duration BECAUSE_WITHIN = Duration.ofMinutes(2);

  private Explanations() {}

  /** One event and what led to it. */
  static Optional<JsonObject> of(Journal journal, long number) throws IOException {
    List<Entry> read =
        journal.read(Math.max(1, number - LOOKED_THROUGH_MAX), LOOKED_THROUGH_MAX + 1);
    for (int i = 0; i < read.size(); i++) {
      if (read.get(i).number() == number) {
        return Optional.of(all(List.of(explanation(read, i))));
      }
    }
    return Optional.empty();
  }

  /** For each subject the last decision, which is what stands now. */
  static JsonObject standing(Journal journal, List<String> subjects) throws IOException {
    List<Entry> read = journal.last(LOOKED_THROUGH_MAX);
    List<JsonObject> found = new ArrayList<>();
    for (String subject : subjects) {
      for (int i = read.size() - 1; i >= 0; i--) {
        Entry entry = read.get(i);
        if (entry.sentence().startsWith(subject + ": ") && !entry.kind().equals("alarm")) {
          found.add(explanation(read, i));
          break;
        }
      }
    }
    return all(found);
  }

  private static JsonObject explanation(List<Entry> read, int at) {
    Entry event = read.get(at);
    JsonArray because = new JsonArray();
    int from = at;
    while (from > 0
        && at - from < BECAUSE_MAX
        && Duration.between(read.get(from - 1).at(), event.at()).compareTo(BECAUSE_WITHIN) < 0) {
      from--;
    }
    for (int i = from; i < at; i++) {
      because.add(json(read.get(i)));
    }
    JsonObject explanation = new JsonObject();
    explanation.add("event", json(event));
    explanation.add("because", because);
    return explanation;
  }

  private static JsonObject all(List<JsonObject> explanations) {
    JsonArray array = new JsonArray();
    explanations.forEach(array::add);
    JsonObject result = new JsonObject();
    result.add("explanations", array);
    return result;
  }

  static JsonObject json(Entry entry) {
    JsonObject evidence = new JsonObject();
    entry.evidence().forEach(evidence::addProperty);
    JsonObject json = new JsonObject();
    json.addProperty("number", entry.number());
    json.addProperty("at", entry.at().toString());
    json.addProperty("kind", entry.kind());
    json.addProperty("rule", entry.rule());
    json.addProperty("sentence", entry.sentence());
    json.add("evidence", evidence);
    return json;
  }
}
