package io.twinbeat.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs Jazzer (libFuzzer for the JVM) on one target in a JVM of its own: branches of our code, and
 * of the library that it leans on, tell which mutations are worth going on with.
 */
final class Fuzzer {
  /**
   * One input may take so long, classes to load and a machine with other work; longer is a hang.
   */
  private static final int INPUT_SECONDS_MAX = 25;

  /** Enough for every input there can be; whatever grows beyond it is a failure. */
  private static final String HEAP = "-Xmx256m";

  /** Start, instrumentation and the end, beside the time for fuzzing, on a loaded machine. */
  private static final Duration AROUND = Duration.ofMinutes(2);

  private static final Path HOME = Path.of("target", "fuzz");
  private static final String DRIVER = "com.code_intelligence.jazzer.Jazzer";

  /** What came of it; {@code failure} is empty, or says what and where the input is. */
  record Result(Target target, long executions, long fresh, String failure) {}

  /** Ended by the time alone. */
  static final long ENDLESS = -1;

  private Fuzzer() {}

  static Result run(Target target, long runs, Duration time, long seed) throws IOException {
    Path home = HOME.resolve(target.text());
    Path found = home.resolve("found");
    Files.createDirectories(found);
    removeOldFailures(home);
    Path log = home.resolve("log.txt");
    Process process =
        new ProcessBuilder(argv(target, runs, time, seed, home, found))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(time.plus(AROUND).toSeconds(), TimeUnit.SECONDS)) {
        return new Result(target, 0, 0, "the fuzzer does not end: see " + log);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result(target, 0, 0, "interrupted");
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(log, java.nio.charset.StandardCharsets.ISO_8859_1);
    return new Result(
        target,
        number(said, "stat::number_of_executed_units:"),
        number(said, "stat::new_units_added:"),
        process.exitValue() == 0 ? "" : failure(process.exitValue(), home, log));
  }

  private static List<String> argv(
      Target target, long runs, Duration time, long seed, Path home, Path found) {
    List<String> argv = new ArrayList<>();
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(List.of(HEAP, "-Xss1m", "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading"));
    argv.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    argv.add("--sun-misc-unsafe-memory-access=allow");
    argv.addAll(List.of("-cp", System.getProperty("java.class.path"), DRIVER));
    argv.add("--target_class=" + target.type.getName());
    String ours = "io.twinbeat.**";
    String seen = target.library.isEmpty() ? ours : ours + ":" + target.library;
    argv.add("--instrumentation_includes=" + seen);
    argv.add("--custom_hook_includes=" + seen);
    argv.add("--reproducer_path=" + home);
    argv.add("-artifact_prefix=" + home + "/");
    argv.add("-seed=" + seed);
    argv.add("-runs=" + runs);
    argv.add("-max_total_time=" + time.toSeconds());
    argv.add("-timeout=" + INPUT_SECONDS_MAX);
    argv.add("-max_len=" + target.bytesMax);
    argv.add("-print_final_stats=1");
    // New inputs go into the first folder, the kept ones are only read.
    argv.add(found.toString());
    argv.add(target.corpus().toString());
    return argv;
  }

  private static void removeOldFailures(Path home) throws IOException {
    for (Path file : failures(home)) {
      Files.delete(file);
    }
  }

  private static List<Path> failures(Path home) throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      return files
          .filter(file -> file.getFileName().toString().matches("(crash|timeout|oom|slow-unit)-.*"))
          .toList();
    }
  }

  private static String failure(int status, Path home, Path log) throws IOException {
    List<Path> inputs = failures(home);
    return inputs.isEmpty()
        ? "the fuzzer ended with status " + status + ": see " + log
        : "the input is in " + inputs.getFirst() + ", what it did in " + log;
  }

  private static long number(String said, String name) {
    Matcher matcher = Pattern.compile(Pattern.quote(name) + "\\s*(\\d+)").matcher(said);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }
}
