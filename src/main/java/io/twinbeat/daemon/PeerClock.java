package io.twinbeat.daemon;

import com.google.gson.JsonObject;
import io.twinbeat.resource.ReadinessItem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * Compares this machine's wall clock with the peer's. Nothing is decided on wall clocks;
 * certificates and whoever reads two logs side by side rest on them.
 */
final class PeerClock {
  static final String QUESTION = "clock";
  static final String NAME = "clock";

  static final Duration LIMIT = Duration.ofSeconds(2);
  private static final Duration ASK_LIMIT = Duration.ofSeconds(3);

  private final String peer;
  private final PeerQuestions questions;

  PeerClock(String peer, PeerQuestions questions) {
    this.peer = peer;
    this.questions = questions;
    questions.answer(
        QUESTION,
        question -> {
          JsonObject answer = new JsonObject();
          answer.addProperty("millis", Instant.now().toEpochMilli());
          return answer;
        });
  }

  ReadinessItem look() {
    long asked = System.nanoTime();
    try {
      JsonObject answer = questions.ask(QUESTION, new JsonObject(), ASK_LIMIT);
      long here = Instant.now().toEpochMilli();
      long trip = Duration.ofNanos(System.nanoTime() - asked).toMillis();
      return judged(peer, here, answer.get("millis").getAsLong(), trip);
    } catch (IOException e) {
      return ReadinessItem.warning(NAME, "not compared with " + peer + "'s: " + e.getMessage(), "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ReadinessItem.warning(NAME, "not compared with " + peer + "'s: interrupted", "");
    }
  }

  /**
   * The peer read its clock somewhere on the way: half the trip is the best guess, and as much may
   * be wrong.
   */
  static ReadinessItem judged(String peer, long hereMillis, long thereMillis, long tripMillis) {
    long ahead = hereMillis - tripMillis / 2 - thereMillis;
    long surely = Math.abs(ahead) - (tripMillis + 1) / 2;
    String off = "%.1f s %s %s's".formatted(Math.abs(ahead) / 1e3, side(ahead), peer);
    return surely > LIMIT.toMillis()
        ? ReadinessItem.warning(
            NAME, off, "let both nodes follow the same time servers (chrony, systemd-timesyncd)")
        : ReadinessItem.good(NAME, off);
  }

  private static String side(long ahead) {
    return ahead < 0 ? "behind" : "ahead of";
  }
}
