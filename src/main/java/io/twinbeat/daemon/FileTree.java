package io.twinbeat.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The files at and below some paths by hash. A file is read only when its time, size or inode has
 * changed since it was last read, and all has bounds. Any thread.
 */
final class FileTree {
  static final int FILES_MAX = 5_000;
  static final int DEPTH_MAX = 16;

  /** In one file; what is larger counts by its size alone. */
  static final long BYTES_MAX = 32L << 20;

  /** Read in one look; what is left is read in the next. */
  private static final long BYTES_AT_ONCE = 256L << 20;

  /** A file may change again within the step of its time, and look the same. */
  private static final Duration TIME_STEP = Duration.ofSeconds(2);

  private static final int HASH_BYTES = 16;
  private static final int BUFFER = 64 * 1024;

  /**
   * What was found.
   *
   * @param hashes by path
   * @param digest equal for equal hashes
   * @param limits what was left out, in words
   */
  record Seen(NavigableMap<String, String> hashes, String digest, List<String> limits) {}

  private record Stamp(Object time, long size, Object key) {}

  private record Read(Stamp stamp, String hash) {}

  private Map<Path, Read> reads = Map.of();

  /** An IOException says why what was found is not all, and cannot be compared. */
  synchronized Seen look(List<Path> roots, List<Path> without) throws IOException {
    Visitor visitor = new Visitor(without);
    for (Path root : roots) {
      try {
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH_MAX, visitor);
      } catch (IOException e) {
        visitor.leave(root + " cannot be looked at (" + e.getMessage() + ")");
      }
    }
    reads = visitor.now;
    if (!visitor.incomplete.isEmpty()) {
      throw new IOException(visitor.incomplete);
    }
    NavigableMap<String, String> hashes = new TreeMap<>();
    MessageDigest digest = sha256();
    visitor.now.forEach((path, read) -> hashes.put(path.toString(), read.hash()));
    hashes.forEach((path, hash) ->
        digest.update((path + "\0" + hash + "\0").getBytes(StandardCharsets.UTF_8)));
    return new Seen(hashes, HexFormat.of().formatHex(digest.digest()), List.copyOf(visitor.limits));
  }

  private final class Visitor extends SimpleFileVisitor<Path> {
    private final List<Path> without;
    private final Map<Path, Read> now = new HashMap<>();
    private final List<String> limits = new ArrayList<>();
    private String incomplete = "";
    private long bytesRead;

    Visitor(List<Path> without) {
      this.without = without;
    }

    void leave(String what) {
      if (!limits.contains(what)) {
        limits.add(what);
      }
    }

    private boolean excluded(Path path) {
      return without.stream().anyMatch(path::startsWith);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return excluded(directory) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (excluded(file) || now.containsKey(file)) {
        return FileVisitResult.CONTINUE;
      } else if (attributes.isDirectory()) {
        leave("what lies deeper than " + DEPTH_MAX + " directories");
        return FileVisitResult.CONTINUE;
      } else if (!attributes.isRegularFile()) {
        return FileVisitResult.CONTINUE; // Sockets, pipes and devices have no content.
      } else if (now.size() == FILES_MAX) {
        incomplete = "more than " + FILES_MAX + " files: name fewer in same-files";
        return FileVisitResult.TERMINATE;
      }
      read(file, attributes);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      // Absent: the peer's has it, or nobody. A link to nowhere is the same as no file.
      if (Files.exists(file)) {
        leave(file + " (" + e.getMessage() + ")");
      }
      return FileVisitResult.CONTINUE;
    }

    private void read(Path file, BasicFileAttributes attributes) {
      Stamp stamp =
          new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
      Read before = reads.get(file);
      if (before != null && Objects.equals(before.stamp(), stamp)) {
        now.put(file, before);
        return;
      } else if (attributes.size() > BYTES_MAX) {
        now.put(file, new Read(stamp, "size " + attributes.size()));
        leave("the content of files above " + (BYTES_MAX >> 20) + " MiB");
        return;
      } else if (bytesRead + attributes.size() > BYTES_AT_ONCE) {
        incomplete = "more than " + (BYTES_AT_ONCE >> 20) + " MiB are new: some are read next time";
        return;
      }
      bytesRead += attributes.size();
      Instant changed = attributes.lastModifiedTime().toInstant();
      boolean settled = changed.isBefore(Instant.now().minus(TIME_STEP));
      try {
        now.put(file, new Read(settled ? stamp : null, hash(file)));
      } catch (IOException e) {
        now.put(file, new Read(null, "unreadable"));
        leave(file + " (" + e.getMessage() + ")");
      }
    }
  }

  private static String hash(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    long left = BYTES_MAX;
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0 && left >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
        left -= n;
      }
    }
    return shortened(digest, HASH_BYTES);
  }

  static String shortened(MessageDigest digest, int bytes) {
    return HexFormat.of().formatHex(digest.digest(), 0, bytes);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
