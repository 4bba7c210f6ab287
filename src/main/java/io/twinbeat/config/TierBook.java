package io.twinbeat.config;

import io.twinbeat.config.Values.Value;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The addresses of all tiers, gathered before any tier is read, since they name each other. What is
 * wrong is passed over here and told when its own tier is read.
 */
final class TierBook {
  private final Map<String, Outline> tiers = new LinkedHashMap<>();

  /** A floating address and the length of its network's prefix. */
  record Floating(InetAddress ip, int prefixLength) {}

  /** A tier's machines with their addresses, and the floating ones where it is a pair. */
  record Outline(boolean pair, Map<String, List<InetAddress>> machines, List<Floating> floating) {}

  static TierBook of(List<String> names, List<Tree> trees) {
    TierBook book = new TierBook();
    for (int i = 0; i < names.size(); i++) {
      if (trees.get(i) instanceof Tree.Fields fields) {
        book.tiers.put(names.get(i), outline(fields));
      }
    }
    return book;
  }

  Optional<Outline> find(String tier) {
    return Optional.ofNullable(tiers.get(tier));
  }

  List<String> names() {
    return List.copyOf(tiers.keySet());
  }

  private static Outline outline(Tree.Fields tier) {
    Map<String, List<InetAddress>> machines = new LinkedHashMap<>();
    Optional<Tree> servers = find(tier, "servers");
    for (Tree.Entry entry : entries(servers)) {
      machines.put(entry.key(), addresses(entry.value()));
    }
    for (Tree.Entry entry : entries(find(tier, "nodes"))) {
      machines.put(
          entry.key(),
          entry.value() instanceof Tree.Fields node
              ? find(node, "links").map(TierBook::addresses).orElse(List.of())
              : List.of());
    }
    List<Floating> floating = new ArrayList<>();
    for (Tree.Entry group : entries(find(tier, "groups"))) {
      if (group.value() instanceof Tree.Fields fields
          && find(fields, "resources").orElse(null) instanceof Tree.Items resources) {
        resources.items().forEach(each -> floating(each, floating));
      }
    }
    return new Outline(servers.isEmpty(), machines, floating);
  }

  private static void floating(Tree resource, List<Floating> to) {
    if (resource instanceof Tree.Fields fields
        && find(fields, "address").orElse(null) instanceof Tree.Fields address
        && find(address, "ip").orElse(null) instanceof Tree.Scalar(String text, _, _, _)) {
      int slash = text.indexOf('/');
      Optional<InetAddress> ip = Addresses.parse(slash < 0 ? text : text.substring(0, slash));
      if (ip.isPresent() && slash >= 0) {
        int bits = ip.get() instanceof Inet6Address ? 128 : 32;
        if (Values.integer(1, bits).parse(text.substring(slash + 1))
            instanceof Value<Integer>(Integer length)) {
          to.add(new Floating(ip.get(), length));
        }
      }
    }
  }

  private static List<InetAddress> addresses(Tree tree) {
    List<InetAddress> addresses = new ArrayList<>();
    List<Tree> words = tree instanceof Tree.Items items ? items.items() : List.of(tree);
    for (Tree word : words) {
      if (word instanceof Tree.Scalar scalar) {
        Addresses.parse(scalar.text()).ifPresent(addresses::add);
      }
    }
    return addresses;
  }

  static Optional<Tree> find(Tree.Fields fields, String key) {
    for (Tree.Entry entry : fields.entries()) {
      if (entry.key().equals(key)) {
        return Optional.of(entry.value());
      }
    }
    return Optional.empty();
  }

  private static List<Tree.Entry> entries(Optional<Tree> tree) {
    return tree.orElse(null) instanceof Tree.Fields fields ? fields.entries() : List.of();
  }
}
