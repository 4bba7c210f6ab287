package io.twinbeat.cli;

import io.twinbeat.config.HeartbeatConfig;
import io.twinbeat.config.KeyFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    description =
        "twinbeat key new [FILE]: makes the secret key that both nodes share (mode 0600). Copy it"
            + " to the other node by a safe way. A file that exists is never touched.")
final class KeyCommand implements Callable<Integer> {
  private final Surroundings at;

  @Parameters(index = "0", paramLabel = "new", description = "the one thing to do with a key")
  String action;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "where to; /etc/twinbeat/key without it")
  Path file = HeartbeatConfig.KEY_FILE;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this")
  boolean help;

  KeyCommand(Surroundings at) {
    this.at = at;
  }

  @Override
  public Integer call() throws Exception {
    if (!action.equals("new")) {
      at.err().println("twinbeat key: '" + action + "' is not 'new'");
      at.err().println("See: twinbeat help key");
      return Exit.USAGE;
    }
    KeyFile.create(file);
    at.out().println("made " + file + "; copy it to the other node, keep its mode 0600");
    return Exit.DONE;
  }
}
