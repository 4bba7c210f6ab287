package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The installed logging configuration, in a JVM of its own. */
class LoggingTest {
  /** What the child runs. */
  static final class Sample {
    private Sample() {}

    public static void main(String[] arguments) {
      Logger log = LoggerFactory.getLogger(Sample.class);
      log.error("an alarm");
      log.warn("a refusal");
      log.info("a decision");
      log.debug("a detail");
      LoggerFactory.getLogger("org.jgroups.protocols.X").info("chatter");
      LoggerFactory.getLogger("org.jgroups.protocols.X").warn("trouble");
    }
  }

  @Test
  void journaldGetsPrioritiesAndNoTimes() {
    assertEquals(
        List.of("<3>an alarm", "<4>a refusal", "<6>a decision", "<4>trouble"),
        logged(Map.of("TWINBEAT_LOG", "JOURNAL")));
  }

  @Test
  void aTerminalGetsTimesAndLevels() {
    List<String> lines = logged(Map.of());
    assertEquals(4, lines.size(), lines.toString());
    assertTrue(
        lines.get(2).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  a decision"),
        lines.get(2));
  }

  private static List<String> logged(Map<String, String> environment) {
    Outcome outcome =
        Commands.run(
            Command.of(
                    Duration.ofSeconds(60),
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Dlogback.configurationFile=resources/logback.xml",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Sample.class.getName())
                .withEnvironment(environment));
    assertTrue(outcome.succeeded(), outcome.summary());
    return outcome.out().lines().toList();
  }
}
