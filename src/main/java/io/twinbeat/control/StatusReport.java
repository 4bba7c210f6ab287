package io.twinbeat.control;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * All that {@code twinbeat status} shows: the answer to the verb {@code status}, each component a
 * key of its JSON. The daemon fills it in; readers take the JSON and bear keys that are missing.
 * Ages and limits are in milliseconds, ages are monotonic; an instant is ISO 8601 in UTC. What is
 * unknown is null and left out of the JSON. {@code readiness} is by node, this node first.
 */
public record StatusReport(
    String pair,
    String node,
    String peerName,
    String version,
    String incarnation,
    Instant since,
    ConfigFile file,
    Peer peer,
    List<Group> groups,
    Map<String, Readiness> readiness,
    List<Link> links,
    List<Device> devices,
    List<Watchdog> watchdogs,
    List<ReferencePoint> referencePoints,
    List<Alarm> alarms,
    Maintenance maintenance,
    Heartbeat heartbeat) {

  /** {@code peerHash} is what the peer said last; null if it never was heard. */
  public record ConfigFile(String path, String hash, String peerHash) {}

  /**
   * {@code state}: heard, late, silent, disconnected, left, restarting, fenced or unknown; the
   * sentence says what that means now.
   */
  public record Peer(
      String state, Instant since, String sentence, Long lastHeardAgeMs, String incarnation) {}

  /**
   * {@code holder} is null if nobody holds the group or nobody knows who does. {@code here} and
   * {@code peer} are its states on the two nodes; {@code why} says why the holder is the holder.
   */
  public record Group(
      String name,
      String prefer,
      String holder,
      String here,
      String peer,
      Long term,
      Instant since,
      String why,
      List<Resource> resources,
      Takeover lastTakeover) {}

  /**
   * {@code health}: ok, failed, stopped, standby (prepared) or unknown; {@code services} is null
   * for what balances none.
   */
  public record Resource(
      String name,
      String type,
      String health,
      String detail,
      Long ageMs,
      List<VirtualService> services) {

    public Resource(String name, String type, String health, String detail, Long ageMs) {
      this(name, type, health, detail, ageMs, null);
    }
  }

  /**
   * One balanced service as this node sees it. {@code state}: ok, sorry (the sorry server answers)
   * or below quorum; {@code liveWeight} is that of the real servers that take new connections.
   */
  public record VirtualService(
      String service,
      String scheduler,
      String state,
      long liveWeight,
      int quorum,
      List<RealServer> servers) {}

  /**
   * {@code state}: up, down, unchecked (not looked at) or drained; weight and connections are those
   * in the kernel, 0 where the group is not held.
   */
  public record RealServer(
      String name,
      String address,
      String state,
      int weight,
      int active,
      int inactive,
      String detail) {}

  /** {@code from} is null if nobody held the group before. */
  public record Takeover(Instant at, String from, String to, String why, Long tookMs) {}

  /** {@code able}: it could serve at all; {@code ready}: it could take a group right now. */
  public record Readiness(boolean ready, boolean able, List<Item> items) {}

  /**
   * {@code state}: ok, warning (no reason not to move a group here), failed, stale (older than its
   * limit) or unknown; {@code mend} says what an operator can do about it.
   */
  public record Item(
      String name, String state, String detail, String mend, Long ageMs, Long limitMs) {}

  /**
   * {@code state}: up, down, one-way or unbound; {@code ageMs} of the last heartbeat on it; {@code
   * forged} counts what came on it that was not made with the pair's key; {@code gaps} is null in
   * old reports.
   */
  public record Link(
      int index,
      String local,
      String remote,
      String state,
      Long ageMs,
      Long largestGapMs,
      long forged,
      Gaps gaps) {

    public Link(
        int index, String local, String remote, String state, Long ageMs, Long largestGapMs) {
      this(index, local, remote, state, ageMs, largestGapMs, 0, null);
    }
  }

  /** A fence device of {@code node}, and its last proof; never proven: ageMs is null. */
  public record Device(
      String node, String device, boolean succeeded, String detail, Long ageMs, Long limitMs) {}

  /**
   * A node's own watchdog. {@code state}: armed, disarmed, "not fed" (armed; a reset comes),
   * unusable or unknown; {@code timeoutMs} as the device itself says.
   */
  public record Watchdog(
      String node, String device, String state, Long timeoutMs, Long fedAgeMs, String detail) {
    public static final String ARMED = "armed";
    public static final String NOT_FED = "not fed";
  }

  /** {@code state}: reached, lost or unknown. */
  public record ReferencePoint(String address, String state, Long ageMs) {}

  /** {@code mend} is what the operator is asked to do. */
  public record Alarm(Instant since, String sentence, String mend) {}

  public record Maintenance(Instant until, String reason) {}

  /**
   * {@code gaps}: between the peer's heartbeats, over whichever link was first. {@code ownStalls}:
   * how often this daemon was not running for more than half a deadtime. {@code
   * suggestedDeadtimeMs}: null while too little was seen.
   */
  public record Heartbeat(
      long intervalMs,
      long deadtimeMs,
      long warntimeMs,
      Gaps gaps,
      long ownStalls,
      Long longestStallMs,
      Long suggestedDeadtimeMs) {}

  /**
   * Times between arrivals, {@code overMs} long together; without those of a whole deadtime ({@code
   * silences}), announced restarts, and own stalls.
   */
  public record Gaps(
      long count, long overMs, long largestMs, long p99Ms, long silences, List<Bucket> histogram) {}

  /** So many gaps below {@code belowMs}; what is empty is left out. */
  public record Bucket(double belowMs, long count) {}

  /** Holds the reflecting serializer, which no reader of the JSON needs to load. */
  private static final class Json {
    static final Gson GSON =
        new GsonBuilder()
            .disableHtmlEscaping()
            .registerTypeAdapter(
                Instant.class,
                (JsonSerializer<Instant>) (at, type, context) -> new JsonPrimitive(at.toString()))
            .create();
  }

  public JsonObject toJson() {
    return Json.GSON.toJsonTree(this).getAsJsonObject();
  }
}
