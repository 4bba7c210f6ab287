package io.twinbeat.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads, again and again, what any user of a node may read of its processes and what root may:
 * command lines and environments; and remembers in which of them a secret stood.
 */
final class Peeper implements AutoCloseable {
  private static final long PAUSE_NANOS = 1_000_000;

  private final List<String> secrets;
  private final List<LabNode> nodes;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final Set<String> leaks = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Peeper(List<LabNode> nodes, List<String> secrets) {
    this.nodes = nodes;
    this.secrets = secrets;
    Thread.ofPlatform().daemon().start(this::run);
  }

  /** The names of all programs that were seen. */
  Set<String> seen() {
    return new TreeSet<>(seen);
  }

  /** {@code PROGRAM cmdline} or {@code PROGRAM environ}. */
  Set<String> leaks() {
    return new TreeSet<>(leaks);
  }

  private void run() {
    while (!closed) {
      try {
        Set<Path> namespaces = new TreeSet<>();
        for (LabNode node : nodes) {
          if (node.pid().isPresent()) {
            namespaces.add(namespace(Path.of("/proc/" + node.pid().getAsLong())));
          }
        }
        look(namespaces);
      } catch (IOException e) {
        // The node lost its power meanwhile.
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static Path namespace(Path process) throws IOException {
    return Files.readSymbolicLink(process.resolve("ns/pid"));
  }

  private void look(Set<Path> namespaces) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        try {
          if (namespaces.contains(namespace(process))) {
            String name = Files.readString(process.resolve("comm")).strip();
            seen.add(name);
            for (String file : List.of("cmdline", "environ")) {
              String text = Files.readString(process.resolve(file), StandardCharsets.ISO_8859_1);
              if (secrets.stream().anyMatch(text::contains)) {
                leaks.add(name + " " + file);
              }
            }
          }
        } catch (IOException e) {
          // The process ended meanwhile.
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
