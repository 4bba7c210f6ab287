package io.twinbeat.lvs;

import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ServerCheckConfig;
import io.twinbeat.config.VirtualServiceConfig;
import io.twinbeat.decision.Reach;
import io.twinbeat.linux.IpvsDestination;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One service with what is thought of its servers: whether it is up, and which destinations it
 * shall have. Immutable; no I/O.
 */
record ServiceState(VirtualServiceConfig config, Map<String, ServerState> servers, boolean up) {
  ServiceState {
    servers = Map.copyOf(servers);
  }

  static ServiceState begin(VirtualServiceConfig config, Set<String> drained) {
    Map<String, ServerState> servers = new LinkedHashMap<>();
    config
        .realServers()
        .forEach(server -> servers.put(server.name(), ServerState.unknown(config.alpha())));
    ServiceState fresh = new ServiceState(config, servers, false);
    return new ServiceState(config, servers, fresh.liveWeight(drained) >= config.quorum());
  }

  /**
   * As the last process of this director left it in the kernel: who was out stays out until its
   * first good look, and the sorry server goes on. A restart would else put dead servers in, or
   * with {@code alpha} take all of them out. Who was not {@code known} to that process was not out:
   * a file that moves all servers to another port would else take all of them out. Empty: all were
   * known.
   */
  ServiceState recalled(
      Table.Entry found, Optional<Set<Table.Endpoint>> known, Set<String> drained) {
    if (config.check().how() instanceof ServerCheckConfig.How.Off) {
      return this;
    }
    Map<String, ServerState> recalled = new LinkedHashMap<>();
    for (RealServerConfig server : config.realServers()) {
      boolean wasOut = known.isEmpty() || known.get().contains(endpoint(server));
      recalled.put(
          server.name(),
          there(found, server)
              .map(there -> recalled(server, there.weight(), drained))
              .orElse(
                  wasOut
                      ? ServerState.recalled(false, OptionalInt.empty())
                      : ServerState.unknown(config.alpha())));
    }
    ServiceState fresh = new ServiceState(config, recalled, false);
    boolean sorry = config.sorryServer().flatMap(server -> there(found, server)).isPresent();
    boolean enough = fresh.liveWeight(drained) >= config.quorum() - config.hysteresis();
    return new ServiceState(config, recalled, !sorry && enough);
  }

  /** Of one that is there, with this weight. */
  private ServerState recalled(RealServerConfig server, int weight, Set<String> drained) {
    boolean weighs =
        config.check().how() instanceof ServerCheckConfig.How.Script script
            && script.dynamicWeight();
    boolean mayBeWithout =
        !config.quiesceOnFailure() || server.weight() == 0 || drained.contains(server.name());
    return ServerState.recalled(
        weight > 0 || mayBeWithout, weighs ? OptionalInt.of(weight) : OptionalInt.empty());
  }

  private static Optional<IpvsDestination> there(Table.Entry found, RealServerConfig server) {
    return Optional.ofNullable(found.destinations().get(endpoint(server)));
  }

  private static Table.Endpoint endpoint(RealServerConfig server) {
    return Table.Endpoint.of(Wanted.destination(server, 0));
  }

  /** Its servers, for the kernel. */
  Set<Table.Endpoint> endpoints() {
    return config.realServers().stream()
        .map(ServiceState::endpoint)
        .collect(Collectors.toUnmodifiableSet());
  }

  ServiceState seen(String server, Look.Seen seen, Set<String> drained) {
    ServerState before = servers.get(server);
    if (before == null) {
      return this;
    }
    ServerState next = before.next(seen, config.check().rise(), config.check().fall());
    if (next.equals(before)) {
      return this; // Nearly always, and it is asked for each of a thousand servers each second.
    }
    Map<String, ServerState> now = new LinkedHashMap<>(servers);
    now.put(server, next);
    return new ServiceState(config, now, up).judged(drained);
  }

  /** Whether it is up now: up and down have a distance of twice the hysteresis. */
  ServiceState judged(Set<String> drained) {
    long live = liveWeight(drained);
    boolean now =
        up
            ? live >= config.quorum() - config.hysteresis()
            : live >= config.quorum() + config.hysteresis();
    return now == up ? this : new ServiceState(config, servers, now);
  }

  /** The weight that takes new connections. */
  long liveWeight(Set<String> drained) {
    long sum = 0;
    for (RealServerConfig server : config.realServers()) {
      if (servers.get(server.name()).up() && !drained.contains(server.name())) {
        sum += weight(server);
      }
    }
    return sum;
  }

  /**
   * For a comparison with what another node sees at the same time: there is what was just seen,
   * lost what looks in a row have found down and the last one, too. So two nodes that see the same
   * say the contrary of each other no longer than one look takes to come round. Lost is also what
   * this node has long been unable to look at: its own way is no less a way.
   */
  Reach reach(Set<String> drained) {
    long there = 0;
    long possible = 0;
    for (RealServerConfig server : config.realServers()) {
      ServerState state = servers.get(server.name());
      if (!drained.contains(server.name())) {
        boolean lost = state.blind() || (!state.up() && state.seenBad());
        there += state.seenGood() ? weight(server) : 0;
        possible += lost ? 0 : weight(server);
      }
    }
    long needed =
        up ? config.quorum() - config.hysteresis() : config.quorum() + config.hysteresis();
    if (possible < needed) {
      return Reach.LOST;
    }
    return up && there >= needed ? Reach.THERE : Reach.UNKNOWN;
  }

  private int weight(RealServerConfig server) {
    return servers.get(server.name()).weight().orElse(server.weight());
  }

  /**
   * Without enough servers the sorry server gets what is new; servers that still serve keep the
   * connections that they have, and so does one that is drained.
   */
  List<IpvsDestination> destinations(Set<String> drained) {
    boolean sorry = !up && config.sorryServer().isPresent();
    List<IpvsDestination> destinations = new ArrayList<>();
    for (RealServerConfig server : config.realServers()) {
      boolean serves = servers.get(server.name()).up();
      if (serves || config.quiesceOnFailure()) {
        boolean takesNew = serves && !sorry && !drained.contains(server.name());
        destinations.add(Wanted.destination(server, takesNew ? weight(server) : 0));
      }
    }
    if (sorry) {
      RealServerConfig other = config.sorryServer().get();
      IpvsDestination last = Wanted.destination(other, Math.max(1, other.weight()));
      // A sorry server that is one of the servers, too, is one destination for the kernel.
      destinations.removeIf(each -> Table.Endpoint.of(each).equals(Table.Endpoint.of(last)));
      destinations.add(last);
    }
    return destinations;
  }

  Table.Entry entry(Set<String> drained) {
    return Table.Entry.of(Wanted.service(config), destinations(drained));
  }
}
