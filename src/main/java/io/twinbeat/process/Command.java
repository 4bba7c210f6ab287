package io.twinbeat.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One child process to be run: its argument vector (never a shell line), what is added to its
 * environment, what it reads on standard input, and the time after which it is killed.
 */
public record Command(
    List<String> argv,
    Map<String, String> environment,
    Optional<String> stdin,
    Optional<Path> directory,
    Duration limit) {

  /**
   * What a pipe takes without a reader (pipe(7)), so that no child can make us wait by not reading.
   */
  public static final int STDIN_BYTES_MAX = 64 * 1024;

  public Command {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    Objects.requireNonNull(stdin);
    Objects.requireNonNull(directory);
    if (argv.isEmpty() || argv.getFirst().isEmpty()) {
      throw new IllegalArgumentException("a command needs a program");
    }
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("a command needs a time limit");
    }
    if (stdin.isPresent()
        && stdin.get().getBytes(StandardCharsets.UTF_8).length > STDIN_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a command's standard input is at most " + STDIN_BYTES_MAX + " bytes");
    }
  }

  public static Command of(Duration limit, String... argv) {
    return new Command(List.of(argv), Map.of(), Optional.empty(), Optional.empty(), limit);
  }

  public Command withEnvironment(Map<String, String> added) {
    return new Command(argv, added, stdin, directory, limit);
  }

  public Command withStdin(String text) {
    return new Command(argv, environment, Optional.of(text), directory, limit);
  }

  public Command withDirectory(Path where) {
    return new Command(argv, environment, stdin, Optional.of(where), limit);
  }

  /** Leaves out the standard input and the environment: both may carry passwords. */
  @Override
  public String toString() {
    return String.join(" ", argv);
  }
}
