package io.twinbeat.decision.whatif;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a rehearsal takes for granted of the world around the cores.
 *
 * @param fence how long a fence of each node takes
 * @param fenceFrom where those times are from, for people
 * @param referencePoints whether the file names any: without them a cut cable is not noticed
 */
public record Assumptions(Map<String, Duration> fence, String fenceFrom, boolean referencePoints) {
  /** A hot service, and an address by netlink: measured are 5 to 20 ms. */
  static final Duration START = Duration.ofMillis(20);

  static final Duration STOP = Duration.ofMillis(10);
  static final Duration PREPARE = Duration.ofMillis(5);
  static final Duration RESTART_RESOURCE = Duration.ofMillis(100);

  /** The unit's RestartSec, and the JVM's start. */
  static final Duration RESTART_DAEMON = Duration.ofMillis(700);

  static final Duration NETWORK = Duration.ofMillis(1);

  /** The other machine is asked for its free port, and says that nobody listens. */
  static final Duration DEATH_NOTICED = Duration.ofMillis(50);

  static final Duration CLAIM = Duration.ofMillis(300);

  public Assumptions {
    fence = Map.copyOf(fence);
  }

  Duration fence(String node) {
    return fence.getOrDefault(node, Duration.ofSeconds(5));
  }

  List<String> sentences() {
    return List.of(
        fenceFrom,
        "services start in "
            + START.toMillis()
            + " ms, disks answer at once, links that are not cut lose nothing",
        "a daemon that dies is started again after " + RESTART_DAEMON.toMillis() + " ms",
        "nobody touches anything, and a node that is off stays off");
  }
}
