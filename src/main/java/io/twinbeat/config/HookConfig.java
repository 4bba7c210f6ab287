package io.twinbeat.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A program that is told of each event worth telling, and how long it may take. */
public record HookConfig(Path path, List<String> args, Duration limit) {
  public static final Duration LIMIT = Duration.ofSeconds(30);

  public HookConfig {
    args = List.copyOf(args);
  }
}
