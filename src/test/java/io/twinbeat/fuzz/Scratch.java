package io.twinbeat.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A place for the files of a fuzz target, in memory where there is such a place; removed at exit.
 */
public final class Scratch {
  private static final Path MEMORY = Path.of("/dev/shm");

  private Scratch() {}

  public static Path directory(String name) {
    try {
      Path parent =
          Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
      Path made = Files.createTempDirectory(parent, "twinbeat-fuzz-" + name);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(made)));
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes all files in it and leaves it. */
  public static void clear(Path directory) {
    below(directory).filter(file -> !file.equals(directory)).forEach(Scratch::delete);
  }

  private static void remove(Path directory) {
    below(directory).forEach(Scratch::delete);
  }

  /** The deepest first. */
  private static Stream<Path> below(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return List.copyOf(files.sorted(Comparator.reverseOrder()).toList()).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
