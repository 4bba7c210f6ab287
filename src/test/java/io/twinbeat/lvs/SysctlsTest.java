package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was there before is put back, whoever asks in whatever order, and over a kill. */
class SysctlsTest {
  @TempDir Path folder;
  private final Map<String, String> kernel = new HashMap<>(Map.of("forward", "0", "vs", "0"));

  private Sysctls open(String boot) {
    Sysctls.Settings settings =
        new Sysctls.Settings() {
          @Override
          public Optional<String> read(String name) {
            return Optional.ofNullable(kernel.get(name));
          }

          @Override
          public void write(String name, String value) {
            kernel.put(name, value);
          }
        };
    return new Sysctls(settings, new KeptLines(folder.resolve("kept"), boot));
  }

  @Test
  void isPutBackByTheLast() throws LvsException {
    Sysctls sysctls = open("a");
    sysctls.set("one", Map.of("forward", "1", "vs", "1"));
    sysctls.set("two", Map.of("forward", "1"));
    sysctls.set("two", Map.of("forward", "1"));
    sysctls.putBack("one", Map.of("forward", "1", "vs", "1"));
    assertEquals(Map.of("forward", "1", "vs", "0"), kernel);
    sysctls.putBack("two", Map.of("forward", "1"));
    assertEquals(Map.of("forward", "0", "vs", "0"), kernel);
    sysctls.putBack("two", Map.of("forward", "1"));
  }

  @Test
  void isRememberedOverAKillButNotOverABoot() throws LvsException {
    open("a").set("one", Map.of("forward", "1"));
    Sysctls again = open("a");
    again.set("one", Map.of("forward", "1"));
    again.putBack("one", Map.of("forward", "1"));
    assertEquals("0", kernel.get("forward"));
    open("a").set("one", Map.of("forward", "1"));
    Sysctls rebooted = open("b");
    rebooted.putBack("one", Map.of("forward", "1"));
    assertEquals("1", kernel.get("forward"));
  }

  @Test
  void whatWasSoBeforeOrWasChangedSinceStays() throws LvsException {
    kernel.put("forward", "1");
    Sysctls sysctls = open("a");
    sysctls.set("one", Map.of("forward", "1", "vs", "1"));
    kernel.put("vs", "7");
    sysctls.putBack("one", Map.of("forward", "1", "vs", "1"));
    assertEquals(Map.of("forward", "1", "vs", "7"), kernel);
  }

  @Test
  void oneThatIsNotThereIsNamedBeforeAnyIsSet() {
    Map<String, String> wanted = Map.of("forward", "1", "other", "1");
    LvsException e = assertThrows(LvsException.class, () -> open("a").set("one", wanted));
    assertEquals("this kernel has no setting other", e.getMessage());
    assertEquals("0", kernel.get("forward"));
  }
}
