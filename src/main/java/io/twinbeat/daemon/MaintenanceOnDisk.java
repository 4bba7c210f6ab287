package io.twinbeat.daemon;

import com.google.gson.JsonObject;
import io.twinbeat.decision.Effect.KeptMaintenance;
import io.twinbeat.decision.Event.RememberedMaintenance;
import java.time.Duration;

/**
 * The newest word on maintenance, and when it was written: by the wall clock and, within one boot
 * of the machine, by the monotonic clock, which all its processes share.
 */
record MaintenanceOnDisk(
    long number, long leftMillis, String reason, String boot, long wallMillis, long nanos) {

  static MaintenanceOnDisk of(KeptMaintenance kept, String boot) {
    return new MaintenanceOnDisk(
        kept.number(),
        kept.left().toMillis(),
        kept.reason(),
        boot,
        System.currentTimeMillis(),
        System.nanoTime());
  }

  static MaintenanceOnDisk parse(JsonObject json) {
    return new MaintenanceOnDisk(
        KeptState.count(json, "number"),
        KeptState.count(json, "leftMillis"),
        json.get("reason").getAsString(),
        json.get("boot").getAsString(),
        KeptState.count(json, "wallMillis"),
        json.get("nanos").getAsLong());
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("number", number);
    json.addProperty("leftMillis", leftMillis);
    json.addProperty("reason", reason);
    json.addProperty("boot", boot);
    json.addProperty("wallMillis", wallMillis);
    json.addProperty("nanos", nanos);
    return json;
  }

  /** What is left of it now; a clock that went back adds nothing to what was left when written. */
  RememberedMaintenance remembered(String bootNow, long wallMillisNow, long nanosNow) {
    boolean sameBoot = boot.equals(bootNow);
    Duration passed =
        sameBoot
            ? Duration.ofNanos(nanosNow - nanos)
            : Duration.ofMillis(wallMillisNow).minusMillis(wallMillis);
    Duration left = Duration.ofMillis(leftMillis);
    if (passed.isPositive()) {
      left = passed.compareTo(left) < 0 ? left.minus(passed) : Duration.ZERO;
    }
    return new RememberedMaintenance(number, left, reason, sameBoot);
  }
}
