package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was there before is put back, whoever asks in whatever order, and over a kill. */
class SysctlsTest {
  private static final String FORWARD = "net/ipv4/ip_forward";
  private static final String REDIRECTS = "net/ipv4/conf/all/accept_redirects";

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
            String before = kernel.put(name, value);
            if (name.equals(FORWARD) && !value.equals(before)) {
              kernel.put(REDIRECTS, value.equals("1") ? "0" : "1");
            }
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
    sysctls.putBack("one");
    assertEquals(Map.of("forward", "1", "vs", "0"), kernel);
    sysctls.putBack("two");
    assertEquals(Map.of("forward", "0", "vs", "0"), kernel);
    sysctls.putBack("two");
  }

  @Test
  void isRememberedOverAKillButNotOverABoot() throws LvsException {
    open("a").set("one", Map.of("forward", "1"));
    Sysctls again = open("a");
    again.set("one", Map.of("forward", "1"));
    again.putBack("one");
    assertEquals("0", kernel.get("forward"));
    open("a").set("one", Map.of("forward", "1"));
    Sysctls rebooted = open("b");
    rebooted.putBack("one");
    assertEquals("1", kernel.get("forward"));
  }

  @Test
  void whoeverWantedItIsRememberedOverAKill() throws LvsException {
    Sysctls first = open("a");
    first.set("one", Map.of("forward", "1"));
    first.set("two", Map.of("forward", "1", "vs", "1"));
    Sysctls second = open("a");
    second.putBack("two"); // Without having been told again what it wanted.
    assertEquals(Map.of("forward", "1", "vs", "0"), kernel);
    open("a").putBack("one");
    assertEquals(Map.of("forward", "0", "vs", "0"), kernel);
  }

  @Test
  void whatAnOwnerOrAnOwnersChangedFileNoLongerWantsIsPutBack() throws LvsException {
    open("a").set("one", Map.of("forward", "1", "vs", "1"));
    open("a").set("one", Map.of("vs", "1"));
    assertEquals(Map.of("forward", "0", "vs", "1"), kernel);
    open("a").set("two", Map.of("forward", "1"));
    Sysctls next = open("a");
    next.keepOnly(Set.of("two", "three"));
    assertEquals(Map.of("forward", "1", "vs", "0"), kernel);
    next.keepOnly(Set.of());
    assertEquals(Map.of("forward", "0", "vs", "0"), kernel);
  }

  @Test
  void whatWasSoBeforeOrWasChangedSinceStays() throws LvsException {
    kernel.put("forward", "1");
    Sysctls sysctls = open("a");
    sysctls.set("one", Map.of("forward", "1", "vs", "1"));
    kernel.put("vs", "7");
    sysctls.putBack("one");
    assertEquals(Map.of("forward", "1", "vs", "7"), kernel);
  }

  /** The kernel takes forwarding for a change of roles, and sets what else a router has. */
  @Test
  void whatForwardingTakesAlongIsPutBackToo() throws LvsException {
    kernel.put(FORWARD, "0");
    for (String redirects : List.of("0", "1")) {
      kernel.put(REDIRECTS, redirects);
      open("a").set("one", Map.of(FORWARD, "1"));
      open("a").putBack("one");
      assertEquals("0", kernel.get(FORWARD));
      assertEquals(redirects, kernel.get(REDIRECTS));
    }
    open("a").set("one", Map.of(FORWARD, "1"));
    kernel.put(REDIRECTS, "7");
    open("a").putBack("one");
    assertEquals("7", kernel.get(REDIRECTS));
  }

  @Test
  void aDiskThatIsFullHindersNobody() throws Exception {
    Sysctls sysctls = open("a");
    Files.createDirectory(folder.resolve("kept.new")); // Where it would be written.
    sysctls.set("one", Map.of("forward", "1"));
    assertEquals("1", kernel.get("forward"));
    sysctls.putBack("one");
    assertEquals("0", kernel.get("forward"));
  }

  @Test
  void oneThatIsNotThereIsNamedBeforeAnyIsSet() {
    Map<String, String> wanted = Map.of("forward", "1", "other", "1");
    LvsException e = assertThrows(LvsException.class, () -> open("a").set("one", wanted));
    assertEquals("this kernel has no setting other", e.getMessage());
    assertEquals("0", kernel.get("forward"));
  }
}
