package io.twinbeat.heartbeat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Who talks to whom over which links, how often, and with which keys. The same on both nodes. */
public record HeartbeatSettings(
    String node,
    String peer,
    List<LinkAddress> links,
    Duration interval,
    Duration deadtime,
    HeartbeatKeys keys) {
  /** The most links a pair may have. */
  public static final int LINKS_MAX = 8;

  private static final int NAME_BYTES_MAX = 255;

  public HeartbeatSettings {
    links = List.copyOf(links);
    if (node.equals(peer)) {
      throw new IllegalArgumentException("the peer has another name than this node: " + node);
    }
    checkName(node);
    checkName(peer);
    if (links.isEmpty() || links.size() > LINKS_MAX) {
      throw new IllegalArgumentException("1 to " + LINKS_MAX + " links, not " + links.size());
    }
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("the interval is above zero, not " + interval);
    }
    if (deadtime.compareTo(interval.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException(
          "the deadtime " + deadtime + " is shorter than two intervals of " + interval);
    }
  }

  private static void checkName(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > NAME_BYTES_MAX) {
      throw new IllegalArgumentException("a node's name has 1 to 255 bytes: " + name);
    }
  }
}
