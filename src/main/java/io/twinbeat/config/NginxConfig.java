package io.twinbeat.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An nginx. {@code hot}: it runs on both nodes at all times, else it is started on takeover.
 * Without {@code unit} it is run through nginx.service where systemd runs and has it, else
 * directly. The configuration is tested ({@code nginx -t}) each {@code testInterval} on both nodes.
 */
public record NginxConfig(
    String name,
    Optional<HttpCheck> check,
    boolean hot,
    Optional<String> unit,
    Path config,
    Optional<Path> binary,
    Duration testInterval,
    List<UpstreamConfig> upstreams,
    Timeouts timeouts)
    implements ResourceConfig {
  public static final Path CONFIG = Path.of("/etc/nginx/nginx.conf");
  public static final Duration TEST_INTERVAL = Duration.ofSeconds(60);
  static final Timeouts TIMEOUTS =
      new Timeouts(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5));

  public NginxConfig {
    upstreams = List.copyOf(upstreams);
  }
}
