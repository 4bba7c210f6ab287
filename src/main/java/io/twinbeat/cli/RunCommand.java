package io.twinbeat.cli;

import io.twinbeat.daemon.Daemon;
import io.twinbeat.daemon.DaemonOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(description = "Is the daemon, in the foreground, until it is stopped.")
final class RunCommand implements Callable<Integer> {
  private final Surroundings at;

  @Mixin final FileOptions files = new FileOptions();

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
    return Daemon.run(new DaemonOptions(files.file(at), files.node()));
  }
}
