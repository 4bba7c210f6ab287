package io.twinbeat.lab;

import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Device;
import io.twinbeat.config.Group;
import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Tier;
import io.twinbeat.lab.SitePlan.Bmc;
import io.twinbeat.lab.SitePlan.Floating;
import io.twinbeat.lab.SitePlan.Lan;
import io.twinbeat.lab.SitePlan.Link;
import io.twinbeat.lab.SitePlan.NodePlan;
import io.twinbeat.lab.SitePlan.Port;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Invents the machines and cables around a site's file: a LAN for each network that floating
 * addresses or servers are in (the first is the service LAN, with the client), one for each
 * heartbeat link that is on none of those, one for the BMCs. Reference points are the switch's own
 * addresses; it routes between the LANs where it has one. Addresses that the file does not tell are
 * taken from the same subnet.
 */
final class Planner {
  private static final int CLIENT = 50;
  private static final int FIRST_NODE = 11;
  private static final int SWITCH = 254;
  private static final int FIRST_BMC_CLIENT = 1;

  /** A LAN while it is planned: who is on it, with which addresses; none: one is to be invented. */
  private static final class Draft {
    final String name;
    final Subnet subnet;
    final boolean cable;
    final List<String> switchAddresses = new ArrayList<>();
    final Map<String, List<InetAddress>> members = new LinkedHashMap<>();

    Draft(String name, Subnet subnet, boolean cable) {
      this.name = name;
      this.subnet = subnet;
      this.cable = cable;
    }

    void join(String machine) {
      members.computeIfAbsent(machine, name -> new ArrayList<>());
    }

    void join(String machine, InetAddress address) {
      join(machine);
      members.get(machine).add(address);
    }
  }

  /** A machine while it is planned: which device goes to which LAN, as far as the file tells. */
  private record Machine(String name, Bmc bmc, Map<Draft, String> devices) {}

  private final List<Tier> tiers;
  private final List<Draft> lans = new ArrayList<>();
  private final List<Link> links = new ArrayList<>();
  private final List<Machine> machines = new ArrayList<>();
  private final List<Floating> floating = new ArrayList<>();
  private final Set<InetAddress> taken = new HashSet<>();

  private Planner(List<Tier> tiers) {
    this.tiers = tiers;
  }

  static SitePlan plan(io.twinbeat.config.Site site) {
    return new Planner(site.tiers()).plan();
  }

  private SitePlan plan() {
    tiers.forEach(this::takeTold);
    for (Tier tier : tiers) {
      if (tier instanceof Tier.OfPair(Pair pair)) {
        planFloating(pair);
      }
    }
    for (Tier tier : tiers) {
      switch (tier) {
        case Tier.OfPair(Pair pair) -> planLinks(pair);
        case Tier.OfServers servers -> planServers(servers);
      }
    }
    planBmcLan();
    List<String> outside = referencePoints();
    lans.forEach(this::inventAddresses);
    Subnet service = lans.getFirst().subnet;
    String client = service.with(service.free(CLIENT, taken));
    List<NodePlan> nodes = new ArrayList<>();
    for (Machine machine : machines) {
      nodes.add(new NodePlan(machine.name(), ports(machine, nodes.size() + 1), machine.bmc()));
    }
    List<Lan> planned = new ArrayList<>();
    lans.forEach(lan -> planned.add(new Lan(lan.name, lan.switchAddresses)));
    return new SitePlan(planned, links, nodes, client, floating, outside);
  }

  /** What the file gives to somebody is not invented for anybody else. */
  private void takeTold(Tier tier) {
    switch (tier) {
      case Tier.OfPair(Pair pair) -> {
        for (Node node : pair.nodes()) {
          machine(node.name(), bmc(node));
          taken.addAll(node.links());
        }
        taken.addAll(pair.referencePoints());
      }
      case Tier.OfServers servers -> {
        for (Tier.Server server : servers.servers()) {
          machine(server.name(), null);
          taken.addAll(server.addresses());
        }
      }
    }
  }

  private void machine(String name, Bmc bmc) {
    if (Set.of("sw", "client", "bmc").contains(name)) {
      throw new LabException("the lab has a machine of its own named " + name);
    }
    if (bmc != null) {
      taken.add(Subnet.parse(bmc.address()));
    }
    machines.add(new Machine(name, bmc, new LinkedHashMap<>()));
  }

  private Machine machine(String name) {
    return machines.stream()
        .filter(machine -> machine.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void planFloating(Pair pair) {
    for (Group group : pair.groups()) {
      for (AddressConfig address : clientsFirst(group)) {
        taken.add(address.ip());
        floating.add(new Floating(group.name(), address.ip().getHostAddress()));
        Draft lan = lanOfDevice(pair, address.dev()).orElseGet(() -> lanOf(address));
        for (Node node : pair.nodes()) {
          lan.join(node.name());
          machine(node.name()).devices().put(lan, address.dev());
        }
      }
    }
  }

  /** What a director balances is where clients are; its servers' gateway is where they are not. */
  private static List<AddressConfig> clientsFirst(Group group) {
    Set<InetAddress> balanced = group.balanced();
    return group.addresses().stream()
        .sorted(Comparator.comparing(address -> !balanced.contains(address.ip())))
        .toList();
  }

  private Optional<Draft> lanOfDevice(Pair pair, String device) {
    Map<Draft, String> devices = machine(pair.nodes().getFirst().name()).devices();
    return devices.keySet().stream().filter(lan -> devices.get(lan).equals(device)).findFirst();
  }

  private Draft lanOf(AddressConfig address) {
    return lan(address.ip()).orElseGet(() -> lan(Subnet.of(address.ip(), address.prefixLength())));
  }

  /** The LAN that this address is in, cables between two nodes aside. */
  private Optional<Draft> lan(InetAddress address) {
    return lans.stream().filter(lan -> !lan.cable && lan.subnet.contains(address)).findFirst();
  }

  private Draft lan(Subnet subnet) {
    return add(new Draft(lans.isEmpty() ? SitePlan.SERVICE : "lan" + lans.size(), subnet, false));
  }

  private Draft add(Draft lan) {
    lans.add(lan);
    return lan;
  }

  private void planLinks(Pair pair) {
    Node one = pair.nodes().get(0);
    Node two = pair.nodes().get(1);
    for (int i = 0; i < one.links().size(); i++) {
      InetAddress first = one.links().get(i);
      InetAddress second = two.links().get(i);
      String name = "link" + links.size();
      Draft lan =
          lan(first)
              .filter(shared -> shared.members.getOrDefault(one.name(), List.of()).isEmpty())
              .orElseGet(() -> add(new Draft(name, Subnet.around(first), true)));
      if (!lan.subnet.contains(second)) {
        throw new LabException(
            "link %d: %s and %s are on no common network"
                .formatted(i, first.getHostAddress(), second.getHostAddress()));
      }
      lan.join(one.name(), first);
      lan.join(two.name(), second);
      links.add(
          new Link(
              name,
              lan.name,
              List.of(one.name(), two.name()),
              List.of(first.getHostAddress(), second.getHostAddress())));
    }
  }

  private void planServers(Tier.OfServers servers) {
    for (Tier.Server server : servers.servers()) {
      for (InetAddress address : server.addresses()) {
        lan(address).orElseGet(() -> lan(Subnet.around(address))).join(server.name(), address);
      }
    }
  }

  /** All nodes of pairs are on it; a BMC itself is no card of its node. */
  private void planBmcLan() {
    for (Machine machine : machines) {
      if (machine.bmc() != null) {
        InetAddress address = Subnet.parse(machine.bmc().address());
        lans.stream()
            .filter(lan -> lan.name.equals(SitePlan.BMC))
            .findFirst()
            .orElseGet(() -> add(new Draft(SitePlan.BMC, Subnet.around(address), true)))
            .join(machine.name());
      }
    }
  }

  private void inventAddresses(Draft lan) {
    int wanted = lan.name.equals(SitePlan.BMC) ? FIRST_BMC_CLIENT : FIRST_NODE;
    for (List<InetAddress> addresses : lan.members.values()) {
      if (addresses.isEmpty()) {
        addresses.add(lan.subnet.free(wanted, taken));
      }
      wanted++;
    }
  }

  private List<Port> ports(Machine machine, int number) {
    List<Port> ports = new ArrayList<>();
    for (Draft lan : lans) {
      if (lan.members.containsKey(machine.name())) {
        String device = machine.devices().get(lan);
        if (device == null) {
          device = freeDevice(machine);
          machine.devices().put(lan, device);
        }
        String[] addresses =
            lan.members.get(machine.name()).stream().map(lan.subnet::with).toArray(String[]::new);
        ports.add(SitePlan.port(lan.name, device, number, ports.size(), addresses));
      }
    }
    return ports;
  }

  private static String freeDevice(Machine machine) {
    int i = 0;
    while (machine.devices().containsValue("eth" + i)) {
      i++;
    }
    return "eth" + i;
  }

  /** The switch is every reference point: on a LAN of clients, or as a machine behind it. */
  private List<String> referencePoints() {
    Set<InetAddress> points = new java.util.LinkedHashSet<>();
    for (Tier tier : tiers) {
      if (tier instanceof Tier.OfPair(Pair pair)) {
        points.addAll(pair.referencePoints());
      }
    }
    // One that floats is the site's own.
    floating.forEach(address -> points.remove(Subnet.parse(address.ip())));
    List<String> outside = new ArrayList<>();
    for (InetAddress point : points) {
      Optional<Draft> at = lans.stream().filter(lan -> lan.subnet.contains(point)).findFirst();
      if (at.isPresent()) {
        at.get().switchAddresses.add(at.get().subnet.with(point));
      } else {
        outside.add(point.getHostAddress());
      }
    }
    Draft service = lans.getFirst();
    if (service.switchAddresses.isEmpty()) {
      service.switchAddresses.add(service.subnet.with(service.subnet.free(SWITCH, taken)));
    }
    return outside;
  }

  /** The first IPMI device of the node, which the lab plays; null: it has none. */
  private static Bmc bmc(Node node) {
    for (List<Device> level : node.fence()) {
      for (Device device : level) {
        Map<String, String> parameters = device.parameters();
        String address = parameters.getOrDefault("ip", parameters.get("ipaddr"));
        if (device.type().equals("fence_ipmilan") && address != null) {
          return new Bmc(
              address,
              Integer.parseInt(parameters.getOrDefault("ipport", "623")),
              parameters.getOrDefault("username", parameters.getOrDefault("login", "")),
              parameters.getOrDefault("password-file", ""));
        }
      }
    }
    return null;
  }
}
