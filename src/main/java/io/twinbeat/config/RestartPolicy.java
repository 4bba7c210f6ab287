package io.twinbeat.config;

import java.time.Duration;

/** A failed resource is restarted in place up to so many times within so long, then handed over. */
public record RestartPolicy(int times, Duration within) {
  public static final RestartPolicy DEFAULT = new RestartPolicy(3, Duration.ofMinutes(5));
}
