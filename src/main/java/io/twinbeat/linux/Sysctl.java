package io.twinbeat.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads and writes kernel settings below /proc/sys. Names as in sysctl(8): {@code
 * net.ipv4.ip_forward}, or with slashes where a part has a dot in it ({@code
 * net/ipv4/conf/eth0.5/forwarding}).
 */
public final class Sysctl {
  private static final Path ROOT = Path.of("/proc/sys");

  private Sysctl() {}

  /** The value without its newline; empty when this kernel has no such setting. */
  public static Optional<String> read(String name) throws IOException {
    try {
      return Optional.of(Files.readString(file(name)).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Sets a value; the error names the setting and the reason. */
  public static void write(String name, String value) throws IOException {
    Path file = file(name);
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "no such kernel setting");
    }
    Files.writeString(file, value + "\n");
  }

  private static Path file(String name) {
    Path file = ROOT.resolve(name.indexOf('/') < 0 ? name.replace('.', '/') : name).normalize();
    if (!file.startsWith(ROOT) || file.equals(ROOT)) {
      throw new IllegalArgumentException("not the name of a kernel setting: " + name);
    }
    return file;
  }
}
