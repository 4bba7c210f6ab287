package io.twinbeat.daemon;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.twinbeat.control.StatusReport;
import io.twinbeat.control.StatusReport.Device;
import io.twinbeat.control.StatusReport.Readiness;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the two nodes tell each other for the operator's eyes only, as reliable messages: readiness
 * item by item and the proofs of the fence devices. Nothing is decided on it.
 */
final class PeerFacts {
  private static final int BYTES_MAX = 256 * 1024;
  private static final Logger log = LoggerFactory.getLogger(PeerFacts.class);
  private static final Gson GSON = new Gson();

  /** The last that the peer told, and when it came. */
  record Told(Readiness readiness, List<Device> devices, long nanos) {}

  private record Message(String kind, Readiness readiness, List<Device> devices) {}

  private static final String KIND = "facts";

  private volatile Told told;

  static byte[] message(StatusReport.Readiness readiness, List<Device> devices) {
    return GSON.toJson(new Message(KIND, readiness, devices)).getBytes(StandardCharsets.UTF_8);
  }

  void received(byte[] bytes) {
    if (bytes.length > BYTES_MAX) {
      log.warn("the peer's message of {} bytes is too long", bytes.length);
      return;
    }
    try {
      JsonObject json =
          JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8)).getAsJsonObject();
      Message message = GSON.fromJson(json, Message.class);
      if (KIND.equals(message.kind()) && message.readiness() != null && message.devices() != null) {
        told = new Told(message.readiness(), List.copyOf(message.devices()), System.nanoTime());
      }
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      log.warn("the peer's message cannot be read: {}", e.getMessage());
    }
  }

  Optional<Told> told() {
    return Optional.ofNullable(told);
  }
}
