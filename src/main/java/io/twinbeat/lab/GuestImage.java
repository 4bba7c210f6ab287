package io.twinbeat.lab;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * What every guest starts from: a disk with a small Debian, built once and kept under the hash of
 * its recipe, so that a changed recipe makes another. Safe for several labs at once.
 */
final class GuestImage {
  /** {@code -Dtwinbeat.lab.cache} or TWINBEAT_LAB_CACHE say otherwise. */
  private static final Path CACHE = Path.of("/var/cache/twinbeat-lab");

  /** Half a minute with a near mirror, and as long again for each lab that waits for the lock. */
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(15);

  private static final List<String> PARTS =
      List.of(
          "image.sh",
          "guest.sh",
          "guest-init.sh",
          "guest-up.service",
          "guest-addresses.service",
          "ptrace.c");

  private final Path cache;
  private final String recipe;

  private GuestImage(Path cache, String recipe) {
    this.cache = cache;
    this.recipe = recipe;
  }

  static GuestImage find() {
    String property = System.getProperty("twinbeat.lab.cache");
    String variable = System.getenv("TWINBEAT_LAB_CACHE");
    Path cache =
        property != null ? Path.of(property) : variable != null ? Path.of(variable) : CACHE;
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      for (String part : PARTS) {
        hash.update(part(part));
      }
      // What goes in from this machine.
      hash.update(Shell.must("linux.uml", "--version").getBytes(StandardCharsets.UTF_8));
      hash.update(Files.readAllBytes(Path.of("/etc/os-release")));
      String recipe = HexFormat.of().formatHex(hash.digest()).substring(0, 16);
      return new GuestImage(cache.toAbsolutePath(), recipe);
    } catch (NoSuchAlgorithmException | IOException e) {
      throw new LabException("can't read the recipe of the guests' image: " + e.getMessage(), e);
    }
  }

  boolean isBuilt() {
    return Files.exists(folder().resolve("base.img"));
  }

  /** Holds base.img, guest.sh, key, known_hosts. */
  Path folder() {
    return cache.resolve(recipe);
  }

  /** Builds it if need be, and notes that it is used; blocks. Its folder. */
  Path build() {
    Path parts = null;
    try {
      parts = Files.createTempDirectory("twinbeat-image");
      for (String part : PARTS) {
        Files.write(parts.resolve(part), part(part));
      }
      Outcome outcome =
          Commands.run(
              Command.of(
                  BUILD_LIMIT,
                  "/bin/bash",
                  parts.resolve("image.sh").toString(),
                  cache.toString(),
                  recipe,
                  parts.toString()));
      if (!outcome.succeeded()) {
        throw new LabException("can't build the guests' image: " + reason(outcome));
      }
      return folder();
    } catch (IOException e) {
      throw new LabException("can't build the guests' image: " + e.getMessage(), e);
    } finally {
      if (parts != null) {
        Shell.run("rm", "-rf", parts.toString());
      }
    }
  }

  private String reason(Outcome outcome) {
    Path log = cache.resolve(recipe + ".log");
    if (!Files.exists(log)) {
      return outcome.summary();
    }
    String all = LabFolder.read(log).strip();
    return "%s (all of it: %s)".formatted(all.substring(all.lastIndexOf('\n') + 1), log);
  }

  private static byte[] part(String name) throws IOException {
    try (InputStream in = GuestImage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new LabException("the program lacks its own " + name);
      }
      return in.readAllBytes();
    }
  }
}
