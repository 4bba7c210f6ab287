package io.twinbeat.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of this package works without privileges. */
class LinuxTest {
  @TempDir private Path directory;

  /** Stands in for systemd: a datagram socket bound to a name. */
  private static NativeSocket systemd(String name) throws LinuxException {
    NativeSocket socket = new NativeSocket("a test socket", 1, NativeSocket.SOCK_DGRAM, 0, 8, 4096);
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    socket.to().putShort(0, (short) 1).put(2, path);
    if (name.startsWith("@")) {
      socket.to().put(2, (byte) 0);
    }
    socket.bind(2 + path.length + (name.startsWith("@") ? 0 : 1));
    return socket;
  }

  private static String received(NativeSocket socket) throws LinuxException {
    int length = socket.receive();
    assertTrue(length >= 0, "nothing was sent");
    byte[] bytes = new byte[length];
    socket.in().get(0, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void aProcessThatIsNeverDumpedIsNotDumpable() throws Exception {
    assertTrue(ProcessMemory.dumpable(), "or there is nothing to show");
    ProcessMemory.neverDump();
    assertFalse(ProcessMemory.dumpable());
  }

  @Test
  void systemdIsToldOverAPath() throws Exception {
    String name = directory.resolve("notify").toString();
    try (NativeSocket systemd = systemd(name);
        SystemdNotifier notifier = SystemdNotifier.open(Map.of("NOTIFY_SOCKET", name))) {
      assertTrue(notifier.connected());
      assertTrue(notifier.ready());
      assertEquals("READY=1", received(systemd));
      assertTrue(notifier.status("holder of site\nsince 12:00"));
      assertEquals("STATUS=holder of site since 12:00", received(systemd));
      assertTrue(notifier.watchdog());
      assertEquals("WATCHDOG=1", received(systemd));
      assertTrue(notifier.stopping());
      assertEquals("STOPPING=1", received(systemd));
    }
  }

  @Test
  void systemdIsToldOverAnAbstractName() throws Exception {
    String name = "@twinbeat-test-" + UUID.randomUUID();
    try (NativeSocket systemd = systemd(name);
        SystemdNotifier notifier = SystemdNotifier.open(Map.of("NOTIFY_SOCKET", name))) {
      assertTrue(notifier.ready());
      assertEquals("READY=1", received(systemd));
    }
  }

  @Test
  void nobodyIsToldWithoutSystemd() throws Exception {
    try (SystemdNotifier none = SystemdNotifier.open(Map.of())) {
      assertFalse(none.connected() || none.ready() || none.watchdog());
    }
    String gone = directory.resolve("gone").toString();
    try (SystemdNotifier notifier = SystemdNotifier.open(Map.of("NOTIFY_SOCKET", gone))) {
      assertFalse(notifier.ready());
    }
  }

  @Test
  void watchdogIntervalIsReadForThisProcessOnly() throws Exception {
    String pid = Long.toString(ProcessHandle.current().pid());
    assertEquals(
        Optional.of(Duration.ofSeconds(3)),
        watchdog(Map.of("WATCHDOG_USEC", "3000000", "WATCHDOG_PID", pid)));
    assertEquals(Optional.of(Duration.ofSeconds(3)), watchdog(Map.of("WATCHDOG_USEC", "3000000")));
    assertEquals(
        Optional.empty(), watchdog(Map.of("WATCHDOG_USEC", "3000000", "WATCHDOG_PID", "1")));
    assertEquals(Optional.empty(), watchdog(Map.of("WATCHDOG_USEC", "often")));
    assertEquals(Optional.empty(), watchdog(Map.of()));
  }

  private static Optional<Duration> watchdog(Map<String, String> environment)
      throws LinuxException {
    try (SystemdNotifier notifier = SystemdNotifier.open(environment)) {
      return notifier.watchdogInterval();
    }
  }

  @Test
  void bootIdIsAUuid() throws Exception {
    assertEquals(BootId.read(), UUID.fromString(BootId.read()).toString());
  }

  @Test
  void settingsAreReadWithDotsOrSlashes() throws Exception {
    String wanted = Files.readString(Path.of("/proc/sys/kernel/pid_max")).strip();
    assertEquals(Optional.of(wanted), Sysctl.read("kernel.pid_max"));
    assertEquals(Optional.of(wanted), Sysctl.read("kernel/pid_max"));
    assertEquals(Optional.empty(), Sysctl.read("kernel.no_such_setting"));
    assertThrows(IllegalArgumentException.class, () -> Sysctl.read("kernel/../../../etc/passwd"));
    assertThrows(java.io.IOException.class, () -> Sysctl.write("kernel.no_such_setting", "1"));
  }

  @Test
  void pollerIsWokenAndWokenOnceOnly() throws Exception {
    try (Poller poller = Poller.open(List.of())) {
      poller.wake();
      poller.wake();
      long started = System.nanoTime();
      poller.await(Duration.ofSeconds(30).toNanos());
      assertTrue(System.nanoTime() - started < Duration.ofSeconds(10).toNanos());
      long again = System.nanoTime();
      poller.await(Duration.ofMillis(20).toNanos());
      assertTrue(System.nanoTime() - again >= Duration.ofMillis(20).toNanos());
      Thread.ofVirtual().start(poller::wake);
      poller.await(Duration.ofSeconds(30).toNanos());
      assertTrue(System.nanoTime() - again < Duration.ofSeconds(20).toNanos());
    }
  }

  @Test
  void macAddressesAreReadAndWritten() {
    MacAddress mac = MacAddress.parse("02:00:00:00:09:fe");
    assertEquals("02:00:00:00:09:fe", mac.toString());
    byte[] bytes = new byte[8];
    mac.put(bytes, 1);
    assertEquals(mac, MacAddress.at(bytes, 1));
    assertTrue(MacAddress.BROADCAST.isMulticast());
    assertFalse(mac.isMulticast());
    assertThrows(IllegalArgumentException.class, () -> MacAddress.parse("02:00:00"));
  }

  @Test
  void checksumIsThatOfRfc1071() {
    byte[] bytes = {
      0x00, 0x01, (byte) 0xf2, 0x03, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7
    };
    assertEquals(~0xddf2 & 0xffff, Checksums.of(bytes, 0, bytes.length, 0));
  }

  @Test
  void closedSocketIsNotUsed() throws Exception {
    NativeSocket socket = new NativeSocket("a test socket", 1, NativeSocket.SOCK_DGRAM, 0, 8, 8);
    socket.close();
    socket.close();
    assertThrows(IllegalStateException.class, socket::receive);
    assertThrows(IllegalStateException.class, () -> socket.trySendTo(0, 0));
  }

  @Test
  void devicesAndAddressesAreListedWithoutPrivileges() throws Exception {
    try (RouteSocket route = RouteSocket.open()) {
      Link lo = route.link("lo").orElseThrow();
      assertTrue(route.links().contains(lo));
      assertEquals(Optional.empty(), lo.ethernet());
      assertFalse(lo.neighbours());
      assertEquals(Optional.empty(), route.link("no-such-device"));
      route.addresses();
    }
  }

  @Test
  void lockingTheMemoryWorksOrSaysWhyNot() throws Exception {
    // In a child: a locked test process would hold all of its memory for the rest of the run.
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                LockMain.class.getName())
            .redirectErrorStream(true)
            .start();
    String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertTrue(out.equals("locked") || out.startsWith("locking the memory: E"), out);
  }

  /** Prints whether its memory could be locked. */
  static final class LockMain {
    private LockMain() {}

    public static void main(String[] args) {
      ProcessMemory.Lock lock = ProcessMemory.lockAll();
      System.out.println(lock.locked() ? "locked" : lock.reason());
    }
  }
}
