package io.twinbeat.daemon;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.twinbeat.linux.IpvsDestination.Connections;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * How many connections a real server has: only the kernel that balances knows, which for each
 * director may be this node's or the peer's. Any thread.
 */
final class DrainCount {
  static final String QUESTION = "connections";

  private static final Duration ASK_LIMIT = Duration.ofSeconds(3);

  /** One director of this node; empty where it is not active. */
  interface Counter {
    Optional<Connections> connections(String server) throws IOException;
  }

  /** What the kernels of these nodes know. */
  record Count(Connections connections, Set<String> nodes) {}

  private final String self;
  private final String peer;
  private final Function<String, Map<String, Counter>> knowing;
  private final PeerQuestions questions;

  /**
   * From now on the peer is answered.
   *
   * @param knowing the directors that have a server, by names that both nodes have for them
   */
  DrainCount(
      String self,
      String peer,
      Function<String, Map<String, Counter>> knowing,
      PeerQuestions questions) {
    this.self = self;
    this.peer = peer;
    this.knowing = knowing;
    this.questions = questions;
    questions.answer(QUESTION, this::answered);
  }

  /** An IOException says why it is not known: no director counts as none where nobody counts. */
  Count of(String server) throws IOException, InterruptedException {
    Map<String, Connections> counted = here(server);
    Set<String> nodes = new TreeSet<>();
    if (!counted.isEmpty()) {
      nodes.add(self);
    }
    Set<String> missing = new TreeSet<>(knowing.apply(server).keySet());
    missing.removeAll(counted.keySet());
    if (!missing.isEmpty()) {
      Map<String, Connections> there = there(server);
      there.keySet().retainAll(missing);
      missing.removeAll(there.keySet());
      if (!missing.isEmpty()) {
        throw new IOException(
            "neither " + self + " nor " + peer + " holds " + String.join(", ", missing));
      }
      nodes.add(peer);
      counted.putAll(there);
    }
    return new Count(counted.values().stream().reduce(Connections.NONE, Connections::plus), nodes);
  }

  private Map<String, Connections> here(String server) throws IOException {
    Map<String, Connections> counted = new TreeMap<>();
    try {
      for (Map.Entry<String, Counter> director : knowing.apply(server).entrySet()) {
        Optional<Connections> count = director.getValue().connections(server);
        count.ifPresent(connections -> counted.put(director.getKey(), connections));
      }
    } catch (IOException e) {
      throw new IOException(self + " cannot count: " + e.getMessage(), e);
    }
    return counted;
  }

  private Map<String, Connections> there(String server) throws IOException, InterruptedException {
    JsonObject question = new JsonObject();
    question.addProperty("server", server);
    JsonObject answer = questions.ask(QUESTION, question, ASK_LIMIT);
    Map<String, Connections> counted = new TreeMap<>();
    try {
      for (Map.Entry<String, JsonElement> each : answer.getAsJsonObject("directors").entrySet()) {
        JsonArray numbers = each.getValue().getAsJsonArray();
        counted.put(
            each.getKey(),
            new Connections(number(numbers, 0), number(numbers, 1), number(numbers, 2)));
      }
    } catch (RuntimeException e) {
      throw new IOException("the answer of " + peer + " cannot be read: " + answer, e);
    }
    return counted;
  }

  private static int number(JsonArray numbers, int at) {
    int number = numbers.get(at).getAsInt();
    if (number < 0) {
      throw new IllegalArgumentException("fewer than none: " + number);
    }
    return number;
  }

  private JsonObject answered(JsonObject question) throws IOException {
    JsonObject directors = new JsonObject();
    here(question.get("server").getAsString())
        .forEach((director, count) -> {
          JsonArray numbers = new JsonArray();
          numbers.add(count.active());
          numbers.add(count.inactive());
          numbers.add(count.persistent());
          directors.add(director, numbers);
        });
    JsonObject answer = new JsonObject();
    answer.add("directors", directors);
    return answer;
  }
}
