package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.daemon.WatchdogFeeder.State;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchdogFeederTest {
  private static final long SECOND = 1_000_000_000;

  private final FakeWatchdog device = new FakeWatchdog();
  private final FakeNode node = new FakeNode();
  private final WatchdogFeeder feeder =
      new WatchdogFeeder(Path.of("/dev/watchdog"), device::open, node);
  private long now = 1;

  private static final class FakeNode implements WatchdogFeeder.Node {
    boolean holds;
    String trouble = "";
    boolean left;

    @Override
    public boolean mayHold() {
      return holds;
    }

    @Override
    public String trouble() {
      return trouble;
    }

    @Override
    public boolean leftAsPlanned() {
      return left;
    }
  }

  /** What is done to the device while so many seconds pass, in five turns a second. */
  private List<String> pass(int seconds) {
    device.done.clear();
    for (int i = 0; i < seconds * 5; i++) {
      feeder.turn(now);
      now += SECOND / 5;
    }
    return List.copyOf(device.done);
  }

  private List<String> end() {
    device.done.clear();
    feeder.end();
    return List.copyOf(device.done);
  }

  private void is(State state) {
    assertEquals(state, feeder.standing().state(), feeder.standing().detail());
  }

  @Test
  void itIsTriedOnceAtTheStartAndThenLeftAlone() {
    is(State.UNTRIED);
    assertEquals(List.of("open", "feed", "disarm"), pass(10));
    is(State.DISARMED);
    assertEquals("Fake", feeder.standing().identity());
    assertEquals("", feeder.needsDaemon());
  }

  @Test
  void whileAGroupMayBeHeldItIsArmedAndFedEachSecond() {
    pass(1);
    node.holds = true;
    assertEquals(List.of("open", "feed", "feed", "feed"), pass(3));
    is(State.ARMED);
    node.holds = false;
    assertEquals(List.of("disarm"), pass(3));
    is(State.DISARMED);
    node.holds = true;
    assertEquals(List.of("open", "feed"), pass(1));
  }

  @Test
  void aNodeInTroubleIsNotFedUntilTheTroubleIsOver() {
    node.holds = true;
    pass(2);
    node.trouble = "the decision loop stands still";
    assertEquals(List.of(), pass(8));
    is(State.HUNGRY);
    assertEquals("the decision loop stands still", feeder.standing().detail());
    node.trouble = "";
    assertEquals(List.of("feed"), pass(1));
    is(State.ARMED);
  }

  @Test
  void whatWasLetGoIsNoCauseForAReset() {
    node.holds = true;
    node.trouble = "site could not be stopped";
    assertEquals(List.of("open"), pass(2));
    node.holds = false;
    assertEquals(List.of("disarm"), pass(2));
  }

  @Test
  void oneThatCannotBeDisarmedIsFedForEver() {
    device.nowayout = true;
    assertEquals(List.of("open", "feed", "nowayout", "feed", "feed"), pass(3));
    is(State.ARMED);
    assertTrue(feeder.standing().lasting());
    assertEquals(
        "the watchdog cannot be disarmed (nowayout): this machine is reset 10 s after its daemon"
            + " ends",
        feeder.needsDaemon());
    node.holds = true;
    node.left = true;
    assertEquals(List.of("feed", "feed"), pass(2));
    assertEquals(List.of("nowayout", "feed", "close armed"), end());
  }

  @Test
  void oneThatCannotBeOpenedIsTriedAgainEachFiveSeconds() {
    device.broken = true;
    node.holds = true;
    pass(1);
    is(State.UNUSABLE);
    assertEquals("opening /dev/watchdog: EBUSY", feeder.standing().detail());
    device.broken = false;
    assertEquals(List.of(), pass(4));
    assertEquals(List.of("open", "feed"), pass(1));
    is(State.ARMED);
  }

  @Test
  void oneThatCannotBeFedIsSaidToBeUnusable() {
    node.holds = true;
    pass(2);
    device.broken = true;
    pass(2);
    is(State.UNUSABLE);
    device.broken = false;
    pass(1);
    is(State.ARMED);
  }

  @Test
  void aCleanExitWithNothingHeldDisarms() {
    node.holds = true;
    pass(2);
    node.holds = false;
    assertEquals(List.of("disarm"), end());
  }

  @Test
  void anOrderedLeaveWithServicesKeptDisarms() {
    node.holds = true;
    pass(2);
    node.left = true;
    assertEquals(List.of("disarm"), end());
  }

  @Test
  void anExitThatNobodyOrderedLeavesItArmed() {
    node.holds = true;
    pass(2);
    assertEquals(List.of("close armed"), end());
  }

  @Test
  void aLeaveInTroubleLeavesItArmed() {
    node.holds = true;
    pass(2);
    node.left = true;
    node.trouble = "site could not be stopped";
    assertEquals(List.of("close armed"), end());
  }

  @Test
  void itsThreadFeeds() throws Exception {
    node.holds = true;
    feeder.start();
    for (int i = 0; i < 1000 && feeder.standing().fedNanos() == 0; i++) {
      Thread.sleep(10); // Until the condition, ten seconds at most.
    }
    is(State.ARMED);
    node.holds = false;
    feeder.close();
    assertEquals("disarm", device.done.getLast());
  }
}
