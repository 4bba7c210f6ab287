package io.twinbeat.fencing;

import java.time.Duration;
import java.util.Objects;

/** A device's answer to a separate status. No secret in it. */
public record PowerAnswer(PowerState state, String detail, Duration took) {
  public PowerAnswer {
    Objects.requireNonNull(state);
  }
}
