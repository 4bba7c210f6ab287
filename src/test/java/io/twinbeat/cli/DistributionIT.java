package io.twinbeat.cli;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

  @Test
  void aCacheThatDoesNotFitIsIgnoredInSilence() throws Exception {
    Path copy = Files.createDirectories(directory.resolve("copy"));
    for (String part : List.of("bin", "lib")) {
      Files.createDirectories(copy.resolve(part));
      try (var files = Files.list(HOME.resolve(part))) {
        for (Path file : files.toList()) {
          Files.copy(file, copy.resolve(part).resolve(file.getFileName()), COPY_ATTRIBUTES);
        }
      }
    }
    Path cache = copy.resolve("lib/twinbeat.aot");
    for (Map.Entry<String, byte[]> unfit :
        Map.of("another's", Files.readAllBytes(cache), "garbage", new byte[5000]).entrySet()) {
      Files.write(cache, unfit.getValue());
      Files.setLastModifiedTime(
          copy.resolve("lib/gson-2.15.0.jar"), FileTime.from(Instant.EPOCH.plusSeconds(1)));
      Outcome outcome =
          Commands.run(
              Command.of(
                  Duration.ofSeconds(60), copy.resolve("bin/twinbeat").toString(), "version"));
      assertTrue(outcome.out().startsWith("twinbeat "), unfit.getKey() + ": " + outcome);
      assertEquals("", outcome.err(), unfit.getKey());
    }
  }

  private static int status(Outcome outcome) {
    return outcome instanceof Outcome.Exited exited ? exited.status() : -1;
  }
}
