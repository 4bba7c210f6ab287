package io.twinbeat.resource;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files of nginx's configuration that Twinbeat writes: swapped in atomically, tested together with
 * {@code nginx -t}, put back as they were when nginx refuses them, and loaded. Blocks; never
 * restarts nginx, nor starts one.
 */
public final class UpstreamFiles {
  private static final Duration TEST_LIMIT = Duration.ofSeconds(30);
  private static final Duration RELOAD_LIMIT = Duration.ofSeconds(30);

  private final Path binary;
  private final Path config;
  private final Optional<Systemctl> unit;

  /** The nginx that reads them; {@code unit} where systemd runs it. */
  public UpstreamFiles(Path binary, Path config, Optional<String> unit) {
    this.binary = binary;
    this.config = config;
    this.unit =
        unit.map(name -> new Systemctl(Systemctl.PROGRAM, Systemctl.BOOTED, name))
            .filter(Systemctl::usable);
  }

  /** What was done, a sentence each, and how the files that were changed were before. */
  public record Written(List<String> said, Map<Path, Optional<String>> before) {}

  /** Those of the files that are not as wanted; without a text one is to be gone. */
  public static List<Path> differing(Map<Path, Optional<String>> wanted) throws ResourceException {
    List<Path> differing = new ArrayList<>();
    for (Map.Entry<Path, Optional<String>> each : wanted.entrySet()) {
      if (!present(each.getKey()).equals(each.getValue())) {
        differing.add(each.getKey());
      }
    }
    return differing;
  }

  /** Nothing is said when all was so already. When it throws all is as it was. */
  public Written write(Map<Path, Optional<String>> wanted) throws ResourceException {
    List<String> said = new ArrayList<>();
    Map<Path, Optional<String>> before = swapped(wanted);
    if (before.isEmpty()) {
      return new Written(said, before);
    }
    before
        .keySet()
        .forEach(file -> said.add((wanted.get(file).isPresent() ? "wrote " : "removed ") + file));
    Optional<String> refusal = refusal();
    if (refusal.isPresent()) {
      putBack(before);
      throw new ResourceException("put back as it was, since nginx -t says: " + refusal.get());
    }
    said.add("nginx -t: fine");
    try {
      said.add(reload());
    } catch (ResourceException e) {
      putBack(before);
      throw new ResourceException("put back as it was: " + e.getMessage(), e);
    }
    return new Written(said, before);
  }

  /**
   * What {@code nginx -t} has against them, if anything: they are in place for that moment, and put
   * back before this returns.
   */
  public Optional<String> refusal(Map<Path, Optional<String>> wanted) throws ResourceException {
    Map<Path, Optional<String>> before = swapped(wanted);
    try {
      return before.isEmpty() ? Optional.empty() : refusal();
    } finally {
      putBack(before);
    }
  }

  private Optional<String> refusal() {
    Outcome test = nginx(TEST_LIMIT, "-t", "-q");
    return test.succeeded() ? Optional.empty() : Optional.of(NginxBinary.complaint(test));
  }

  /** All or none of them; how those were that differed. */
  private static Map<Path, Optional<String>> swapped(Map<Path, Optional<String>> wanted)
      throws ResourceException {
    Map<Path, Optional<String>> before = new LinkedHashMap<>();
    try {
      for (Path file : differing(wanted)) {
        Optional<String> present = present(file);
        swap(file, wanted.get(file));
        before.put(file, present);
      }
      return before;
    } catch (ResourceException e) {
      putBack(before);
      throw e;
    }
  }

  private String reload() throws ResourceException {
    if (unit.isPresent()) {
      if (!unit.get().show(RELOAD_LIMIT).serving()) {
        return unit.get().unit() + " does not run: it reads them when it starts";
      }
      Outcome outcome = unit.get().run(RELOAD_LIMIT, "reload");
      if (!outcome.succeeded()) {
        throw new ResourceException("not loaded: " + outcome.summary());
      }
      return "reloaded " + unit.get().unit();
    }
    Outcome outcome = nginx(RELOAD_LIMIT, "-s", "reload");
    return outcome.succeeded()
        ? "reloaded nginx"
        : "nginx was not reloaded (it may not run): " + NginxBinary.complaint(outcome);
  }

  private Outcome nginx(Duration limit, String... options) {
    List<String> argv = new ArrayList<>(List.of(binary.toString(), "-c", config.toString()));
    argv.addAll(List.of(options));
    return Commands.run(Command.of(limit, argv.toArray(String[]::new)));
  }

  /** The text of a file; empty if there is none. */
  public static Optional<String> present(Path file) throws ResourceException {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ResourceException(file + " can't be read: " + e.getMessage(), e);
    }
  }

  private static void putBack(Map<Path, Optional<String>> before) throws ResourceException {
    for (Map.Entry<Path, Optional<String>> each : before.entrySet()) {
      swap(each.getKey(), each.getValue());
    }
  }

  /** By a rename, so that nginx reads the one or the other, whenever it reads. */
  private static void swap(Path file, Optional<String> text) throws ResourceException {
    try {
      if (text.isEmpty()) {
        Files.deleteIfExists(file);
        return;
      }
      // Not named like what nginx includes.
      Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
      try (FileChannel out =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.get().getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new ResourceException(file + " can't be written: " + e.getMessage(), e);
    }
  }
}
