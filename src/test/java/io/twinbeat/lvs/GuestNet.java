package io.twinbeat.lvs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Network namespaces of one guest, and processes in them. */
final class GuestNet {
  private static final long ANSWER_SECONDS = 30;

  private GuestNet() {}

  /** Runs it and gives what it wrote; an error unless it succeeds. */
  static String sh(String line) {
    try {
      Process process =
          new ProcessBuilder("/bin/sh", "-ec", line).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(line + ": exit status " + process.exitValue() + ": " + out);
      }
      return out.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A namespace with its loopback up. */
  static void namespace(String name) {
    sh("ip netns add " + name + "; ip -n " + name + " link set lo up");
  }

  /** A bridge of this guest. */
  static void bridge(String name) {
    sh("ip link add " + name + " type bridge; ip link set " + name + " up");
  }

  /** A device of a namespace on a bridge; IPv6 addresses are usable at once. */
  static void plug(String namespace, String device, String bridge, String... addresses) {
    String port = namespace + device;
    sh(
        ("ip link add %2$s type veth peer name %3$s netns %1$s; ip link set %2$s master %4$s up;"
                + " ip netns exec %1$s sysctl -qw net.ipv6.conf.%3$s.accept_dad=0;"
                + " ip -n %1$s link set %3$s up")
            .formatted(namespace, port, device, bridge));
    for (String address : addresses) {
      sh("ip -n " + namespace + " address add " + address + " dev " + device);
    }
  }

  /** A Java program of ours in a namespace, that answers each line with one. */
  static final class Talker implements AutoCloseable {
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    final List<String> events = new ArrayList<>();

    Talker(String namespace, Class<?> program, String... args) {
      List<String> argv = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
      argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      argv.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx64m", "-Xshare:auto"));
      argv.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
      argv.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
      argv.addAll(List.of(args));
      try {
        process = new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Thread.ofVirtual().start(this::read);
    }

    private void read() {
      try (BufferedReader in =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          if (line.startsWith("~ ")) {
            synchronized (events) {
              events.add(line.substring(2));
            }
          } else {
            lines.add(line);
          }
        }
      } catch (IOException e) {
        // It was killed.
      }
    }

    void ready() {
      String line = next();
      if (!line.equals("ready")) {
        throw new AssertionError(line);
      }
    }

    private String next() {
      try {
        String line = lines.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
          throw new AssertionError("no answer; alive: " + process.isAlive());
        }
        return line;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    String ask(String line) {
      try {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return next();
    }

    /** Asks, and fails unless it was done. */
    String done(String line) {
      String answer = ask(line);
      if (!answer.startsWith("ok")) {
        throw new AssertionError(line + ": " + answer);
      }
      return answer;
    }

    boolean said(String part) {
      synchronized (events) {
        return events.stream().anyMatch(event -> event.contains(part));
      }
    }

    /** As SIGKILL does. */
    void kill() {
      process.destroyForcibly();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void close() {
      kill();
    }
  }
}
