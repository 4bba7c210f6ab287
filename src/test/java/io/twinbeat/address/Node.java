package io.twinbeat.address;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A child process, mostly an {@link AddressesMain} in a network namespace, told what to do and
 * watched line by line.
 */
final class Node implements AutoCloseable {
  private final Process process;
  private final BufferedWriter in;
  private final List<String> lines = new ArrayList<>();
  private int read;

  private Node(List<String> argv) throws IOException {
    process = new ProcessBuilder(argv).redirectErrorStream(true).start();
    in = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofVirtual().start(this::pump);
  }

  /** Any program. */
  static Node program(List<String> argv) throws IOException {
    return new Node(argv);
  }

  /** An {@link AddressesMain} behind a program that starts it. */
  static Node addresses(List<String> wrapper, String... addresses) throws IOException {
    List<String> argv = new ArrayList<>(wrapper);
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
    argv.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    argv.add(System.getProperty("java.class.path"));
    argv.add(AddressesMain.class.getName());
    argv.addAll(List.of(addresses));
    return new Node(argv);
  }

  private void pump() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("closed: " + e.getMessage());
    }
    add("end");
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  void say(String command) throws IOException {
    in.write(command + "\n");
    in.flush();
  }

  /** Says a command and returns its answer: the next line that begins with its first word. */
  String ask(String command) throws Exception {
    say(command);
    return await(command.split(" ", 2)[0] + ": ");
  }

  /** The next line, not returned before, that begins so. */
  String await(String beginning) throws Exception {
    return await(beginning, Lan.LIMIT);
  }

  synchronized String await(String beginning, Duration limit) throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    for (int i = read; ; i++) {
      while (i >= lines.size()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError("no line '" + beginning + "…' in " + lines);
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
      if (lines.get(i).startsWith(beginning)) {
        read = i + 1;
        return lines.get(i);
      }
    }
  }

  synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  long pid() {
    return process.pid();
  }

  /** Ends it as a crash does: without a chance to clean up. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
