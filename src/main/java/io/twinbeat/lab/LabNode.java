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

/**
 * One node of a lab, seen from outside: a {@link NamespaceNode} or a {@link Guest}. Every call
 * blocks until the thing is done; what fails is a {@link LabException}.
 */
public abstract sealed class LabNode permits NamespaceNode, Guest {
  /** For what runs in a node; a JVM on a loaded machine takes its time. */
  public static final Duration EXEC_LIMIT = Duration.ofSeconds(30);

  final LabFolder folder;
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
    givePower();
    awaitBoot();
  }

  /** Boots the node with an empty /var/lib/twinbeat; a guest's whole disk is as it was at first. */
  public void powerOnWithLostDisk() {
    order("on", "lost-disk");
    awaitBoot();
  }

  /** Presses the button and does not wait. */
  void givePower() {
    order("on", "");
  }

  /** Returns when the node, which has power, has booted. */
  public abstract void awaitBoot();

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
    /** Does what it is told, and says that it failed. */
    DENY,
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

  /** The argument vector that runs {@code argv} in the node. */
  abstract List<String> entering(List<String> argv);

  /** The same; {@code terminal}: a person sits at ours. */
  List<String> entering(List<String> argv, boolean terminal) {
    return entering(argv);
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
  public abstract void stopDaemon();

  /** No restart once the daemon has ended, until {@link #releaseDaemon}. */
  public abstract void holdDaemon();

  public abstract void releaseDaemon();

  public abstract void signalDaemon(String signal);

  public abstract boolean isDaemonRunning();

  /** The machine's process number of the daemon; empty: it is not running. */
  public abstract OptionalLong daemonPid();

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
    return hasAddress(address(ip));
  }

  /** Without power it has none. */
  abstract boolean hasAddress(InetAddress address);

  /** What the daemon, and at its start the node, wrote, over all boots. */
  public abstract Path daemonLog();

  /** The node's own files as the machine sees them: etc, var/lib/twinbeat, var/log. */
  public abstract Path disk();

  /** Leaves no byte free where the daemon keeps its state. */
  public abstract void fillDisk();

  public abstract void freeDisk();

  private static InetAddress address(String ip) {
    try {
      return InetAddress.getByName(ip);
    } catch (UnknownHostException e) {
      throw new LabException("not an address: " + ip);
    }
  }

  void mustExec(String... argv) {
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
