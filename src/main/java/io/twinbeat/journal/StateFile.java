package io.twinbeat.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The small state that must survive: written whole and atomically. The first line is {@code
 * twinbeat-state VERSION BYTES CRC32C}, the rest is the JSON. Writes from one thread at a time.
 */
public final class StateFile {
  static final int VERSION = 1;

  /** A state is a few numbers; anything larger is not ours. */
  static final int BYTES_MAX = 1024 * 1024;

  private static final String MAGIC = "twinbeat-state";

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;

  public StateFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  /** The state last written; empty if there never was one. */
  public Optional<String> read() throws StateException {
    byte[] bytes;
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new StateException(
            file + " is not a state file: larger than " + BYTES_MAX + " bytes");
      }
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StateException(file + " cannot be read: " + e.getMessage(), e);
    }
    return Optional.of(parse(bytes));
  }

  private String parse(byte[] bytes) throws StateException {
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    String[] head = new String(bytes, 0, end, StandardCharsets.UTF_8).split(" ", 5);
    if (end == bytes.length || head.length < 2 || !head[0].equals(MAGIC)) {
      throw new StateException(file + " is torn or not a state file: its first line is not ours");
    }
    if (!head[1].equals(Integer.toString(VERSION))) {
      throw new StateException(
          file
              + " is of version "
              + head[1]
              + ", this program knows version "
              + VERSION
              + ": it was written by another release");
    }
    int length = bytes.length - end - 1;
    if (head.length != 4 || !head[2].equals(Integer.toString(length))) {
      throw new StateException(
          file + " is torn: " + length + " bytes, not what its first line says");
    }
    if (!head[3].equals(checksum(bytes, end + 1, length))) {
      throw new StateException(file + " is damaged: its checksum is wrong");
    }
    return new String(bytes, end + 1, length, StandardCharsets.UTF_8);
  }

  /** Returns when the new state is on the disk; on an exception the old one still stands. */
  public void write(String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    if (body.length > BYTES_MAX / 2) {
      throw new IOException("a state of " + body.length + " bytes is too large");
    }
    String head =
        MAGIC + " " + VERSION + " " + body.length + " " + checksum(body, 0, body.length) + "\n";
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(fresh);
    try {
      Files.createFile(fresh, OWNER_ONLY);
      try (RandomAccessFile out = new RandomAccessFile(fresh.toFile(), "rw")) {
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.getFD().sync();
      }
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    LogFile.syncDirectory(file.getParent());
  }

  private static String checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return Long.toHexString(crc.getValue());
  }
}
