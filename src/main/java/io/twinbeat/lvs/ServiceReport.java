package io.twinbeat.lvs;

import io.twinbeat.linux.IpvsDestination.Connections;
import java.util.List;

/** One service as it stands, for those who show it. */
public record ServiceReport(
    String service,
    String scheduler,
    boolean up,
    long liveWeight,
    int quorum,
    boolean sorry,
    List<Server> servers) {
  /**
   * One of its real servers. {@code looked}: it was seen, and still can be; {@code weight} is what
   * it has in the table now.
   */
  public record Server(
      String name,
      String address,
      boolean up,
      boolean looked,
      boolean drained,
      int weight,
      Connections connections,
      String detail) {}
}
