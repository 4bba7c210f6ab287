package io.twinbeat.cli;

import io.twinbeat.daemon.Daemon;
import io.twinbeat.daemon.DaemonOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(description = "Is the daemon, in the foreground, until it is stopped.")
final class RunCommand implements Callable<Integer> {
  private final Surroundings at;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "the file (or TWINBEAT_CONFIG; else /etc/twinbeat/twinbeat.yaml)")
  Path config;

  @Option(
      names = "--node",
      paramLabel = "NAME",
      description = "be this node of the file, whatever the host name")
  String node;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this")
  boolean help;

  RunCommand(Surroundings at) {
    this.at = at;
  }

  @Override
  public Integer call() throws Exception {
    Path file = config == null ? at.config() : config;
    return Daemon.run(new DaemonOptions(file, Optional.ofNullable(node)));
  }
}
