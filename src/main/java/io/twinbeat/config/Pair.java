package io.twinbeat.config;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Two nodes and the groups they hold for each other. {@code nodes} are exactly two, in the order of
 * the file. {@code hash} stands for the meaning of the file: equal on both nodes whatever its
 * layout, comments or units, different as soon as anything means something else.
 */
public record Pair(
    String name,
    List<Node> nodes,
    HeartbeatConfig heartbeat,
    FencingConfig fencing,
    Optional<WatchdogConfig> watchdog,
    List<InetAddress> referencePoints,
    List<Group> groups,
    ControlConfig control,
    Paths paths,
    JournalConfig journal,
    List<HookConfig> hooks,
    FilesConfig files,
    Optional<SiteStatusConfig> siteStatus,
    String hash) {

  public Pair {
    nodes = List.copyOf(nodes);
    referencePoints = List.copyOf(referencePoints);
    groups = List.copyOf(groups);
    hooks = List.copyOf(hooks);
    if (nodes.size() != 2) {
      throw new IllegalArgumentException("a pair has two nodes");
    }
  }

  /**
   * The node with this host name, letter case aside: the whole name first, then its first label
   * (lb1.example.net is lb1).
   */
  public Optional<Node> node(String hostName) {
    String name = hostName.toLowerCase(Locale.ROOT);
    int dot = name.indexOf('.');
    Optional<Node> whole = named(name);
    return whole.isPresent() || dot < 0 ? whole : named(name.substring(0, dot));
  }

  Pair with(SiteStatusConfig answering) {
    return new Pair(
        name,
        nodes,
        heartbeat,
        fencing,
        watchdog,
        referencePoints,
        groups,
        control,
        paths,
        journal,
        hooks,
        files,
        Optional.of(answering),
        hash);
  }

  /** The other node. */
  public Node peer(Node self) {
    return nodes.get(0).name().equals(self.name()) ? nodes.get(1) : nodes.get(0);
  }

  public Optional<Group> group(String groupName) {
    for (Group group : groups) {
      if (group.name().equals(groupName)) {
        return Optional.of(group);
      }
    }
    return Optional.empty();
  }

  private Optional<Node> named(String lowerCaseName) {
    for (Node node : nodes) {
      if (node.name().toLowerCase(Locale.ROOT).equals(lowerCaseName)) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }
}
