package io.twinbeat.daemon;

import io.twinbeat.decision.Core;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.Moment;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Reach;
import io.twinbeat.decision.Settings;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;
import io.twinbeat.journal.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The core of a standby whose holder is heard, and its alarms. */
final class Standby implements AutoCloseable {
  private static final long LIFE = 7;

  private final Chronicle chronicle;
  private final Notifier notifier = new Notifier("lb2", List.of());
  final DaemonAlarms alarms;
  private final Core core;
  private State state;
  private long version;

  Standby(Path dir) throws IOException {
    chronicle =
        new Chronicle(
            Journal.open(dir.resolve("journal"), 1 << 20),
            KeptState.read(dir.resolve("state"), "boot"));
    alarms = new DaemonAlarms(chronicle, notifier);
    Duration second = Duration.ofSeconds(1);
    core =
        new Core(
            new Settings(
                "lb2",
                "lb1",
                Duration.ofMillis(200),
                second,
                second.dividedBy(2),
                second,
                false,
                second,
                second,
                second,
                List.of(
                    new Settings.GroupSettings(
                        "site",
                        "lb1",
                        new Settings.Failback.Manual(),
                        second,
                        second,
                        1,
                        second))));
    state = core.initial(new Moment(0));
    step(
        new Event.Started(
            LIFE, Map.of("site", new Event.Remembered(0, false, false)), Duration.ZERO));
    holderHeard("");
  }

  State state() {
    return state;
  }

  void step(Event event) {
    state = core.step(state, event, new Moment(1)).next();
  }

  /**
   * @param offer as {@link Status.GroupStatus}'s
   */
  void holderHeard(String offer) {
    Status.GroupStatus group =
        new Status.GroupStatus(
            Phase.ACTIVE, 5, true, true, Reach.UNKNOWN, 0, 0, offer, 0, 0, 0, "");
    Status status =
        new Status(
            "lb1",
            3,
            ++version,
            LIFE,
            Status.Leaving.NO,
            0,
            true,
            "hash",
            Map.of("site", group),
            Status.Word.NONE);
    step(new Event.HeartbeatArrived(status, new Moment(1)));
  }

  List<String> standing() {
    return alarms.all().stream().map(DaemonAlarms.Standing::sentence).toList();
  }

  @Override
  public void close() {
    notifier.close();
    chronicle.close();
  }
}
