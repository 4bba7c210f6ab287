package io.twinbeat.cli;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything in a report that is not as it should be, the gravest first, and what may become so.
 */
final class Problems {
  /** What is wrong, and what to do about it (or nothing). */
  record Problem(String what, String mend) {}

  private final List<Problem> all = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private final JsonObject report;
  private final Times times;

  private Problems(JsonObject report, Times times) {
    this.report = report;
    this.times = times;
  }

  static List<Problem> of(JsonObject report, Times times) {
    return look(report, times).all;
  }

  /** What needs a hand some day, and fails nothing today. */
  static List<Problem> warnings(JsonObject report, Times times) {
    return look(report, times).warnings;
  }

  private static Problems look(JsonObject report, Times times) {
    Problems problems = new Problems(report, times);
    problems.alarms();
    problems.peer();
    problems.resources();
    problems.readiness();
    problems.devices();
    problems.links();
    problems.references();
    problems.file();
    return problems;
  }

  private void add(String what) {
    add(what, "");
  }

  private void add(String what, String mend) {
    all.add(new Problem(what, mend));
  }

  private void alarms() {
    for (JsonObject alarm : Json.list(report, "alarms")) {
      String since = times.since(Json.text(alarm, "since"));
      add(Json.text(alarm, "sentence") + ", since " + since, Json.text(alarm, "mend"));
    }
  }

  private void peer() {
    JsonObject peer = Json.object(report, "peer");
    if (!Json.text(peer, "state").equals("heard")) {
      String name = Json.text(report, "peerName");
      String sentence = Json.text(peer, "sentence");
      String what = sentence.isEmpty() ? Json.text(peer, "state") : sentence;
      String since = Json.text(peer, "since");
      add(name + ": " + what + (since.isEmpty() ? "" : ", since " + times.since(since)));
    }
  }

  private void resources() {
    for (JsonObject group : Json.list(report, "groups")) {
      for (JsonObject resource : Json.list(group, "resources")) {
        if (Json.text(resource, "health").equals("failed")) {
          add(
              Json.text(group, "name")
                  + ": "
                  + Json.text(resource, "name")
                  + " failed: "
                  + Json.text(resource, "detail"));
        }
      }
    }
  }

  private void readiness() {
    JsonObject readiness = Json.object(report, "readiness");
    String peerState = Json.text(Json.object(report, "peer"), "state");
    boolean heard = peerState.equals("heard") || peerState.equals("late");
    for (String node : readiness.keySet()) {
      for (JsonObject item : Json.list(Json.object(readiness, node), "items")) {
        String state = Json.text(item, "state");
        String detail = Json.text(item, "detail");
        String mend = Json.text(item, "mend");
        String what = node + ": " + Json.text(item, "name");
        if (state.equals("warning")) {
          if (heard || !mend.isEmpty()) {
            warnings.add(new Problem(what + ": " + detail, mend));
          }
        } else if (!state.equals("ok") && (heard || !state.equals("unknown") || !mend.isEmpty())) {
          // What only the peer could tell needs no word beside that it is not heard.
          add(what + " is " + state + (detail.isEmpty() ? "" : ": " + detail), mend);
        }
      }
    }
  }

  private void devices() {
    for (JsonObject device : Json.list(report, "devices")) {
      String state = deviceState(device);
      if (!state.equals("ok")) {
        String node = Json.text(device, "node");
        String detail = Json.text(device, "detail");
        add(
            "fencing "
                + node
                + " by "
                + Json.text(device, "device")
                + ": "
                + state
                + (detail.isEmpty() ? "" : ": " + detail),
            "twinbeat fence test " + node);
      }
    }
  }

  /** ok, FAILED, STALE (the proof is older than it may be) or NEVER PROVEN. */
  static String deviceState(JsonObject device) {
    long age = Json.number(device, "ageMs");
    long limit = Json.number(device, "limitMs");
    if (age < 0) {
      return "NEVER PROVEN";
    } else if (!Json.flag(device, "succeeded")) {
      return "FAILED";
    }
    return limit >= 0 && age > limit ? "STALE" : "ok";
  }

  private void links() {
    for (JsonObject link : Json.list(report, "links")) {
      String state = Json.text(link, "state");
      if (!state.equals("up")) {
        add(
            "link "
                + Json.text(link, "index")
                + " ("
                + Json.text(link, "local")
                + " - "
                + Json.text(link, "remote")
                + ") is "
                + state
                + ", last heard "
                + heard(Json.number(link, "ageMs")));
      }
    }
  }

  static String heard(long ageMillis) {
    return ageMillis < 0 ? "never" : Times.age(ageMillis) + " ago";
  }

  private void references() {
    for (JsonObject point : Json.list(report, "referencePoints")) {
      String state = Json.text(point, "state");
      if (!state.equals("reached")) {
        add("reference point " + Json.text(point, "address") + " is " + state);
      }
    }
  }

  private void file() {
    JsonObject file = Json.object(report, "file");
    String here = Json.text(file, "hash");
    String there = Json.text(file, "peerHash");
    if (!there.isEmpty() && !there.equals(here)) {
      add(
          "the nodes run with different files ("
              + here
              + " here, "
              + there
              + " on "
              + Json.text(report, "peerName")
              + ")",
          "copy " + Json.text(file, "path") + " to the other node, restart its daemon");
    }
  }
}
