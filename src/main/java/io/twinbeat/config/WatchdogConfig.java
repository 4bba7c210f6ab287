package io.twinbeat.config;

import java.nio.file.Path;
import java.time.Duration;

/** The machine's watchdog, and after what time without food (whole seconds) it resets it. */
public record WatchdogConfig(Path device, Duration timeout) {
  public static final Path DEVICE = Path.of("/dev/watchdog");
  public static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** A daemon that was killed must be back before, or a restart would move the services. */
  static final Duration TIMEOUT_MIN = Duration.ofSeconds(5);

  static final Duration TIMEOUT_MAX = Duration.ofMinutes(10);
}
