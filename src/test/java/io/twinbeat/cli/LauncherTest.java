package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, with a Java that only says how it was called. */
class LauncherTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;
  private Path home;
  private Path java;

  @BeforeEach
  void install() throws Exception {
    home = directory.resolve("opt/twin beat");
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    Files.copy(Path.of("resources/bin/twinbeat"), home.resolve("bin/twinbeat"));
    Files.createFile(home.resolve("lib/twinbeat-0.1.0.jar"));
    java = jdk("new", "JAVA_VERSION=\"25.0.3\"");
  }

  private Path jdk(String name, String release) throws Exception {
    Path jdk = Files.createDirectories(directory.resolve(name));
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"X\"\n" + release + "\n");
    Path program =
        Files.writeString(
            jdk.resolve("bin/java"),
            "#!/bin/sh\necho \""
                + name
                + " TWINBEAT_LOG=${TWINBEAT_LOG:-}\"\nprintf '%s\\n' \"$@\"\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return jdk;
  }

  private Outcome launch(Path javaHome, String program, String... arguments) {
    List<String> argv = new java.util.ArrayList<>(List.of("/bin/sh", program));
    argv.addAll(List.of(arguments));
    return Commands.run(
        Command.of(LIMIT, argv.toArray(String[]::new))
            .withEnvironment(
                Map.of("JAVA_HOME", javaHome.toString(), "TWINBEAT_JAVA_OPTIONS", "-Dx=1")));
  }

  private List<String> launched(String program, String... arguments) {
    Outcome outcome = launch(java, program, arguments);
    assertTrue(outcome.succeeded(), outcome.summary());
    return outcome.out().lines().toList();
  }

  @Test
  void argumentsArriveAsTheyWereGiven() {
    List<String> said = launched(home + "/bin/twinbeat", "events", "--since", "10 m", "*", "");
    assertTrue(said.getFirst().startsWith("new "), said.toString());
    assertEquals(
        List.of("-jar", home + "/lib/twinbeat-0.1.0.jar", "events", "--since", "10 m", "*", ""),
        said.subList(said.indexOf("-jar"), said.size()));
    assertTrue(said.contains("-Dx=1"));
    assertTrue(said.contains("-Dtwinbeat.terminal=false"), "a pipe is no terminal");
    assertTrue(said.contains("-Djdk.serialFilter=!*"));
  }

  @Test
  void theDaemonGetsItsOwnMemoryAndLogging() {
    List<String> said = launched(home + "/bin/twinbeat", "run", "--node", "lb1");
    for (String option :
        List.of(
            "-Xmx48m",
            "-Xss256k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djdk.serialFilter=!*",
            "-Dlogback.configurationFile=" + home + "/logback.xml")) {
      assertTrue(said.contains(option), option + " is not in " + said);
    }
    assertEquals(List.of("run", "--node", "lb1"), said.subList(said.size() - 3, said.size()));
  }

  @Test
  void theCacheIsUsedWhenItIsThere() throws Exception {
    assertFalse(launched(home + "/bin/twinbeat", "status").toString().contains("AOTCache"));
    Files.createFile(home.resolve("lib/twinbeat.aot"));
    String option = "-XX:AOTCache=" + home + "/lib/twinbeat.aot";
    assertTrue(launched(home + "/bin/twinbeat", "status").contains(option));
    assertTrue(launched(home + "/bin/twinbeat", "run").contains(option));
  }

  @Test
  void itsHomeIsFoundThroughSymlinks() throws Exception {
    Path bin = Files.createDirectories(directory.resolve("usr/bin"));
    Files.createSymbolicLink(bin.resolve("absolute"), home.resolve("bin/twinbeat"));
    Files.createSymbolicLink(bin.resolve("relative"), Path.of("absolute"));
    List<String> said = launched(bin + "/relative", "version");
    assertTrue(said.contains(home + "/lib/twinbeat-0.1.0.jar"), said.toString());
  }

  @Test
  void aJavaThatIsTooOldIsPassedOver() throws Exception {
    for (String release : List.of("JAVA_VERSION=\"24.0.2\"", "JAVA_VERSION=\"1.8.0_402\"")) {
      Path old = jdk("old", release);
      String out = launch(old, home + "/bin/twinbeat", "version").out();
      assertFalse(out.startsWith("old "), out);
    }
    Path newer = jdk("newer", "JAVA_VERSION=\"26\"");
    assertTrue(launch(newer, home + "/bin/twinbeat", "version").out().startsWith("newer "));
  }

  @Test
  void anInstallationWithoutItsJarIsOneClearLine() throws Exception {
    Files.delete(home.resolve("lib/twinbeat-0.1.0.jar"));
    Outcome outcome = launch(java, home + "/bin/twinbeat", "version");
    assertEquals(
        "exit status 1: twinbeat: "
            + home
            + "/lib holds no twinbeat jar: run this from an installed Twinbeat",
        outcome.summary());
    assertEquals(1, outcome.err().lines().count());
  }
}
