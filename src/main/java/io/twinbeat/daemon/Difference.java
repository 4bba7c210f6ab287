package io.twinbeat.daemon;

import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Group;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.NginxConfig;
import io.twinbeat.config.Node;
import io.twinbeat.config.OcfConfig;
import io.twinbeat.config.Pair;
import io.twinbeat.config.ResourceConfig;
import io.twinbeat.config.ScriptConfig;
import io.twinbeat.config.SystemdConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is different in a changed file, and what of it a running daemon cannot change. */
final class Difference {
  private Difference() {}

  /** Sentences; empty when all of it can be changed by a reload. */
  static List<String> unchangeable(Pair old, Pair next) {
    List<String> found = new ArrayList<>();
    fixed(found, "pair", old.name(), next.name());
    fixed(found, "the nodes' names", names(old), names(next));
    fixed(found, "control", old.control(), next.control());
    fixed(found, "paths", old.paths(), next.paths());
    for (Group group : old.groups()) {
      for (AddressConfig address : group.addresses()) {
        groupOf(address, next)
            .filter(now -> !now.equals(group.name()))
            .ifPresent(now ->
                found.add(
                    "%s cannot go from group %s to %s while they run: take it out, reload, and put it in"
                        .formatted(address.ip().getHostAddress(), group.name(), now)));
      }
    }
    return found;
  }

  private static void fixed(List<String> found, String what, Object old, Object next) {
    if (!old.equals(next)) {
      found.add(
          what
              + " cannot be changed by a reload: restart both daemons (systemctl restart twinbeat)");
    }
  }

  private static List<String> names(Pair pair) {
    return pair.nodes().stream().map(Node::name).sorted().toList();
  }

  private static Optional<String> groupOf(AddressConfig address, Pair pair) {
    for (Group group : pair.groups()) {
      for (AddressConfig other : group.addresses()) {
        if (other.ip().equals(address.ip())) {
          return Optional.of(group.name());
        }
      }
    }
    return Optional.empty();
  }

  /** Whether nodes of the two files cannot hear each other. */
  static boolean outOfHearing(Loaded old, Loaded next) {
    return !old.sameKeys(next)
        || old.pair().heartbeat().port() != next.pair().heartbeat().port()
        || !links(old.pair()).equals(links(next.pair()));
  }

  private static List<List<java.net.InetAddress>> links(Pair pair) {
    return pair.nodes().stream().map(Node::links).toList();
  }

  /** Whether what runs under this name goes on running with the next file. */
  static boolean keeps(Group group, String resource, Pair next) {
    Optional<ResourceConfig> old =
        group.resources().stream().filter(each -> each.name().equals(resource)).findFirst();
    if (old.isEmpty() || old.get() instanceof AddressConfig) {
      return true; // Addresses are looked after by what was kept of them.
    }
    return next.group(group.name()).stream()
        .flatMap(now -> now.resources().stream())
        .anyMatch(each -> whatRuns(each).equals(whatRuns(old.get())));
  }

  private static List<Object> whatRuns(ResourceConfig resource) {
    return switch (resource) {
      case NginxConfig nginx -> List.of("nginx", nginx.config(), nginx.binary(), nginx.unit());
      case SystemdConfig unit -> List.of("systemd", unit.unit());
      case ScriptConfig script -> List.of("script", script.path(), script.args());
      case OcfConfig ocf -> List.of("ocf", ocf.provider(), ocf.type(), ocf.params());
      case LvsConfig lvs -> List.of("lvs", lvs.name());
      case AddressConfig address -> List.of("address", address.ip());
    };
  }
}
