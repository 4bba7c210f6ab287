package io.twinbeat.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A node that is a set of namespaces of this machine: quick, at native speed, without a kernel. */
public final class NamespaceNode extends LabNode {
  NamespaceNode(LabFolder folder, String name) {
    super(folder, name);
  }

  /** It had booted when the power switch answered. */
  @Override
  public void awaitBoot() {}

  /** In all of its namespaces. */
  @Override
  List<String> entering(List<String> argv) {
    long pid = pid().orElseThrow(() -> new LabException(name() + " is off"));
    List<String> all =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--target",
                Long.toString(pid),
                "--mount",
                "--uts",
                "--net",
                "--pid",
                "--",
                "/bin/bash",
                "-c",
                "cd / && source /run/lab/home/environment && exec \"$@\"",
                "exec"));
    all.addAll(argv);
    return all;
  }

  @Override
  public void stopDaemon() {
    mustExec("touch", "/run/lab/hold");
    signalDaemon("TERM");
  }

  @Override
  public void holdDaemon() {
    mustExec("touch", "/run/lab/hold");
  }

  @Override
  public void releaseDaemon() {
    mustExec("rm", "-f", "/run/lab/hold");
  }

  @Override
  public void signalDaemon(String signal) {
    mustExec("/bin/bash", "-c", "kill -" + signal + " \"$(< /run/lab/daemon.pid)\"");
  }

  @Override
  public OptionalLong daemonPid() {
    OptionalLong first = pid();
    Path file = Path.of("/proc/" + first.orElse(0) + "/root/run/lab/daemon.pid");
    try {
      String wanted = Files.readString(file).strip();
      Path namespace = Files.readSymbolicLink(Path.of("/proc/" + first.orElse(0) + "/ns/pid"));
      for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
        Path proc = Path.of("/proc/" + process.pid());
        if (isNumbered(proc, wanted)
            && Files.readSymbolicLink(proc.resolve("ns/pid")).equals(namespace)) {
          return OptionalLong.of(process.pid());
        }
      }
    } catch (IOException e) {
      return OptionalLong.empty();
    }
    return OptionalLong.empty();
  }

  /** Whether the process has this number in its innermost namespace. */
  private static boolean isNumbered(Path proc, String number) {
    try {
      for (String line : Files.readAllLines(proc.resolve("status"))) {
        if (line.startsWith("NSpid:")) {
          return line.endsWith("\t" + number);
        }
      }
    } catch (IOException e) {
      return false; // ended while we looked
    }
    return false;
  }

  @Override
  boolean hasAddress(InetAddress address) {
    OptionalLong pid = pid();
    return pid.isPresent() && Holders.hasAddress(pid.getAsLong(), address);
  }

  @Override
  public boolean isDaemonRunning() {
    return daemonPid().isPresent();
  }

  @Override
  public Path disk() {
    return folder.disk(name());
  }

  @Override
  public void fillDisk() {
    Path filler = disk().resolve("var/lib/twinbeat/filler");
    byte[] block = new byte[4096];
    try (var out = Files.newOutputStream(filler)) {
      // Bounded by the size of the little file system.
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space")) {
        throw new LabException("can't fill the disk of " + name() + ": " + e.getMessage(), e);
      }
    }
  }

  @Override
  public void freeDisk() {
    try {
      Files.deleteIfExists(disk().resolve("var/lib/twinbeat/filler"));
    } catch (IOException e) {
      throw new LabException("can't free the disk of " + name() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Path daemonLog() {
    return folder.node(name()).resolve("daemon.log");
  }
}
