package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonParser;
import io.twinbeat.control.StatusReport.Readiness;
import io.twinbeat.control.StatusReport.Watchdog;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchdogViewTest {
  private static final Watchdog ARMED =
      new Watchdog("lb1", "/dev/watchdog", Watchdog.ARMED, 10_000L, 300L, "Fake");

  private static String detail(Watchdog told, int unheardSeconds) {
    return WatchdogView.peers(told, 100, Duration.ofSeconds(unheardSeconds)).detail();
  }

  @Test
  void whatThePeerToldGrowsOlder() {
    Watchdog shown = WatchdogView.peers(ARMED, 1200, Duration.ZERO);
    assertEquals(new Watchdog("lb1", "/dev/watchdog", "armed", 10_000L, 1500L, "Fake"), shown);
  }

  @Test
  void anArmedPeerThatIsNotHeardIsResetIfItStandsStill() {
    assertEquals("Fake; if lb1 stands still, it is reset within 7 s", detail(ARMED, 4));
    assertEquals("Fake; if lb1 stands still, it was reset by now", detail(ARMED, 10));
  }

  @Test
  void nothingCanBeCountedOnWithADisarmedOne() {
    Watchdog disarmed = new Watchdog("lb1", "/dev/watchdog", "disarmed", 10_000L, null, "Fake");
    assertEquals("Fake", detail(disarmed, 60));
  }

  @Test
  void aHungryOneSaysWhy() {
    FakeWatchdog device = new FakeWatchdog();
    WatchdogFeeder feeder =
        new WatchdogFeeder(
            Path.of("/dev/watchdog"), device::open, new HeldNode("the loop stands still"));
    feeder.turn(1);
    assertEquals(
        new Watchdog("lb1", "/dev/watchdog", "not fed", 10_000L, 0L, "Fake: the loop stands still"),
        fed(WatchdogView.shown(feeder, "lb1")));
  }

  /** The age depends on the clock. */
  private static Watchdog fed(Watchdog w) {
    return new Watchdog(w.node(), w.device(), w.state(), w.timeoutMs(), 0L, w.detail());
  }

  private record HeldNode(String trouble) implements WatchdogFeeder.Node {
    @Override
    public boolean mayHold() {
      return true;
    }

    @Override
    public boolean leftAsPlanned() {
      return false;
    }
  }

  @Test
  void thePeerIsToldAndAnOlderOneTellsNothing() {
    PeerFacts facts = new PeerFacts();
    Readiness ready = new Readiness(true, true, List.of());
    byte[] message = PeerFacts.message(ready, List.of(), java.util.Set.of(), ARMED, "");
    facts.received(
        JsonParser.parseString(new String(message, StandardCharsets.UTF_8)).getAsJsonObject());
    assertEquals(ARMED, facts.told().orElseThrow().watchdog());
    facts.received(
        JsonParser.parseString(
                "{\"kind\":\"facts\",\"readiness\":{\"ready\":true,\"able\":true,\"items\":[]},"
                    + "\"devices\":[]}")
            .getAsJsonObject());
    assertEquals(null, facts.told().orElseThrow().watchdog());
  }
}
