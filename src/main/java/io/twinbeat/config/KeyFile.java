package io.twinbeat.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * The pair's key: the same file on both nodes, mode 0600, one or two lines of 32 bytes in base64.
 * The first seals what this node sends; both open what it hears, so that a key can be changed on
 * one node after the other.
 */
public final class KeyFile {
  public static final int KEY_BYTES = 32;
  private static final int KEYS_MAX = 2;
  private static final String COMMENT =
      """
      # Twinbeat's key: the same on both nodes, readable by root alone.
      # To change it: add a new second line on both nodes, then put it first on both,
      # then remove the old one on both; restart the daemon after each step.
      """;

  private KeyFile() {}

  /**
   * Makes a new key. The file appears whole, on disk, with mode 0600, or not at all; one that
   * exists is never touched.
   *
   * @throws IOException with one sentence for an operator
   */
  public static void create(Path file) throws IOException {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    String text = COMMENT + Base64.getEncoder().encodeToString(key) + "\n";
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new IOException(file + ": there is no directory " + directory);
    }
    Path draft;
    try {
      draft =
          Files.createTempFile(
              directory,
              ".key-",
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      throw new IOException(file + ": can't be written (" + e.getMessage() + ")", e);
    }
    try {
      try (FileChannel out = FileChannel.open(draft, Set.of(StandardOpenOption.WRITE))) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      // A hard link fails when the name is taken; a rename would replace it.
      Files.createLink(file, draft);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(file + ": exists already; a key is never overwritten", e);
    } finally {
      Files.deleteIfExists(draft);
    }
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  /**
   * The one or two keys, the sealing one first.
   *
   * @throws IOException with one sentence for an operator, without anything of the content
   */
  public static List<byte[]> read(Path file) throws IOException {
    String text = new String(OwnerOnly.read(file), StandardCharsets.US_ASCII);
    List<byte[]> keys = new ArrayList<>();
    int line = 0;
    for (String written : text.split("\n", -1)) {
      line++;
      String word = written.strip();
      if (word.isEmpty() || word.startsWith("#")) {
        continue;
      }
      if (keys.size() == KEYS_MAX) {
        throw new IOException(file + ":" + line + ": a third key; expected one or two");
      }
      keys.add(key(file, line, word));
    }
    if (keys.isEmpty()) {
      throw new IOException(file + ": no key in it; 'twinbeat key new' makes one");
    }
    if (keys.size() == 2 && MessageDigest.isEqual(keys.get(0), keys.get(1))) {
      throw new IOException(file + ": the same key twice; expected two different ones");
    }
    return List.copyOf(keys);
  }

  private static byte[] key(Path file, int line, String word) throws IOException {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(word);
    } catch (IllegalArgumentException e) {
      // Not as the cause: its message may quote a character of the key.
      throw new IOException(file + ":" + line + ": not base64; expected a key of 44 characters");
    }
    if (key.length != KEY_BYTES) {
      throw new IOException(
          file + ":" + line + ": a key of " + key.length + " bytes; expected " + KEY_BYTES);
    }
    boolean same = true;
    for (byte b : key) {
      same &= b == key[0];
    }
    if (same) {
      throw new IOException(file + ":" + line + ": a key of equal bytes; expected random ones");
    }
    return key;
  }
}
