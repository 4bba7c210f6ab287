package io.twinbeat.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/** Reads small secret files, and refuses those that others could read, write or have planted. */
final class OwnerOnly {
  private static final int BYTES_MAX = 4096;

  private OwnerOnly() {}

  /**
   * The bytes of the file.
   *
   * @throws IOException with one sentence for an operator, without anything of the content
   */
  static byte[] read(Path file) throws IOException {
    Map<String, Object> attributes;
    try {
      attributes = Files.readAttributes(file, "unix:uid,permissions,isRegularFile");
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such file", e);
    }
    if (!Boolean.TRUE.equals(attributes.get("isRegularFile"))) {
      throw new IOException(file + ": not a regular file");
    }
    @SuppressWarnings("unchecked")
    Set<PosixFilePermission> permissions = (Set<PosixFilePermission>) attributes.get("permissions");
    String mode = PosixFilePermissions.toString(permissions);
    if (!mode.endsWith("------")) {
      throw new IOException(
          file
              + ": its mode is "
              + mode
              + ", so others than its owner may use it; expected rw------- (chmod 600 "
              + file
              + ")");
    }
    Object uid = attributes.get("uid");
    Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!uid.equals(0) && !uid.equals(self)) {
      throw new IOException(file + ": it belongs to user " + uid + "; expected root");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(BYTES_MAX + 1);
    } catch (IOException e) {
      throw new IOException(file + ": can't be read (" + e.getMessage() + ")", e);
    }
    if (bytes.length > BYTES_MAX) {
      throw new IOException(file + ": larger than " + BYTES_MAX + " bytes");
    }
    return bytes;
  }
}
