package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.twinbeat.config.KeyFile;
import io.twinbeat.config.Reading;
import io.twinbeat.config.SiteReader;
import io.twinbeat.control.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {
  @TempDir Path directory;
  private FakeDaemon daemon;
  private Path file;
  private Path key;
  private String hash;
  private JsonObject report = Reports.allWell().toJson();

  @BeforeEach
  void start() throws Exception {
    key = directory.resolve("key");
    file =
        Files.writeString(
            directory.resolve("twinbeat.yaml"),
            """
            pair: web
            nodes:
              lb1: { links: [10.10.10.11], fence: { agent: manual } }
              lb2: { links: [10.10.10.12], fence: { agent: manual } }
            heartbeat: { key-file: %s }
            groups:
              site:
                prefer: lb1
                resources:
                  - address: { ip: 10.10.10.100/24, dev: eth0 }
            """
                .formatted(key));
    daemon = new FakeDaemon(directory, request -> new Response.Done(report)).config(file);
    hash = assertInstanceOf(Reading.Good.class, SiteReader.read(file)).site().pair().hash();
    runsWith(hash);
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
  }

  private void runsWith(String running) {
    report.getAsJsonObject("file").addProperty("hash", running);
    report.getAsJsonObject("file").addProperty("peerHash", running);
  }

  @Test
  void allIsRight() throws Exception {
    KeyFile.create(key);
    assertEquals(0, daemon.run("check"), daemon.err());
    assertTrue(
        daemon
            .out()
            .startsWith(file + ": right: pair web, nodes lb1 and lb2, 1 group (" + hash + ")"),
        daemon.out());
    assertTrue(daemon.out().contains("READINESS of lb2: ready"), daemon.out());
    assertTrue(daemon.out().contains("FENCE DEVICES"), daemon.out());
    assertEquals("check {}", daemon.request());
  }

  @Test
  void aMissingKeyIsAFaultOfTheNodeAndNotOfTheFile() {
    assertEquals(1, daemon.run("check"));
    assertTrue(daemon.err().contains(key + ": no such file"), daemon.err());
    assertEquals(0, daemon.run("check", file.toString()));
  }

  @Test
  void aPeerThatIsNotReadyIsAFaultOfThePairAndNotOfTheFile() throws Exception {
    KeyFile.create(key);
    report = Reports.notReady().toJson();
    runsWith(hash);
    assertEquals(1, daemon.run("check"));
    assertTrue(daemon.out().contains("! lb2: nginx is failed"), daemon.out());
    assertEquals(0, daemon.run("check", file.toString()));
  }

  @Test
  void aDaemonThatRunsWithAnotherFileIsSaid() throws Exception {
    KeyFile.create(key);
    runsWith("0123456789ab");
    assertEquals(1, daemon.run("check"));
    assertTrue(
        daemon.err().endsWith("runs with another file (0123456789ab): twinbeat reload\n"),
        daemon.err());
  }

  @Test
  void everyErrorOfTheFileIsALineAndTheDaemonIsNotAsked() throws Exception {
    Files.writeString(
        file, Files.readString(file).replace("prefer:", "prefr:").replace("web", "[]"));
    assertEquals(1, daemon.run("check", file.toString()));
    assertEquals("", daemon.out());
    assertTrue(daemon.err().contains("did you mean 'prefer'?"), daemon.err());
    assertTrue(daemon.err().contains(file + ": 2 errors\n"), daemon.err());
    assertEquals("[]", daemon.request());
  }

  @Test
  void withoutADaemonOnlyTheFileIsChecked() throws Exception {
    daemon.stop();
    assertEquals(0, daemon.run("check", file.toString()));
    assertTrue(
        daemon.err().contains("readiness and fence devices were not looked at"), daemon.err());
  }

  @Test
  void aFileThatIsNotThereIsOneClearLine() {
    Path nowhere = directory.resolve("nowhere.yaml");
    assertEquals(1, daemon.run("check", nowhere.toString()));
    assertTrue(daemon.err().contains("no such file"), daemon.err());
  }
}
