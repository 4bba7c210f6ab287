package io.twinbeat.nemesis;

import java.time.Duration;

/**
 * What the checker measures by. {@code deadtime} and {@code afterFence} are promise P6's own;
 * {@code starved} is allowed on top because a JVM, nginx and the client share two cores with others
 * (what a quiet machine needs is reported too); {@code rest} is the limit for coming to rest after
 * several faults at once.
 */
record Bounds(Duration deadtime, Duration afterFence, Duration starved, Duration rest) {
  /** Of promise P6. */
  static final Duration AFTER_FENCE = Duration.ofMillis(100);

  static Bounds of(Duration deadtime) {
    return new Bounds(deadtime, AFTER_FENCE, Duration.ofSeconds(1), Duration.ofSeconds(30));
  }
}
