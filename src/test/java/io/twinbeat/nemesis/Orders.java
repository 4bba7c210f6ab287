package io.twinbeat.nemesis;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.twinbeat.control.ControlClient;
import io.twinbeat.control.NoDaemonException;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import io.twinbeat.lab.LabNode;
import io.twinbeat.lab.NodeStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;

/** What an operator asks of a daemon, over its socket as the command does. */
final class Orders {
  /** A daemon may be stopped, starved or asked for what takes minutes. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** "It is off", said of a peer that is heard. */
  static final String CONFIRM_HEARD = "fence confirm of a heard peer";

  private Orders() {}

  static Optional<NodeStatus> status(LabNode node) {
    return ask(node, Request.of("status"))
        .filter(Response.Done.class::isInstance)
        .map(end -> new NodeStatus(((Response.Done) end).result()));
  }

  /** Of the file that this daemon runs with. */
  static String fileHash(NodeStatus status) {
    return status.json().get("file") instanceof JsonObject file && file.get("hash") != null
        ? file.get("hash").getAsString()
        : "";
  }

  /** What keeps a node from being ready, in the daemon's words. */
  static String unready(NodeStatus status, String node) {
    if (status.json().get("readiness") instanceof JsonObject readiness
        && readiness.get(node) instanceof JsonObject of
        && of.get("items") instanceof JsonArray items) {
      return items.asList().stream()
          .map(JsonElement::getAsJsonObject)
          .filter(item -> !item.get("state").getAsString().equals("ok"))
          .map(JsonElement::toString)
          .collect(Collectors.joining(", "));
    }
    return "it says nothing of it";
  }

  /** Gives the order and writes down what came of it, whatever it is. */
  static void give(Ground ground, LabNode node, String verb) {
    note(ground, node, verb, ask(node, Request.of(verb)));
  }

  /** {@code systemctl restart}: the node's init starts the daemon again. */
  static void restart(Ground ground, LabNode node) {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("keepServices", true);
    note(ground, node, "stop --keep-services", ask(node, Request.of("stop", arguments)));
  }

  static void fence(Ground ground, LabNode node, String action, LabNode target, String told) {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("action", action);
    arguments.addProperty("node", target.name());
    note(ground, node, told, ask(node, Request.of("fence", arguments)));
  }

  private static void note(
      Ground ground, LabNode node, String order, Optional<Response.End> answer) {
    Entry.Outcome outcome = Entry.Outcome.NO_DAEMON;
    String sentence = "";
    if (answer.isPresent()) {
      switch (answer.get()) {
        case Response.Done done -> {
          outcome = Entry.Outcome.DONE;
          sentence = done.result().toString();
        }
        case Response.Failed failed -> {
          outcome = Entry.Outcome.FAILED;
          sentence = failed.why();
        }
        case Response.Refused refused -> {
          outcome = Entry.Outcome.REFUSED;
          sentence = refused.why();
        }
      }
    }
    ground.history.add(new Entry.Ordered(System.nanoTime(), node.name(), order, outcome, sentence));
  }

  private static Optional<Response.End> ask(LabNode node, Request request) {
    if (node.pid().isEmpty()) {
      return Optional.empty();
    }
    Path socket = Path.of("/proc/" + node.pid().getAsLong() + "/root/run/twinbeat/control.sock");
    try {
      return Optional.of(new ControlClient(socket).ask(request, LIMIT));
    } catch (NoDaemonException e) {
      return Optional.empty();
    }
  }
}
