package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of a lab is left when it is gone, however it went. */
@Timeout(120)
class LabLifeIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path base;

  private LabOptions options() {
    return LabOptions.fresh().withBase(base).withDaemon();
  }

  /** All traces of a lab on this machine; of this lab only, because others may come and go. */
  private static Set<String> traces(LabFolder folder) {
    Set<String> traces = new TreeSet<>();
    String root = folder.root().toAbsolutePath().toString();
    for (String line : Shell.must("ip", "netns", "list").lines().toList()) {
      if (line.startsWith(folder.prefix() + "-")) {
        traces.add("namespace " + line);
      }
    }
    for (String line : LabFolder.read(Path.of("/proc/mounts")).lines().toList()) {
      if (line.contains(root) || line.contains(folder.prefix() + "-")) {
        traces.add("mount " + line);
      }
    }
    for (String line : Shell.must("ip", "-o", "link").lines().toList()) {
      if (line.contains("lb1-") || line.contains("client-port") || line.contains(" service:")) {
        traces.add("interface " + line);
      }
    }
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      String line = commandLine(process);
      if (line.contains(root)) {
        traces.add("process " + line);
      }
    }
    if (Files.exists(folder.root())) {
      traces.add("folder " + root);
    }
    return traces;
  }

  /** Empty when it ended meanwhile. */
  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")).replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void upAndDownLeaveNothingBehind() {
    LabOptions options = options();
    LabFolder folder = LabFolder.of(base, options.name());
    long keeper;
    try (LabSite lab = LabSite.up(options)) {
      assertTrue(lab.isRunning());
      assertFalse(traces(folder).isEmpty());
      keeper = Long.parseLong(LabFolder.read(folder.keeper()).split(" ", 2)[0]);
      // Started inside by hand, as users do.
      lab.node("lb1").exec("bash", "-c", "sleep 1000 >/dev/null 2>&1 & nginx");
      assertThrows(LabException.class, () -> LabSite.up(options), "the same name twice");
      assertTrue(lab.isRunning(), "and the first of them lives on");
    }
    assertEquals(Set.of(), traces(folder));
    assertFalse(ProcessHandle.of(keeper).isPresent(), "the keeper, and with it all of its kin");
    LabSite.remove(folder);
  }

  @Test
  void aLabWithoutItsKeeperIsFoundAndRemoved() {
    LabOptions options = options();
    LabFolder folder = LabFolder.of(base, options.name());
    LabSite lab = LabSite.up(options);
    ProcessHandle keeper =
        ProcessHandle.of(Long.parseLong(LabFolder.read(folder.keeper()).split(" ", 2)[0]))
            .orElseThrow();
    assertTrue(keeper.destroyForcibly());
    assertTrue(LabSite.await(SOON, () -> !keeper.isAlive()));
    assertFalse(lab.node("lb1").isOn(), "no keeper, no power");
    assertFalse(traces(folder).isEmpty());
    System.setProperty("twinbeat.lab.dir", base.toString());
    try {
      assertEquals(1, Lab.run(List.of("status")));
      assertEquals(0, Lab.run(List.of("down", "--all")));
    } finally {
      System.clearProperty("twinbeat.lab.dir");
    }
    assertEquals(Set.of(), traces(folder));
  }

  @Test
  void aLabEndsWithItsOwner() throws Exception {
    endsWithItsOwner("namespaces");
  }

  @Test
  @Timeout(600)
  void guestsEndWithTheirOwner() throws Exception {
    endsWithItsOwner("machines");
  }

  private void endsWithItsOwner(String kind) throws Exception {
    LabOptions options = options();
    LabFolder folder = LabFolder.of(base, options.name());
    Process owner =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                base.toString(),
                options.name(),
                kind)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertEquals("up", owner.inputReader().readLine());
      assertFalse(traces(folder).isEmpty());
    } finally {
      owner.destroyForcibly().waitFor();
    }
    assertTrue(LabSite.await(SOON, () -> traces(folder).isEmpty()), () -> "" + traces(folder));
  }

  /** Makes a lab and waits to be killed. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] arguments) throws Exception {
      LabOptions options =
          LabOptions.fresh().withBase(Path.of(arguments[0])).withName(arguments[1]).withDaemon();
      LabSite.up(arguments[2].equals("machines") ? options.withMachines() : options);
      System.out.println("up");
      Thread.sleep(Duration.ofMinutes(1));
    }
  }

  @Test
  void anImageThatCannotBeBuiltIsOneClearError() {
    System.setProperty("twinbeat.lab.cache", "/proc/nowhere");
    try {
      LabOptions options = options().withMachines();
      LabException e = assertThrows(LabException.class, () -> LabSite.up(options));
      assertTrue(e.getMessage().startsWith("can't build the guests' image: "), e::getMessage);
      assertTrue(e.getMessage().contains("/proc/nowhere"), e::getMessage);
      assertEquals(Set.of(), traces(LabFolder.of(base, options.name())));
    } finally {
      System.clearProperty("twinbeat.lab.cache");
    }
  }

  @Test
  void verbsOfSeparateCommandsFindTheLab() {
    System.setProperty("twinbeat.lab.dir", base.toString());
    try {
      assertEquals(1, Lab.run(List.of("status")), "there is none yet");
      assertEquals(0, Lab.run(List.of("up", "--no-daemon", "--name", options().name())));
      assertEquals(0, Lab.run(List.of("status")));
      assertEquals(0, Lab.run(List.of("power", "off", "lb1")));
      assertEquals(1, Lab.run(List.of("exec", "lb1", "--", "true")), "it is off");
      assertEquals(0, Lab.run(List.of("power", "on", "lb1", "--lost-disk")));
      assertEquals(3, Lab.run(List.of("exec", "lb1", "--", "bash", "-c", "exit 3")));
      assertEquals(0, Lab.run(List.of("exec", "client", "--", "true")));
      assertEquals(0, Lab.run(List.of("cut", "link0", "--direction", "from", "lb1")));
      assertEquals(0, Lab.run(List.of("mend", "all")));
      assertEquals(1, Lab.run(List.of("cut", "link7")));
      assertEquals(1, Lab.run(List.of("power", "on", "lb7")));
      assertEquals(2, Lab.run(List.of("power", "sideways", "lb1")));
      assertEquals(2, Lab.run(List.of("fly")));
      assertEquals(2, Lab.run(List.of("up", "--fast")));
      assertEquals(0, Lab.run(List.of("probe", "--for", "300ms")));
    } finally {
      assertEquals(0, Lab.run(List.of("down", "--all")));
      System.clearProperty("twinbeat.lab.dir");
    }
  }
}
