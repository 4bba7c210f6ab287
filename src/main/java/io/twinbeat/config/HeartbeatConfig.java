package io.twinbeat.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How often a node speaks ({@code interval}), after what silence on all links its peer is late
 * ({@code warntime}) and silent ({@code deadtime}), and how long a starting node listens for a peer
 * that it never heard ({@code initdead}).
 */
public record HeartbeatConfig(
    Duration interval,
    Duration deadtime,
    Duration warntime,
    Duration initdead,
    int port,
    Path keyFile) {

  public static final Duration INTERVAL = Duration.ofMillis(200);
  public static final Duration DEADTIME = Duration.ofSeconds(1);
  public static final int PORT = 7694;
  public static final Path KEY_FILE = Path.of("/etc/twinbeat/key");

  /**
   * Heartbeat's floor for short deadtimes: two machines that get power together do not boot in the
   * same second, and the first one up would fence the other one while it boots.
   */
  static final Duration INITDEAD_MIN = Duration.ofSeconds(12);

  static Duration defaultInitdead(Duration deadtime) {
    Duration twice = deadtime.multipliedBy(2);
    return twice.compareTo(INITDEAD_MIN) > 0 ? twice : INITDEAD_MIN;
  }
}
