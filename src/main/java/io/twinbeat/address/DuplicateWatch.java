package io.twinbeat.address;

import io.twinbeat.linux.MacAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Decides which claims by other machines are told and which are answered. Pure: times are {@link
 * System#nanoTime} values. For one thread.
 */
final class DuplicateWatch {
  /** RFC 5227's DEFEND_INTERVAL: two defenders must not shout at each other without a pause. */
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** Hardware addresses remembered; a flood of forged ones is not told in full. */
  static final int REMEMBERED_MAX = 1024;

  private record Claimant(FloatingAddress address, MacAddress mac) {}

  private final Map<Claimant, Long> told = new HashMap<>();
  private final Map<FloatingAddress, Long> defended = new HashMap<>();

  /** Whether this claim is to be told now; at most one for each address, MAC and interval. */
  boolean tell(FloatingAddress address, MacAddress mac, long now) {
    Claimant claimant = new Claimant(address, mac);
    Long last = told.get(claimant);
    if (last != null && now - last < INTERVAL.toNanos()) {
      return false;
    }
    if (last == null && told.size() >= REMEMBERED_MAX) {
      told.values().removeIf(time -> now - time >= INTERVAL.toNanos());
      if (told.size() >= REMEMBERED_MAX) {
        return false;
      }
    }
    told.put(claimant, now);
    return true;
  }

  /** Whether the address may be announced against a claim now; at most once in an interval. */
  boolean defend(FloatingAddress address, long now) {
    Long last = defended.get(address);
    if (last != null && now - last < INTERVAL.toNanos()) {
      return false;
    }
    defended.put(address, now);
    return true;
  }
}
