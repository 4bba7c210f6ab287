package io.twinbeat.fencing;

import java.time.Duration;

/** A device's answer to off, on or test; proves nothing about power by itself. No secret in it. */
public record FenceAnswer(boolean succeeded, String detail, Duration took) {}
