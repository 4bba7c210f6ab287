package io.twinbeat.lvs;

import io.twinbeat.linux.IpvsChange;
import io.twinbeat.linux.IpvsDestination;
import io.twinbeat.linux.IpvsService;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Services with their destinations, as the kernel has them or as they shall be. Immutable. */
record Table(Map<IpvsService.Key, Entry> entries) {
  static final Table EMPTY = new Table(Map.of());

  /** What makes a destination of one service the same one. */
  record Endpoint(InetAddress ip, int port) {
    static Endpoint of(IpvsDestination destination) {
      return new Endpoint(destination.ip(), destination.port());
    }
  }

  /** One service; no two destinations have one endpoint. They are in the order of their adding. */
  record Entry(IpvsService service, Map<Endpoint, IpvsDestination> destinations) {
    /** They hash into a list of the servers: in another order others are chosen. */
    private static final Set<String> ORDERED = Set.of("mh", "sh", "dh");

    Entry {
      destinations = Collections.unmodifiableMap(new LinkedHashMap<>(destinations));
    }

    boolean ordered() {
      return ORDERED.contains(service.scheduler());
    }

    /**
     * Of the destinations of the other one, those that have to be added again because the kernel
     * adds at one end only: all but the longest beginning that is there in this order.
     */
    private Set<Endpoint> outOfOrder(Entry wanted) {
      Set<Endpoint> again = new HashSet<>();
      Iterator<Endpoint> here = destinations.keySet().iterator();
      boolean inOrder = wanted.ordered();
      for (Endpoint endpoint : wanted.destinations.keySet()) {
        boolean found = false;
        while (inOrder && !found && here.hasNext()) {
          found = here.next().equals(endpoint);
        }
        inOrder &= found;
        if (!inOrder && wanted.ordered() && destinations.containsKey(endpoint)) {
          again.add(endpoint);
        }
      }
      return again;
    }

    static Entry of(IpvsService service, List<IpvsDestination> destinations) {
      Map<Endpoint, IpvsDestination> map = new LinkedHashMap<>();
      destinations.forEach(each -> map.put(Endpoint.of(each), each));
      return new Entry(service, map);
    }
  }

  Table {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  static Table of(List<Entry> entries) {
    Map<IpvsService.Key, Entry> map = new LinkedHashMap<>();
    entries.forEach(each -> map.put(each.service().key(), each));
    return new Table(map);
  }

  /** Only these services. */
  Table only(Set<IpvsService.Key> keys) {
    Map<IpvsService.Key, Entry> kept = new LinkedHashMap<>(entries);
    kept.keySet().retainAll(keys);
    return new Table(kept);
  }

  /**
   * The smallest change that makes this table the wanted one. Whoever takes over new connections
   * comes before whoever gives them up, so that no moment is without a server (but for the moment
   * between two messages in which a single server is put into its order).
   */
  List<IpvsChange> changesTo(Table wanted) {
    List<IpvsChange> services = new ArrayList<>();
    List<IpvsChange> added = new ArrayList<>();
    List<IpvsChange> raised = new ArrayList<>();
    List<IpvsChange> lowered = new ArrayList<>();
    List<IpvsChange> removed = new ArrayList<>();
    wanted.entries.forEach((key, to) -> {
      Entry from = entries.get(key);
      if (from == null) {
        services.add(new IpvsChange.AddService(to.service()));
        from = new Entry(to.service(), Map.of());
      } else if (!from.service().equals(to.service())) {
        services.add(new IpvsChange.EditService(to.service()));
      }
      Entry old = from;
      Set<Endpoint> again = old.outOfOrder(to);
      to.destinations()
          .forEach((endpoint, destination) -> {
            IpvsDestination before = old.destinations().get(endpoint);
            if (again.contains(endpoint)) {
              added.add(new IpvsChange.RemoveDestination(key, before));
              added.add(new IpvsChange.AddDestination(key, destination));
            } else if (before == null) {
              added.add(new IpvsChange.AddDestination(key, destination));
            } else if (!before.equals(destination)) {
              (destination.weight() > 0 ? raised : lowered)
                  .add(new IpvsChange.EditDestination(key, destination));
            }
          });
      old.destinations()
          .forEach((endpoint, destination) -> {
            if (!to.destinations().containsKey(endpoint)) {
              removed.add(new IpvsChange.RemoveDestination(key, destination));
            }
          });
    });
    entries.keySet().stream()
        .filter(key -> !wanted.entries.containsKey(key))
        .forEach(key -> removed.add(new IpvsChange.RemoveService(key)));
    List<IpvsChange> changes = new ArrayList<>(services);
    changes.addAll(added);
    changes.addAll(raised);
    changes.addAll(lowered);
    changes.addAll(removed);
    return changes;
  }
}
