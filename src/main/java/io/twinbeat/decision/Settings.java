package io.twinbeat.decision;

import java.time.Duration;
import java.util.List;

/**
 * What the core needs to know of the file.
 *
 * @param self this node's name
 * @param peer the other node's name
 * @param unfencedTakeover {@code fencing: none} with {@code accept-split-brain: true}
 * @param fenceWait how long after one node's turn to shoot the other's begins; at least the slowest
 *     device's off time and twice the deadtime (the two may come to their verdict a deadtime apart,
 *     and a turn lasts half of one), or both die (measured)
 * @param startFenceWindow at most one start-up fence in this time
 * @param probeLimit how long one look at the service may take
 */
public record Settings(
    String self,
    String peer,
    Duration interval,
    Duration deadtime,
    Duration warntime,
    Duration initdead,
    boolean unfencedTakeover,
    Duration fenceWait,
    Duration startFenceWindow,
    Duration probeLimit,
    List<GroupSettings> groups) {

  public Settings {
    groups = List.copyOf(groups);
  }

  /**
   * One group.
   *
   * @param prefer the preferred node's name
   * @param cooldown no second failback within this time
   * @param reachHold how long the real servers must be out of one node's reach alone before the
   *     group is offered; longer than the two may differ in noticing the same
   * @param restarts how often a failed resource is restarted in place within {@code restartsWithin}
   */
  public record GroupSettings(
      String name,
      String prefer,
      Failback failback,
      Duration cooldown,
      Duration reachHold,
      int restarts,
      Duration restartsWithin) {}

  /** When a group goes back to its preferred node by itself. */
  public sealed interface Failback {
    /** Only by command. */
    record Manual() implements Failback {}

    /** After the preferred node was ready for this long without a break; zero is at once. */
    record After(Duration ready) implements Failback {}
  }

  GroupSettings group(String name) {
    for (GroupSettings group : groups) {
      if (group.name().equals(name)) {
        return group;
      }
    }
    throw new IllegalArgumentException("no group " + name);
  }

  /** The node that goes first where both may have cause to shoot and hold alike. */
  String preferredNode() {
    return groups.getFirst().prefer();
  }
}
