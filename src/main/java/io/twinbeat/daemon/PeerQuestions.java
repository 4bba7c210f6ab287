package io.twinbeat.daemon;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions to the peer's daemon and their answers, as reliable messages; any thread. For what
 * operators want to know or change on both nodes: whether a group is taken is never decided on it.
 */
final class PeerQuestions {
  static final String QUESTION = "question";
  static final String ANSWER = "answer";

  /** An answer must fit, or the peer is told that it does not. */
  static final int ANSWER_BYTES_MAX = 256 * 1024;

  private static final int ASKED_AT_ONCE_MAX = 16;
  private static final int ANSWERED_AT_ONCE_MAX = 4;
  private static final Logger log = LoggerFactory.getLogger(PeerQuestions.class);

  /** Answers one kind of question, on a virtual thread; what it throws is told as the reason. */
  interface Answerer {
    JsonObject answer(JsonObject question) throws IOException, InterruptedException;
  }

  private final String peer;
  private final Predicate<byte[]> send;
  private final Map<String, Answerer> answerers = new ConcurrentHashMap<>();
  private final Map<Long, CompletableFuture<JsonObject>> open = new ConcurrentHashMap<>();
  private final Semaphore answering = new Semaphore(ANSWERED_AT_ONCE_MAX);
  // From a random number on: an answer to an earlier life of this daemon fits no question.
  private final AtomicLong lastId = new AtomicLong(RandomGenerator.getDefault().nextLong());

  /**
   * @param peer the peer's name, for the sentences
   * @param send takes a message to the peer; false when the peer cannot be reached
   */
  PeerQuestions(String peer, Predicate<byte[]> send) {
    this.peer = peer;
    this.send = send;
  }

  /** From now on questions of this kind are answered so. */
  void answer(String kind, Answerer answerer) {
    if (answerers.putIfAbsent(kind, answerer) != null) {
      throw new IllegalStateException(kind + " is answered already");
    }
  }

  /**
   * Asks the peer's daemon and waits for the answer. An IOException says why there is none: the
   * peer is not heard, did not answer in time, does not know the question, or what went wrong.
   */
  JsonObject ask(String kind, JsonObject question, Duration limit)
      throws IOException, InterruptedException {
    if (open.size() >= ASKED_AT_ONCE_MAX) {
      throw new IOException("too many questions to " + peer + " wait for an answer");
    }
    long id = lastId.incrementAndGet();
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    open.put(id, answer);
    try {
      if (!send.test(bytes(message(QUESTION, id, kind, question)))) {
        throw new IOException(peer + " cannot be asked: its daemon is not heard");
      }
      return body(answer.get(limit.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      throw new IOException(peer + " did not answer within " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      open.remove(id);
    }
  }

  private static JsonObject body(JsonObject answer) throws IOException {
    JsonElement error = answer.get("error");
    if (error != null) {
      throw new IOException(PeerText.shown(error.getAsString()));
    }
    return answer.getAsJsonObject("body");
  }

  /** A message of the peer with kind {@link #QUESTION}; never blocks. */
  void asked(JsonObject message) {
    long id = message.get("id").getAsLong();
    String kind = message.get("about").getAsString();
    JsonObject question = message.getAsJsonObject("body");
    if (!answering.tryAcquire()) {
      Thread.ofVirtual().start(() -> refuse(id, kind, "this node answers too much already"));
      return;
    }
    Thread.ofVirtual()
        .name("answer-" + kind)
        .start(() -> {
          try {
            reply(id, kind, question);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            answering.release();
          }
        });
  }

  private void reply(long id, String kind, JsonObject question) throws InterruptedException {
    Answerer answerer = answerers.get(kind);
    if (answerer == null) {
      refuse(id, kind, "its version does not know the question '" + kind + "'");
      return;
    }
    byte[] answer;
    try {
      answer = bytes(message(ANSWER, id, kind, answerer.answer(question)));
    } catch (IOException e) {
      refuse(id, kind, e.getMessage());
      return;
    } catch (RuntimeException e) {
      log.error("the question '{}' of {} could not be answered", kind, peer, e);
      refuse(id, kind, "the question '" + kind + "' could not be answered there: see its log");
      return;
    }
    if (answer.length > ANSWER_BYTES_MAX) {
      refuse(id, kind, "the answer is too long: " + answer.length + " bytes");
    } else {
      say(answer, kind);
    }
  }

  private void say(byte[] answer, String kind) {
    if (!send.test(answer)) {
      log.info("{} is gone before its question '{}' was answered", peer, kind);
    }
  }

  private void refuse(long id, String kind, String why) {
    JsonObject error = message(ANSWER, id, kind, new JsonObject());
    error.addProperty("error", why);
    say(bytes(error), kind);
  }

  /** A message of the peer with kind {@link #ANSWER}; never blocks. */
  void answered(JsonObject message) {
    CompletableFuture<JsonObject> waiting = open.get(message.get("id").getAsLong());
    if (waiting != null) {
      waiting.complete(message);
    }
  }

  private static JsonObject message(String kind, long id, String about, JsonObject body) {
    JsonObject message = new JsonObject();
    message.addProperty("kind", kind);
    message.addProperty("id", id);
    message.addProperty("about", about);
    message.add("body", body);
    return message;
  }

  private static byte[] bytes(JsonObject message) {
    return message.toString().getBytes(StandardCharsets.UTF_8);
  }
}
