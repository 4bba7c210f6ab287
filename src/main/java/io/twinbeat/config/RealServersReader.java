package io.twinbeat.config;

import io.twinbeat.config.LvsReader.Endpoint;
import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Section.Item;
import io.twinbeat.config.Values.Value;
import io.twinbeat.config.VirtualServiceConfig.Target;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the real servers of one service, and its sorry server. */
final class RealServersReader {
  private static final int SERVERS_MAX = 4096;
  private static final int WEIGHT_MAX = 65_535;
  private static final int THRESHOLD_MAX = 65_535;
  private static final String SERVERS =
      "a map of names and addresses, such as { web1: 10.10.30.11 }";
  private static final String SERVER =
      "an address, or a map such as { ip: 10.10.30.11, weight: 2 }";

  private final Report report;
  private final Target target;
  private final ForwardingMode mode;

  RealServersReader(Report report, Target target, ForwardingMode mode) {
    this.report = report;
    this.target = target;
    this.mode = mode;
  }

  List<RealServerConfig> read(Layered service) {
    Optional<Item> item = service.take("real-servers");
    if (item.isEmpty()) {
      service.own().missing("real-servers", SERVERS);
      return List.of();
    }
    Optional<Section> map = Section.of(report, item.get(), SERVERS);
    return map.isPresent() ? read(item.get(), map.get()) : List.of();
  }

  private List<RealServerConfig> read(Item item, Section map) {
    List<RealServerConfig> servers = new ArrayList<>();
    Map<Endpoint, Place> seen = new HashMap<>();
    List<String> names = map.keys();
    List<Item> items = map.all();
    if (items.isEmpty()) {
      report.problem(item.place(), "no real server", "at least one");
    } else if (items.size() > SERVERS_MAX) {
      report.problem(item.place(), items.size() + " real servers", "at most " + SERVERS_MAX);
      return servers;
    }
    for (int i = 0; i < items.size(); i++) {
      Place place = items.get(i).place();
      if (!(Names.NAME.parse(names.get(i)) instanceof Value<String>)) {
        report.problem(
            place, "the server name " + Values.quoted(names.get(i)), Names.NAME.expected());
      }
      Optional<RealServerConfig> server = server(names.get(i), items.get(i));
      if (server.isPresent()) {
        servers.add(server.get());
        Endpoint at = new Endpoint(server.get().ip(), server.get().port());
        Place earlier = seen.putIfAbsent(at, place);
        if (earlier != null) {
          report.problem(
              place,
              Addresses.shown(at.ip()) + " port " + at.port() + " again, already " + earlier.path(),
              "each real server once; a larger 'weight' gives it more");
        }
      }
    }
    return servers;
  }

  /** Answers while too few real servers do. */
  Optional<RealServerConfig> sorry(Layered service) {
    Optional<Item> item = service.take("sorry-server");
    if (item.isEmpty()) {
      return Optional.empty();
    }
    if (item.get().tree() instanceof Tree.Scalar && target instanceof Target.Address) {
      Optional<Endpoint> at = Section.word(report, item.get(), LvsReader.ENDPOINT);
      Place place = Section.valuePlace(item.get());
      return at.flatMap(
          a -> made("sorry-server", a.ip(), Optional.of(a.port()), mode, place, place, 1, 0, 0));
    }
    return server("sorry-server", item.get());
  }

  private Optional<RealServerConfig> server(String name, Item item) {
    if (item.tree() instanceof Tree.Scalar scalar && !scalar.isNothing()) {
      Optional<InetAddress> ip = Section.word(report, item, Values.address());
      Place place = Section.valuePlace(item);
      return ip.flatMap(
          a -> made(name, a, Optional.empty(), mode, place, place, RealServerConfig.WEIGHT, 0, 0));
    }
    Optional<Section> map = Section.of(report, item, SERVER);
    if (map.isEmpty()) {
      return Optional.empty();
    }
    Section s = map.get();
    Optional<InetAddress> ip = s.required("ip", Values.address());
    Optional<Integer> port = s.optional("port", Values.integer(1, 65535));
    ForwardingMode own = s.or("mode", LvsReader.MODE, mode);
    int weight = s.or("weight", Values.integer(0, WEIGHT_MAX), RealServerConfig.WEIGHT);
    int upper = s.or("upper-threshold", Values.integer(0, THRESHOLD_MAX), 0);
    int lower = s.or("lower-threshold", Values.integer(0, THRESHOLD_MAX), 0);
    if (lower > 0 && lower >= upper) {
      report.problem(
          s.placeOf("lower-threshold"),
          upper == 0
              ? "a lower-threshold without an upper one"
              : "lower-threshold " + lower + " with upper-threshold " + upper,
          "an upper-threshold above it: a server that reached that one gets nothing until it is"
              + " back at the lower");
    }
    s.done();
    return ip.flatMap(
        a -> made(name, a, port, own, s.placeOf("ip"), s.placeOf("port"), weight, upper, lower));
  }

  private Optional<RealServerConfig> made(
      String name,
      InetAddress ip,
      Optional<Integer> port,
      ForwardingMode own,
      Place ipPlace,
      Place portPlace,
      int weight,
      int upper,
      int lower) {
    int before = report.count();
    boolean v6 = ip.getAddress().length == 16;
    if (ip.isAnyLocalAddress() || ip.isMulticastAddress()) {
      report.problem(ipPlace, Addresses.shown(ip), "the address of one server");
    } else if (target.equals(LvsReader.UNKNOWN)) {
      return Optional.of(new RealServerConfig(name, ip, 0, weight, own, upper, lower));
    } else if (v6 != target.v6()) {
      // The kernel's tunnels could; but its ip6tnl0 takes IPv6 alone out of them.
      report.problem(
          ipPlace,
          "the " + (v6 ? "IPv6" : "IPv4") + " address " + Addresses.shown(ip) + " for " + target,
          "an address of the service's own IP version");
    } else if (target instanceof Target.Address service && service.ip().equals(ip)) {
      report.problem(
          ipPlace, Addresses.shown(ip) + ", the service's own address", "the server's own address");
    }
    int servicePort = target instanceof Target.Address service ? service.port() : 0;
    int chosen = port.orElse(servicePort);
    if (chosen != servicePort && own != ForwardingMode.NAT) {
      report.problem(
          portPlace,
          "port "
              + chosen
              + " behind "
              + target
              + " in mode "
              + own.name().toLowerCase(java.util.Locale.ROOT),
          servicePort == 0
              ? "no port here (only nat changes ports); 'port' of the check says where to look"
              : "port " + servicePort + ", or mode nat: only nat changes ports");
    }
    return report.count() == before
        ? Optional.of(
            report.placed(
                new RealServerConfig(name, ip, chosen, weight, own, upper, lower), ipPlace))
        : Optional.empty();
  }
}
