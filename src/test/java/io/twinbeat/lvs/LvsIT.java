package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The director against a real IPVS: one user-mode Linux whose root is this machine's, with all
 * scenes of {@link GuestScenes} in one boot.
 */
class LvsIT {
  private static final long GUEST_SECONDS_MAX = 500;
  private static final Path MODULES = Path.of("/usr/lib/uml/modules");
  private static final List<String> SCENES =
      List.of(
          "unprepared",
          "table",
          "schedulers",
          "foreign-edits",
          "sysctls",
          "large",
          "dr",
          "drain",
          "health",
          "stateless",
          "director-as-server",
          "udp",
          "ipv6",
          "tun",
          "nat",
          "fwmark",
          "fwmark-ipv6",
          "fwmark-nat",
          "thresholds",
          "one-packet",
          "persistence-mask",
          "scheduler-flags",
          "weights",
          "alpha",
          "restart",
          "moved",
          "quorum",
          "sorry-here",
          "prohibited",
          "no-way",
          "udp-off",
          "udp-off-unpingable",
          "look-at-takeover",
          "sync",
          "sync-back",
          "sync-broken",
          "sync-removed",
          "leftover");

  @TempDir static Path folder;
  private static String output = "";

  @BeforeAll
  static void runTheGuest() throws Exception {
    Path shim = folder.resolve("ptrace.so");
    try (InputStream source = LvsIT.class.getResourceAsStream("/io/twinbeat/lab/ptrace.c")) {
      Files.copy(source, folder.resolve("ptrace.c"), StandardCopyOption.REPLACE_EXISTING);
    }
    run("gcc", "-O2", "-shared", "-fPIC", "-o", shim.toString(), folder + "/ptrace.c");
    Path memory = Files.createDirectory(folder.resolve("memory"));
    // The guest's memory is a file that is mapped to be executed, which /dev/shm may forbid.
    run("mount", "-t", "tmpfs", "-o", "mode=700", "tmpfs", memory.toString());
    try {
      boot(shim, memory);
    } finally {
      run("umount", memory.toString());
    }
  }

  private static void boot(Path shim, Path memory) throws Exception {
    Path modprobe = script("modprobe", "exec /sbin/modprobe -d " + folder + "/modules \"$@\"\n");
    Path library = Files.createDirectories(folder.resolve("modules/lib/modules"));
    try (Stream<Path> versions = Files.list(MODULES)) {
      for (Path version : versions.toList()) {
        Files.createSymbolicLink(library.resolve(version.getFileName()), version);
      }
    }
    Path out = folder.resolve("out");
    String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    Path init =
        script(
            "init",
            """
            export PATH=%1$s:/usr/sbin:/usr/bin:/sbin:/bin
            mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t tmpfs tmpfs /run
            exec </dev/null >%2$s 2>&1
            echo %3$s >/proc/sys/kernel/modprobe
            ip link set lo up
            cd %4$s
            %5$s -XX:TieredStopAtLevel=1 -Xmx128m -XX:+UseSerialGC -Dtwinbeat.modules=%6$s -cp %7$s %8$s
            echo "ended with $?"
            sync
            poweroff -f
            """
                .formatted(
                    folder,
                    out,
                    modprobe,
                    Path.of("").toAbsolutePath(),
                    java,
                    library,
                    System.getProperty("java.class.path"),
                    GuestScenes.class.getName()));
    ProcessBuilder guest =
        new ProcessBuilder(
                "linux.uml",
                "rootfstype=hostfs",
                "root=/dev/root",
                "rootflags=/",
                "rw",
                "init=" + init,
                "mem=2G",
                "con=null",
                "con0=fd:0,fd:1",
                "quiet")
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(folder.resolve("console").toFile());
    guest.environment().put("LD_PRELOAD", shim.toString());
    guest.environment().put("TMPDIR", memory.toString());
    Process process = guest.start();
    try {
      boolean ended = process.waitFor(GUEST_SECONDS_MAX, TimeUnit.SECONDS);
      output = Files.exists(out) ? Files.readString(out) : "";
      Path kept = Files.createDirectories(Path.of("target/consoles"));
      Files.writeString(kept.resolve("lvs.txt"), output);
      assertTrue(ended, () -> "the guest is still running; so far:\n" + output);
    } finally {
      List<ProcessHandle> all = process.descendants().toList();
      process.destroyForcibly().waitFor();
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static Path script(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + text);
    assertTrue(file.toFile().setExecutable(true));
    return file;
  }

  private static void run(String... argv) throws Exception {
    Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> String.join(" ", argv) + ": " + said);
  }

  @AfterAll
  static void showFigures() {
    output.lines().filter(line -> line.startsWith("  ")).forEach(System.out::println);
  }

  @TestFactory
  Stream<DynamicTest> scenes() {
    Map<String, String> results = new LinkedHashMap<>();
    output
        .lines()
        .filter(line -> line.startsWith("PASS ") || line.startsWith("FAIL "))
        .forEach(line -> results.put(line.split("[ :]", 3)[1], line));
    return SCENES.stream()
        .map(scene ->
            DynamicTest.dynamicTest(
                scene,
                () ->
                    assertTrue(
                        results.getOrDefault(scene, "").startsWith("PASS "),
                        () -> results.getOrDefault(scene, "not reached") + "\n" + output)));
  }
}
