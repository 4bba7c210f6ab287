package io.twinbeat.config;

import java.nio.file.Path;

/**
 * Where a node keeps what must survive a reboot ({@code state}) and what must not ({@code run}).
 */
public record Paths(Path state, Path run) {
  public static final Path STATE = Path.of("/var/lib/twinbeat");
  public static final Path RUN = Path.of("/run/twinbeat");
}
