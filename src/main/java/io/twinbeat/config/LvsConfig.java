package io.twinbeat.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The services that the kernel's IPVS balances while the group is held. {@code checkOnStandby}: the
 * standby checks the real servers too, and its results are part of its readiness.
 */
public record LvsConfig(
    String name,
    List<VirtualServiceConfig> services,
    Optional<Sync> sync,
    boolean checkOnStandby,
    Timeouts timeouts)
    implements ResourceConfig {
  static final Timeouts TIMEOUTS =
      new Timeouts(
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5));

  public LvsConfig {
    services = List.copyOf(services);
  }

  /** How open connections survive a failover; without it they are reset. */
  public sealed interface Sync {
    /** Both directors choose the same server for the same client address and port. */
    record Stateless() implements Sync {}

    /** The kernel's sync daemons tell the standby of each connection by multicast. */
    record SyncDaemon(String dev, int id) implements Sync {}
  }
}
