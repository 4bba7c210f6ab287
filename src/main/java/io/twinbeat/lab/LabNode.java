package io.twinbeat.lab;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One node of a lab, seen from outside. Every call blocks until the thing is done. */
public final class LabNode {
  /** For what runs in a node; a JVM on a loaded machine takes its time. */
  public static final Duration EXEC_LIMIT = Duration.ofSeconds(30);

  private final LabFolder folder;
  private final String name;

  LabNode(LabFolder folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  public String name() {
    return name;
  }

  /** Pulls the plug: links down, then all processes dead; returns when both are true. */
  public void powerOff() {
    order("off", "");
  }

  /** Boots the node with the disk it had; returns when its network is up and its daemon starts. */
  public void powerOn() {
    order("on", "");
  }

  /** Boots the node with an empty /var/lib/twinbeat. */
  public void powerOnWithLostDisk() {
    order("on", "lost-disk");
  }

  public boolean isOn() {
    return pid().isPresent();
  }

  /** The machine's process number of the node's first process; empty: it is off. */
  public OptionalLong pid() {
    try {
      long pid = Long.parseLong(Files.readString(folder.node(name).resolve("pid")).strip());
      return Files.exists(Path.of("/proc/" + pid)) ? OptionalLong.of(pid) : OptionalLong.empty();
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** How the node's fence device behaves from now on, towards everybody but the operator. */
  public enum Fault {
    NONE,
    /** Every order fails. */
    DEAD,
    /** Says yes and does nothing. */
    IGNORE,
    /** A second later than asked. */
    SLOW
  }

  public void fenceDevice(Fault fault) {
    order("fault", fault.name().toLowerCase(java.util.Locale.ROOT));
  }

  /** Runs a program in the node, with the distribution's bin on the path. */
  public Outcome exec(Duration limit, String... argv) {
    return Commands.run(
        new Command(
            entering(List.of(argv)),
            java.util.Map.of(),
            java.util.Optional.empty(),
            java.util.Optional.empty(),
            limit));
  }

  public Outcome exec(String... argv) {
    return exec(EXEC_LIMIT, argv);
  }

  /** {@code twinbeat ARGUMENTS} on the node. */
  public Outcome twinbeat(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("twinbeat"));
    argv.addAll(List.of(arguments));
    return exec(argv.toArray(String[]::new));
  }

  /** What its daemon says of itself now; empty: nothing. */
  public Optional<NodeStatus> status() {
    return NodeStatus.of(this);
  }

  /** The argument vector that runs {@code argv} in all of the node's namespaces. */
  List<String> entering(List<String> argv) {
    long pid = pid().orElseThrow(() -> new LabException(name + " is off"));
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

  /** Stops the daemon as a debugger or a starved machine would: SIGSTOP. */
  public void stall() {
    signalDaemon("STOP");
  }

  public void resume() {
    signalDaemon("CONT");
  }

  /** SIGKILL; the node's init starts it again after 100 ms. */
  public void killDaemon() {
    signalDaemon("KILL");
  }

  /** SIGTERM, and no restart until {@link #releaseDaemon}: {@code systemctl stop}. */
  public void stopDaemon() {
    mustExec("touch", "/run/lab/hold");
    signalDaemon("TERM");
  }

  /** No restart once the daemon has ended, until {@link #releaseDaemon}. */
  public void holdDaemon() {
    mustExec("touch", "/run/lab/hold");
  }

  public void releaseDaemon() {
    mustExec("rm", "-f", "/run/lab/hold");
  }

  public void signalDaemon(String signal) {
    mustExec("/bin/bash", "-c", "kill -" + signal + " \"$(< /run/lab/daemon.pid)\"");
  }

  /** The machine's process number of the daemon; empty: it is not running. */
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

  /** SIGKILL to nginx, master and workers. */
  public void killNginx() {
    mustExec(
        "/bin/bash",
        "-c",
        "for c in /proc/[0-9]*/comm; do [[ $(< $c) == nginx ]] && p=${c#/proc/}"
            + " && kill -9 ${p%/comm}; done 2>/dev/null; true");
  }

  /** Whether the node's kernel has the address; an IPv4 address without prefix length. */
  public boolean hasAddress(String ip) {
    OptionalLong pid = pid();
    return pid.isPresent() && Holders.hasAddress(pid.getAsLong(), address(ip));
  }

  private static InetAddress address(String ip) {
    try {
      return InetAddress.getByName(ip);
    } catch (UnknownHostException e) {
      throw new LabException("not an address: " + ip);
    }
  }

  /** What the daemon wrote to its standard output and error, over all boots. */
  public Path daemonLog() {
    return folder.node(name).resolve("daemon.log");
  }

  /** The node's own files as the machine sees them: etc, var/lib/twinbeat, var/log. */
  public Path disk() {
    return folder.disk(name);
  }

  /** Leaves no byte free where the daemon keeps its state. */
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
        throw new LabException("can't fill the disk of " + name + ": " + e.getMessage(), e);
      }
    }
  }

  public void freeDisk() {
    try {
      Files.deleteIfExists(disk().resolve("var/lib/twinbeat/filler"));
    } catch (IOException e) {
      throw new LabException("can't free the disk of " + name + ": " + e.getMessage(), e);
    }
  }

  private void mustExec(String... argv) {
    Outcome outcome = exec(argv);
    if (!outcome.succeeded()) {
      throw new LabException(name + ": " + String.join(" ", argv) + ": " + outcome.summary());
    }
  }

  private void order(String verb, String extra) {
    Shell.must(
        folder.power().resolve("power.sh").toString(),
        folder.power().toString(),
        verb,
        name,
        "operator",
        extra);
  }
}
