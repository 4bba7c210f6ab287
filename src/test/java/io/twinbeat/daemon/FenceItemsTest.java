package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Reading;
import io.twinbeat.config.SiteReader;
import io.twinbeat.control.StatusReport.Device;
import io.twinbeat.control.StatusReport.Readiness;
import io.twinbeat.fencing.Fencing;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.ReadinessItem.State;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both directions: what this node proved of its peer's device, and the peer of this node's. */
class FenceItemsTest {
  @TempDir Path dir;
  private Pair pair;
  private Fencing fencing;
  private final PeerFacts facts = new PeerFacts();
  private FenceItems items;

  @BeforeEach
  void start() throws Exception {
    Path hook = dir.resolve("hook");
    Files.writeString(hook, "#!/bin/sh\n[ -e " + dir + "/works ] && echo on\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
    String text =
        """
        pair: web
        nodes:
          lb1: { links: [10.10.10.11], fence: { hook: %1$s } }
          lb2: { links: [10.10.10.12], fence: { hook: %1$s } }
        heartbeat: { key-file: /k }
        groups: { site: { resources: [ address: { ip: 10.10.10.100/24, dev: eth0 } ] } }
        """
            .formatted(hook);
    Reading reading = SiteReader.read(text, "t.yaml");
    pair = assertInstanceOf(Reading.Good.class, reading, reading::toString).site().pair();
    fencing = FromFile.fencing(pair);
    items = new FenceItems(pair, pair.nodes().get(0), pair.nodes().get(1), fencing, facts);
  }

  private ReadinessItem item(String name) {
    return items.items().stream().filter(i -> i.name().equals(name)).findFirst().orElseThrow();
  }

  private void told(boolean succeeded, Long age) {
    List<Device> devices = List.of(new Device("lb1", "hook", succeeded, "said so", age, 90_000L));
    byte[] message =
        PeerFacts.message(
            new Readiness(true, true, List.of()), devices, Set.of("02:00:00:00:00:01"), null, "");
    facts.received(
        JsonParser.parseString(new String(message, StandardCharsets.UTF_8)).getAsJsonObject());
  }

  @Test
  void thePeersDeviceIsGoodOnlyWhenProven() throws Exception {
    assertEquals(State.UNKNOWN, item("fencing lb2").state());
    fencing.test("lb2");
    assertEquals(State.BAD, item("fencing lb2").state(), item("fencing lb2").toString());
    assertTrue(item("fencing lb2").mend().contains("twinbeat fence test lb2"));
    Files.createFile(dir.resolve("works"));
    fencing.test("lb2");
    assertEquals(State.GOOD, item("fencing lb2").state(), item("fencing lb2").toString());
    assertEquals(pair.fencing().proofAge(), item("fencing lb2").limit());
  }

  @Test
  void thisNodesDeviceIsThePeersWord() {
    assertEquals(State.UNKNOWN, item("fencing lb1").state(), "it told nothing yet");
    told(true, 1_000L);
    assertEquals(State.GOOD, item("fencing lb1").state());
    assertEquals(Set.of("02:00:00:00:00:01"), facts.macs());
    told(true, 95_000L);
    assertEquals(State.BAD, item("fencing lb1").state(), "older than its limit");
    told(false, 1_000L);
    ReadinessItem failed = item("fencing lb1");
    assertEquals(State.BAD, failed.state());
    assertEquals("hook: said so", failed.detail());
    assertTrue(failed.mend().contains("twinbeat fence test lb1 on lb2"), failed.mend());
    told(true, null);
    assertEquals(State.BAD, item("fencing lb1").state(), "never proven");
  }

  @Test
  void adviceIsAWarning() throws Exception {
    Files.setPosixFilePermissions(
        dir.resolve("hook"), PosixFilePermissions.fromString("rwxrwxrwx"));
    ReadinessItem item = items.setup();
    assertEquals(State.WARNING, item.state(), item.toString());
    assertTrue(item.detail().contains("lb2: hook: "), item.detail());
  }
}
