package io.twinbeat.daemon;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.twinbeat.decision.WhyNot;
import io.twinbeat.decision.whatif.Prediction;
import io.twinbeat.journal.Autopsy;
import io.twinbeat.journal.Journal.Entry;
import io.twinbeat.journal.Move;
import io.twinbeat.journal.Timeline.Line;
import java.time.Instant;
import java.util.List;

/** The answer of {@code explain}, put together piece by piece. */
final class ExplainJson {
  private final JsonArray explanations = new JsonArray();
  private final JsonArray ways = new JsonArray();
  private final JsonArray moves = new JsonArray();
  private final JsonArray autopsies = new JsonArray();
  private final JsonArray timeline = new JsonArray();

  void event(Entry entry) {
    JsonObject explanation = new JsonObject();
    explanation.add("event", entry.toJson());
    explanations.add(explanation);
  }

  void ways(List<WhyNot.Way> all) {
    for (WhyNot.Way way : all) {
      JsonArray conditions = new JsonArray();
      for (WhyNot.Reason reason : way.conditions()) {
        JsonObject condition = new JsonObject();
        condition.addProperty("rule", reason.rule().name());
        condition.addProperty("met", reason.met());
        condition.addProperty("sentence", reason.sentence());
        conditions.add(condition);
      }
      JsonObject json = new JsonObject();
      json.addProperty("group", way.group());
      json.addProperty("goal", way.goal());
      json.addProperty("open", way.open());
      json.add("conditions", conditions);
      ways.add(json);
    }
  }

  void move(Move move) {
    JsonArray steps = new JsonArray();
    for (int i = 0; i < move.steps().size(); i++) {
      Move.Step step = move.steps().get(i);
      JsonObject json = new JsonObject();
      json.addProperty("name", step.name());
      json.addProperty("node", step.node());
      json.addProperty("number", step.number());
      json.addProperty("at", step.at().toString());
      json.addProperty("tookMs", move.took(i).toNanos() / 1e6);
      json.addProperty("detail", step.detail());
      steps.add(json);
    }
    JsonObject json = new JsonObject();
    json.addProperty("group", move.group());
    json.addProperty("to", move.to());
    json.addProperty("term", move.term());
    json.addProperty("wholeMs", move.whole().toNanos() / 1e6);
    json.addProperty("longest", move.longest());
    json.add("steps", steps);
    moves.add(json);
  }

  void autopsy(Autopsy autopsy) {
    JsonArray holdings = new JsonArray();
    for (Autopsy.Holding holding : autopsy.holdings()) {
      JsonArray knew = new JsonArray();
      for (Line line : holding.knew()) {
        JsonObject json = line(line);
        json.add("evidence", line.entry().toJson().get("evidence"));
        knew.add(json);
      }
      JsonObject json = new JsonObject();
      json.addProperty("node", holding.node());
      json.addProperty("term", holding.term());
      instant(json, "from", holding.from());
      instant(json, "to", holding.to());
      json.add("knew", knew);
      holdings.add(json);
    }
    JsonObject json = new JsonObject();
    json.addProperty("group", autopsy.group());
    instant(json, "met", autopsy.met());
    json.addProperty("stayed", autopsy.stayed());
    json.addProperty("yielded", autopsy.yielded());
    instant(json, "from", autopsy.from());
    instant(json, "to", autopsy.to());
    json.add("holdings", holdings);
    autopsies.add(json);
  }

  private static void instant(JsonObject json, String name, Instant at) {
    if (at != null) {
      json.addProperty(name, at.toString());
    }
  }

  private static JsonObject line(Line line) {
    JsonObject json = new JsonObject();
    json.addProperty("node", line.node());
    json.addProperty("number", line.entry().number());
    json.addProperty("at", line.at().toString());
    json.addProperty("kind", line.entry().kind());
    json.addProperty("rule", line.entry().rule());
    json.addProperty("sentence", line.entry().sentence());
    return json;
  }

  void timeline(List<Line> lines, Instant from, Instant to) {
    for (Line line : lines) {
      if (!line.at().isBefore(from) && !line.at().isAfter(to)) {
        timeline.add(line(line));
      }
    }
  }

  /** {@code told} is null when the peer could not be asked; then {@code missing} says why. */
  JsonObject finished(String self, String peer, PeerJournal.Told told, String missing) {
    JsonObject other = new JsonObject();
    other.addProperty("node", peer);
    if (told == null) {
      other.addProperty("missing", missing);
    } else {
      other.addProperty("entries", told.source().entries().size());
      other.addProperty("all", told.all());
      other.addProperty("aheadMs", told.ahead().toNanos() / 1e6);
      other.addProperty("unsureMs", told.unsure().toNanos() / 1e6);
    }
    JsonObject result = new JsonObject();
    result.addProperty("node", self);
    result.add("peer", other);
    result.add("explanations", explanations);
    result.add("ways", ways);
    result.add("moves", moves);
    result.add("autopsies", autopsies);
    result.add("timeline", timeline);
    return result;
  }

  static JsonObject whatIf(String faults, Prediction prediction) {
    JsonArray assumptions = new JsonArray();
    prediction.assumptions().forEach(assumptions::add);
    JsonArray story = new JsonArray();
    for (Prediction.Line line : prediction.story()) {
      JsonObject json = new JsonObject();
      json.addProperty("afterMs", line.after().toNanos() / 1e6);
      json.addProperty("node", line.node());
      json.addProperty("kind", line.kind());
      json.addProperty("rule", line.rule());
      json.addProperty("sentence", line.sentence());
      story.add(json);
    }
    JsonArray ends = new JsonArray();
    for (Prediction.End end : prediction.ends()) {
      JsonArray holders = new JsonArray();
      end.holders().forEach(holders::add);
      JsonObject json = new JsonObject();
      json.addProperty("group", end.group());
      json.add("holders", holders);
      json.addProperty("served", end.served());
      json.addProperty("unservedMs", end.unserved().toNanos() / 1e6);
      json.addProperty("doublyMs", end.doubly().toNanos() / 1e6);
      ends.add(json);
    }
    JsonObject whatIf = new JsonObject();
    whatIf.addProperty("faults", faults);
    whatIf.add("assumptions", assumptions);
    whatIf.add("story", story);
    whatIf.add("ends", ends);
    whatIf.addProperty("goesOn", prediction.goesOn());
    JsonObject result = new JsonObject();
    result.add("whatIf", whatIf);
    return result;
  }
}
