package io.twinbeat.fencing;

import java.time.Instant;

/** The last test or use of a device. {@code at} is for people and ages, not for measuring. */
public record DeviceProof(
    String node, String device, boolean succeeded, String detail, Instant at) {}
