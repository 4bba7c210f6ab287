package io.twinbeat.cli;

import com.google.gson.JsonObject;

/** How far apart heartbeats came, and what deadtime that suggests, in one line. */
final class GapLine {
  private GapLine() {}

  /** Of the report's {@code heartbeat}; empty before anything was heard. */
  static String of(JsonObject heartbeat) {
    JsonObject gaps = Json.object(heartbeat, "gaps");
    if (Json.number(gaps, "count") <= 0) {
      return "";
    }
    long deadtime = Json.number(heartbeat, "deadtimeMs");
    StringBuilder line = new StringBuilder(120);
    line.append("heartbeat: largest gap ").append(Times.age(Json.number(gaps, "largestMs")));
    line.append(" of deadtime ").append(exact(deadtime));
    line.append(" over ").append(Times.age(Json.number(gaps, "overMs")));
    line.append(" (p99 ").append(Times.age(Json.number(gaps, "p99Ms"))).append(')');
    long suggested = Json.number(heartbeat, "suggestedDeadtimeMs");
    if (suggested > deadtime) {
      line.append("; a deadtime of ").append(exact(suggested)).append(" is wanted");
    } else if (suggested == deadtime) {
      line.append("; the deadtime fits");
    } else if (suggested > 0) {
      line.append("; a deadtime of ").append(exact(suggested)).append(" would do");
    }
    long silences = Json.number(gaps, "silences");
    if (silences > 0) {
      line.append("; silent ").append(silences == 1 ? "once" : silences + " times");
    }
    long stalls = Json.number(heartbeat, "ownStalls");
    if (stalls > 0) {
      line.append("; this node itself stood still ");
      line.append(stalls == 1 ? "once, for " : stalls + " times, at most ");
      line.append(Times.age(Json.number(heartbeat, "longestStallMs")));
    }
    return line.toString();
  }

  /** As the file may say it: rounding it would make another deadtime of it. */
  private static String exact(long millis) {
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }
}
