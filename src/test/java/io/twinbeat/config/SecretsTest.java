package io.twinbeat.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key and password files: made private, refused when others could use them. */
class SecretsTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("secret");
  }

  @Test
  void aNewKeyIsPrivateAndComplete() throws IOException {
    KeyFile.create(file);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    List<byte[]> keys = KeyFile.read(file);
    assertEquals(1, keys.size());
    assertEquals(32, keys.get(0).length);
    assertTrue(Files.readString(file).startsWith("# "));
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(file), left.toList(), "no draft is left");
    }
    Path second = directory.resolve("second");
    KeyFile.create(second);
    assertNotEquals(Files.readString(file), Files.readString(second));
  }

  @Test
  void aKeyIsNeverOverwritten() throws IOException {
    KeyFile.create(file);
    byte[] before = Files.readAllBytes(file);
    assertEquals(
        file + ": exists already; a key is never overwritten", said(() -> KeyFile.create(file)));
    assertArrayEquals(before, Files.readAllBytes(file));
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(1, left.count());
    }
    Path lost = directory.resolve("none/key");
    assertEquals(
        lost + ": there is no directory " + lost.getParent(), said(() -> KeyFile.create(lost)));
  }

  @Test
  void duringRotationTheFirstOfTwoKeysSeals() throws IOException {
    String one = key((byte) 1);
    String two = key((byte) 2);
    write("# comment\n\n" + two + "\r\n" + one, "rw-------");
    List<byte[]> keys = KeyFile.read(file);
    assertEquals(2, keys.size());
    assertEquals(2, keys.get(0)[0]);
    assertEquals(1, keys.get(1)[0]);
  }

  @Test
  void brokenKeysAreRefusedWithoutShowingThem() throws IOException {
    write("# nothing\n", "rw-------");
    assertEquals(
        file + ": no key in it; 'twinbeat key new' makes one", said(() -> KeyFile.read(file)));
    write("!abc\n", "rw-------");
    assertEquals(
        file + ":1: not base64; expected a key of 44 characters", said(() -> KeyFile.read(file)));
    write("#\nYWJj\n", "rw-------");
    assertEquals(file + ":2: a key of 3 bytes; expected 32", said(() -> KeyFile.read(file)));
    write(Base64.getEncoder().encodeToString(new byte[32]), "rw-------");
    assertEquals(
        file + ":1: a key of equal bytes; expected random ones", said(() -> KeyFile.read(file)));
    String key = key((byte) 1);
    write(key + "\n" + key, "rw-------");
    assertEquals(
        file + ": the same key twice; expected two different ones", said(() -> KeyFile.read(file)));
    write(key + "\n" + key((byte) 2) + "\n" + key((byte) 3), "rw-------");
    assertEquals(file + ":3: a third key; expected one or two", said(() -> KeyFile.read(file)));
  }

  @Test
  void filesThatOthersMayUseAreRefused() throws IOException {
    for (String mode : List.of("rw-r--r--", "rw----r--", "rw--w----", "rwx--x---", "rw-------")) {
      write(key((byte) 1), mode);
      if (mode.equals("rw-------")) {
        assertEquals(1, KeyFile.read(file).size());
      } else {
        String expected =
            file
                + ": its mode is "
                + mode
                + ", so others than its owner may use it; expected rw------- (chmod 600 "
                + file
                + ")";
        assertEquals(expected, said(() -> KeyFile.read(file)));
        assertEquals(expected, said(() -> SecretFile.read(file)));
      }
    }
    write(key((byte) 1), "r--------");
    assertEquals(1, KeyFile.read(file).size());
  }

  @Test
  void thingsThatAreNoFilesAreRefused() throws IOException {
    assertEquals(file + ": no such file", said(() -> KeyFile.read(file)));
    assertEquals(directory + ": not a regular file", said(() -> KeyFile.read(directory)));
    assertEquals(
        "/dev/zero: not a regular file", said(() -> SecretFile.read(Path.of("/dev/zero"))));
    write("x".repeat(4097), "rw-------");
    assertEquals(file + ": larger than 4096 bytes", said(() -> SecretFile.read(file)));
  }

  @Test
  void aPasswordIsOneLine() throws IOException {
    for (String end : List.of("", "\n", "\r\n")) {
      write(" p\u00e4ss word#1 " + end, "rw-------");
      assertEquals(" p\u00e4ss word#1 ", SecretFile.read(file));
    }
    for (String wrong : List.of("a\nb", "a\n\n", "a\0b")) {
      write(wrong, "rw-------");
      assertEquals(
          file + ": several lines or control characters; expected one line with the password",
          said(() -> SecretFile.read(file)));
    }
    for (String empty : List.of("", "\n")) {
      write(empty, "rw-------");
      assertEquals(
          file + ": empty; expected one line with the password", said(() -> SecretFile.read(file)));
    }
    Files.write(file, new byte[] {'a', (byte) 0xff});
    assertEquals(file + ": not UTF-8 text", said(() -> SecretFile.read(file)));
  }

  @Test
  void thisMachineHasAName() throws IOException {
    String name = NodeName.self();
    assertFalse(name.isBlank());
    assertTrue(Names.isHostName(name), name);
  }

  @Test
  void addressesAreShownShort() {
    for (String ip :
        List.of("::1", "::", "2001:db8::1", "1::8", "1:0:3:4:5:6:7:8", "1:0:0:4::8", "10.0.0.1")) {
      assertEquals(ip, Addresses.shown(InetAddress.ofLiteral(ip)));
    }
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private static String said(Attempt attempt) {
    return assertThrows(IOException.class, attempt::run).getMessage();
  }

  private static String key(byte first) {
    byte[] key = new byte[32];
    key[0] = first;
    return Base64.getEncoder().encodeToString(key);
  }

  private void write(String text, String mode) throws IOException {
    Files.deleteIfExists(file);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }
}
