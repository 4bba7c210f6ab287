package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Section.Item;
import io.twinbeat.config.Values.Value;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a site of several tiers. A tier with {@code nodes} is a pair, with all keys that a file of
 * one pair has; a tier with {@code servers} is just those. Some of a pair's keys may stand beside
 * {@code tiers}, for all pairs: a map there completes the pair's own map key by key, anything else
 * stands in where the pair says nothing.
 */
final class TiersReader {
  /**
   * What may stand for all pairs. Not what is a pair's own by nature (nodes, groups, reference
   * points, files), nor the word that accepts two holders, which each pair has to say for itself.
   */
  private static final List<String> SHARED =
      List.of(
          "heartbeat",
          "fencing",
          "watchdog",
          "notify",
          "control",
          "paths",
          "journal",
          "site-status");

  private static final List<String> OWN =
      List.of(
          "pair",
          "nodes",
          "groups",
          "reference-points",
          "accept-split-brain",
          "same-files",
          "own-files");

  private static final int TIERS_MAX = 16;
  private static final int SERVERS_MAX = 1024;
  private static final String TIER =
      "a tier: a map with 'nodes' and 'groups' (a pair), or with 'servers'";
  private static final String SERVERS = "a map of servers: their host names and addresses";

  private final Report report;
  private final Map<String, Of> machines = new HashMap<>();
  private final Map<InetAddress, Of> addresses = new HashMap<>();

  /** Where something was met first, and of which tier it is. */
  private record Of(String tier, Place place) {}

  private TiersReader(Report report) {
    this.report = report;
  }

  static boolean isSite(Tree tree) {
    return tree instanceof Tree.Fields fields && TierBook.find(fields, "tiers").isPresent();
  }

  static Optional<Site> read(Report report, Tree tree) {
    Section top = Section.of(report, new Item(tree, Place.of(tree, "")), "").orElseThrow();
    return new TiersReader(report).read(top);
  }

  private Optional<Site> read(Section top) {
    Item item = top.take("tiers").orElseThrow();
    List<Tree.Entry> shared = new ArrayList<>();
    for (String key : SHARED) {
      Optional<Item> value = top.take(key);
      if (value.isPresent()) {
        Place at = value.get().place();
        shared.add(new Tree.Entry(key, at.line(), at.column(), value.get().tree()));
      }
    }
    for (String key : OWN) {
      if (top.has(key)) {
        top.take(key);
        report.problem(
            top.placeOf(key),
            "'" + key + "' beside 'tiers'",
            "it inside a tier: it is a pair's own");
      }
    }
    top.done();
    shared.replaceAll(this::withoutKey);
    Optional<Section> found = Section.of(report, item, "a map of tiers, by their names");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    List<String> names = found.get().keys();
    List<Item> items = found.get().all();
    if (items.isEmpty() || items.size() > TIERS_MAX) {
      report.problem(item.place(), items.size() + " tiers", "from 1 to " + TIERS_MAX + " tiers");
    }
    TierBook book = TierBook.of(names, items.stream().map(Item::tree).toList());
    List<Tier> tiers = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (!(Names.NAME.parse(names.get(i)) instanceof Value<String>)) {
        report.problem(
            items.get(i).place(),
            "the tier name " + Values.quoted(names.get(i)),
            Names.NAME.expected());
      }
      Optional<Section> tier = Section.of(report, items.get(i), TIER);
      if (tier.isPresent()) {
        tier(names.get(i), items.get(i), tier.get(), book, shared).ifPresent(tiers::add);
      }
    }
    if (tiers.size() < items.size() || tiers.isEmpty()) {
      return Optional.empty();
    }
    Site site = SiteStatusReader.completed(report, new Site(tiers, false, paths(shared)));
    new SiteChecks(report, site).check();
    new SiteStatusChecks(report, site).check();
    return Optional.of(site);
  }

  /** One key for all would let each pair speak for the other. */
  private Tree.Entry withoutKey(Tree.Entry shared) {
    if (!shared.key().equals("heartbeat") || !(shared.value() instanceof Tree.Fields heartbeat)) {
      return shared;
    }
    List<Tree.Entry> kept = new ArrayList<>();
    for (Tree.Entry each : heartbeat.entries()) {
      if (each.key().equals("key-file")) {
        report.problem(
            new Place(each.line(), each.column(), "heartbeat.key-file"),
            "one key for all pairs",
            "each pair's own, in its tier (by default /etc/twinbeat/TIER.key)");
      } else {
        kept.add(each);
      }
    }
    Tree rest = new Tree.Fields(kept, heartbeat.line(), heartbeat.column());
    return new Tree.Entry(shared.key(), shared.line(), shared.column(), rest);
  }

  private Paths paths(List<Tree.Entry> shared) {
    for (Tree.Entry entry : shared) {
      if (entry.key().equals("paths")) {
        Item item = new Item(entry.value(), new Place(entry.line(), entry.column(), entry.key()));
        return Section.of(report, item, "a map")
            .map(PairReader::readPaths)
            .orElse(new Paths(Paths.STATE, Paths.RUN));
      }
    }
    return new Paths(Paths.STATE, Paths.RUN);
  }

  private Optional<Tier> tier(
      String name, Item item, Section section, TierBook book, List<Tree.Entry> shared) {
    if (section.has("servers")) {
      return servers(name, section);
    }
    if (!section.has("nodes") && !section.has("groups")) {
      report.problem(item.place(), "neither 'nodes' nor 'servers'", TIER);
      return Optional.empty();
    }
    TierReferences written = new TierReferences(report, book, name);
    int before = report.count();
    Tree tree = written.expanded(completed((Tree.Fields) item.tree(), shared), item.place().path());
    boolean right = report.count() == before;
    Section whole = Section.of(report, new Item(tree, item.place()), TIER).orElseThrow();
    AddressBook addressBook = new AddressBook(report);
    Path key = HeartbeatConfig.KEY_FILE.resolveSibling(name + ".key");
    Optional<Pair> pair = new PairReader(report, addressBook, key).read(whole, Optional.of(name));
    addressBook.entries().stream()
        .filter(e -> !e.reference())
        .forEach(e -> address(e.ip(), name, e.place()));
    if (section.take("nodes").orElse(null) instanceof Item(Tree nodes, Place place)
        && nodes instanceof Tree.Fields fields) {
      for (Tree.Entry node : fields.entries()) {
        machine(
            node.key(),
            name,
            new Place(node.line(), node.column(), place.path() + "." + node.key()));
      }
    }
    return right ? pair.map(Tier.OfPair::new) : Optional.empty();
  }

  /** The tier's own keys, with those that stand for all pairs. */
  private static Tree.Fields completed(Tree.Fields own, List<Tree.Entry> shared) {
    List<Tree.Entry> entries = new ArrayList<>(own.entries());
    for (Tree.Entry common : shared) {
      int at = -1;
      for (int i = 0; i < entries.size(); i++) {
        at = entries.get(i).key().equals(common.key()) ? i : at;
      }
      if (at < 0) {
        entries.add(common);
      } else if (entries.get(at).value() instanceof Tree.Fields here
          && common.value() instanceof Tree.Fields there) {
        Tree.Entry mine = entries.get(at);
        Tree both = completed(here, there.entries());
        entries.set(at, new Tree.Entry(mine.key(), mine.line(), mine.column(), both));
      }
    }
    return new Tree.Fields(entries, own.line(), own.column());
  }

  private Optional<Tier> servers(String name, Section section) {
    int before = report.count();
    Optional<Section> map = Section.of(report, section.take("servers").orElseThrow(), SERVERS);
    section.done();
    if (map.isEmpty()) {
      return Optional.empty();
    }
    List<Tier.Server> servers = new ArrayList<>();
    List<String> names = map.get().keys();
    List<Item> items = map.get().all();
    if (items.isEmpty() || items.size() > SERVERS_MAX) {
      report.problem(
          section.placeOf("servers"),
          items.size() + " servers",
          "from 1 to " + SERVERS_MAX + " servers");
    }
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      if (!Names.isHostName(names.get(i))) {
        report.problem(
            item.place(),
            "the server name " + Values.quoted(names.get(i)),
            "a host name, as 'uname -n' tells it: letters, digits, '-' and '.'");
      }
      machine(names.get(i), name, item.place());
      servers.add(new Tier.Server(names.get(i), serverAddresses(item, name)));
    }
    return report.count() == before
        ? Optional.of(new Tier.OfServers(name, servers))
        : Optional.empty();
  }

  private List<InetAddress> serverAddresses(Item item, String tier) {
    boolean list = item.tree() instanceof Tree.Items;
    List<Item> words = list ? Section.items(report, item, "a list of addresses") : List.of(item);
    List<InetAddress> ips = new ArrayList<>();
    for (Item word : words) {
      Optional<InetAddress> ip = Section.word(report, word, Values.address());
      if (ip.isPresent()) {
        ips.add(ip.get());
        address(ip.get(), tier, word.place());
        if (ip.get().isAnyLocalAddress()
            || ip.get().isMulticastAddress()
            || ip.get().isLoopbackAddress()) {
          report.problem(
              word.place(),
              Addresses.shown(ip.get()),
              "an address at which the other tiers reach this server");
        }
      }
    }
    if (words.isEmpty() && list) {
      report.problem(item.place(), "no address", "at least one address");
    }
    return ips;
  }

  /** A machine finds its tier by its host name, so each has one tier. */
  private void machine(String machine, String tier, Place place) {
    Of earlier = machines.putIfAbsent(machine.toLowerCase(Locale.ROOT), new Of(tier, place));
    // Twice in one tier is told where that tier is read.
    if (earlier != null && !earlier.tier().equals(tier)) {
      report.problem(
          place,
          "the machine " + Values.quoted(machine) + again(earlier),
          "each machine in one tier: it finds its tier by its host name");
    }
  }

  private void address(InetAddress ip, String tier, Place place) {
    Of earlier = addresses.putIfAbsent(ip, new Of(tier, place));
    if (earlier != null && !earlier.tier().equals(tier)) {
      report.problem(
          place, Addresses.shown(ip) + again(earlier), "each address once in the whole site");
    }
  }

  private static String again(Of earlier) {
    return " again, already " + earlier.place().path() + " in line " + earlier.place().line();
  }
}
