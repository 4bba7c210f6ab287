package io.twinbeat.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * The machines and cables of one lab: what the switch, the client, the nodes and their BMCs are
 * called, and their addresses (with prefix length where an interface gets them). Is kept as JSON in
 * the lab's folder for later commands.
 */
record SitePlan(
    List<Lan> lans,
    List<Link> links,
    List<NodePlan> nodes,
    String client,
    List<Floating> floating) {
  static final String SERVICE = "service";
  static final String BMC = "bmc";

  /** One bridge of the switch, and the addresses that the switch itself has there. */
  record Lan(String name, List<String> switchAddresses) {}

  /** A heartbeat path: on a LAN of its own, or between two addresses on the service LAN. */
  record Link(String name, String lan, List<String> addresses) {}

  /** One network card of a node. */
  record Port(String lan, String device, String mac, List<String> addresses) {}

  /** {@code bmc} is the address of the node's BMC with prefix length, empty: it has none. */
  record NodePlan(String name, List<Port> ports, String bmc) {}

  /** An address of a group, without prefix length. */
  record Floating(String group, String ip) {}

  SitePlan {
    lans = List.copyOf(lans);
    links = List.copyOf(links);
    nodes = List.copyOf(nodes);
    floating = List.copyOf(floating);
  }

  NodePlan node(String name) {
    for (NodePlan node : nodes) {
      if (node.name().equals(name)) {
        return node;
      }
    }
    throw new LabException("no node " + name + "; there are: " + String.join(", ", nodeNames()));
  }

  List<String> nodeNames() {
    return nodes.stream().map(NodePlan::name).toList();
  }

  Lan lan(String name) {
    for (Lan lan : lans) {
      if (lan.name().equals(name)) {
        return lan;
      }
    }
    throw new LabException("no link " + name + "; there are: " + String.join(", ", linkNames()));
  }

  /** All that can be cut: LANs, and links that share one. */
  List<String> linkNames() {
    List<String> names = new ArrayList<>();
    lans.forEach(lan -> names.add(lan.name()));
    for (Link link : links) {
      if (!names.contains(link.name())) {
        names.add(link.name());
      }
    }
    return names;
  }

  /** The pair web of the README: two dedicated heartbeat links, a service LAN, a BMC LAN. */
  static SitePlan builtIn() {
    List<NodePlan> nodes = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      nodes.add(
          new NodePlan(
              "lb" + i,
              List.of(
                  port(SERVICE, "eth0", i, 0, "10.10.10.1" + i + "/24"),
                  port("link0", "eth1", i, 1, "192.168.76." + i + "/24"),
                  port("link1", "eth2", i, 2, "192.168.77." + i + "/24"),
                  port(BMC, "eth3", i, 3, "10.10.20." + i + "/24")),
              "10.10.20.1" + i + "/24"));
    }
    return new SitePlan(
        List.of(
            new Lan(SERVICE, List.of("10.10.10.1/24")),
            new Lan("link0", List.of()),
            new Lan("link1", List.of()),
            new Lan(BMC, List.of())),
        List.of(
            new Link("link0", "link0", List.of("192.168.76.1", "192.168.76.2")),
            new Link("link1", "link1", List.of("192.168.77.1", "192.168.77.2"))),
        nodes,
        "10.10.10.50/24",
        List.of(new Floating("site", "10.10.10.100")));
  }

  /** Machines keep their hardware addresses over a power cycle. */
  static Port port(String lan, String device, int node, int card, String... addresses) {
    return new Port(lan, device, "02:74:62:00:%02x:%02x".formatted(node, card), List.of(addresses));
  }

  static String withoutPrefix(String address) {
    int slash = address.indexOf('/');
    return slash < 0 ? address : address.substring(0, slash);
  }
}
