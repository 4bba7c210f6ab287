package io.twinbeat.cli;

import com.google.gson.JsonObject;
import java.util.List;

/** The page of {@code twinbeat status}: the verdict, what is wrong, then all the rest in tables. */
final class StatusPage {
  private final JsonObject report;
  private final Times times;
  private final Paint paint;
  private final StringBuilder page = new StringBuilder(4096);
  private final String node;
  private final String peer;

  private StatusPage(JsonObject report, Times times, Paint paint) {
    this.report = report;
    this.times = times;
    this.paint = paint;
    this.node = Json.text(report, "node");
    this.peer = Json.text(report, "peerName");
  }

  static String render(JsonObject report, Times times, Paint paint) {
    StatusPage status = new StatusPage(report, times, paint);
    new Verdict(report, times, paint).print(status.page);
    status.problems();
    Json.list(report, "groups").forEach(status::group);
    status.nodes();
    status.readiness();
    status.links();
    status.devices();
    status.watchdogs();
    status.references();
    return status.page.toString();
  }

  /** What {@code twinbeat check} shows of it. */
  static String renderAbilities(JsonObject report, Times times, Paint paint) {
    StatusPage status = new StatusPage(report, times, paint);
    status.problems();
    status.readiness();
    status.devices();
    return status.page.toString();
  }

  private void heading(String text) {
    page.append('\n').append(paint.strong(text)).append('\n');
  }

  private void problems() {
    listed("PROBLEMS", paint.bad("! "), Problems.of(report, times));
    listed("WARNINGS", paint.doubtful("~ "), Problems.warnings(report, times));
  }

  private void listed(String title, String mark, List<Problems.Problem> problems) {
    if (problems.isEmpty()) {
      return;
    }
    heading(title);
    for (Problems.Problem problem : problems) {
      page.append("  ").append(mark).append(problem.what()).append('\n');
      if (!problem.mend().isEmpty()) {
        page.append("    -> ").append(paint.strong(problem.mend())).append('\n');
      }
    }
  }

  private void group(JsonObject group) {
    heading("GROUP " + Json.text(group, "name"));
    JsonObject last = Json.object(group, "lastTakeover");
    String peers = Json.text(group, "peer"); // empty before it was heard
    fact(
        "state",
        node
            + " "
            + Json.text(group, "here")
            + ", "
            + peer
            + " "
            + (peers.isEmpty() ? "unknown" : peers)
            + "; prefers "
            + Json.text(group, "prefer")
            + "; term "
            + Json.text(group, "term"));
    fact("why", Json.text(group, "why"));
    if (last.size() > 0) {
      String from = Json.text(last, "from");
      long took = Json.number(last, "tookMs");
      fact(
          "last moved",
          times.since(Json.text(last, "at"))
              + (from.isEmpty() ? " to " : " from " + from + " to ")
              + Json.text(last, "to")
              + (took < 0 ? "" : " in " + Times.age(took))
              + ": "
              + Json.text(last, "why"));
    }
    Table table = new Table(paint, "RESOURCE", "TYPE", "HEALTH", "CHECKED", "DETAIL");
    for (JsonObject resource : Json.list(group, "resources")) {
      table.row(
          Json.text(resource, "name"),
          Json.text(resource, "type"),
          state(Json.text(resource, "health")),
          ago(Json.number(resource, "ageMs")),
          Json.text(resource, "detail"));
    }
    print(table);
    for (JsonObject resource : Json.list(group, "resources")) {
      Json.list(resource, "services").forEach(this::service);
    }
  }

  private void service(JsonObject service) {
    page.append("  ").append(paint.strong(Json.text(service, "service")));
    page.append(' ').append(Json.text(service, "scheduler")).append(", ");
    page.append(state(Json.text(service, "state"))).append(": weight ");
    page.append(Json.text(service, "liveWeight")).append(" of real servers that serve, quorum ");
    page.append(Json.text(service, "quorum")).append('\n');
    Table table =
        new Table(paint, "SERVER", "ADDRESS", "STATE", "WEIGHT", "ACTIVE", "ENDING", "DETAIL");
    for (JsonObject server : Json.list(service, "servers")) {
      table.row(
          Json.text(server, "name"),
          Json.text(server, "address"),
          state(Json.text(server, "state")),
          Json.text(server, "weight"),
          Json.text(server, "active"),
          Json.text(server, "inactive"),
          Json.text(server, "detail"));
    }
    print(table);
  }

  private void fact(String name, String value) {
    if (!value.isEmpty()) {
      page.append("  ").append(paint.faint(name)).append(" ".repeat(12 - name.length()));
      page.append(value).append('\n');
    }
  }

  private void nodes() {
    heading("NODES");
    JsonObject other = Json.object(report, "peer");
    JsonObject file = Json.object(report, "file");
    JsonObject heartbeat = Json.object(report, "heartbeat");
    Table table = new Table(paint, "NODE", "STATE", "SINCE", "HEARD", "FILE", "INCARNATION");
    table.row(
        node,
        "this node",
        times.since(Json.text(report, "since")),
        "",
        Json.text(file, "hash"),
        Json.text(report, "incarnation"));
    table.row(
        peer,
        state(Json.text(other, "state")),
        times.since(Json.text(other, "since")),
        Problems.heard(Json.number(other, "lastHeardAgeMs")),
        Json.text(file, "peerHash"),
        Json.text(other, "incarnation"));
    print(table);
    page.append("  twinbeat ").append(Json.text(report, "version"));
    page.append(", file ").append(Json.text(file, "path"));
    page.append("\n  heartbeat each ").append(Times.age(Json.number(heartbeat, "intervalMs")));
    page.append(", late after ").append(Times.age(Json.number(heartbeat, "warntimeMs")));
    page.append(", silent after ").append(Times.age(Json.number(heartbeat, "deadtimeMs")));
    page.append('\n');
  }

  private void readiness() {
    JsonObject readiness = Json.object(report, "readiness");
    String state = Json.text(Json.object(report, "peer"), "state");
    boolean heard = state.equals("heard") || state.equals("late");
    for (String name : readiness.keySet()) {
      JsonObject of = Json.object(readiness, name);
      String verdict =
          Json.flag(of, "ready") ? "ready" : Json.flag(of, "able") ? "able, NOT ready" : "NOT able";
      boolean old = name.equals(peer) && !heard;
      heading("READINESS of " + name + (old ? ", as last heard: " : ": ") + verdict);
      Table table = new Table(paint, "ITEM", "STATE", "CHECKED", "LIMIT", "DETAIL");
      for (JsonObject item : Json.list(of, "items")) {
        table.row(
            Json.text(item, "name"),
            state(Json.text(item, "state")),
            ago(Json.number(item, "ageMs")),
            limit(Json.number(item, "limitMs")),
            Json.text(item, "detail"));
      }
      print(table);
    }
  }

  private void links() {
    Table table = new Table(paint, "LINK", "HERE", "PEER", "STATE", "HEARD", "LARGEST GAP");
    for (JsonObject link : Json.list(report, "links")) {
      table.row(
          Json.text(link, "index"),
          Json.text(link, "local"),
          Json.text(link, "remote"),
          state(Json.text(link, "state")),
          Problems.heard(Json.number(link, "ageMs")),
          limit(Json.number(link, "largestGapMs")));
    }
    titled("LINKS", table);
    String line = GapLine.of(Json.object(report, "heartbeat"));
    if (!line.isEmpty()) {
      page.append("  ").append(line).append('\n');
    }
  }

  private void devices() {
    Table table = new Table(paint, "FENCES", "DEVICE", "STATE", "LAST TEST", "LIMIT", "DETAIL");
    for (JsonObject device : Json.list(report, "devices")) {
      String state = Problems.deviceState(device);
      table.row(
          Json.text(device, "node"),
          Json.text(device, "device"),
          state.equals("ok") ? paint.good(state) : paint.bad(state),
          Problems.heard(Json.number(device, "ageMs")),
          limit(Json.number(device, "limitMs")),
          Json.text(device, "detail"));
    }
    titled("FENCE DEVICES", table);
  }

  private void watchdogs() {
    Table table = new Table(paint, "NODE", "DEVICE", "STATE", "TIMEOUT", "FED", "DETAIL");
    for (JsonObject watchdog : Json.list(report, "watchdogs")) {
      table.row(
          Json.text(watchdog, "node"),
          Json.text(watchdog, "device"),
          state(Json.text(watchdog, "state")),
          limit(Json.number(watchdog, "timeoutMs")),
          ago(Json.number(watchdog, "fedAgeMs")),
          Json.text(watchdog, "detail"));
    }
    titled("WATCHDOGS", table);
  }

  private void references() {
    Table table = new Table(paint, "ADDRESS", "STATE", "ANSWERED");
    for (JsonObject point : Json.list(report, "referencePoints")) {
      table.row(
          Json.text(point, "address"),
          state(Json.text(point, "state")),
          Problems.heard(Json.number(point, "ageMs")));
    }
    titled("REFERENCE POINTS", table);
  }

  private void titled(String title, Table table) {
    if (!table.isEmpty()) {
      heading(title);
      table.print(page);
    }
  }

  private void print(Table table) {
    if (!table.isEmpty()) {
      table.print(page);
    }
  }

  private String state(String word) {
    return switch (word) {
      case "ok", "up", "heard", "reached", "active", "armed" -> paint.good(word);
      case "warning",
          "standby",
          "stopped",
          "left",
          "fenced",
          "restarting",
          "late",
          "disarmed",
          "drained",
          "unchecked",
          "sorry" ->
          paint.doubtful(word);
      default -> paint.bad(word);
    };
  }

  private static String ago(long ageMillis) {
    return ageMillis < 0 ? "" : Times.age(ageMillis) + " ago";
  }

  private static String limit(long millis) {
    return millis < 0 ? "" : Times.age(millis);
  }
}
