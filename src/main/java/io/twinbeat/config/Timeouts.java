package io.twinbeat.config;

import java.time.Duration;

/**
 * How long a resource may take to start and stop, how often it is checked, and how long that may
 * take.
 */
public record Timeouts(
    Duration start, Duration stop, Duration checkInterval, Duration checkTimeout) {}
