package io.twinbeat.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
  private static final String STATE = "{\"terms\":{\"site\":7},\"note\":\"ü\"}";

  @TempDir Path directory;

  @Test
  void aStateThatWasNeverWrittenIsEmptyAndNoError() throws Exception {
    assertEquals(Optional.empty(), new StateFile(directory.resolve("state")).read());
  }

  @Test
  void whatIsWrittenIsReadBackAndBelongsToTheOwnerOnly() throws Exception {
    StateFile state = new StateFile(directory.resolve("new/directory/state"));
    state.write("{}");
    state.write(STATE);
    assertEquals(Optional.of(STATE), state.read());
    Path file = directory.resolve("new/directory/state");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertFalse(Files.exists(file.resolveSibling("state.new")));
  }

  @Test
  void aLeftoverOfAWriteThatDiedIsNoHindrance() throws Exception {
    Path file = directory.resolve("state");
    Files.writeString(directory.resolve("state.new"), "half");
    StateFile state = new StateFile(file);
    state.write(STATE);
    assertEquals(Optional.of(STATE), state.read());
  }

  @Test
  void aStateTornAtAnyByteIsNeverTaken() throws Exception {
    Path file = directory.resolve("state");
    new StateFile(file).write(STATE);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      StateException e = assertThrows(StateException.class, () -> new StateFile(file).read());
      assertTrue(e.getMessage().startsWith(file + " is torn"), e.getMessage());
    }
  }

  @Test
  void everyDamagedByteIsNoticed() throws Exception {
    Path file = directory.resolve("state");
    new StateFile(file).write(STATE);
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x01;
      Files.write(file, damaged);
      assertThrows(StateException.class, () -> new StateFile(file).read(), "byte " + i);
    }
  }

  @Test
  void aStateFromTheFutureIsNamedAsSuch() throws Exception {
    Path file = directory.resolve("state");
    Files.write(file, "twinbeat-state 2 whatever comes\n{}".getBytes(StandardCharsets.UTF_8));
    StateException e = assertThrows(StateException.class, () -> new StateFile(file).read());
    assertEquals(
        file + " is of version 2, this program knows version 1: it was written by another release",
        e.getMessage());
  }

  @Test
  void aDirectoryInItsPlaceIsAClearError() throws Exception {
    Path file = Files.createDirectory(directory.resolve("state"));
    assertThrows(StateException.class, () -> new StateFile(file).read());
  }

  @Test
  void anInterruptedThreadStillPersists() throws Exception {
    StateFile state = new StateFile(directory.resolve("state"));
    Thread.currentThread().interrupt();
    state.write(STATE);
    assertTrue(Thread.interrupted());
    assertEquals(Optional.of(STATE), state.read());
  }
}
