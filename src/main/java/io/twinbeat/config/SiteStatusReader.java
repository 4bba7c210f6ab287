package io.twinbeat.config;

import io.twinbeat.config.Section.Item;
import io.twinbeat.config.SiteStatusConfig.Network;
import io.twinbeat.config.Values.Kind;
import io.twinbeat.config.Values.Parsed;
import io.twinbeat.config.Values.Value;
import io.twinbeat.config.Values.Wrong;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads {@code site-status}; without it no port is open. */
final class SiteStatusReader {
  static final String EXPECTED = "a map, such as { port: 7699 }";

  private static final int ALLOW_MAX = 64;
  private static final String ALLOW = "a list of networks, such as [10.10.40.0/24]";
  private static final String NETWORK = "a network such as 10.10.40.0/24, or an address";
  private static final Kind<Network> KIND = new Kind<>(NETWORK, SiteStatusReader::network);

  private SiteStatusReader() {}

  static Optional<SiteStatusConfig> read(Report report, Section top) {
    Optional<Item> item = top.take("site-status");
    Optional<Section> found =
        item.isPresent() ? Section.of(report, item.get(), EXPECTED) : Optional.empty();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Section s = found.get();
    // No default: what listens is to be read in the file.
    Optional<Integer> port = s.required("port", Values.integer(1, 65535));
    List<Network> allow = new ArrayList<>();
    List<Item> items = s.items("allow", ALLOW);
    for (Item each : items) {
      Optional<Network> network = Section.word(report, each, KIND);
      network.ifPresent(allow::add);
      if (network.isPresent() && network.get().prefixLength() == 0) {
        report.warning(
            each.place(), "everybody", "the networks of those who may see how the site stands");
      }
    }
    if (items.size() > ALLOW_MAX) {
      report.problem(s.placeOf("allow"), items.size() + " networks", "at most " + ALLOW_MAX);
    }
    s.done();
    return Optional.of(
        report.placed(
            new SiteStatusConfig(port.orElse(0), allow, List.of()),
            s.placeOf(s.has("port") ? "port" : "site-status")));
  }

  private static Parsed<Network> network(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    Optional<InetAddress> ip = Addresses.parse(address);
    if (ip.isEmpty()) {
      return Wrong.of(NETWORK);
    }
    int bits = ip.get().getAddress().length * 8;
    if (slash < 0) {
      return new Value<>(new Network(ip.get(), bits));
    }
    String length = text.substring(slash + 1);
    if (!(Values.integer(0, bits).parse(length) instanceof Value<Integer>(Integer prefix))) {
      return Wrong.of("a prefix length from 0 to " + bits);
    }
    if (!Addresses.hostBitsAre(ip.get(), prefix, false)) {
      return Wrong.of(
          Values.quoted(text) + ", whose address is none of a network of that length", NETWORK);
    }
    return new Value<>(new Network(ip.get(), prefix));
  }

  /** With the addresses of all machines, which are known when all tiers are read. */
  static Site completed(Report report, Site site) {
    if (site.pairs().stream().allMatch(pair -> pair.siteStatus().isEmpty())) {
      return site;
    }
    List<InetAddress> machines = machines(site);
    List<Tier> tiers = new ArrayList<>();
    for (Tier tier : site.tiers()) {
      tiers.add(
          switch (tier) {
            case Tier.OfPair(Pair pair) -> new Tier.OfPair(completed(report, pair, machines));
            case Tier.OfServers servers -> servers;
          });
    }
    return new Site(tiers, site.onePair(), site.paths());
  }

  private static Pair completed(Report report, Pair pair, List<InetAddress> machines) {
    if (pair.siteStatus().isEmpty()) {
      return pair;
    }
    SiteStatusConfig read = pair.siteStatus().get();
    SiteStatusConfig whole =
        report.placed(
            new SiteStatusConfig(read.port(), read.allow(), machines), report.placeOf(read));
    return Meaning.hashed(pair.with(whole));
  }

  /** A machine may ask from any address that is its own, and from a floating one that it holds. */
  private static List<InetAddress> machines(Site site) {
    Set<InetAddress> all = new TreeSet<>(Comparator.comparing(Addresses::shown));
    for (Tier tier : site.tiers()) {
      switch (tier) {
        case Tier.OfPair(Pair pair) -> {
          pair.nodes().forEach(node -> all.addAll(node.links()));
          pair.groups().forEach(group -> group.addresses().forEach(a -> all.add(a.ip())));
        }
        case Tier.OfServers servers ->
            servers.servers().forEach(server -> all.addAll(server.addresses()));
      }
    }
    return List.copyOf(all);
  }
}
