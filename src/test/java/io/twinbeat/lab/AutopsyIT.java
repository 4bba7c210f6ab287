package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Split-brain that the file accepts: healed in one way only, and told alike by both nodes. */
@Timeout(180)
class AutopsyIT {
  /** A heartbeat lies between what one node did and the other learnt, or two where one is lost. */
  private static final Duration APART_MAX = Duration.ofMillis(500);

  @RegisterExtension static final ScenePair PAIR = ScenePair.unfenced();

  @Test
  void twoHoldersMeetTheHigherTermStaysAndBothTellTheSame() {
    LabNode lb1 = PAIR.lb1();
    LabNode lb2 = PAIR.lb2();
    PAIR.cutHeartbeats();
    PAIR.lab().cut("service", Direction.BOTH, "lb1");
    ScenePair.await(
        "both have the address", () -> PAIR.lab().holders().equals(Set.of("lb1", "lb2")));

    PAIR.lab().mend("service");
    PAIR.mendHeartbeats();
    PAIR.calm("lb2"); // Its term is the higher one.
    JsonObject one = ExplainIT.first(ExplainIT.explain(lb1), "autopsies");
    JsonObject two = ExplainIT.first(ExplainIT.explain(lb2), "autopsies");
    ExplainIT.print(lb1);
    ExplainIT.print(lb2);
    for (String fact : new String[] {"group", "stayed", "yielded"}) {
      assertEquals(one.get(fact), two.get(fact), fact);
    }
    assertEquals("lb2", one.get("stayed").getAsString());
    alike(one, two, "from");
    alike(one, two, "to");
    for (int i = 0; i < 2; i++) {
      JsonObject a = one.getAsJsonArray("holdings").get(i).getAsJsonObject();
      JsonObject b = two.getAsJsonArray("holdings").get(i).getAsJsonObject();
      assertEquals(a.get("node"), b.get("node"));
      assertEquals(a.get("term"), b.get("term"));
      assertEquals(rules(a), rules(b), "what " + a.get("node") + " knew");
      alike(a, b, "from");
    }
    JsonObject old = one.getAsJsonArray("holdings").get(0).getAsJsonObject();
    JsonObject taker = one.getAsJsonArray("holdings").get(1).getAsJsonObject();
    assertTrue(taker.get("term").getAsLong() > old.get("term").getAsLong(), one::toString);
    assertTrue(rules(taker).contains("UNFENCED"), one::toString);
    Duration both =
        Duration.between(
            Instant.parse(one.get("from").getAsString()),
            Instant.parse(one.get("to").getAsString()));
    ScenePair.measured("two holders for %d ms, as both journals tell", both.toMillis());
  }

  private static String rules(JsonObject holding) {
    StringBuilder rules = new StringBuilder();
    for (JsonElement each : holding.getAsJsonArray("knew")) {
      rules.append(each.getAsJsonObject().get("rule").getAsString()).append(' ');
    }
    return rules.toString();
  }

  private static void alike(JsonObject a, JsonObject b, String what) {
    Duration apart =
        Duration.between(
                Instant.parse(a.get(what).getAsString()), Instant.parse(b.get(what).getAsString()))
            .abs();
    assertTrue(apart.compareTo(APART_MAX) < 0, () -> what + " is apart by " + apart);
  }
}
