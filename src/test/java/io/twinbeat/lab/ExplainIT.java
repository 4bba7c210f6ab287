package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What really happened is what explain said before, and what it says afterwards. */
@Timeout(180)
class ExplainIT {
  /** The story of a takeover, whatever else is noted beside it. */
  private static final Set<String> STORY =
      Set.of(
          "LATE",
          "SILENT",
          "STILL_SERVED",
          "CUT_OFF",
          "WAIT_FIRST",
          "FENCE",
          "FENCE_CONFIRMED",
          "FENCE_FAILED",
          "TAKE_OVER",
          "STARTED");

  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  static JsonObject explain(LabNode node, String... arguments) {
    List<String> words = new ArrayList<>(List.of("explain", "--json"));
    words.addAll(List.of(arguments));
    return JsonParser.parseString(ScenePair.twinbeat(0, node, words.toArray(String[]::new)))
        .getAsJsonObject();
  }

  private static List<String> rules(Iterable<JsonElement> lines, String node) {
    List<String> rules = new ArrayList<>();
    for (JsonElement each : lines) {
      JsonObject line = each.getAsJsonObject();
      String rule = line.get("rule").getAsString();
      if (line.get("node").getAsString().equals(node) && STORY.contains(rule)) {
        rules.add(rule);
      }
    }
    return rules;
  }

  private static List<String> happened(LabNode node, long after) {
    List<String> rules = new ArrayList<>();
    for (String line :
        ScenePair.twinbeat(0, node, "events", "--json", "-n", "500").split("\n", -1)) {
      if (!line.isBlank()) {
        JsonObject event = JsonParser.parseString(line).getAsJsonObject();
        String rule = event.get("rule").getAsString();
        if (event.get("number").getAsLong() > after && STORY.contains(rule)) {
          rules.add(rule);
        }
      }
    }
    return rules;
  }

  private static long lastNumber(LabNode node) {
    String last = ScenePair.twinbeat(0, node, "events", "--json", "-n", "1");
    return JsonParser.parseString(last).getAsJsonObject().get("number").getAsLong();
  }

  static JsonObject first(JsonObject object, String list) {
    assertTrue(object.getAsJsonArray(list).size() > 0, () -> "no " + list + " in " + object);
    return object.getAsJsonArray(list).get(0).getAsJsonObject();
  }

  static void print(LabNode node, String... arguments) {
    List<String> words = new ArrayList<>(List.of("explain"));
    words.addAll(List.of(arguments));
    System.out.printf(
        "%s: twinbeat %s%n%s%n",
        node.name(),
        String.join(" ", words),
        ScenePair.twinbeat(0, node, words.toArray(String[]::new)));
  }

  @Test
  void powerLossGoesAsPredictedAndIsToldPhaseByPhase() {
    LabNode lb1 = PAIR.lb1();
    LabNode lb2 = PAIR.lb2();
    JsonObject whatIf = explain(lb2, "--what-if", "power off lb1").getAsJsonObject("whatIf");
    print(lb2, "--what-if", "power off lb1");
    List<String> predicted = rules(whatIf.getAsJsonArray("story"), "lb2");
    long before = lastNumber(lb2);

    lb1.powerOff();
    PAIR.serves(lb2);
    ScenePair.await("the start is told", () -> happened(lb2, before).contains("STARTED"));
    assertEquals(happened(lb2, before), predicted);
    JsonObject end = first(whatIf, "ends");
    assertEquals("[\"lb2\"]", end.get("holders").toString());
    ScenePair.measured(
        "power loss: outage %.0f ms, predicted %.0f ms with %s",
        PAIR.outage().millis(),
        end.get("unservedMs").getAsDouble(),
        whatIf.getAsJsonArray("assumptions").get(0));
    assertTrue(
        explain(lb2).getAsJsonObject("peer").get("missing").getAsString().contains("lb1"),
        "a peer that is off cannot be asked");

    lb1.powerOn();
    PAIR.calm("lb2");
    JsonObject after = explain(lb2);
    print(lb2);
    JsonObject move = first(after, "moves");
    assertEquals("lb2", move.get("to").getAsString());
    List<String> steps = new ArrayList<>();
    double sum = 0;
    for (JsonElement each : move.getAsJsonArray("steps")) {
      steps.add(each.getAsJsonObject().get("name").getAsString());
      sum += each.getAsJsonObject().get("tookMs").getAsDouble();
    }
    steps.remove("service gone"); // Before or after the verdict: a matter of milliseconds.
    assertEquals(
        List.of(
            "last heard", "late", "silent", "fence", "proven off", "start", "address", "served"),
        steps);
    assertEquals(move.get("wholeMs").getAsDouble(), sum, 0.01);
    ScenePair.measured("told: %.0f ms from the last heartbeat to served", sum);
    assertFalse(after.getAsJsonObject("peer").has("missing"), "the peer is asked");

    long number = 0;
    for (JsonElement each : move.getAsJsonArray("steps")) {
      JsonObject step = each.getAsJsonObject();
      number =
          step.get("name").getAsString().equals("fence") ? step.get("number").getAsLong() : number;
    }
    JsonObject fence = explain(lb2, Long.toString(number));
    print(lb2, Long.toString(number));
    Set<String> nodes = new TreeSet<>();
    fence
        .getAsJsonArray("timeline")
        .forEach(line -> nodes.add(line.getAsJsonObject().get("node").getAsString()));
    assertEquals(Set.of("lb1", "lb2"), nodes, "both journals in one timeline");
    assertTrue(
        first(fence, "explanations").toString().contains("the service of site is gone"),
        "what was weighed is told");
  }

  @Test
  void aPartitionThatMovesNothingIsPredictedAndSaysWhyNothingHappens() {
    LabNode lb2 = PAIR.lb2();
    JsonObject whatIf = explain(lb2, "--what-if", "cut heartbeats").getAsJsonObject("whatIf");
    List<String> predicted = rules(whatIf.getAsJsonArray("story"), "lb2");
    long before = lastNumber(lb2);
    PAIR.cutHeartbeats();
    Daemons.says(lb2, "disconnected");
    assertEquals(happened(lb2, before), predicted);
    JsonObject why = explain(lb2);
    print(lb2);
    JsonObject way = first(why, "ways");
    assertEquals("false", way.get("open").getAsString());
    List<String> unmet = new ArrayList<>();
    for (JsonElement each : way.getAsJsonArray("conditions")) {
      JsonObject condition = each.getAsJsonObject();
      if (!condition.get("met").getAsBoolean()) {
        unmet.add(condition.get("rule").getAsString());
      }
    }
    assertEquals(List.of("STILL_SERVED"), unmet);
    PAIR.mendHeartbeats();
    PAIR.calm("lb1");
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  @Test
  void aFaultThatIsNotKnownIsSaidInOneLine() {
    String said = ScenePair.twinbeat(1, PAIR.lb1(), "explain", "--what-if", "power off lb3");
    assertTrue(said.startsWith("twinbeat explain: failed: 'power off lb3' is no fault"), said);
    assertEquals(1, said.lines().count(), said);
  }
}
