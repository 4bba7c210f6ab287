package io.twinbeat.config;

import java.net.InetAddress;
import java.util.List;

/** One layer of a site: a pair that fails over, or servers that do not. */
public sealed interface Tier {
  String name();

  /** A pair; its name is the tier's. */
  record OfPair(Pair pair) implements Tier {
    @Override
    public String name() {
      return pair.name();
    }
  }

  /** Machines on which no daemon runs, as web servers behind a director or a proxy. */
  record OfServers(String name, List<Server> servers) implements Tier {
    public OfServers {
      servers = List.copyOf(servers);
    }
  }

  /** One of them: its host name, and the addresses at which it serves. */
  record Server(String name, List<InetAddress> addresses) {
    public Server {
      addresses = List.copyOf(addresses);
    }
  }
}
