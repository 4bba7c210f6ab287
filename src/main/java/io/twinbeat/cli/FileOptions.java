package io.twinbeat.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which file a command reads, and which of its machines it is. */
class FileOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "the file (or TWINBEAT_CONFIG; else /etc/twinbeat/twinbeat.yaml)")
  Path config;

  @Option(
      names = "--node",
      paramLabel = "NAME",
      description = "be this machine of the file, whatever the host name")
  private String node;

  Path file(Surroundings at) {
    return config == null ? at.config() : config;
  }

  Optional<String> node() {
    return Optional.ofNullable(node);
  }
}
