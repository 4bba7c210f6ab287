package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinbeat.decision.Event.ReadinessChanged;
import io.twinbeat.resource.ReadinessItem;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  private static final ReadinessItem GOOD = ReadinessItem.good("carrier", "up");

  private static ReadinessChanged verdict(ReadinessItem... items) {
    return Readiness.verdict("site", List.of(items));
  }

  @Test
  void aWarningKeepsNothingFromMoving() {
    assertEquals(
        new ReadinessChanged("site", true, true, ""),
        verdict(GOOD, ReadinessItem.warning("clock", "3 s", "set it")));
  }

  @Test
  void aBadItemKeepsPlansFromMovingAndNoRescue() {
    assertEquals(
        new ReadinessChanged("site", false, true, "files: differ"),
        verdict(GOOD, ReadinessItem.bad("files", "differ", "copy"), GOOD));
  }

  @Test
  void whatMakesItPointlessIsTheReasonWhereverItStands() {
    assertEquals(
        new ReadinessChanged("site", false, false, "ports: held"),
        verdict(
            ReadinessItem.bad("files", "differ", "copy"),
            ReadinessItem.hopeless("ports", "held", "stop it")));
  }

  @Test
  void anOldItemIsUnknown() {
    ReadinessItem old = GOOD.seen(System.nanoTime() - 5_000_000_000L).within(Duration.ofSeconds(4));
    assertEquals(
        new ReadinessChanged(
            "site", false, true, "carrier: was not looked at for 5 s; at that time: up"),
        verdict(old));
  }
}
