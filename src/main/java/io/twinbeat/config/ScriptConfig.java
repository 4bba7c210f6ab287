package io.twinbeat.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An LSB or Heartbeat style script: called as {@code path args... start|stop|status}. */
public record ScriptConfig(String name, Path path, List<String> args, Timeouts timeouts)
    implements ResourceConfig {
  static final Timeouts TIMEOUTS =
      new Timeouts(
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(20));

  public ScriptConfig {
    args = List.copyOf(args);
  }
}
