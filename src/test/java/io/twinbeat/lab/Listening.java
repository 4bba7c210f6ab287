package io.twinbeat.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Who can be talked to in a node's network: its sockets, as the kernel lists them in /proc. */
final class Listening {
  private static final String TCP_LISTEN = "0A";

  private Listening() {}

  /** {@code tcp 80}, {@code udp 7694 to 7694}, {@code raw 1}: protocol and ports, or its number. */
  static Set<String> of(LabNode node) {
    Set<String> found = new TreeSet<>();
    for (String table : List.of("tcp", "tcp6", "udp", "udp6", "udplite", "raw", "raw6")) {
      for (String line : lines(node, table)) {
        String[] columns = line.strip().split("\\s+", 6);
        String protocol = table.replace("6", "");
        int local = port(columns[1]);
        if (!protocol.equals("tcp")) {
          found.add(
              protocol + " " + local + (protocol.equals("udp") ? " to " + port(columns[2]) : ""));
        } else if (columns[3].equals(TCP_LISTEN)) {
          found.add("tcp " + local);
        }
      }
    }
    return found;
  }

  /** The EtherTypes that packet sockets of the node take in, in hexadecimal. */
  static Set<String> packets(LabNode node) {
    Set<String> found = new TreeSet<>();
    for (String line : lines(node, "packet")) {
      found.add(line.strip().split("\\s+", 5)[3]);
    }
    return found;
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
  }

  private static List<String> lines(LabNode node, String table) {
    Path file = Path.of("/proc/" + node.pid().orElseThrow() + "/net/" + table);
    try {
      return Files.exists(file) ? Files.readAllLines(file).stream().skip(1).toList() : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
