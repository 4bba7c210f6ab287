package io.twinbeat.lab;

import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Device;
import io.twinbeat.config.Group;
import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.lab.SitePlan.Bmc;
import io.twinbeat.lab.SitePlan.Floating;
import io.twinbeat.lab.SitePlan.Lan;
import io.twinbeat.lab.SitePlan.Link;
import io.twinbeat.lab.SitePlan.NodePlan;
import io.twinbeat.lab.SitePlan.Port;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Invents the machines and cables around a site's file: a LAN for each device that floating
 * addresses go on (the first is the service LAN, with the client and the reference points), one for
 * each heartbeat link that is on none of those, one for the BMCs. Addresses that the file does not
 * tell are taken from the same subnet.
 */
final class Planner {
  private static final int CLIENT = 50;
  private static final int FIRST_NODE = 11;
  private static final int SWITCH = 254;
  private static final int FIRST_BMC_CLIENT = 1;

  /** A LAN while it is planned. */
  private static final class Draft {
    final String name;
    final String device;
    final Subnet subnet;
    final List<String> switchAddresses = new ArrayList<>();
    final List<InetAddress> nodeAddresses = new ArrayList<>();

    Draft(String name, String device, Subnet subnet) {
      this.name = name;
      this.device = device;
      this.subnet = subnet;
    }
  }

  private final Pair pair;
  private final Map<String, Draft> lans = new LinkedHashMap<>();
  private final List<Link> links = new ArrayList<>();
  private final Set<InetAddress> taken = new HashSet<>();
  private final List<Bmc> bmcs = new ArrayList<>();

  private Planner(Pair pair) {
    this.pair = pair;
  }

  static SitePlan plan(Pair pair) {
    return new Planner(pair).plan();
  }

  private SitePlan plan() {
    for (Node node : pair.nodes()) {
      if (Set.of("sw", "client", "bmc").contains(node.name())) {
        throw new LabException("the lab has a machine of its own named " + node.name());
      }
      taken.addAll(node.links());
      bmcs.add(bmc(node));
    }
    taken.addAll(pair.referencePoints());
    List<Floating> floating = new ArrayList<>();
    for (Group group : pair.groups()) {
      for (AddressConfig address : group.addresses()) {
        taken.add(address.ip());
        floating.add(new Floating(group.name(), address.ip().getHostAddress()));
        serviceLan(address);
      }
    }
    Draft service = lans.get(SitePlan.SERVICE);
    planLinks();
    planBmcLan();
    for (Draft lan : lans.values()) {
      planNodeAddresses(lan);
    }
    List<String> outside = referencePoints(service);
    String client = service.subnet.with(service.subnet.free(CLIENT, taken));

    List<NodePlan> nodes = new ArrayList<>();
    for (int i = 0; i < pair.nodes().size(); i++) {
      List<Port> ports = new ArrayList<>();
      for (Draft lan : lans.values()) {
        ports.add(
            SitePlan.port(
                lan.name,
                lan.device,
                i + 1,
                ports.size(),
                lan.subnet.with(lan.nodeAddresses.get(i))));
      }
      nodes.add(new NodePlan(pair.nodes().get(i).name(), ports, bmcs.get(i)));
    }
    List<Lan> planned = new ArrayList<>();
    lans.values().forEach(lan -> planned.add(new Lan(lan.name, lan.switchAddresses)));
    return new SitePlan(planned, links, nodes, client, floating, outside);
  }

  private void serviceLan(AddressConfig address) {
    String name = lans.isEmpty() ? SitePlan.SERVICE : address.dev();
    for (Draft lan : lans.values()) {
      if (lan.device.equals(address.dev())) {
        return;
      }
    }
    lans.put(name, new Draft(name, address.dev(), Subnet.of(address.ip(), address.prefixLength())));
  }

  private void planLinks() {
    int count = pair.nodes().getFirst().links().size();
    for (int i = 0; i < count; i++) {
      InetAddress first = pair.nodes().get(0).links().get(i);
      InetAddress second = pair.nodes().get(1).links().get(i);
      Optional<Draft> shared =
          lans.values().stream()
              .filter(lan -> lan.subnet.contains(first) && lan.nodeAddresses.isEmpty())
              .findFirst();
      String name = "link" + i;
      Draft lan = shared.orElseGet(() -> new Draft(name, freeDevice(), Subnet.around(first)));
      if (!lan.subnet.contains(second)) {
        throw new LabException(
            "link %d: %s and %s are on no common network"
                .formatted(i, first.getHostAddress(), second.getHostAddress()));
      }
      lans.put(lan.name, lan);
      lan.nodeAddresses.add(first);
      lan.nodeAddresses.add(second);
      links.add(new Link(name, lan.name, List.of(first.getHostAddress(), second.getHostAddress())));
    }
  }

  private void planBmcLan() {
    for (Bmc bmc : bmcs) {
      if (bmc != null) {
        InetAddress address = Subnet.parse(bmc.address());
        taken.add(address);
        lans.computeIfAbsent(
            SitePlan.BMC, name -> new Draft(name, freeDevice(), Subnet.around(address)));
      }
    }
  }

  private String freeDevice() {
    Set<String> used = new HashSet<>();
    lans.values().forEach(lan -> used.add(lan.device));
    for (Group group : pair.groups()) {
      group.addresses().forEach(address -> used.add(address.dev()));
    }
    int i = 0;
    while (used.contains("eth" + i)) {
      i++;
    }
    return "eth" + i;
  }

  private void planNodeAddresses(Draft lan) {
    int first = lan.name.equals(SitePlan.BMC) ? FIRST_BMC_CLIENT : FIRST_NODE;
    while (lan.nodeAddresses.size() < pair.nodes().size()) {
      lan.nodeAddresses.add(lan.subnet.free(first + lan.nodeAddresses.size(), taken));
    }
  }

  /** The switch is every reference point: on the service LAN, or as a machine behind it. */
  private List<String> referencePoints(Draft service) {
    List<String> outside = new ArrayList<>();
    for (InetAddress point : pair.referencePoints()) {
      Optional<Draft> at =
          lans.values().stream().filter(lan -> lan.subnet.contains(point)).findFirst();
      if (at.isPresent()) {
        at.get().switchAddresses.add(at.get().subnet.with(point));
      } else {
        outside.add(point.getHostAddress());
      }
    }
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
