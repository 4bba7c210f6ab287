package io.twinbeat.resource;

import io.twinbeat.resource.ProcFs.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which configuration, by its digest, a running nginx has loaded; kept in a file, so that the next
 * daemon knows it too. It belongs to one master and one generation of workers.
 */
final class LoadedConfiguration {
  private static final Logger log = LoggerFactory.getLogger(LoadedConfiguration.class);

  private final Optional<Path> file;
  private String known;

  LoadedConfiguration(Optional<Path> file) {
    this.file = file;
    this.known = file.map(LoadedConfiguration::read).orElse("");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return ""; // The first life on this machine since its boot.
    }
  }

  /** These workers were started after the files had this digest. */
  void loaded(Proc master, long workersStarted, long digest) {
    String now = line(master, workersStarted, digest);
    if (now.equals(known)) {
      return;
    }
    known = now;
    if (file.isPresent()) {
      Path made = file.get().resolveSibling(file.get().getFileName() + ".new");
      try {
        Files.writeString(made, now + "\n");
        Files.move(made, file.get(), StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        log.warn("{} cannot be written: {}", file.get(), e.getMessage());
      }
    }
  }

  /** Whether these workers are known to run with what has this digest. */
  boolean runs(Proc master, long workersStarted, long digest) {
    return line(master, workersStarted, digest).equals(known);
  }

  private static String line(Proc master, long workersStarted, long digest) {
    return master.pid() + " " + master.startTicks() + " " + workersStarted + " " + digest;
  }
}
