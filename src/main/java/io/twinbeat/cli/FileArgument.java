package io.twinbeat.cli;

import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The same for a command that looks at a file: it may be named without its option, too. */
final class FileArgument extends FileOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "as --config FILE")
  private Path argument;

  boolean isNamed() {
    return argument != null || config != null;
  }

  @Override
  Path file(Surroundings at) {
    if (argument != null && config != null) {
      throw new ParameterException(command.commandLine(), "FILE and --config: one of them");
    }
    return argument == null ? super.file(at) : argument;
  }
}
