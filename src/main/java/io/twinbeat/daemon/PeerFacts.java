package io.twinbeat.daemon;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.twinbeat.control.StatusReport.Device;
import io.twinbeat.control.StatusReport.Readiness;
import io.twinbeat.control.StatusReport.Watchdog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the two nodes tell each other, as reliable messages: readiness item by item, the proofs of
 * the fence devices, its hardware addresses, its watchdog. No group is taken or given up on it.
 */
final class PeerFacts {
  private static final Gson GSON = new Gson();

  /**
   * The last that the peer told, and when it came; {@code watchdog} is null if it has none, {@code
   * drains}, the digest of its drained servers, if its version has none.
   */
  record Told(
      Readiness readiness,
      List<Device> devices,
      Set<String> macs,
      Watchdog watchdog,
      String drains,
      long nanos) {}

  private record Message(
      String kind,
      Readiness readiness,
      List<Device> devices,
      Set<String> macs,
      Watchdog watchdog,
      String drains) {}

  static final String KIND = "facts";

  private volatile Told told;

  /**
   * @param macs the hardware addresses of this node, by which the peer knows it on the LAN
   */
  static byte[] message(
      Readiness readiness,
      List<Device> devices,
      Set<String> macs,
      Watchdog watchdog,
      String drains) {
    return GSON.toJson(new Message(KIND, readiness, devices, macs, watchdog, drains))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** What the peer should know soon, without the ages: told anew when it is another one. */
  static List<Object> gist(
      long peerLife, Readiness readiness, List<Device> devices, String drains) {
    List<Object> gist =
        new ArrayList<>(List.of(peerLife, readiness.ready(), readiness.able(), drains));
    readiness.items().forEach(item -> gist.add(List.of(item.name(), item.state())));
    devices.forEach(d -> gist.add(List.of(d.node(), d.device(), d.succeeded())));
    return gist;
  }

  /** A message of the peer with kind {@link #KIND}. */
  void received(JsonObject json) {
    Message message = GSON.fromJson(json, Message.class);
    if (whole(message)) {
      told =
          new Told(
              message.readiness(),
              List.copyOf(message.devices()),
              message.macs() == null ? Set.of() : Set.copyOf(message.macs()),
              message.watchdog(),
              message.drains(),
              System.nanoTime());
    }
  }

  /** Whether all is there that the status shows or compares; the rest may be missing in it too. */
  private static boolean whole(Message message) {
    return message.readiness() != null
        && message.readiness().items() != null
        && message.readiness().items().stream().allMatch(i -> i != null && i.name() != null)
        && message.devices() != null
        && message.devices().stream().allMatch(d -> d != null && d.node() != null);
  }

  Optional<Told> told() {
    return Optional.ofNullable(told);
  }

  Set<String> macs() {
    Told last = told;
    return last == null ? Set.of() : last.macs();
  }
}
