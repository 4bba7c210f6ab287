package io.twinbeat.resource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/** Throw-away shell scripts for tests. */
final class Scripts {
  static final Resource.Limits LIMITS = limits(Duration.ofSeconds(5));
  static final Resource.Limits SHORT = limits(Duration.ofMillis(500));

  private Scripts() {}

  static Resource.Limits limits(Duration each) {
    return new Resource.Limits(each, each, each, each, Duration.ofMillis(50));
  }

  /** Writes an executable script; every call of it is noted, with its arguments, in calls. */
  static Path write(Path dir, String name, String body) throws IOException {
    Path script = dir.resolve(name);
    Files.createDirectories(script.getParent());
    Files.writeString(
        script, "#!/bin/sh\necho \"$*\" >> " + dir.resolve("calls") + "\n" + body + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }

  static List<String> calls(Path dir) throws IOException {
    Path calls = dir.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
  }
}
