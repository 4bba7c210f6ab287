package io.twinbeat.address;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A switch and three machines on it, as network namespaces: {@code n1}, {@code n2} and {@code
 * client}, each with a device {@code eth0}. All is removed by {@link #close}.
 */
final class Lan implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(10);
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String prefix =
      "twa" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "-";
  private final List<Node> nodes = new ArrayList<>();

  Lan() {
    try {
      build();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void build() {
    run("ip", "netns", "add", namespace("switch"));
    in("switch", "ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0");
    in("switch", "ip", "link", "set", "br0", "up");
    int number = 1;
    for (String machine : List.of("n1", "n2", "client")) {
      run("ip", "netns", "add", namespace(machine));
      in(machine, "ip", "link", "set", "lo", "up");
      plug(machine, number++);
    }
  }

  /** Gives a machine its eth0, with 10.9.0.N/24 and fd09::N/64. */
  void plug(String machine, int number) {
    String port = "port-" + machine;
    String mac = mac(number);
    in(
        "switch",
        "ip",
        "link",
        "add",
        port,
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "address",
        mac,
        "netns",
        namespace(machine));
    in("switch", "ip", "link", "set", port, "master", "br0", "up");
    in(machine, "ip", "addr", "add", "10.9.0." + number + "/24", "dev", "eth0");
    in(machine, "ip", "addr", "add", "fd09::" + number + "/64", "dev", "eth0", "nodad");
    in(machine, "ip", "link", "set", "eth0", "up");
  }

  static String mac(int number) {
    return "02:00:00:00:09:0" + number;
  }

  String namespace(String machine) {
    return prefix + machine;
  }

  /** Runs a command in a machine; it must succeed. Returns what it wrote. */
  String in(String machine, String... command) {
    List<String> argv = new ArrayList<>(List.of("ip", "netns", "exec", namespace(machine)));
    argv.addAll(List.of(command));
    return run(argv.toArray(String[]::new));
  }

  static String run(String... argv) {
    Outcome outcome = Commands.run(Command.of(LIMIT, argv));
    if (!outcome.succeeded()) {
      throw new AssertionError(String.join(" ", argv) + ": " + outcome.summary());
    }
    return outcome.out();
  }

  /** Whether a machine reaches the kernel that has this address: no port 9 is open there. */
  boolean answers(String machine, String ip) {
    Outcome outcome =
        Commands.run(
            Command.of(
                LIMIT,
                "ip",
                "netns",
                "exec",
                namespace(machine),
                "bash",
                "-c",
                "exec 3<>/dev/tcp/" + ip + "/9"));
    return outcome.err().contains("refused");
  }

  /** Starts a process that holds these addresses in a machine. */
  Node node(String machine, String... addresses) throws Exception {
    Node node = Node.addresses(List.of("ip", "netns", "exec", namespace(machine)), addresses);
    nodes.add(node);
    node.await("ready");
    return node;
  }

  /** The same without any privilege. */
  Node powerless(String machine, String... addresses) throws Exception {
    List<String> wrapper = new ArrayList<>(List.of("ip", "netns", "exec", namespace(machine)));
    wrapper.addAll(List.of("setpriv", "--bounding-set", "-all"));
    return Node.addresses(wrapper, addresses);
  }

  /** Prints a line, beginning with the time in seconds, for each ARP frame that comes by. */
  Node capture(String machine) throws Exception {
    Node node =
        Node.program(
            List.of(
                "ip",
                "netns",
                "exec",
                namespace(machine),
                "tcpdump",
                "-i",
                "eth0",
                "-n",
                "-l",
                "-tt",
                "--immediate-mode",
                "arp"));
    nodes.add(node);
    node.await("listening");
    return node;
  }

  /** What a machine believes of an address: its line of the neighbour table. */
  String neighbour(String machine, String ip) {
    return in(machine, "ip", "neigh", "show", ip, "dev", "eth0").strip();
  }

  boolean has(String machine, String ip) {
    return in(machine, "ip", "-o", "addr", "show", "to", ip).contains(ip);
  }

  @Override
  public void close() {
    nodes.forEach(Node::close);
    for (String machine : List.of("n1", "n2", "client", "switch")) {
      Commands.run(Command.of(LIMIT, "ip", "netns", "del", namespace(machine)));
    }
  }
}
