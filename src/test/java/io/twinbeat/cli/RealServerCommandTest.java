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

/** On a machine that the file does not name; on one that it names, RealServerIT. */
class RealServerCommandTest {
  private static final String FILE =
      """
      tiers:
        edge:
          nodes:
            lvs1: { links: [10.9.0.11, 192.168.77.1], fence: manual }
            lvs2: { links: [10.9.0.12, 192.168.77.2], fence: manual }
          groups:
            front:
              resources:
                - lvs: { service: "10.9.0.100:80", mode: nat, real-servers: { tier: web } }
                - address: { ip: 10.9.0.100/24, dev: eth0 }
        web: { servers: { web1: 10.9.0.1 } }
      paths: { state: STATE }
      """;

  @TempDir Path directory;
  private Path file;
  private FakeDaemon commands;

  @BeforeEach
  void write() throws Exception {
    file = directory.resolve("site.yaml");
    Files.writeString(file, FILE.replace("STATE", directory.resolve("state").toString()));
    commands = new FakeDaemon(directory, request -> Response.Done.with(""));
  }

  @AfterEach
  void close() throws Exception {
    commands.close();
  }

  private int run(String verb, String node) {
    return commands.run("realserver", verb, "--config", file.toString(), "--node", node);
  }

  @Test
  void whereNothingIsToBeDoneSomethingIsWrong() {
    for (String verb : List.of("up", "check")) {
      for (String node : List.of("wbe1", "lvs1")) {
        assertEquals(Exit.FAILED, run(verb, node), verb);
        assertEquals(
            "twinbeat realserver: no director of %s has this machine as a real server, neither by its name (%s) nor by an address that it has now\n"
                .formatted(file, node),
            commands.err());
      }
    }
    assertEquals(Exit.DONE, run("down", "wbe1"), commands.err());
  }

  @Test
  void aDutyThatNeedsNothingIsDone() {
    assertEquals(Exit.DONE, run("up", "web1"), commands.err());
    assertTrue(commands.out().contains("all was so already"), commands.out());
  }

  /** It may be known by its address alone. */
  @Test
  void theUnitWaitsForTheMachinesAddresses() throws Exception {
    List<String> unit = Files.readAllLines(Path.of("systemd/twinbeat-realserver.service"));
    for (String order : List.of("After=", "Wants=")) {
      assertTrue(
          unit.stream()
              .anyMatch(line -> line.startsWith(order) && line.contains("network-online.target")),
          order);
    }
  }
}
