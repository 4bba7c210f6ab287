package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Section.Item;
import io.twinbeat.config.TierBook.Floating;
import io.twinbeat.config.TierBook.Outline;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes out {@code tier: NAME} where servers are listed: each machine of that tier, or a pair's
 * floating address, as if the operator had written them there. What is read afterwards is a plain
 * pair, and whatever is wrong with a server is told at the line of the reference.
 */
final class TierReferences {
  private static final Values.Kind<String> WHICH = Values.oneOf(List.of("own", "floating"));

  private final Report report;
  private final TierBook book;
  private final String tier;

  TierReferences(Report report, TierBook book, String tier) {
    this.report = report;
    this.book = book;
    this.tier = tier;
  }

  /** The same tree with all references to tiers written out. */
  Tree expanded(Tree tree, String path) {
    return switch (tree) {
      case Tree.Scalar scalar -> scalar;
      case Tree.Items list -> {
        List<Tree> items = new ArrayList<>(list.items().size());
        for (int i = 0; i < list.items().size(); i++) {
          items.add(expanded(list.items().get(i), path + "[" + i + "]"));
        }
        yield new Tree.Items(items, list.line(), list.column());
      }
      case Tree.Fields fields -> {
        List<Tree.Entry> entries = new ArrayList<>(fields.entries().size());
        for (Tree.Entry entry : fields.entries()) {
          String at = path + "." + Values.shortened(entry.key());
          Tree value = entry.value();
          if (entry.key().equals("real-servers") && isReference(value)) {
            value = servers((Tree.Fields) value, fields, "own", at).withSettings();
          } else if (entry.key().equals("upstreams") && value instanceof Tree.Fields upstreams) {
            value = upstreams(upstreams, at);
          } else {
            value = expanded(value, at);
          }
          entries.add(new Tree.Entry(entry.key(), entry.line(), entry.column(), value));
        }
        yield new Tree.Fields(entries, fields.line(), fields.column());
      }
    };
  }

  private static boolean isReference(Tree tree) {
    return tree instanceof Tree.Fields servers && TierBook.find(servers, "tier").isPresent();
  }

  /** Each with the servers of its tier; what else is said of it stays. */
  private Tree upstreams(Tree.Fields upstreams, String path) {
    List<Tree.Entry> entries = new ArrayList<>(upstreams.entries().size());
    for (Tree.Entry entry : upstreams.entries()) {
      Tree value = entry.value();
      if (isReference(value)) {
        Tree.Fields fields = (Tree.Fields) value;
        Servers servers =
            servers(fields, fields, "floating", path + "." + Values.shortened(entry.key()));
        List<Tree.Entry> all = new ArrayList<>(servers.settings());
        all.add(new Tree.Entry("servers", entry.line(), entry.column(), servers.list()));
        value = new Tree.Fields(all, fields.line(), fields.column());
      }
      entries.add(new Tree.Entry(entry.key(), entry.line(), entry.column(), value));
    }
    return new Tree.Fields(entries, upstreams.line(), upstreams.column());
  }

  /** What a reference stands for, as a map of names, and the settings that stand beside it. */
  private record Servers(Tree.Fields list, List<Tree.Entry> settings) {
    /** Each server has those settings. */
    Tree withSettings() {
      List<Tree.Entry> servers = new ArrayList<>();
      for (Tree.Entry server : list.entries()) {
        List<Tree.Entry> both = new ArrayList<>(((Tree.Fields) server.value()).entries());
        both.addAll(settings);
        Tree map = new Tree.Fields(both, server.line(), server.column());
        servers.add(new Tree.Entry(server.key(), server.line(), server.column(), map));
      }
      return new Tree.Fields(servers, list.line(), list.column());
    }
  }

  /**
   * @param which of a pair's addresses are meant where the reference does not say it
   */
  private Servers servers(Tree.Fields fields, Tree.Fields around, String which, String path) {
    List<Tree.Entry> kept = new ArrayList<>();
    Place here = new Place(fields.line(), fields.column(), path);
    Optional<String> name = Optional.empty();
    String chosenWhich = which;
    for (Tree.Entry each : fields.entries()) {
      Place at = new Place(each.line(), each.column(), path + "." + each.key());
      switch (each.key()) {
        case "tier" -> {
          here = at;
          name = Section.word(report, new Item(each.value(), at), Values.oneOf(book.names()));
        }
        case "address" ->
            chosenWhich =
                Section.word(report, new Item(each.value(), at), WHICH).orElse(chosenWhich);
        default -> kept.add(each);
      }
    }
    Place place = here;
    List<Tree.Entry> servers = new ArrayList<>();
    int before = report.count();
    if (name.isPresent()) {
      Outline to = book.find(name.get()).orElseThrow();
      Map<String, InetAddress> chosen = chosen(name.get(), to, chosenWhich, isV6(around), place);
      chosen.forEach((server, ip) -> servers.add(server(server, ip, place)));
    }
    if (name.isEmpty() || report.count() > before) {
      // Stands in for what was told already, so that it is not told again as no server at all.
      kept.clear();
      InetAddress nobody = InetAddress.ofLiteral(isV6(around) ? "2001:db8::1" : "192.0.2.1");
      servers.add(server("unknown", nobody, place));
    }
    return new Servers(new Tree.Fields(servers, fields.line(), fields.column()), kept);
  }

  private static Tree.Entry server(String name, InetAddress ip, Place at) {
    Tree address = new Tree.Scalar(Addresses.shown(ip), false, at.line(), at.column());
    Tree.Entry only = new Tree.Entry("ip", at.line(), at.column(), address);
    Tree map = new Tree.Fields(List.of(only), at.line(), at.column());
    return new Tree.Entry(name, at.line(), at.column(), map);
  }

  private Map<String, InetAddress> chosen(
      String name, Outline to, String which, boolean v6, Place place) {
    Map<String, InetAddress> chosen = new LinkedHashMap<>();
    if (to.pair() && which.equals("floating")) {
      List<InetAddress> all = of(v6, to.floating().stream().map(Floating::ip).toList());
      List<InetAddress> taken = nearest(all);
      for (int i = 0; i < taken.size(); i++) {
        chosen.put(taken.size() == 1 ? name : name + "-" + (i + 1), taken.get(i));
      }
      if (taken.isEmpty()) {
        report.problem(
            place,
            "the tier " + Values.quoted(name) + ", which has no floating " + family(v6),
            "a tier with one");
      }
      return chosen;
    }
    for (Map.Entry<String, List<InetAddress>> machine : to.machines().entrySet()) {
      List<InetAddress> all = of(v6, machine.getValue());
      if (!all.isEmpty()) {
        chosen.put(machine.getKey(), nearest(all).get(0));
      } else if (!machine.getValue().isEmpty()) {
        report.problem(
            place,
            machine.getKey()
                + " of the tier "
                + Values.quoted(name)
                + ", which has no "
                + family(v6),
            "machines with one");
      }
    }
    return chosen;
  }

  private static String family(boolean v6) {
    return v6 ? "IPv6 address" : "IPv4 address";
  }

  private static List<InetAddress> of(boolean v6, List<InetAddress> ips) {
    return ips.stream().filter(ip -> ip instanceof Inet6Address == v6).toList();
  }

  /**
   * Those in a network of which this tier has a floating address; else those that look as if they
   * were in one of its links' networks; else all.
   */
  private List<InetAddress> nearest(List<InetAddress> ips) {
    Optional<Outline> own = book.find(tier);
    if (own.isEmpty()) {
      return ips;
    }
    List<InetAddress> beside =
        ips.stream()
            .filter(ip ->
                own.get().floating().stream()
                    .anyMatch(f -> Addresses.samePrefix(f.ip(), ip, f.prefixLength())))
            .toList();
    if (!beside.isEmpty()) {
      return beside;
    }
    List<InetAddress> linked =
        ips.stream()
            .filter(ip ->
                own.get().machines().values().stream()
                    .flatMap(List::stream)
                    .anyMatch(link -> sameUsualNetwork(link, ip)))
            .toList();
    return linked.isEmpty() ? ips : linked;
  }

  private static boolean sameUsualNetwork(InetAddress a, InetAddress b) {
    return a.getAddress().length == b.getAddress().length && Addresses.sameUsualNetwork(a, b);
  }

  /** Servers are of the family of the service for which they stand. */
  private static boolean isV6(Tree.Fields around) {
    Optional<Tree> service = TierBook.find(around, "service");
    if (TierBook.find(around, "services").orElse(null) instanceof Tree.Items services
        && !services.items().isEmpty()
        && services.items().get(0) instanceof Tree.Fields first) {
      service = service.or(() -> TierBook.find(first, "service"));
    }
    if (service.orElse(null) instanceof Tree.Scalar text) {
      return text.text().startsWith("[");
    }
    return TierBook.find(around, "family").orElse(null) instanceof Tree.Scalar family
        && family.text().equals("ipv6");
  }
}
