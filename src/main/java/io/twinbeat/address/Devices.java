package io.twinbeat.address;

import io.twinbeat.linux.Link;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.MacAddress;
import io.twinbeat.linux.RouteSocket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known of this machine's network devices, kept fresh by the kernel's news. */
final class Devices {
  private final RouteSocket route;
  private final Map<Integer, Link> byIndex = new HashMap<>();
  private volatile Map<String, Link> byName = Map.of();
  private volatile Set<MacAddress> own = Set.of();

  Devices(RouteSocket route) {
    this.route = route;
  }

  /** Reads all anew. */
  synchronized void refresh() throws LinuxException {
    byIndex.clear();
    for (Link link : route.links()) {
      byIndex.put(link.index(), link);
    }
    publish();
  }

  synchronized void changed(Link link) {
    if (!link.equals(byIndex.put(link.index(), link))) {
      // Made anew or renamed: the news of the old one's end may still be on its way.
      byIndex.values().removeIf(l -> l.name().equals(link.name()) && l.index() != link.index());
      publish();
    }
  }

  synchronized void removed(Link link) {
    if (byIndex.remove(link.index()) != null) {
      publish();
    }
  }

  private void publish() {
    Map<String, Link> names = HashMap.newHashMap(byIndex.size());
    Set<MacAddress> macs = HashSet.newHashSet(byIndex.size());
    for (Link link : byIndex.values()) {
      names.put(link.name(), link);
      link.ethernet().ifPresent(macs::add);
    }
    byName = names;
    own = macs;
  }

  /** As last heard of. */
  Optional<Link> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Set<MacAddress> own() {
    return Set.copyOf(own);
  }

  /** Whether a device of this machine has this hardware address. */
  boolean isOwn(MacAddress mac) {
    return own.contains(mac);
  }

  /** As it is now, by the kernel's word. */
  Optional<Link> look(String name) throws LinuxException {
    return route.link(name);
  }
}
