package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PeerQuestionsTest {
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(50);

  private boolean heard = true;
  private final PeerQuestions lb1 = new PeerQuestions("lb2", message -> sent(message, true));
  private final PeerQuestions lb2 = new PeerQuestions("lb1", message -> sent(message, false));

  private boolean sent(byte[] bytes, boolean toLb2) {
    PeerQuestions to = toLb2 ? lb2 : lb1;
    JsonObject message =
        JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8)).getAsJsonObject();
    if (!heard) {
      return false;
    }
    if (message.get("kind").getAsString().equals(PeerQuestions.QUESTION)) {
      to.asked(message);
    } else {
      to.answered(message);
    }
    return true;
  }

  private static JsonObject with(String text) {
    JsonObject json = new JsonObject();
    json.addProperty("text", text);
    return json;
  }

  private String whyNot(String kind, Duration limit) {
    return assertThrows(IOException.class, () -> lb1.ask(kind, with(""), limit)).getMessage();
  }

  @Test
  void isAnswered() throws Exception {
    lb2.answer("echo", question -> with(question.get("text").getAsString() + "!"));
    assertEquals("so!", lb1.ask("echo", with("so"), LONG).get("text").getAsString());
  }

  @Test
  void aPeerThatIsNotHeardIsSaidSo() {
    heard = false;
    assertEquals("lb2 cannot be asked: its daemon is not heard", whyNot("echo", LONG));
  }

  @Test
  void anUnknownQuestionIsSaidSo() {
    assertEquals("its version does not know the question 'future'", whyNot("future", LONG));
  }

  @Test
  void aReasonThereIsTheReasonHere() {
    lb2.answer(
        "read",
        question -> {
          throw new IOException("twinbeat.yaml:3:5: unknown key");
        });
    assertEquals("twinbeat.yaml:3:5: unknown key", whyNot("read", LONG));
  }

  @Test
  void anAnswerThatIsTooLongIsRefused() {
    lb2.answer("all", question -> with("x".repeat(PeerQuestions.ANSWER_BYTES_MAX)));
    assertTrue(whyNot("all", LONG).startsWith("the answer is too long: "));
  }

  @Test
  void waitsNoLongerThanTheLimitAndAnswersNoMoreThanSomeAtOnce() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    lb2.answer(
        "slow",
        question -> {
          end.await();
          return with("late");
        });
    for (int i = 0; i < 4; i++) {
      assertEquals("lb2 did not answer within 50 ms", whyNot("slow", SHORT));
    }
    assertEquals("this node answers too much already", whyNot("slow", LONG));
    end.countDown();
  }
}
