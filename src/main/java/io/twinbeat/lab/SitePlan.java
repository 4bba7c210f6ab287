package io.twinbeat.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * The machines and cables of one lab: what the switch, the client, the nodes and their BMCs are
 * called, and their addresses (with prefix length where an interface gets them); {@code outside}
 * are machines behind the switch, as reference points may be. Is kept as JSON in the lab's folder
 * for later commands.
 */
record SitePlan(
    List<Lan> lans,
    List<Link> links,
    List<NodePlan> nodes,
    String client,
    List<Floating> floating,
    List<String> outside) {
  static final String SERVICE = "service";
  static final String BMC = "bmc";

  /** One bridge of the switch, and the addresses that the switch itself has there. */
  record Lan(String name, List<String> switchAddresses) {}

  /** A heartbeat path: on a LAN of its own, or between two addresses on the service LAN. */
  record Link(String name, String lan, List<String> addresses) {}

  /** One network card of a node. */
  record Port(String lan, String device, String mac, List<String> addresses) {}

  /** A node's BMC; {@code passwordFile} is where the nodes keep its password, empty: nowhere. */
  record Bmc(String address, int port, String user, String passwordFile) {}

  /** {@code bmc} is null where the site's file names none. */
  record NodePlan(String name, List<Port> ports, Bmc bmc) {}

  /** An address of a group, without prefix length. */
  record Floating(String group, String ip) {}

  SitePlan {
    lans = List.copyOf(lans);
    links = List.copyOf(links);
    nodes = List.copyOf(nodes);
    floating = List.copyOf(floating);
    outside = List.copyOf(outside);
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

  /** Machines keep their hardware addresses over a power cycle. */
  static Port port(String lan, String device, int node, int card, String... addresses) {
    return new Port(lan, device, "02:74:62:00:%02x:%02x".formatted(node, card), List.of(addresses));
  }

  static String withoutPrefix(String address) {
    int slash = address.indexOf('/');
    return slash < 0 ? address : address.substring(0, slash);
  }
}
