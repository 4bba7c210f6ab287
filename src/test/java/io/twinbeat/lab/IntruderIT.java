package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A stranger on the heartbeat LAN of two real daemons changes nothing that they decide. */
@Timeout(180)
class IntruderIT {
  private static final int RECORDED = 60;
  private static final int FLOOD_PER_SECOND = 50_000;
  private static final Duration WARM_UP = Duration.ofSeconds(2);
  private static final Duration FLOOD = Duration.ofSeconds(10);

  /** Sent of what was due: the sender shares the machine with those whom it floods. */
  private static final double FLOOD_SHARE_MIN = 0.95;

  private static final long GROWTH_KILOBYTES_MAX = 4 * 1024;

  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  @TempDir Path directory;

  @Test
  void whatADeadNodeOnceSaidDoesNotRaiseIt() {
    Path recorded = directory.resolve("earlier");
    try (Intruder intruder = new Intruder(PAIR.lab())) {
      intruder.record(recorded, RECORDED);
      PAIR.lb2().powerOff();
      Daemons.says(PAIR.lb1(), "silent");
      PAIR.mark();
      Intruder.Sent sent = intruder.replay(recorded);
      assertTrue(sent.datagrams() >= RECORDED / 2, sent::toString);
      assertEquals("silent", Daemons.peerStateOf(PAIR.lb1()));
      PAIR.unmoved();

      // Another life of lb2, and beside it the recordings of the earlier one.
      PAIR.lb2().powerOn();
      PAIR.calm("lb1");
      PAIR.mark();
      intruder.replay(recorded);
      assertEquals("heard", Daemons.peerStateOf(PAIR.lb1()));
      assertTrue(!PAIR.logged(PAIR.lb1()).contains("was restarted"), PAIR.logged(PAIR.lb1()));
      PAIR.unmoved();
      PAIR.unnoticed();
    }
  }

  @Test
  void aFloodOfForgeriesChangesNoDecisionAndTakesNoMemory() throws IOException {
    Path recorded = directory.resolve("recorded");
    LabNode lb1 = PAIR.lb1();
    try (Intruder intruder = new Intruder(PAIR.lab())) {
      intruder.record(recorded, RECORDED);
      intruder.flood(recorded, FLOOD_PER_SECOND, WARM_UP);
      PAIR.mark();
      long before = residentKilobytes(lb1);
      Intruder.Sent sent = intruder.flood(recorded, FLOOD_PER_SECOND, FLOOD);
      long after = residentKilobytes(lb1);
      ScenePair.measured(
          "flood of %d datagrams, %d a second: lb1 %d to %d KiB; %s",
          sent.datagrams(), sent.perSecond(), before, after, links(lb1));
      assertTrue(
          sent.datagrams() > FLOOD_PER_SECOND * FLOOD.toSeconds() * FLOOD_SHARE_MIN,
          sent::toString);
      assertTrue(after - before < GROWTH_KILOBYTES_MAX, before + " to " + after + " KiB");
      assertEquals("heard", Daemons.peerStateOf(lb1));
      PAIR.unmoved();
      PAIR.unnoticed();
      List<String> decided =
          PAIR.logged(lb1)
              .lines()
              .filter(line -> !line.contains("made with another key") && !line.contains("link 0"))
              .toList();
      assertEquals(List.of(), decided, "one alarm at most, and nothing decided");
      Daemons.noAlarm(lb1, "made with another key");
    }
  }

  private static String links(LabNode node) {
    return Daemons.status(node).orElseThrow().json().get("links").toString();
  }

  private static long residentKilobytes(LabNode node) throws IOException {
    Path status = Path.of("/proc/" + node.daemonPid().orElseThrow() + "/status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("no VmRSS");
  }
}
