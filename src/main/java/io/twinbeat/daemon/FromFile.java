package io.twinbeat.daemon;

import io.twinbeat.config.Device;
import io.twinbeat.config.FailbackConfig;
import io.twinbeat.config.Group;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.config.ResourceConfig;
import io.twinbeat.config.ServerCheckConfig;
import io.twinbeat.config.VirtualServiceConfig;
import io.twinbeat.decision.Settings;
import io.twinbeat.fencing.DeviceSpec;
import io.twinbeat.fencing.Fencing;
import io.twinbeat.heartbeat.HeartbeatKeys;
import io.twinbeat.heartbeat.HeartbeatSettings;
import io.twinbeat.heartbeat.LinkAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the file says, in the words of the parts. */
final class FromFile {
  /** A warning earlier than this before the verdict leaves no time for warming anything up. */
  private static final Duration LOOK_MARGIN = Duration.ofMillis(20);

  private static final Duration LOOK_MIN = Duration.ofMillis(80);

  /** For each node to notice what its looks come to, and to tell it in a heartbeat. */
  private static final Duration REACH_TOLD = Duration.ofSeconds(1);

  private static final Duration BUSY_MARGIN = Duration.ofSeconds(30);

  private FromFile() {}

  static Fencing fencing(Pair pair) throws Life.Misconfigured {
    Map<String, List<List<DeviceSpec>>> specs = new HashMap<>();
    for (Node node : pair.nodes()) {
      specs.put(node.name(), devices(node));
    }
    try {
      return Fencing.of(specs, pair.fencing().limit());
    } catch (IllegalArgumentException e) {
      throw new Life.Misconfigured(e.getMessage());
    }
  }

  /** The devices that switch a node off, in levels. */
  static List<List<DeviceSpec>> devices(Node node) {
    List<List<DeviceSpec>> levels = new ArrayList<>();
    for (List<Device> level : node.fence()) {
      levels.add(level.stream().map(d -> new DeviceSpec(d.type(), d.parameters())).toList());
    }
    return levels;
  }

  static Settings settings(Pair pair, Node self, Fencing fencing) {
    Duration deadtime = pair.heartbeat().deadtime();
    Duration warntime = pair.heartbeat().warntime();
    Duration lookLimit = deadtime.minus(warntime).minus(LOOK_MARGIN);
    for (Group group : pair.groups()) {
      Duration limit = group.serviceProbe().limit();
      lookLimit = limit.compareTo(lookLimit) < 0 ? limit : lookLimit;
    }
    lookLimit = lookLimit.compareTo(LOOK_MIN) < 0 ? LOOK_MIN : lookLimit;
    List<Settings.GroupSettings> groups = new ArrayList<>();
    for (Group group : pair.groups()) {
      groups.add(
          new Settings.GroupSettings(
              group.name(),
              group.prefer(),
              switch (group.failback()) {
                case FailbackConfig.Manual m -> new Settings.Failback.Manual();
                case FailbackConfig.Immediate i -> new Settings.Failback.After(Duration.ZERO);
                case FailbackConfig.After a -> new Settings.Failback.After(a.ready());
              },
              group.cooldown(),
              reachHold(group, deadtime),
              group.restart().times(),
              group.restart().within()));
    }
    return new Settings(
        self.name(),
        pair.peer(self).name(),
        pair.heartbeat().interval(),
        deadtime,
        warntime,
        pair.heartbeat().initdead(),
        pair.fencing().none(),
        fenceWait(pair, fencing),
        pair.fencing().startupWindow(),
        lookLimit,
        groups);
  }

  /**
   * How long two nodes may say the contrary of each other of the same real servers: until the next
   * look of the slowest check has come to its limit, and that is told. Twice, to be sure.
   */
  private static Duration reachHold(Group group, Duration deadtime) {
    Duration longest = deadtime;
    for (ResourceConfig resource : group.resources()) {
      if (resource instanceof LvsConfig lvs) {
        for (VirtualServiceConfig service : lvs.services()) {
          ServerCheckConfig check = service.check();
          Duration round = check.interval().plus(check.jitter()).plus(check.timeout());
          Duration twice = round.multipliedBy(2).plus(REACH_TOLD);
          longest = twice.compareTo(longest) > 0 ? twice : longest;
        }
      }
    }
    return longest;
  }

  /**
   * What a group's tasks may take at most: what its resources' limits add up to, twice, since some
   * try twice, and a margin for what has short limits of its own.
   */
  static Duration busyLimit(Group group) {
    Duration sum = BUSY_MARGIN;
    for (ResourceConfig resource : group.resources()) {
      Duration start = resource.timeouts().start();
      Duration stop = resource.timeouts().stop();
      sum = sum.plus((start.compareTo(stop) > 0 ? start : stop).multipliedBy(2));
    }
    return sum;
  }

  /**
   * Either device's off time, and the skew of the two verdicts: where the links fail in one
   * direction, a deadtime; and the time in which a turn may be taken.
   */
  private static Duration fenceWait(Pair pair, Fencing fencing) {
    if (pair.fencing().waitFirst().isPresent()) {
      return pair.fencing().waitFirst().get();
    }
    Duration longest = Duration.ZERO;
    for (Node node : pair.nodes()) {
      if (fencing.hasDevice(node.name())) {
        Duration off = fencing.slowestOff(node.name());
        longest = off.compareTo(longest) > 0 ? off : longest;
      }
    }
    return longest.plus(pair.heartbeat().deadtime().multipliedBy(2));
  }

  static HeartbeatSettings heartbeat(Pair pair, Node self, List<byte[]> keys) {
    Node peer = pair.peer(self);
    List<LinkAddress> links = new ArrayList<>();
    int port = pair.heartbeat().port();
    for (int i = 0; i < self.links().size(); i++) {
      links.add(
          new LinkAddress(
              new InetSocketAddress(self.links().get(i), port),
              new InetSocketAddress(peer.links().get(i), port)));
    }
    return new HeartbeatSettings(
        self.name(),
        peer.name(),
        links,
        pair.heartbeat().interval(),
        pair.heartbeat().deadtime(),
        new HeartbeatKeys(keys));
  }
}
