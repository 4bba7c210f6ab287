package io.twinbeat.process;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.PumpStreamHandler;
import org.apache.commons.exec.environment.EnvironmentUtils;

/** Runs child processes; blocking, to be called on a virtual thread. Never throws for a child. */
public final class Commands {
  /** The most that is kept of each of a child's outputs; the rest is read and dropped. */
  public static final int OUTPUT_BYTES_MAX = 64 * 1024;

  /** How long the output pumps may go on after the child's end, when a grandchild holds a pipe. */
  private static final Duration PUMPS_LIMIT = Duration.ofMillis(500);

  private Commands() {}

  /** Runs the command to its end or its limit. */
  public static Outcome run(Command command) {
    long started = System.nanoTime();
    Kept out = new Kept();
    Kept err = new Kept();
    InputStream in =
        new ByteArrayInputStream(command.stdin().orElse("").getBytes(StandardCharsets.UTF_8));
    PumpStreamHandler pumps = new PumpStreamHandler(out, err, in);
    pumps.setStopTimeout(PUMPS_LIMIT);
    try {
      Map<String, String> environment = new HashMap<>(EnvironmentUtils.getProcEnvironment());
      environment.putAll(command.environment());
      Killing executor = new Killing(command);
      executor.setStreamHandler(pumps);
      executor.setExitValues(null);
      int status;
      try {
        status = executor.execute(line(command.argv()), environment);
      } catch (ExecuteException e) {
        status = e.getExitValue();
      }
      Duration took = Duration.ofNanos(System.nanoTime() - started);
      return executor.killed()
          ? new Outcome.TimedOut(out.text(), err.text(), took)
          : new Outcome.Exited(status, out.text(), err.text(), took);
    } catch (IOException e) {
      return new Outcome.NotStarted(command.argv().getFirst() + ": " + e.getMessage());
    }
  }

  private static CommandLine line(List<String> argv) {
    CommandLine line = new CommandLine(argv.getFirst());
    argv.stream().skip(1).forEach(argument -> line.addArgument(argument, false));
    return line;
  }

  /** commons-exec's own watchdog kills the direct child only; an agent's children must go too. */
  private static final class Killing extends DefaultExecutor {
    private final Command command;
    private final AtomicBoolean killed = new AtomicBoolean();

    @SuppressWarnings("deprecation") // The builder cannot build a subclass.
    Killing(Command command) {
      this.command = command;
    }

    boolean killed() {
      return killed.get();
    }

    @Override
    protected Process launch(CommandLine line, Map<String, String> env, Path directory)
        throws IOException {
      Process process = super.launch(line, env, command.directory().orElse(directory));
      watch(process);
      return process;
    }

    private void watch(Process process) {
      Thread.ofVirtual()
          .name("limit-" + process.pid())
          .start(() -> {
            try {
              if (!process.waitFor(command.limit())) {
                killed.set(true);
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
  }

  /** Keeps the beginning of a stream and drops the rest. */
  private static final class Kept extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      if (bytes.size() < OUTPUT_BYTES_MAX) {
        bytes.write(b);
      }
    }

    @Override
    public synchronized void write(byte[] b, int offset, int length) {
      bytes.write(b, offset, Math.min(length, OUTPUT_BYTES_MAX - bytes.size()));
    }

    synchronized String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
