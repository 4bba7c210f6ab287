package io.twinbeat.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the two machines. {@code links} are its own addresses, one for each heartbeat path; the
 * i-th link of a node talks to the i-th of its peer. {@code fence} tells how the *other* node makes
 * certain that this one is off: levels, tried in order, all devices of a level must succeed.
 */
public record Node(String name, List<InetAddress> links, List<List<Device>> fence) {
  public Node {
    links = List.copyOf(links);
    List<List<Device>> levels = new ArrayList<>(fence.size());
    for (List<Device> level : fence) {
      levels.add(List.copyOf(level));
    }
    fence = List.copyOf(levels);
  }
}
