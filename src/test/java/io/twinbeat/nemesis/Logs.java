package io.twinbeat.nemesis;

import io.twinbeat.lab.LabNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Keeps a daemon's log beyond its lab. */
final class Logs {
  private Logs() {}

  static void keep(LabNode node, Path to) {
    try {
      Files.createDirectories(to.toAbsolutePath().getParent());
      Files.copy(node.daemonLog(), to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
