package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.control.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file a command reads, and which of its machines it is. */
class FileOptionsTest {
  private static final List<String> COMMANDS =
      List.of("run", "check", "plan", "realserver", "upstreams");

  private static final String NAT = Sites.NAT.toString();

  @TempDir Path directory;
  private FakeDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon = new FakeDaemon(directory, request -> new Response.Failed("not asked for"));
    daemon.stop();
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
  }

  @Test
  void helpSaysTheSameOfThemEverywhere() {
    for (String verb : COMMANDS) {
      assertEquals(0, daemon.run("help", verb));
      String help = daemon.out().replaceAll("\\s+", " ");
      assertTrue(
          help.contains(
              " --config=FILE the file (or TWINBEAT_CONFIG; else /etc/twinbeat/twinbeat. yaml)"),
          daemon.out());
      assertTrue(
          help.contains(" --node=NAME be this machine of the file, whatever the host name"),
          daemon.out());
    }
  }

  @Test
  void fileIsTheArgumentOrTheOptionOrTheUsualOne() throws Exception {
    assertEquals(0, daemon.run("plan", NAT));
    String plan = daemon.out();
    assertTrue(plan.contains("[edge]  pair of lvs1"), plan);
    assertEquals(0, daemon.run("plan", "--config", NAT));
    assertEquals(plan, daemon.out());
    daemon.config(Sites.NAT);
    assertEquals(0, daemon.run("plan"));
    assertEquals(plan, daemon.out());
    assertEquals(0, daemon.run("check", NAT));
    String right = daemon.out();
    assertEquals(0, daemon.run("check", "--config", NAT));
    assertEquals(right, daemon.out());
  }

  @Test
  void twoFilesAreOneTooMany() {
    for (String verb : List.of("plan", "check")) {
      assertEquals(2, daemon.run(verb, NAT, "--config", NAT));
      assertEquals(
          "twinbeat "
              + verb
              + ": FILE and --config: one of them\nSee: twinbeat help "
              + verb
              + "\n",
          daemon.err());
      assertEquals("", daemon.out());
    }
  }

  @Test
  void planOfOneMachine() {
    assertEquals(0, daemon.run("plan", "--config", NAT, "--node", "px2"));
    assertTrue(daemon.out().startsWith("px2: a node of pair proxy"), daemon.out());
    assertEquals(1, daemon.run("plan", NAT, "--node", "px3"));
    assertEquals("twinbeat plan: " + NAT + " has no machine px3\n", daemon.err());
  }

  @Test
  void checkOfOneMachine() {
    assertEquals(0, daemon.run("check", NAT, "--node", "web1"));
    assertEquals("", daemon.err());
    assertEquals(0, daemon.run("check", NAT, "--node", "px2"));
    assertTrue(daemon.err().contains("fence devices were not looked at"), daemon.err());
    assertEquals(1, daemon.run("check", NAT, "--node", "px3"));
    assertTrue(
        daemon.err().endsWith("twinbeat check: " + NAT + " has no machine px3\n"), daemon.err());
  }

  @Test
  void upstreamsOfOneMachine() throws Exception {
    Path file = directory.resolve("site.yaml");
    Path upstream = directory.resolve("backend.conf");
    Files.writeString(
        file,
        Files.readString(Sites.NAT)
            .replace(
                "backend: { tier: web, port: 8080 }",
                "backend: { tier: web, port: 8080, file: " + upstream + " }"));
    assertEquals(
        1, daemon.run("upstreams", "--check", "--config", file.toString(), "--node", "px2"));
    assertEquals(upstream + ": not as the file has it\n", daemon.out(), daemon.err());
    assertEquals(
        1, daemon.run("upstreams", "--check", "--config", file.toString(), "--node", "web1"));
    assertEquals(
        "twinbeat upstreams: this machine is no node of a pair in " + file + "\n", daemon.err());
  }
}
