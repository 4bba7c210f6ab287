package io.twinbeat.lvs;

import io.twinbeat.config.RealServerConfig;
import io.twinbeat.linux.IpvsDestination;
import io.twinbeat.linux.IpvsDestination.Connections;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts together what is thought of a service and what the kernel counts. */
final class Reports {
  private Reports() {}

  static ServiceReport of(
      ServiceState state, Set<String> drained, List<IpvsDestination.Counted> counted) {
    Map<Table.Endpoint, IpvsDestination.Counted> inKernel = new HashMap<>();
    counted.forEach(each -> inKernel.put(Table.Endpoint.of(each.destination()), each));
    List<ServiceReport.Server> servers = new ArrayList<>();
    for (RealServerConfig server : state.config().realServers()) {
      ServerState now = state.servers().get(server.name());
      IpvsDestination.Counted there = inKernel.get(new Table.Endpoint(server.ip(), server.port()));
      servers.add(
          new ServiceReport.Server(
              server.name(),
              server.ip().getHostAddress(),
              now.up(),
              now.looked() && !now.blind(),
              drained.contains(server.name()),
              there == null ? 0 : there.destination().weight(),
              there == null ? Connections.NONE : there.connections(),
              now.detail()));
    }
    return new ServiceReport(
        state.config().target().toString(),
        state.config().scheduler(),
        state.up(),
        state.liveWeight(drained),
        state.config().quorum(),
        !state.up() && state.config().sorryServer().isPresent(),
        servers);
  }
}
