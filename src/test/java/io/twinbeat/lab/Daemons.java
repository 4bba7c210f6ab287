package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.twinbeat.control.ControlClient;
import io.twinbeat.control.NoDaemonException;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the daemons of a lab's nodes say, asked over their sockets. */
final class Daemons {
  private static final Duration ASK_LIMIT = Duration.ofSeconds(5);

  private Daemons() {}

  /** Asked over its socket; the tests of the command itself are elsewhere. */
  static Optional<NodeStatus> status(LabNode node) {
    return ask(node, Request.of("status"))
        .filter(Response.Done.class::isInstance)
        .map(end -> new NodeStatus(((Response.Done) end).result()));
  }

  /** An order over the socket, whatever comes of it. */
  static void order(LabNode node, String verb) {
    assertTrue(ask(node, Request.of(verb)).isPresent(), "no daemon on " + node.name());
  }

  private static Optional<Response.End> ask(LabNode node, Request request) {
    if (node.pid().isEmpty()) {
      return Optional.empty();
    }
    Path socket = Path.of("/proc/" + node.pid().getAsLong() + "/root/run/twinbeat/control.sock");
    try {
      return Optional.of(new ControlClient(socket).ask(request, ASK_LIMIT));
    } catch (NoDaemonException e) {
      return Optional.empty();
    }
  }

  static String peerStateOf(LabNode node) {
    return status(node).map(NodeStatus::peer).orElse("no answer");
  }

  static void says(LabNode node, String peerState) {
    String[] said = {""};
    try {
      ScenePair.await(
          node.name() + " says of its peer: " + peerState,
          () -> {
            said[0] = peerStateOf(node);
            return said[0].equals(peerState);
          });
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; it says: " + said[0], e);
    }
  }

  static List<String> alarms(LabNode node) {
    List<String> alarms = new ArrayList<>();
    status(node)
        .ifPresent(status -> {
          for (JsonElement alarm : status.json().getAsJsonArray("alarms")) {
            alarms.add(alarm.getAsJsonObject().get("sentence").getAsString());
          }
        });
    return alarms;
  }

  static void alarms(LabNode node, String part) {
    ScenePair.await(
        node.name() + " has an alarm with: " + part,
        () -> alarms(node).stream().anyMatch(alarm -> alarm.contains(part)));
  }

  static void noAlarm(LabNode node, String part) {
    ScenePair.await(
        node.name() + " no longer has an alarm with: " + part,
        () -> alarms(node).stream().noneMatch(alarm -> alarm.contains(part)));
  }

  /** Waits until the node itself says that it could take everything. */
  static void isReady(LabNode node) {
    ScenePair.await(
        node.name() + " is ready",
        () -> status(node).filter(status -> status.isReady(node.name())).isPresent());
  }

  /** An item of the node's own readiness, by how its name begins. */
  static Optional<JsonObject> item(LabNode node, String name) {
    return status(node)
        .flatMap(status -> {
          JsonObject own = status.json().getAsJsonObject("readiness").getAsJsonObject(node.name());
          for (JsonElement item : own.getAsJsonArray("items")) {
            if (item.getAsJsonObject().get("name").getAsString().startsWith(name)) {
              return Optional.of(item.getAsJsonObject());
            }
          }
          return Optional.empty();
        });
  }
}
