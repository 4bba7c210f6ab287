package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinbeat.decision.Event;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreadyAlarmTest {
  private static final long LATER = UnreadyAlarm.PATIENCE.toNanos();

  @TempDir Path dir;
  private Standby standby;
  private UnreadyAlarm unready;

  @BeforeEach
  void start() throws Exception {
    standby = new Standby(dir);
    unready = new UnreadyAlarm("lb2", "lb1", standby.alarms);
  }

  @AfterEach
  void stop() {
    standby.close();
  }

  @Test
  void isRaisedAfterAWhileAndClearedWhenMended() {
    standby.step(new Event.ReadinessChanged("site", false, true, "files: nginx.conf differs"));
    unready.look(standby.state(), 0);
    unready.look(standby.state(), LATER - 1);
    assertEquals(List.of(), standby.standing());
    unready.look(standby.state(), LATER);
    String raised =
        "lb2 could not take site: files: nginx.conf differs"
            + " (if lb1 died, it would try all the same)";
    assertEquals(List.of(raised), standby.standing());
    // The same item in other words is no news.
    standby.step(new Event.ReadinessChanged("site", false, true, "files: two differ"));
    unready.look(standby.state(), LATER + 1);
    assertEquals(List.of(raised), standby.standing());
    standby.step(new Event.ReadinessChanged("site", false, false, "ports: 80 is held"));
    unready.look(standby.state(), LATER + 2);
    assertEquals(List.of("lb2 could not take site: ports: 80 is held"), standby.standing());
    standby.step(new Event.ReadinessChanged("site", true, true, ""));
    unready.look(standby.state(), LATER + 3);
    assertEquals(List.of(), standby.standing());
    standby.step(new Event.ReadinessChanged("site", false, true, "files: differ"));
    unready.look(standby.state(), LATER + 4);
    assertEquals(List.of(), standby.standing(), "patience begins anew");
  }
}
