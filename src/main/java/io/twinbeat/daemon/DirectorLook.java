package io.twinbeat.daemon;

import io.twinbeat.address.AddressException;
import io.twinbeat.address.WhoAnswers;
import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Addresses;
import io.twinbeat.config.ForwardingMode;
import io.twinbeat.config.Group;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ResourceConfig;
import io.twinbeat.config.VirtualServiceConfig;
import io.twinbeat.config.VirtualServiceConfig.Target;
import io.twinbeat.linux.InterfaceAddress;
import io.twinbeat.linux.Link;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.RouteSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a director can see, on its own devices and on the wire, that no file tells: real servers on
 * another segment, and real servers that answer ARP for the virtual address in its holder's place.
 */
public final class DirectorLook {
  /** Neighbours answer within a millisecond or so; three questions within this. */
  private static final Duration ASK_LIMIT = Duration.ofMillis(600);

  private final Node self;
  private final Node peer;
  private final List<InterfaceAddress> own;
  private final List<Link> links;
  private final List<RealServerSide.Item> items = new ArrayList<>();

  private DirectorLook(Pair pair, Node self, List<InterfaceAddress> own, List<Link> links) {
    this.self = self;
    this.peer = pair.peer(self);
    this.own = own;
    this.links = links;
  }

  /** Looks from this node; nothing where its pair has no lvs. Asks on the wire: wants root. */
  public static List<RealServerSide.Item> from(Pair pair, Node self) throws LinuxException {
    try (RouteSocket route = RouteSocket.open()) {
      DirectorLook look = new DirectorLook(pair, self, route.addresses(), route.links());
      pair.groups().forEach(look::look);
      return List.copyOf(look.items);
    }
  }

  private void look(Group group) {
    Map<AddressConfig, Set<RealServerConfig>> direct = new LinkedHashMap<>();
    for (ResourceConfig resource : group.resources()) {
      if (resource instanceof LvsConfig lvs) {
        lvs.services().forEach(service -> add(group, service, direct));
      }
    }
    Set<InetAddress> told = new LinkedHashSet<>();
    direct.forEach((vip, servers) -> {
      for (RealServerConfig server : servers) {
        if (told.add(server.ip())) {
          segment(server);
        }
      }
      answers(vip, servers);
    });
  }

  private static void add(
      Group group, VirtualServiceConfig service, Map<AddressConfig, Set<RealServerConfig>> direct) {
    for (AddressConfig address : group.addresses()) {
      boolean meant =
          switch (service.target()) {
            case Target.Address(InetAddress ip, int _, boolean _) -> ip.equals(address.ip());
            case Target.Mark mark -> mark.v6() == (address.ip().getAddress().length == 16);
          };
      if (meant) {
        Set<RealServerConfig> servers =
            direct.computeIfAbsent(address, vip -> new LinkedHashSet<>());
        for (RealServerConfig server : service.realServers()) {
          if (server.mode() == ForwardingMode.DR) {
            servers.add(server);
          }
        }
      }
    }
  }

  /** DR goes by hardware address: a router in between would send it back. */
  private void segment(RealServerConfig server) {
    String what = server.name() + " (" + Addresses.shown(server.ip()) + ") by DR";
    Optional<InterfaceAddress> beside = beside(server.ip());
    if (own.stream().anyMatch(address -> address.ip().equals(server.ip()))) {
      items.add(
          item(
              what,
              false,
              "an address of this node: as standby it loses every connection that it is sent",
              "an address of " + server.name() + ", another machine"));
    } else if (beside.isPresent()) {
      items.add(item(what, true, "on the segment of " + device(beside.get()), ""));
    } else {
      items.add(
          item(
              what,
              false,
              "in no network of this node: there is a router in between",
              "an address of " + server.name() + " on a segment of the directors, or mode tun"));
    }
  }

  private Optional<InterfaceAddress> beside(InetAddress ip) {
    return own.stream()
        .filter(a -> !device(a).equals("lo") && Addresses.samePrefix(a.ip(), ip, a.prefixLength()))
        .findFirst();
  }

  private String device(InterfaceAddress address) {
    return links.stream()
        .filter(link -> link.index() == address.ifindex())
        .map(Link::name)
        .findFirst()
        .orElse("device number " + address.ifindex());
  }

  private void answers(AddressConfig vip, Set<RealServerConfig> servers) {
    String shown = Addresses.shown(vip.ip());
    String what = "who answers for " + shown + " on " + vip.dev();
    Map<InetAddress, String> names = new LinkedHashMap<>();
    peer.links().forEach(ip -> names.put(ip, peer.name()));
    servers.forEach(server -> names.put(server.ip(), server.name()));
    List<InetAddress> asked = new ArrayList<>(names.keySet());
    asked.add(vip.ip());
    Map<InetAddress, Set<String>> answers;
    try {
      answers = WhoAnswers.ask(vip.dev(), asked, ASK_LIMIT);
    } catch (AddressException e) {
      items.add(
          new RealServerSide.Item(what, false, true, "not asked: " + e.getMessage(), "as root"));
      return;
    }
    boolean here =
        own.stream().anyMatch(a -> a.ip().equals(vip.ip()) && device(a).equals(vip.dev()));
    Map<String, String> machines = new HashMap<>();
    names.forEach((ip, name) ->
        answers.get(ip).forEach(mac -> machines.put(mac, name + " (" + Addresses.shown(ip) + ")")));
    int before = items.size();
    for (String mac : answers.get(vip.ip())) {
      String machine = machines.getOrDefault(mac, "a machine that the file does not name");
      boolean peers = machine.startsWith(peer.name() + " (");
      if (peers && !here) {
        continue;
      }
      items.add(
          item(
              what,
              false,
              machine + " does, at " + mac + (here ? "; this node holds it" : ""),
              peers || !machines.containsKey(mac)
                  ? "find that machine, and take the address from it"
                  : "on it: twinbeat realserver up (its unit: twinbeat-realserver)"));
    }
    if (items.size() == before) {
      String who =
          here
              ? self.name() + " holds it, and nobody else answers"
              : answers.get(vip.ip()).isEmpty() ? "nobody" : peer.name() + " alone";
      items.add(item(what, true, who, ""));
    }
  }

  private static RealServerSide.Item item(String what, boolean good, String detail, String mend) {
    return new RealServerSide.Item(what, good, false, detail, mend);
  }
}
