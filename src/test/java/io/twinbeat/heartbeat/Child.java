package io.twinbeat.heartbeat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A child process of {@link HeartbeatIT}, told what to do and watched line by line. */
final class Child implements AutoCloseable {
  /** One report of {@link HeartbeatMain}. */
  record Line(long nanos, String word, String text) {
    String part(int index) {
      return text.split(" ", -1)[index];
    }
  }

  static final Duration LIMIT = Duration.ofSeconds(30);

  private final Process process;
  private final BufferedWriter in;
  private final List<Line> lines = new ArrayList<>();
  private final List<String> raw = new ArrayList<>();

  Child(List<String> argv) throws IOException {
    process = new ProcessBuilder(argv).redirectErrorStream(true).start();
    in = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofVirtual().start(this::pump);
  }

  private void pump() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("closed: " + e.getMessage());
    }
  }

  private synchronized void add(String text) {
    String[] parts = text.split(" ", 3);
    if (parts.length == 3 && !parts[0].isEmpty() && parts[0].chars().allMatch(Character::isDigit)) {
      lines.add(new Line(Long.parseLong(parts[0]), parts[1], parts[2]));
    } else {
      raw.add(text);
    }
    notifyAll();
  }

  void say(String command) throws IOException {
    in.write(command + "\n");
    in.flush();
  }

  synchronized List<Line> all(String word) {
    return lines.stream().filter(line -> line.word().equals(word)).toList();
  }

  /** Reports since that moment. */
  List<Line> since(long nanos, String word) {
    return all(word).stream().filter(line -> line.nanos() >= nanos).toList();
  }

  /** The first report, from the beginning on, that is so. */
  Line await(String word, Predicate<Line> which) throws InterruptedException {
    return awaitSince(0, word, which);
  }

  synchronized Line awaitSince(long nanos, String word, Predicate<Line> which)
      throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      for (Line line : since(nanos, word)) {
        if (which.test(line)) {
          return line;
        }
      }
      waitUntil(deadline, word);
    }
  }

  Line awaitSince(long nanos, String word) throws InterruptedException {
    return awaitSince(nanos, word, line -> true);
  }

  synchronized String awaitRaw(String part) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      for (String line : raw) {
        if (line.contains(part)) {
          return line;
        }
      }
      waitUntil(deadline, part);
    }
  }

  private void waitUntil(long deadline, String what) throws InterruptedException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      int from = Math.max(0, lines.size() - 30);
      throw new AssertionError("no '" + what + "' in " + raw + lines.subList(from, lines.size()));
    }
    TimeUnit.NANOSECONDS.timedWait(this, left);
  }

  /** A number of a link's counters, as they are now. */
  long counter(int link, String name) throws Exception {
    long now = System.nanoTime();
    say("links");
    String text = awaitSince(now, "link", line -> line.part(0).equals("" + link)).text();
    String tail = text.substring(text.indexOf(name + "=") + name.length() + 1);
    return Long.parseLong(tail.split(" ", 2)[0]);
  }

  long residentKilobytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("no VmRSS");
  }

  /** Sends a signal by its name: {@code ip netns exec} has become the process itself. */
  void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
  }

  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the process does not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
