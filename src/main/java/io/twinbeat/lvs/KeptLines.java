package io.twinbeat.lvs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few lines that outlive the daemon, replaced as a whole. Not synced to the disk: it is for a
 * daemon that was killed; after a power loss the kernel has forgotten, too.
 */
final class KeptLines {
  private static final int LINES_MAX = 100_000;
  private static final Logger log = LoggerFactory.getLogger(KeptLines.class);

  private final Path file;
  private final String first;
  private List<String> onDisk = List.of();
  private boolean failing;

  /** What was written under another {@code head} does not count. */
  KeptLines(Path file, String head) {
    this.file = file;
    this.first = "twinbeat " + head;
  }

  List<String> read() {
    onDisk = lines();
    return onDisk;
  }

  private List<String> lines() {
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      boolean ours = !lines.isEmpty() && lines.getFirst().equals(first) && lines.size() < LINES_MAX;
      return ours ? List.copyOf(lines.subList(1, lines.size())) : List.of();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      log.warn("{} cannot be read and is taken for empty: {}", file, e.getMessage());
      return List.of();
    }
  }

  /**
   * Writes them unless they are there. A director that balances is worth more than what a later
   * process could tidy up: what a full disk refuses is said once, and tried again with the next
   * call.
   */
  void keep(List<String> lines) {
    if (lines.equals(onDisk)) {
      return;
    }
    try {
      write(lines);
      onDisk = List.copyOf(lines);
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        log.warn("{} cannot be written: {}", file, e.getMessage());
      }
      failing = true;
    }
  }

  private void write(List<String> lines) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, first + "\n" + String.join("\n", lines) + "\n");
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
