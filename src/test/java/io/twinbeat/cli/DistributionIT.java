package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program as an operator starts it: real launcher, real JVM, real class cache. */
class DistributionIT {
  private static final Path HOME = Path.of(System.getProperty("twinbeat.distribution"));

  @TempDir Path directory;

  private Outcome run(String... arguments) {
    String[] argv = new String[arguments.length + 1];
    argv[0] = HOME.resolve("bin/twinbeat").toString();
    System.arraycopy(arguments, 0, argv, 1, arguments.length);
    Map<String, String> environment =
        Map.of("TWINBEAT_SOCKET", directory.resolve("s").toString(), "JAVA_HOME", "");
    return Commands.run(Command.of(Duration.ofSeconds(60), argv).withEnvironment(environment));
  }

  @Test
  void theProgramStartsAndKnowsItsVersion() {
    Outcome outcome = run("version");
    assertTrue(outcome.succeeded(), outcome.summary());
    assertTrue(outcome.out().matches("twinbeat \\d.* \\(Java .*\\)\n"), outcome.out());
    assertEquals("", outcome.err(), "the JVM has nothing to say");
  }

  @Test
  void exitStatusesComeThroughTheLauncher() {
    assertEquals(4, status(run("status")));
    assertEquals(2, status(run("status", "--wrong")));
    assertEquals(1, status(run("check", directory.resolve("none.yaml").toString())));
  }

  @Test
  void aRealDaemonSocketIsAskedByTheRealProgram() throws Exception {
    try (FakeDaemon daemon =
        new FakeDaemon(
            directory,
            request -> new io.twinbeat.control.Response.Done(Reports.allWell().toJson()))) {
      Outcome outcome = run("status", "--socket", daemon.socket.toString());
      assertTrue(outcome.succeeded(), outcome.summary());
      assertTrue(outcome.out().startsWith("web: site is on lb1 since "), outcome.out());
      assertEquals("", outcome.err());
    }
  }

  @Test
  void theClassCacheFitsTheJavaThatIsFound() {
    Outcome outcome =
        Commands.run(
            Command.of(Duration.ofSeconds(60), HOME.resolve("bin/twinbeat").toString(), "version")
                .withEnvironment(Map.of("TWINBEAT_JAVA_OPTIONS", "-XX:AOTMode=on")));
    assertTrue(outcome.succeeded(), outcome.summary());
  }

  private static int status(Outcome outcome) {
    return outcome instanceof Outcome.Exited exited ? exited.status() : -1;
  }
}
