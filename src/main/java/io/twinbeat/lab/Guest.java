package io.twinbeat.lab;

import io.twinbeat.control.ControlClient;
import io.twinbeat.control.NoDaemonException;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A node that is a whole machine: a user-mode Linux kernel with systemd as its first process.
 * Commands reach it by ssh over a LAN of their own, which nothing cuts. Its console, over all its
 * boots, is {@link #daemonLog}.
 */
public final class Guest extends LabNode {
  /** A boot takes 10 s of a core; seven guests on two busy ones wait for each other. */
  public static final Duration BOOT_LIMIT = Duration.ofMinutes(4);

  /** Names the folder where consoles are kept; else that of temporary files. */
  private static final String CONSOLES = "twinbeat.lab.consoles";

  /** Where the daemon listens, by default. */
  private static final String CONTROL = "/run/twinbeat/control.sock";

  private static final Duration POLL = Duration.ofMillis(50);
  private static final int LAST_WORDS = 15;

  /** As the command waits for it. */
  private static final Duration STATUS_LIMIT = Duration.ofSeconds(5);

  private final String address;

  private volatile Told told = new Told(FileTime.fromMillis(0), -1, Set.of());

  /** The boot that {@link #connect} was for. */
  private String connectedTo = "";

  Guest(LabFolder folder, SitePlan.NodePlan plan) {
    super(folder, plan.name());
    this.address =
        plan.ports().stream()
            .filter(port -> port.lan().equals(SitePlan.MANAGEMENT))
            .map(port -> SitePlan.withoutPrefix(port.addresses().getFirst()))
            .findFirst()
            .orElseThrow(() -> new LabException(plan.name() + " is no guest"));
  }

  /** Whether the boot that is under way, or was the last, got to the end: all services started. */
  public boolean hasBooted() {
    return isOn() && Files.exists(up());
  }

  /** Holds the kernel's name of the boot that got to its end. */
  private Path up() {
    return folder.guest(name()).resolve("up");
  }

  @Override
  public void awaitBoot() {
    awaitBoot(BOOT_LIMIT);
  }

  public void awaitBoot(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!hasBooted()) {
      if (!isOn()) {
        throw new LabException(name() + " went off while it booted" + lastWords());
      }
      if (System.nanoTime() - deadline > 0) {
        throw new LabException(
            name() + " did not boot within " + limit.toSeconds() + " s" + lastWords());
      }
      LabSite.await(POLL, () -> false);
    }
    connect();
  }

  /** What the guest's kernel and services wrote, over all boots. */
  public Path console() {
    return folder.node(name()).resolve("boot.log");
  }

  /** Copies the console to where it outlives the lab, under this name: the copy. */
  public Path keepConsole(String label) {
    Path kept = Path.of(System.getProperty(CONSOLES, System.getProperty("java.io.tmpdir")));
    Path copy = kept.resolve(label + "." + name() + ".console").toAbsolutePath();
    LabFolder.write(copy, LabFolder.read(console()));
    return copy;
  }

  private String lastWords() {
    List<String> lines = LabFolder.read(console()).lines().toList();
    Path kept = keepConsole("twinbeat-" + folder.name());
    StringBuilder words = new StringBuilder("; the end of its console, kept as " + kept + ":");
    for (String line : lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size())) {
      words.append("\n  ").append(line);
    }
    return words.toString();
  }

  /**
   * One connection for all commands to come of this boot: a handshake takes a second here. Without
   * it each makes its own. It ends when the guest does, or the lab, whose keeper ends what is in
   * its namespace.
   */
  private synchronized void connect() {
    String boot = LabFolder.read(up());
    if (boot.equals(connectedTo)) {
      return;
    }
    connectedTo = boot;
    String keeper = LabFolder.read(folder.keeper()).split(" ", -1)[0];
    List<String> argv = new ArrayList<>(List.of("nsenter", "--target", keeper, "--pid", "--"));
    argv.addAll(ssh("-M", "-N", "-L", control() + ":" + CONTROL));
    try {
      Files.deleteIfExists(socket());
      Files.deleteIfExists(control());
      new ProcessBuilder(argv)
          .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new LabException("can't start ssh: " + e.getMessage(), e);
    }
  }

  private Path socket() {
    return folder.node(name()).resolve("ssh").toAbsolutePath();
  }

  /** The connection's own end of the daemon's control socket. */
  private Path control() {
    return folder.node(name()).resolve("control.sock").toAbsolutePath();
  }

  private List<String> ssh(String... options) {
    Path image = folder.image(name()).toAbsolutePath();
    List<String> argv =
        new ArrayList<>(
            List.of("ip", "netns", "exec", folder.namespace("sw"), "ssh", "-F", "none"));
    argv.addAll(List.of("-i", image.resolve("key").toString(), "-S", socket().toString()));
    for (String option :
        List.of(
            "HostKeyAlias=guest",
            "UserKnownHostsFile=" + image.resolve("known_hosts"),
            "BatchMode=yes",
            "LogLevel=ERROR",
            // The cheapest one: a guest on a busy machine has little of a core.
            "KexAlgorithms=curve25519-sha256",
            "ConnectTimeout=20",
            // A guest without power does not say goodbye.
            "ServerAliveInterval=2",
            "ServerAliveCountMax=5")) {
      argv.addAll(List.of("-o", option));
    }
    argv.addAll(List.of(options));
    argv.add("root@" + address);
    return argv;
  }

  @Override
  List<String> entering(List<String> argv) {
    return entering(argv, false);
  }

  /** By ssh, whose far side takes a shell line; a terminal is for those who sit at one. */
  @Override
  List<String> entering(List<String> argv, boolean terminal) {
    if (!isOn()) {
      throw new LabException(name() + " is off");
    }
    StringBuilder line = new StringBuilder("exec");
    for (String word : argv) {
      line.append(" '").append(word.replace("'", "'\\''")).append('\'');
    }
    List<String> all = terminal ? ssh("-t") : ssh();
    all.add(line.toString());
    return all;
  }

  /**
   * Asked over the daemon's socket: in a guest the command is a JVM that starts for seconds, and
   * who asks until something is true would keep the machine from getting there.
   */
  @Override
  public Optional<NodeStatus> status() {
    if (!isOn()) {
      return Optional.empty();
    }
    try {
      return new ControlClient(control()).ask(Request.of("status"), STATUS_LIMIT)
              instanceof Response.Done done
          ? Optional.of(new NodeStatus(done.result()))
          : Optional.empty();
    } catch (NoDaemonException e) {
      return super.status(); // There is no connection that is kept.
    }
  }

  @Override
  public void stopDaemon() {
    mustExec("systemctl", "stop", "twinbeat");
  }

  @Override
  public void releaseDaemon() {
    mustExec("systemctl", "start", "twinbeat");
  }

  @Override
  public void signalDaemon(String signal) {
    mustExec("systemctl", "kill", "--kill-whom=main", "--signal=" + signal, "twinbeat");
  }

  @Override
  public boolean isDaemonRunning() {
    return exec("systemctl", "is-active", "twinbeat").succeeded();
  }

  /** Each address that came and went since the last boot, as the guest's kernel told it. */
  Path addressLog() {
    return folder.guest(name()).resolve("addresses");
  }

  /**
   * By what the guest's kernel told. The witnesses ask hundreds of times a second, so that it is
   * read only when there is more of it.
   */
  @Override
  boolean hasAddress(InetAddress wanted) {
    try {
      BasicFileAttributes now = Files.readAttributes(addressLog(), BasicFileAttributes.class);
      Told known = told;
      if (!now.lastModifiedTime().equals(known.at) || now.size() != known.bytes) {
        known =
            new Told(now.lastModifiedTime(), now.size(), replay(Files.readString(addressLog())));
        told = known;
      }
      return known.addresses.contains(wanted) && isOn();
    } catch (IOException e) {
      return false; // boots, or is being removed
    }
  }

  /** The addresses that the guest shows to others, by a file as it was then. */
  private record Told(FileTime at, long bytes, Set<InetAddress> addresses) {}

  /** The last word on each address is true. */
  private static Set<InetAddress> replay(String told) {
    Set<InetAddress> addresses = new HashSet<>();
    // A line may be on its way.
    for (String line : told.substring(0, told.lastIndexOf('\n') + 1).lines().toList()) {
      // [Deleted ]2: eth0    inet 10.10.10.100/24 scope global ...
      String[] words = line.strip().split("\\s+", -1);
      for (int i = 1; i + 1 < words.length; i++) {
        // A real server has it, too, but tells no neighbour.
        if (words[i].startsWith("inet")
            && !Set.of("lo", "tunl0", "ip6tnl0").contains(words[i - 1])) {
          InetAddress address = Subnet.parse(SitePlan.withoutPrefix(words[i + 1]));
          if (words[0].equals("Deleted")) {
            addresses.remove(address);
          } else {
            addresses.add(address);
          }
        }
      }
    }
    return addresses;
  }

  @Override
  public Path daemonLog() {
    return console();
  }

  @Override
  public OptionalLong daemonPid() {
    throw new LabException("a guest's processes are its own: use exec on " + name());
  }

  @Override
  public void holdDaemon() {
    throw onItsOwnDisk();
  }

  @Override
  public Path disk() {
    throw onItsOwnDisk();
  }

  @Override
  public void fillDisk() {
    throw onItsOwnDisk();
  }

  @Override
  public void freeDisk() {
    throw onItsOwnDisk();
  }

  private LabException onItsOwnDisk() {
    return new LabException("a guest's files are on its own disk: use exec on " + name());
  }
}
