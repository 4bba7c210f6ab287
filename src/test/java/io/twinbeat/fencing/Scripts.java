package io.twinbeat.fencing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Executables and files of secrets for tests. */
final class Scripts {
  static final Duration LIMIT = Duration.ofSeconds(10);
  static final Duration SHORT = Duration.ofMillis(300);

  private Scripts() {}

  static Path sh(Path file, String body) {
    return write(file, "#!/bin/sh\n" + body, "rwxr-xr-x");
  }

  static Path secret(Path file, String text) {
    return write(file, text, "rw-------");
  }

  static Path write(Path file, String text, String mode) {
    try {
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, String> with(Map<String, String> parameters, String key, String value) {
    Map<String, String> all = new HashMap<>(parameters);
    all.put(key, value);
    return all;
  }

  /** As the configuration has a device. */
  static DeviceSpec spec(Map<String, String> parameters) {
    return new DeviceSpec(parameters.getOrDefault("agent", "hook"), parameters);
  }

  static Fencing one(FenceDevice... level) {
    return new Fencing(Map.of("lb1", List.of(List.of(level))), LIMIT, Duration.ofMillis(500));
  }
}
