package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

import io.twinbeat.decision.Settings;
import io.twinbeat.decision.Settings.Failback;
import io.twinbeat.decision.Settings.GroupSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What one seed sets up before the first fault: the file of the pair and the habits of its world.
 */
final class Plan {
  private static final long[] DEADTIMES = {500 * MS, SECOND, 2 * SECOND, 3 * SECOND, 5 * SECOND};

  final long deadtime;
  final long interval;
  final long initdead;
  final long fenceTime;
  final boolean unfenced;
  final boolean autoFailback;

  /** The transport leaves the checks of echo and order to the core. */
  final boolean lax;

  /** A start asks the wire first, as told; most schedules do without that second guard. */
  final boolean claims;

  /** Whether an operator or a device may lie. */
  final boolean liars;

  /** The groups have real servers behind them, and both nodes look at these. */
  final boolean directs;

  /** How late a node notices at most that real servers die or come back. */
  final long lookLate;

  /** No faults but one: the holder loses its power when all is well. */
  final boolean single;

  final Settings[] settings = new Settings[2];
  final String[] groups;

  /**
   * The plain pair of the transcripts, deadtime 1 s, initdead 3 s: a group that prefers lb1, and
   * perhaps another one that prefers lb2.
   */
  Plan(boolean unfenced, boolean directs, int count) {
    deadtime = SECOND;
    interval = 200 * MS;
    initdead = 3 * SECOND;
    fenceTime = 500 * MS;
    this.unfenced = unfenced;
    this.directs = directs;
    lookLate = SECOND;
    autoFailback = false;
    lax = false;
    claims = true;
    liars = false;
    single = false;
    groups = count == 1 ? new String[] {"g1"} : new String[] {"g1", "g2"};
    List<GroupSettings> list = new ArrayList<>();
    for (String name : groups) {
      String prefer = name.equals("g1") ? "lb1" : "lb2";
      Duration cooldown = Duration.ofSeconds(20);
      Duration within = Duration.ofSeconds(10);
      Duration hold = Duration.ofNanos(reachHold());
      list.add(new GroupSettings(name, prefer, new Failback.Manual(), cooldown, hold, 1, within));
    }
    settings(list, Duration.ofSeconds(60));
  }

  Plan(Chance chance) {
    deadtime = DEADTIMES[Math.min(chance.below(7), 4)];
    interval = deadtime / (chance.of(0.5) ? 5 : 4);
    initdead = deadtime * chance.between(2, 6);
    fenceTime = chance.between(100 * MS, 1500 * MS);
    unfenced = chance.of(0.05);
    lax = chance.of(0.4);
    claims = chance.of(0.2);
    liars = chance.of(0.06);
    single = !unfenced && chance.of(0.04);
    int count = chance.of(0.5) ? 1 : chance.of(0.7) ? 2 : 3;
    directs = chance.of(0.4);
    lookLate = chance.between(100 * MS, 3 * SECOND);
    groups = new String[count];
    List<GroupSettings> list = new ArrayList<>();
    boolean auto = false;
    for (int i = 0; i < count; i++) {
      groups[i] = "g" + (i + 1);
      Failback failback =
          chance.of(0.5)
              ? new Failback.Manual()
              : new Failback.After(
                  chance.of(0.4)
                      ? Duration.ZERO
                      : Duration.ofNanos(chance.between(SECOND, 5 * SECOND)));
      auto |= failback instanceof Failback.After;
      list.add(
          new GroupSettings(
              groups[i],
              chance.of(0.5) ? "lb1" : "lb2",
              failback,
              Duration.ofNanos(chance.between(5 * SECOND, 25 * SECOND)),
              Duration.ofNanos(reachHold()),
              chance.below(3),
              Duration.ofSeconds(10)));
    }
    autoFailback = auto;
    settings(list, Duration.ofNanos(chance.between(20 * SECOND, 100 * SECOND)));
  }

  private long reachHold() {
    return Math.max(deadtime, 2 * lookLate + SECOND);
  }

  private void settings(List<GroupSettings> list, Duration window) {
    long probeLimit = Math.max(50 * MS, deadtime / 4);
    for (int i = 0; i < 2; i++) {
      settings[i] =
          new Settings(
              i == 0 ? "lb1" : "lb2",
              i == 0 ? "lb2" : "lb1",
              Duration.ofNanos(interval),
              Duration.ofNanos(deadtime),
              Duration.ofNanos(deadtime / 2),
              Duration.ofNanos(initdead),
              unfenced,
              Duration.ofNanos(fenceTime + 2 * deadtime),
              window,
              Duration.ofNanos(probeLimit),
              list);
    }
  }

  String text() {
    Settings s = settings[0];
    StringBuilder text =
        new StringBuilder("deadtime ")
            .append(deadtime / MS)
            .append(" ms, initdead ")
            .append(initdead / MS)
            .append(" ms, fence wait ")
            .append(s.fenceWait().toMillis())
            .append(" ms");
    for (GroupSettings g : s.groups()) {
      text.append(", ").append(g.name()).append(" prefers ").append(g.prefer());
      if (g.failback() instanceof Failback.After after) {
        text.append(" (failback after ").append(after.ready().toMillis()).append(" ms)");
      }
    }
    return text.append(unfenced ? ", unfenced" : "")
        .append(lax ? ", lax transport" : "")
        .append(directs ? ", directors" : "")
        .append(liars ? ", liars about" : "")
        .toString();
  }
}
