package io.twinbeat.cli;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Function;

/**
 * What a command sees of the world: the process's, or a test's. {@code colour}: the output is a
 * terminal that wants it.
 */
record Surroundings(
    PrintStream out,
    PrintStream err,
    InputStream in,
    boolean colour,
    Path socket,
    Path config,
    InstantSource clock,
    ZoneId zone,
    Function<Command, Outcome> children) {

  static final Path SOCKET = Path.of("/run/twinbeat/control.sock");
  static final Path CONFIG = Path.of("/etc/twinbeat/twinbeat.yaml");

  /** The process's own. The launcher says whether the output is a terminal: asking costs time. */
  static Surroundings ofProcess(Map<String, String> environment) {
    boolean terminal = Boolean.getBoolean("twinbeat.terminal");
    return new Surroundings(
        System.out,
        System.err,
        System.in,
        terminal && environment.getOrDefault("NO_COLOR", "").isEmpty(),
        path(environment.get("TWINBEAT_SOCKET"), SOCKET),
        path(environment.get("TWINBEAT_CONFIG"), CONFIG),
        InstantSource.system(),
        ZoneId.systemDefault(),
        Commands::run);
  }

  private static Path path(String text, Path otherwise) {
    return text == null || text.isEmpty() ? otherwise : Path.of(text);
  }
}
