package io.twinbeat.config;

import java.time.Duration;

/** A systemd unit, with its suffix (haproxy.service). */
public record SystemdConfig(String name, String unit, Timeouts timeouts) implements ResourceConfig {
  static final Timeouts TIMEOUTS =
      new Timeouts(
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10));
}
