package io.twinbeat.fencing;

import java.time.Duration;

/** The last test or use of a device; {@code nanos} is when, {@link System#nanoTime}. */
public record DeviceProof(
    String node, String device, boolean succeeded, String detail, long nanos) {

  public Duration age() {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
