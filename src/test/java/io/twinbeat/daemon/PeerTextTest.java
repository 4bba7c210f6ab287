package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a peer may write into this node's log. */
class PeerTextTest {
  @Test
  void whatAnOperatorCanReadStays() {
    assertEquals("lb2: größer als 1 GiB", PeerText.shown("lb2: größer als 1 GiB"));
    assertEquals("", PeerText.shown(null));
  }

  @Test
  void noNewLineNoEscapeNoWritingFromRightToLeft() {
    assertEquals("a?b?[31mc?d?e?f", PeerText.shown("a\nb\u001b[31mc\u202ed\u2028e\ud800f"));
  }

  @Test
  void longTextIsCutAndAPairOfSurrogatesIsNotSplit() {
    String shown = PeerText.shown("x".repeat(PeerText.CHARS_MAX - 1) + "\ud83d\ude00" + "y");
    assertTrue(shown.endsWith("x\ud83d\ude00..."), shown);
    assertEquals(PeerText.CHARS_MAX + 3, PeerText.shown("x".repeat(100_000)).length());
  }

  @Test
  void aMessageThatCannotBeReadIsLoggedInOneShortLine() {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(PeerEar.class);
    lines.start();
    logger.addAppender(lines);
    try {
      String forged = "2026-01-01 ALARM\u001b[2J";
      PeerEar ear =
          new PeerEar(
              "lb2", null, new PeerFacts(), new PeerQuestions("lb2", m -> true), null, null);
      String message = "{\"kind\": \"question\", \"id\": \"" + forged + "x".repeat(9000) + "\"}";
      ear.message(message.getBytes(StandardCharsets.UTF_8));
    } finally {
      logger.detachAppender(lines);
    }
    assertEquals(1, lines.list.size());
    String line = lines.list.getFirst().getFormattedMessage();
    assertTrue(line.contains("cannot be read"), line);
    assertTrue(line.length() < 2 * PeerText.CHARS_MAX, line);
    assertFalse(line.chars().anyMatch(Character::isISOControl), line);
  }
}
