package io.twinbeat.lab;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.twinbeat.process.Outcome;
import java.util.Optional;

/**
 * What one node's daemon says of itself: the answer to {@code twinbeat status --json}, by the
 * command as a user would ask, or over the socket that the command uses. What is missing in it
 * reads as the empty string or false.
 */
public record NodeStatus(JsonObject json) {

  /** Empty: no daemon answered, or nothing that could be read. */
  static Optional<NodeStatus> of(LabNode node) {
    if (!node.isOn()) {
      return Optional.empty();
    }
    Outcome outcome = node.twinbeat("status", "--json");
    if (!outcome.succeeded()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new NodeStatus(JsonParser.parseString(outcome.out()).getAsJsonObject()));
    } catch (JsonParseException | IllegalStateException e) {
      return Optional.empty();
    }
  }

  /** The holder of the first group, empty if there is none or nobody knows. */
  public String holder() {
    JsonElement groups = json.get("groups");
    return groups != null && groups.isJsonArray() && !groups.getAsJsonArray().isEmpty()
        ? text(groups.getAsJsonArray().get(0), "holder")
        : "";
  }

  /** heard, late, silent, disconnected, left, restarting, fenced, unknown. */
  public String peer() {
    return text(json.get("peer"), "state");
  }

  /** Whether this node's daemon takes that node for ready. */
  public boolean isReady(String node) {
    JsonElement readiness = json.get("readiness");
    return readiness != null
        && readiness.isJsonObject()
        && text(readiness.getAsJsonObject().get(node), "ready").equals("true");
  }

  private static String text(JsonElement object, String key) {
    if (object == null || !object.isJsonObject()) {
      return "";
    }
    JsonElement value = object.getAsJsonObject().get(key);
    return value == null || !value.isJsonPrimitive() ? "" : value.getAsString();
  }
}
