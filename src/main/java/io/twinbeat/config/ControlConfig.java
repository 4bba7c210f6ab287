package io.twinbeat.config;

import java.nio.file.Path;
import java.util.Optional;

/** The control socket, and the group of users that may use it besides root. */
public record ControlConfig(Path socket, Optional<String> group) {
  static final String SOCKET_NAME = "control.sock";
}
