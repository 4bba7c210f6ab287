package io.twinbeat.config;

import java.net.InetAddress;
import java.time.Duration;

/** A floating address, its prefix length, and the network device it goes on. */
public record AddressConfig(
    String name, InetAddress ip, int prefixLength, String dev, Timeouts timeouts)
    implements ResourceConfig {
  static final Timeouts TIMEOUTS =
      new Timeouts(
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5));
}
