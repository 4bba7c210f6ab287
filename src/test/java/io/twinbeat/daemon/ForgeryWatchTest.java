package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinbeat.heartbeat.GapReport;
import io.twinbeat.heartbeat.LinkState;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForgeryWatchTest {
  private static final long LOOK = Duration.ofMillis(500).toNanos();

  @TempDir Path dir;
  private Standby standby;
  private ForgeryWatch watch;
  private long forged;
  private long now;

  @BeforeEach
  void start() throws Exception {
    standby = new Standby(dir);
    watch = new ForgeryWatch("lb1", standby.alarms);
  }

  @AfterEach
  void stop() {
    standby.close();
  }

  private void look(boolean more) {
    forged += more ? 1 : 0;
    InetSocketAddress nowhere = new InetSocketAddress(0);
    GapReport gaps = new GapReport(0, Duration.ZERO, Duration.ZERO, 0, List.of());
    watch.look(
        List.of(
            new LinkState(
                0,
                nowhere,
                nowhere,
                true,
                true,
                false,
                Optional.empty(),
                gaps,
                0,
                0,
                0,
                0,
                forged,
                0,
                0,
                0)),
        now);
    now += LOOK;
  }

  private void lookFor(Duration time, boolean more) {
    for (long looks = time.toNanos() / LOOK; looks > 0; looks--) {
      look(more);
    }
  }

  @Test
  void onlyWhatGoesOnIsAnAlarm() {
    lookFor(ForgeryWatch.PATIENCE, true); // as while a new key is put on both nodes
    assertEquals(0, standby.standing().size());
    lookFor(ForgeryWatch.OVER_AFTER.multipliedBy(2), false);
    lookFor(ForgeryWatch.PATIENCE, true);
    assertEquals(0, standby.standing().size(), "counted anew");
    look(true);
    assertEquals(1, standby.standing().size());
    lookFor(ForgeryWatch.OVER_AFTER.plusSeconds(1), false);
    assertEquals(0, standby.standing().size());
  }
}
