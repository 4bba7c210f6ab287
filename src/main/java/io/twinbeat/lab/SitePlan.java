package io.twinbeat.lab;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  /** The LAN over which commands get into guests: for benchmarks (RFC 2544), so never a site's. */
  static final String MANAGEMENT = "mgmt";

  private static final String MANAGEMENT_HOST = "198.18.0.%d/24";
  private static final int FIRST_GUEST = 10;

  /** One bridge of the switch, and the addresses that the switch itself has there. */
  record Lan(String name, List<String> switchAddresses) {}

  /** A heartbeat path of two nodes: on a LAN of its own, or between two addresses on another. */
  record Link(String name, String lan, List<String> nodes, List<String> addresses) {
    Link {
      nodes = List.copyOf(nodes);
      addresses = List.copyOf(addresses);
    }
  }

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

  /** The same with a card for management in each node, as guests have. */
  SitePlan withManagement() {
    List<Lan> more = new ArrayList<>(lans);
    more.add(new Lan(MANAGEMENT, List.of(MANAGEMENT_HOST.formatted(1))));
    List<NodePlan> guests = new ArrayList<>();
    for (NodePlan node : nodes) {
      int number = guests.size() + 1;
      List<Port> ports = new ArrayList<>(node.ports());
      String address = MANAGEMENT_HOST.formatted(FIRST_GUEST + number);
      ports.add(port(MANAGEMENT, MANAGEMENT + "0", number, 0xff, address));
      guests.add(new NodePlan(node.name(), ports, node.bmc()));
    }
    return new SitePlan(more, links, guests, client, floating, outside);
  }

  /** The LAN in which that node has this address, or a neighbour of it. */
  String lanOf(String node, InetAddress address) {
    for (Port port : node(node).ports()) {
      for (String own : port.addresses()) {
        int prefixLength = Integer.parseInt(own.substring(own.indexOf('/') + 1));
        if (Subnet.of(Subnet.parse(withoutPrefix(own)), prefixLength).contains(address)) {
          return port.lan();
        }
      }
    }
    throw new LabException(node + " is in no network of " + address.getHostAddress());
  }

  /** LANs where the switch has an IPv4 address of its own, and is a router. */
  List<Lan> routed() {
    return lans.stream()
        .filter(lan -> !lan.name().equals(MANAGEMENT) && router(lan).isPresent())
        .toList();
  }

  /** The switch's IPv4 address in that LAN, without prefix length. */
  static Optional<String> router(Lan lan) {
    return lan.switchAddresses().stream()
        .filter(address -> !address.contains(":"))
        .map(SitePlan::withoutPrefix)
        .findFirst();
  }

  NodePlan node(String name) {
    for (NodePlan node : nodes) {
      if (node.name().equals(name)) {
        return node;
      }
    }
    throw new LabException("no node " + name + "; there are: " + String.join(", ", nodeNames()));
  }

  /** The other node of the pair; the two share their heartbeat links. */
  String peer(String name) {
    for (Link link : links) {
      int at = link.nodes().indexOf(node(name).name());
      if (at >= 0) {
        return link.nodes().get(1 - at);
      }
    }
    throw new LabException(name + " is in no pair");
  }

  /** The nodes that this LAN or link reaches. */
  List<String> nodesOn(String link) {
    for (Link each : links) {
      if (each.name().equals(link) && !each.lan().equals(link)) {
        return each.nodes();
      }
    }
    String lan = lan(link).name();
    return nodes.stream()
        .filter(node -> node.ports().stream().anyMatch(port -> port.lan().equals(lan)))
        .map(NodePlan::name)
        .toList();
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
    names.remove(MANAGEMENT);
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
