package io.twinbeat.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The name of this machine, as the kernel has it ({@code uname -n}); {@link Pair#node} matches it.
 */
public final class NodeName {
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private NodeName() {}

  /**
   * The whole host name, which may have a domain.
   *
   * @throws IOException when the kernel has none
   */
  public static String self() throws IOException {
    String name = Files.readString(KERNEL).strip();
    if (name.isEmpty() || name.equals("(none)")) {
      throw new IOException(KERNEL + ": this machine has no host name");
    }
    return name;
  }
}
