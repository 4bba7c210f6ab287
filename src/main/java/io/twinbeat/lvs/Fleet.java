package io.twinbeat.lvs;

import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ServerCheckConfig;
import io.twinbeat.config.VirtualServiceConfig;
import io.twinbeat.config.VirtualServiceConfig.Target;
import io.twinbeat.decision.Reach;
import io.twinbeat.linux.IpvsDestination;
import io.twinbeat.linux.IpvsService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All services of one director with what is thought of their servers, and which servers are
 * drained. No I/O; one thread at a time.
 */
final class Fleet {
  private final List<VirtualServiceConfig> configs;
  private final Map<Target, ServiceState> services = new LinkedHashMap<>();
  private Set<String> drained = Set.of();

  /** One service before and after one look at one of its servers. */
  record Turn(ServiceState before, ServiceState after, boolean tableChanges) {}

  Fleet(List<VirtualServiceConfig> configs) {
    this.configs = List.copyOf(configs);
    forget();
  }

  /** Nothing is known of any server. */
  void forget() {
    services.clear();
    configs.forEach(config -> services.put(config.target(), ServiceState.begin(config, drained)));
  }

  /** What an earlier process knew of these services, as far as the kernel's table shows it. */
  void recall(Table left, Map<IpvsService.Key, Optional<Set<Table.Endpoint>>> known) {
    services.replaceAll((target, state) -> {
      IpvsService.Key key = Wanted.key(target);
      Table.Entry found = left.entries().get(key);
      return found == null
          ? state
          : state.recalled(found, known.getOrDefault(key, Optional.empty()), drained);
    });
  }

  List<ServiceState> services() {
    return List.copyOf(services.values());
  }

  /** All services with the servers that the file has for them. */
  Map<IpvsService.Key, Set<Table.Endpoint>> named() {
    Map<IpvsService.Key, Set<Table.Endpoint>> named = new HashMap<>();
    services.forEach((target, state) -> named.put(Wanted.key(target), state.endpoints()));
    return named;
  }

  Table wanted() {
    return Table.of(services.values().stream().map(state -> state.entry(drained)).toList());
  }

  Turn seen(VirtualServiceConfig service, RealServerConfig server, Look.Seen seen) {
    ServiceState before = services.get(service.target());
    ServiceState after = before.seen(server.name(), seen, drained);
    services.put(service.target(), after);
    boolean changes =
        !after.equals(before) && !after.destinations(drained).equals(before.destinations(drained));
    return new Turn(before, after, changes);
  }

  Set<String> drained() {
    return drained;
  }

  void drained(Set<String> servers) {
    drained = Set.copyOf(servers);
    services.replaceAll((target, state) -> state.judged(drained));
  }

  /** The names of all real servers. */
  Set<String> servers() {
    Set<String> names = new TreeSet<>();
    configs.forEach(config -> config.realServers().forEach(server -> names.add(server.name())));
    return names;
  }

  String quorum(ServiceState state) {
    return state.config().target()
        + " has weight "
        + state.liveWeight(drained)
        + " of real servers that serve, its quorum is "
        + state.config().quorum()
        + (state.config().sorryServer().isPresent() ? ": the sorry server answers" : "");
  }

  String summary() {
    int up = 0;
    int all = 0;
    List<String> below = new ArrayList<>();
    for (ServiceState state : services.values()) {
      all += state.servers().size();
      up += (int) state.servers().values().stream().filter(ServerState::up).count();
      if (!state.up()) {
        below.add(state.config().target().toString());
      }
    }
    return services.size()
        + (services.size() == 1 ? " service, " : " services, ")
        + up
        + " of "
        + all
        + " real servers serve"
        + (drained.isEmpty() ? "" : ", drained: " + String.join(", ", new TreeSet<>(drained)))
        + (below.isEmpty() ? "" : "; BELOW QUORUM: " + String.join(", ", below));
  }

  /** Of the services whose servers are looked at at all. */
  Reach reach() {
    return Reach.of(
        services.values().stream()
            .filter(state -> !(state.config().check().how() instanceof ServerCheckConfig.How.Off))
            .map(state -> state.reach(drained))
            .toList());
  }

  /** What this node itself sees of the real servers. */
  List<Finding> reachable() {
    return services.values().stream().map(Fleet::reachable).toList();
  }

  private static Finding reachable(ServiceState state) {
    Map<String, String> bad = new TreeMap<>();
    Map<String, String> blind = new TreeMap<>();
    state
        .servers()
        .forEach((name, server) -> {
          if (server.blind()) {
            blind.put(name, server.detail());
          } else if (!server.up()) {
            bad.put(name, server.detail());
          }
        });
    int all = state.servers().size();
    String name = "real servers of " + state.config().target();
    String detail = (all - bad.size() - blind.size()) + " of " + all + " reachable from here";
    if (bad.isEmpty() && blind.isEmpty()) {
      return Finding.good(name, detail);
    }
    return new Finding(
        name,
        state.up() ? Finding.Grade.WARNING : Finding.Grade.BAD,
        detail
            + (bad.isEmpty() ? "" : "; not: " + shown(bad))
            + (blind.isEmpty() ? "" : "; cannot look at " + shown(blind)),
        bad.isEmpty()
            ? "mend what keeps this node from looking: they stay as they are until it can"
            : "look at those servers, or at this node's way to them");
  }

  private static final int SHOWN_MAX = 4;

  private static String shown(Map<String, String> bad) {
    List<String> first =
        bad.entrySet().stream()
            .limit(SHOWN_MAX)
            .map(each -> each.getKey() + " (" + each.getValue() + ")")
            .toList();
    int more = bad.size() - first.size();
    return String.join(", ", first) + (more > 0 ? " and " + more + " more" : "");
  }

  /** With what the kernel counts. */
  List<ServiceReport> reports(Map<IpvsService.Key, List<IpvsDestination.Counted>> counted) {
    return services.values().stream()
        .map(state ->
            Reports.of(
                state,
                drained,
                counted.getOrDefault(Wanted.key(state.config().target()), List.of())))
        .toList();
  }
}
