package io.twinbeat.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * An HTTP request that tells whether a service serves. Good is an answer within {@code limit} whose
 * status is in {@code statuses} (like {@code 200-299,304}) and whose body matches {@code body} (a
 * regular expression, found anywhere). {@code fall} bad ones in a row are a failure, {@code rise}
 * good ones a recovery. The URI's host is an address or localhost: a check needs no DNS.
 */
public record HttpCheck(
    URI uri,
    String statuses,
    Optional<String> body,
    Optional<String> host,
    Duration interval,
    Duration limit,
    int fall,
    int rise) {
  public static final String STATUSES = "200-299";
  public static final Duration INTERVAL = Duration.ofSeconds(1);
  public static final Duration LIMIT = Duration.ofSeconds(1);
  public static final int FALL = 2;
  public static final int RISE = 1;

  public boolean accepts(int status) {
    return Statuses.accept(statuses, status);
  }
}
