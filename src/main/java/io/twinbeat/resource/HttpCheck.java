package io.twinbeat.resource;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How to see on this machine whether nginx serves.
 *
 * @param uri http or https; its host must be an address literal or localhost (no DNS in a check)
 * @param host the Host header; the URI's host when empty
 * @param limit the whole look must be over by then, else it failed
 * @param interval from check to check
 * @param fall how many failed checks in a row make a failure
 * @param rise how many good ones make a recovery
 */
public record HttpCheck(
    URI uri,
    Statuses statuses,
    Optional<Pattern> body,
    Optional<String> host,
    Duration limit,
    Duration interval,
    int fall,
    int rise) {

  public HttpCheck(
      URI uri,
      Statuses statuses,
      Optional<Pattern> body,
      Optional<String> host,
      Duration limit,
      Duration interval,
      int fall) {
    this(uri, statuses, body, host, limit, interval, fall, 1);
  }

  public HttpCheck {
    boolean tls = "https".equals(uri.getScheme());
    if ((!tls && !"http".equals(uri.getScheme())) || uri.getHost() == null) {
      throw new IllegalArgumentException("a check needs an http:// or https:// address: " + uri);
    }
    String name = uri.getHost().replace("[", "").replace("]", "");
    if (!name.equals("localhost") && HttpLook.literal(name).isEmpty()) {
      throw new IllegalArgumentException(
          "a check's address must be numeric or localhost, as DNS may fail just then: " + uri);
    }
    if (fall < 1 || rise < 1) {
      throw new IllegalArgumentException("fall and rise must be at least 1");
    }
  }

  /** The whole URI as the client needs it. */
  ProbeSettings.Http settings() {
    boolean tls = uri.getScheme().equals("https");
    int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String shown = uri.getPort() > 0 ? uri.getHost() + ":" + uri.getPort() : uri.getHost();
    return new ProbeSettings.Http(
        port, path + query, Optional.of(host.orElse(shown)), tls, statuses, body);
  }
}
