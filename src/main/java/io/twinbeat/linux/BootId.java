package io.twinbeat.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's name for this run of the machine: another one after each boot. */
public final class BootId {
  private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

  private BootId() {}

  /** For example {@code 5b6d0f0e-6a3c-4c53-9d3f-0f4f4d1a2b3c}. */
  public static String read() throws IOException {
    return Files.readString(FILE).strip();
  }
}
