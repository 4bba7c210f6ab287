package io.twinbeat.config;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A pair's own nodes are no real servers of it. The holder serves what it sends to itself; the
 * standby has no virtual address, nor the servers' gateway, and what it is sent is lost.
 */
final class OwnServers {
  private static final String EXPECTED =
      "other machines: the standby has not the virtual address, and a connection that it is sent is"
          + " lost";

  private final Report report;
  private final Map<InetAddress, String> links = new HashMap<>();
  private final Map<InetAddress, String> floating = new HashMap<>();
  private final List<Node> nodes;

  private OwnServers(Report report, List<Node> nodes, List<Group> groups) {
    this.report = report;
    this.nodes = nodes;
    for (Node node : nodes) {
      node.links().forEach(ip -> links.put(ip, "an address of " + node.name()));
    }
    for (Group group : groups) {
      group
          .addresses()
          .forEach(address -> floating.put(address.ip(), "a floating address of this pair"));
    }
  }

  static void check(Report report, List<Node> nodes, List<Group> groups) {
    OwnServers own = new OwnServers(report, nodes, groups);
    for (Group group : groups) {
      for (ResourceConfig resource : group.resources()) {
        if (resource instanceof LvsConfig lvs) {
          lvs.services().forEach(own::check);
        }
      }
    }
  }

  private void check(VirtualServiceConfig service) {
    for (RealServerConfig server : service.realServers()) {
      Optional.ofNullable(links.get(server.ip()))
          .or(() -> Optional.ofNullable(floating.get(server.ip())))
          .or(() -> named(server.name()))
          .ifPresent(whose -> problem(server, whose, EXPECTED));
    }
    service
        .sorryServer()
        .filter(sorry -> links.containsKey(sorry.ip()))
        .ifPresent(sorry ->
            problem(
                sorry,
                links.get(sorry.ip()),
                "another machine, or 127.0.0.1: the holder's own, whichever it is"));
  }

  private void problem(RealServerConfig server, String whose, String expected) {
    report.problem(
        report.placeOf(server),
        server.name() + " (" + Addresses.shown(server.ip()) + "), " + whose,
        expected);
  }

  /** As a machine is found by its host name: whole or its first label, letter case aside. */
  private Optional<String> named(String server) {
    return nodes.stream()
        .map(Node::name)
        .filter(
            node -> node.equalsIgnoreCase(server) || isLabel(node, server) || isLabel(server, node))
        .map(node -> "the name of the node " + node)
        .findFirst();
  }

  private static boolean isLabel(String label, String of) {
    return of.toLowerCase(Locale.ROOT).startsWith(label.toLowerCase(Locale.ROOT) + ".");
  }
}
