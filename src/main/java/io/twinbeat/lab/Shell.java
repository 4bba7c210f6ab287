package io.twinbeat.lab;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.time.Duration;
import java.util.List;

/** Runs the system's tools for the lab; blocking. What must work and does not is an exception. */
final class Shell {
  /** None of the tools has anything to wait for; a loaded machine has. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  private Shell() {}

  static Outcome run(String... argv) {
    return Commands.run(Command.of(LIMIT, argv));
  }

  static Outcome run(List<String> argv) {
    return run(argv.toArray(String[]::new));
  }

  static String must(String... argv) {
    return checked(Command.of(LIMIT, argv));
  }

  /** Runs one tool over many lines, such as {@code ip -batch -}. */
  static String mustRead(String stdin, String... argv) {
    return checked(Command.of(LIMIT, argv).withStdin(stdin));
  }

  private static String checked(Command command) {
    Outcome outcome = Commands.run(command);
    if (!outcome.succeeded()) {
      throw new LabException(command + ": " + outcome.summary());
    }
    return outcome.out();
  }
}
