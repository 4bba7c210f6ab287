package io.twinbeat.cli;

import com.google.gson.JsonObject;

/** The first lines of the page: where each group is, and whether the other node could take it. */
final class Verdict {
  private final JsonObject report;
  private final Times times;
  private final Paint paint;
  private final String node;
  private final String peer;

  Verdict(JsonObject report, Times times, Paint paint) {
    this.report = report;
    this.times = times;
    this.paint = paint;
    this.node = Json.text(report, "node");
    this.peer = Json.text(report, "peerName");
  }

  void print(StringBuilder to) {
    String pair = Json.text(report, "pair");
    for (JsonObject group : Json.list(report, "groups")) {
      to.append(pair).append(": ").append(of(group)).append('\n');
    }
    if (Json.list(report, "groups").isEmpty()) {
      to.append(pair).append(": no groups\n");
    }
    JsonObject maintenance = Json.object(report, "maintenance");
    if (maintenance.size() > 0) {
      String until = times.clock(Json.text(maintenance, "until"), false);
      String reason = Json.text(maintenance, "reason");
      to.append(paint.doubtful("maintenance until " + until + ": " + reason)).append('\n');
    }
  }

  private String of(JsonObject group) {
    String name = Json.text(group, "name");
    String holder = Json.text(group, "holder");
    String peerState = Json.text(Json.object(report, "peer"), "state");
    if (holder.isEmpty()) {
      boolean known =
          peerState.equals("heard")
              || peerState.equals("late")
              || peerState.equals("left")
              || peerState.equals("fenced");
      String whether = known ? "" : "; whether " + peer + " holds it is not known";
      return paint.bad(name + " is not on " + node + (known ? " nor on " + peer : "") + whether);
    }
    String where = name + " is on " + holder + " since " + times.since(Json.text(group, "since"));
    String other = other(holder, peerState);
    boolean well = peerState.equals("heard") && ready(holder.equals(node) ? peer : node);
    return (well ? paint.good(where) : paint.strong(where))
        + ", "
        + (well ? paint.good(other) : paint.bad(other));
  }

  /** What is to be said of the node that does not hold it. */
  private String other(String holder, String peerState) {
    String mine = ready(node) ? " is ready to take it" : " is NOT ready to take it";
    boolean here = holder.equals(node);
    String subject = here ? peer : holder;
    String state =
        switch (peerState) {
          case "heard" ->
              here && !ready(peer) ? " is NOT ready to take it" : " is ready to take it";
          case "late" -> " is late";
          case "silent" -> " is SILENT";
          case "disconnected" -> " is DISCONNECTED: not heard, but its service answers";
          case "left" -> " has left";
          case "restarting" -> " is restarting its daemon";
          case "not understood" -> " is NOT UNDERSTOOD: it runs another version";
          case "fenced" -> " is fenced (off)";
          default -> " is UNKNOWN: not heard yet";
        };
    if (here) {
      return subject + state;
    }
    return peerState.equals("heard") ? node + mine : node + mine + ", " + subject + state;
  }

  private boolean ready(String name) {
    return Json.flag(Json.object(Json.object(report, "readiness"), name), "ready");
  }
}
