package io.twinbeat.heartbeat;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two machines and an intruder on two LANs, as network namespaces: {@code a} (10.7.L.1), {@code b}
 * (10.7.L.2) and {@code x}, each with {@code eth0} on LAN 0 and {@code eth1} on LAN 1. All is
 * removed by {@link #close}.
 */
final class Bench implements AutoCloseable {
  static final int PORT = 7694;
  static final int LINKS = 2;
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final List<String> MACHINES = List.of("switch", "a", "b", "x");

  private final String prefix =
      "twh" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "-";
  private final List<Child> children = new ArrayList<>();
  final int intervalMillis;
  final int deadtimeMillis;

  Bench(int intervalMillis, int deadtimeMillis) {
    this.intervalMillis = intervalMillis;
    this.deadtimeMillis = deadtimeMillis;
    try {
      MACHINES.forEach(machine -> run("ip", "netns", "add", namespace(machine)));
      for (int link = 0; link < LINKS; link++) {
        lan(link);
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void lan(int link) {
    String bridge = "br" + link;
    in("switch", "ip link add " + bridge + " type bridge forward_delay 0");
    in("switch", "ip link set " + bridge + " up");
    for (String machine : MACHINES.subList(1, MACHINES.size())) {
      String port = machine + link;
      String peer = " type veth peer name eth" + link + " netns " + namespace(machine);
      in("switch", "ip link add " + port + peer);
      in("switch", "ip link set " + port + " master " + bridge + " up");
      in(machine, "ip link set lo up");
      in(machine, "ip link set eth" + link + " up");
    }
    in("a", "ip addr add " + address("a", link) + "/24 dev eth" + link);
    in("b", "ip addr add " + address("b", link) + "/24 dev eth" + link);
  }

  static String address(String machine, int link) {
    return "10.7." + link + "." + (machine.equals("a") ? 1 : 2);
  }

  private String namespace(String machine) {
    return prefix + machine;
  }

  /** Runs a command in a machine; it must succeed. Returns what it wrote. */
  String in(String machine, String command) {
    List<String> argv = new ArrayList<>(List.of("ip", "netns", "exec", namespace(machine)));
    argv.addAll(List.of(command.split(" ", -1)));
    return run(argv.toArray(String[]::new));
  }

  private static String run(String... argv) {
    Outcome outcome = Commands.run(Command.of(LIMIT, argv));
    if (!outcome.succeeded()) {
      throw new AssertionError(String.join(" ", argv) + ": " + outcome.summary());
    }
    return outcome.out();
  }

  /** What arrives at this machine over this link is dropped; what it sends is not. */
  void deafen(String machine, int link) {
    in(machine, "nft add table inet cut" + link);
    String hook = "{ type filter hook input priority 0 ; }";
    in(machine, "nft add chain inet cut" + link + " in " + hook);
    in(machine, "nft add rule inet cut" + link + " in iifname eth" + link + " drop");
  }

  void mend(String machine, int link) {
    in(machine, "nft delete table inet cut" + link);
  }

  /** Nothing passes, and both ends keep their carrier. */
  void cut(int link) {
    in("switch", "ip link set b" + link + " down");
  }

  void mend(int link) {
    in("switch", "ip link set b" + link + " up");
  }

  /** Starts a node's process. */
  Child node(String machine, String... options) throws IOException {
    String peer = machine.equals("a") ? "b" : "a";
    List<String> arguments = new ArrayList<>(List.of(machine, peer));
    arguments.addAll(
        List.of(Integer.toString(intervalMillis), Integer.toString(deadtimeMillis), "" + PORT));
    for (int link = 0; link < LINKS; link++) {
      arguments.add(address(machine, link) + "," + address(peer, link));
    }
    return java(machine, HeartbeatMain.class, List.of(options), arguments);
  }

  /** Starts both nodes and waits until all links are up on both. */
  List<Child> pair() throws Exception {
    List<Child> both = List.of(node("a"), node("b"));
    for (Child each : both) {
      each.await("up", line -> line.text().equals("0"));
      each.await("up", line -> line.text().equals("1"));
    }
    return both;
  }

  /** Starts what sends recorded or made-up datagrams as if it were b. */
  Child intruder(String what, int link, Path capture, int perSecond, int millis)
      throws IOException {
    String device = "eth" + link;
    String mac = in("a", "cat /sys/class/net/" + device + "/address").strip();
    in("x", "ip link set " + device + " arp off");
    in("x", "ip addr replace " + address("b", link) + "/24 dev " + device);
    in("x", "ip neigh replace " + address("a", link) + " lladdr " + mac + " dev " + device);
    List<String> arguments =
        List.of(
            what,
            address("b", link),
            address("a", link),
            "" + PORT,
            capture.toString(),
            "" + perSecond,
            "" + millis);
    return java("x", IntruderMain.class, List.of(), arguments);
  }

  /** Writes all that passes the port of b on a LAN into a file. */
  Child capture(int link, Path file) throws Exception {
    Child tcpdump =
        child(
            List.of(
                "ip",
                "netns",
                "exec",
                namespace("switch"),
                "tcpdump",
                "-i",
                "b" + link,
                "-U",
                "-w",
                file.toString(),
                "-Z",
                "root",
                "udp"));
    tcpdump.awaitRaw("listening");
    return tcpdump;
  }

  private Child java(String machine, Class<?> main, List<String> options, List<String> arguments)
      throws IOException {
    List<String> argv = new ArrayList<>(List.of("ip", "netns", "exec", namespace(machine)));
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx48m", "-Xss256k"));
    argv.add("-Djdk.serialFilter=!*");
    argv.addAll(options);
    argv.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    argv.addAll(arguments);
    return child(argv);
  }

  private Child child(List<String> argv) throws IOException {
    Child child = new Child(argv);
    children.add(child);
    return child;
  }

  @Override
  public void close() {
    children.forEach(Child::close);
    for (String machine : MACHINES.reversed()) {
      Commands.run(Command.of(LIMIT, "ip", "netns", "del", namespace(machine)));
    }
  }
}
