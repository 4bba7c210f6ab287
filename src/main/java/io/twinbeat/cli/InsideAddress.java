package io.twinbeat.cli;

import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Addresses;
import io.twinbeat.config.Group;
import io.twinbeat.config.Pair;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A floating address to which no client comes: it is on the side of the machines that its group
 * sends to. {@code gateway}: by NAT, which brings their replies back; {@code of}: their tiers, or
 * the names of those that are in none.
 */
record InsideAddress(AddressConfig address, boolean gateway, List<String> of) {
  private static final int NAMED_MAX = 4;

  InsideAddress {
    of = List.copyOf(of);
  }

  static List<InsideAddress> of(Pair pair, List<SitePath> paths) {
    List<InsideAddress> all = new ArrayList<>();
    for (Group group : pair.groups()) {
      List<SitePath> ways = paths.stream().filter(path -> path.group().equals(group)).toList();
      Set<InetAddress> entrances = entrances(pair, group, paths, ways);
      for (AddressConfig address : group.addresses()) {
        if (entrances.contains(address.ip())) {
          continue;
        }
        List<String> served = behind(address, group, ways);
        List<String> near = near(address, ways);
        if (!served.isEmpty()) {
          all.add(new InsideAddress(address, true, served));
        } else if (!near.isEmpty() && entrances.stream().noneMatch(ip -> isNear(address, ip))) {
          all.add(new InsideAddress(address, false, near));
        }
      }
    }
    return all;
  }

  /** All others of the pair: where clients, or the tier before, come to. */
  static List<AddressConfig> outside(Pair pair, List<InsideAddress> inside) {
    return pair.groups().stream()
        .flatMap(group -> group.addresses().stream())
        .filter(address -> inside.stream().noneMatch(each -> each.address().equals(address)))
        .toList();
  }

  /**
   * Where requests come in, as far as the file tells: what a director balances, and what another
   * tier sends to. Else all that is in no network of the machines behind; else all.
   */
  private static Set<InetAddress> entrances(
      Pair pair, Group group, List<SitePath> paths, List<SitePath> ways) {
    Set<InetAddress> entrances = new HashSet<>(group.balanced());
    for (SitePath path : paths) {
      path.to().stream()
          .filter(stop -> stop.tier().equals(pair.name()))
          .forEach(stop -> entrances.add(stop.ip()));
    }
    if (entrances.isEmpty()) {
      group.addresses().stream()
          .filter(address -> near(address, ways).isEmpty())
          .forEach(address -> entrances.add(address.ip()));
    }
    if (entrances.isEmpty()) {
      group.addresses().forEach(address -> entrances.add(address.ip()));
    }
    return entrances;
  }

  /** For whom NAT makes it the gateway. */
  private static List<String> behind(AddressConfig address, Group group, List<SitePath> ways) {
    return ways.stream()
        .filter(way -> way.mode().equals("NAT"))
        .flatMap(way -> way.to().stream())
        .filter(stop -> group.gatewayOf(stop.ip()).filter(address.ip()::equals).isPresent())
        .map(InsideAddress::name)
        .distinct()
        .toList();
  }

  private static List<String> near(AddressConfig address, List<SitePath> ways) {
    return ways.stream()
        .flatMap(way -> way.to().stream())
        .filter(stop -> isNear(address, stop.ip()))
        .map(InsideAddress::name)
        .distinct()
        .toList();
  }

  private static boolean isNear(AddressConfig address, InetAddress ip) {
    return Addresses.samePrefix(address.ip(), ip, address.prefixLength());
  }

  private static String name(SitePath.Stop stop) {
    return stop.tier().isEmpty() ? stop.name() : stop.tier();
  }

  /** "the gateway of proxy". */
  String sentence() {
    String named = of.stream().limit(NAMED_MAX).collect(Collectors.joining(", "));
    String rest = of.size() > NAMED_MAX ? " and " + (of.size() - NAMED_MAX) + " more" : "";
    return (gateway ? "the gateway of " : "in the network of ") + named + rest;
  }
}
