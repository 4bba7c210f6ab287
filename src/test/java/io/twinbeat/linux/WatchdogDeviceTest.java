package io.twinbeat.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is no watchdog is told at once; a real one needs a machine of its own. */
@Timeout(10)
class WatchdogDeviceTest {
  private static final Duration TEN = Duration.ofSeconds(10);

  @TempDir private Path directory;

  private static String told(Path path) {
    return assertThrows(IOException.class, () -> WatchdogDevice.open(path, TEN)).getMessage();
  }

  @Test
  void aMissingDevice() {
    Path path = directory.resolve("none");
    assertEquals("opening " + path + ": ENOENT", told(path));
  }

  @Test
  void aFile() throws Exception {
    Path path = Files.writeString(directory.resolve("file"), "");
    assertEquals("asking " + path + " what it is: ENOTTY (it is no watchdog)", told(path));
    assertEquals("", Files.readString(path), "what is no watchdog is left alone");
  }

  @Test
  void anotherDevice() {
    assertEquals(
        "asking /dev/null what it is: ENOTTY (it is no watchdog)", told(Path.of("/dev/null")));
  }

  @Test
  void aPipeThatNobodyReads() throws Exception {
    Path path = directory.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", path.toString()).start();
    assertEquals(0, made.waitFor());
    assertEquals("opening " + path + ": ENXIO", told(path));
  }
}
