package io.twinbeat.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How the standby looks at the service through each address of a group, on the wire: each {@code
 * interval}, waiting for an answer for {@code limit}.
 */
public sealed interface ProbeConfig {
  Duration INTERVAL = Duration.ofSeconds(1);
  Duration LIMIT = Duration.ofMillis(500);

  Duration interval();

  Duration limit();

  /** A GET of {@code path} on {@code port} of the address; see {@link HttpCheck} for the rest. */
  record Http(
      int port,
      String path,
      Optional<String> host,
      boolean tls,
      String statuses,
      Optional<String> body,
      Duration interval,
      Duration limit)
      implements ProbeConfig {

    /** The same request that the holder's own check makes, through the floating address. */
    static Http of(HttpCheck check) {
      int port = check.uri().getPort();
      boolean tls = check.uri().getScheme().equals("https");
      String path = check.uri().getRawPath();
      String query = check.uri().getRawQuery();
      String target = path == null || path.isEmpty() ? "/" : path;
      return new Http(
          port < 0 ? (tls ? 443 : 80) : port,
          query == null ? target : target + "?" + query,
          check.host(),
          tls,
          check.statuses(),
          check.body(),
          check.interval(),
          check.limit());
    }

    public boolean accepts(int status) {
      return Statuses.accept(statuses, status);
    }
  }

  /** A TCP connection to {@code port} of the address is accepted. */
  record Tcp(int port, Duration interval, Duration limit) implements ProbeConfig {}

  /** Some machine answers for the address (ARP, or neighbour discovery). */
  record Arp(Duration interval, Duration limit) implements ProbeConfig {}
}
