package io.twinbeat.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(description = "Says which Twinbeat this is, and on which Java.")
final class VersionCommand implements Callable<Integer> {
  private final Surroundings at;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this")
  boolean help;

  VersionCommand(Surroundings at) {
    this.at = at;
  }

  /** As the build wrote it into the program's jar. */
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }

  @Override
  public Integer call() {
    at.out().println("twinbeat " + version() + " (Java " + Runtime.version() + ")");
    return Exit.DONE;
  }
}
