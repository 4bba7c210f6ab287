package io.twinbeat.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs child processes; blocking, to be called on a virtual thread. Never throws for a child.
 *
 * <p>The caller's own thread empties both pipes, by looking how much is there and never by a read
 * that could wait: so a grandchild that keeps a pipe open delays nothing, no thread is left behind,
 * and an answer does not depend on who else still runs. Each child gets a session of its own (by
 * setsid(1)): a terminal's ^C does not reach it, and at its limit all that belongs to it is found.
 */
public final class Commands {
  /** The most that is kept of each of a child's outputs; the rest is read and dropped. */
  public static final int OUTPUT_BYTES_MAX = 64 * 1024;

  /** How often the pipes are looked at while a child is silent; its end is noticed at once. */
  private static final Duration LOOK_MIN = Duration.ofMillis(1);

  private static final Duration LOOK_MAX = Duration.ofMillis(20);

  /** How long a killed child may take to be gone; one in the kernel's D state takes for ever. */
  private static final Duration DEATH_LIMIT = Duration.ofSeconds(2);

  /** setsid(1)'s statuses for a program that it could not execute. */
  private static final int NOT_EXECUTABLE = 126;

  private static final int NOT_FOUND = 127;
  private static final String NOT_EXECUTED = "setsid: failed to execute ";

  private Commands() {}

  /**
   * Runs the command to its end or its limit. An interrupt of the caller is taken as the limit, and
   * stays set.
   */
  public static Outcome run(Command command) {
    long started = System.nanoTime();
    Optional<String> hindrance = Programs.hindrance(command);
    if (hindrance.isPresent()) {
      return new Outcome.NotStarted(hindrance.get());
    }
    Process process;
    try {
      process = builder(command).start();
    } catch (IOException e) {
      return new Outcome.NotStarted(command.argv().getFirst() + ": " + e.getMessage());
    }
    Kept out = new Kept(process.getInputStream());
    Kept err = new Kept(process.getErrorStream());
    boolean ended;
    try {
      feed(process, command);
      ended = await(process, started + command.limit().toNanos(), out, err);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended = false;
    }
    if (!ended) {
      ProcessTree.kill(process, DEATH_LIMIT);
    }
    out.take();
    err.take();
    close(process);
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    if (!ended) {
      return new Outcome.TimedOut(out.text(), err.text(), took);
    }
    return exited(command, process.exitValue(), out.text(), err.text(), took);
  }

  private static ProcessBuilder builder(Command command) {
    List<String> argv = new ArrayList<>(command.argv().size() + 1);
    argv.add("setsid");
    argv.addAll(command.argv());
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().putAll(command.environment());
    command.directory().ifPresent(directory -> builder.directory(directory.toFile()));
    return builder;
  }

  private static void feed(Process process, Command command) {
    // Cannot wait: a new pipe holds STDIN_BYTES_MAX. A child that does not read is no error.
    try (OutputStream in = process.getOutputStream()) {
      if (command.stdin().isPresent()) {
        in.write(command.stdin().get().getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException ignored) {
      // It closed its standard input, or has ended: its exit status tells.
    }
  }

  /** Returns whether it ended by itself in time. */
  private static boolean await(Process process, long until, Kept out, Kept err)
      throws InterruptedException {
    long look = LOOK_MIN.toNanos();
    while (true) {
      boolean heard = out.take();
      heard |= err.take();
      long left = until - System.nanoTime();
      if (left <= 0) {
        return !process.isAlive();
      }
      look = heard ? LOOK_MIN.toNanos() : Math.min(2 * look, LOOK_MAX.toNanos());
      if (process.waitFor(Duration.ofNanos(Math.min(look, left)))) {
        return true;
      }
    }
  }

  private static Outcome exited(
      Command command, int status, String out, String err, Duration took) {
    if ((status == NOT_FOUND || status == NOT_EXECUTABLE) && err.startsWith(NOT_EXECUTED)) {
      // Found only by trying: a lost interpreter of a script, a list of arguments that is too long.
      return new Outcome.NotStarted(
          command.argv().getFirst() + ": " + err.substring(err.lastIndexOf(": ") + 2).strip());
    }
    return new Outcome.Exited(status, out, err, took);
  }

  private static void close(Process process) {
    try {
      process.getInputStream().close();
      process.getErrorStream().close();
    } catch (IOException ignored) {
      // Nothing more is wanted from it.
    }
  }

  /** Keeps the beginning of a stream and drops the rest. */
  private static final class Kept {
    private final InputStream in;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final byte[] buffer = new byte[8192];

    Kept(InputStream in) {
      this.in = in;
    }

    /** Takes what is there, at most one pipe's content, and says whether there was anything. */
    boolean take() {
      boolean any = false;
      for (int i = 0; i < OUTPUT_BYTES_MAX / buffer.length; i++) {
        int read = read();
        if (read <= 0) {
          return any;
        }
        any = true;
        bytes.write(buffer, 0, Math.min(read, OUTPUT_BYTES_MAX - bytes.size()));
      }
      return any;
    }

    private int read() {
      // The JDK's reaper empties the stream too when the process ends, under the stream's own
      // lock: without it, what available() promised could be gone and read() would wait.
      synchronized (in) {
        try {
          int there = in.available();
          return there <= 0 ? 0 : in.read(buffer, 0, Math.min(there, buffer.length));
        } catch (IOException e) {
          return 0;
        }
      }
    }

    String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }

  /** Why a program cannot be started, in better words than execve(2) has. */
  private static final class Programs {
    static Optional<String> hindrance(Command command) {
      String program = command.argv().getFirst();
      if (command.directory().isPresent() && !Files.isDirectory(command.directory().get())) {
        return Optional.of(program + ": " + command.directory().get() + ": no such directory");
      }
      if (program.indexOf('/') >= 0) {
        Path file = command.directory().orElse(Path.of("")).resolve(program);
        return unusable(file).map(why -> program + ": " + why);
      }
      String path = command.environment().getOrDefault("PATH", System.getenv("PATH"));
      for (String directory : (path == null ? "/usr/bin:/bin" : path).split(":", -1)) {
        if (unusable(Path.of(directory).resolve(program)).isEmpty()) {
          return Optional.empty();
        }
      }
      return Optional.of(program + ": not found in PATH");
    }

    private static Optional<String> unusable(Path file) {
      if (Files.isDirectory(file)) {
        return Optional.of("is a directory");
      }
      if (!Files.exists(file)) {
        return Optional.of("no such file");
      }
      return Files.isExecutable(file) ? Optional.empty() : Optional.of("not executable");
    }
  }
}
