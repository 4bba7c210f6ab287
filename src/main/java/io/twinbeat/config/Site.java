package io.twinbeat.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * All that one file describes: one pair ({@code onePair}), or tiers, in the order of the file.
 * {@code paths} are those of the machines that are in no pair.
 */
public record Site(List<Tier> tiers, boolean onePair, Paths paths) {
  public Site {
    tiers = List.copyOf(tiers);
    if (tiers.isEmpty()) {
      throw new IllegalArgumentException("a site has a tier");
    }
  }

  static Site of(Pair pair) {
    return new Site(List.of(new Tier.OfPair(pair)), true, pair.paths());
  }

  /** What a machine is. */
  public sealed interface Role {
    /** A node of a pair. */
    record OfNode(Pair pair, Node node) implements Role {}

    /** A server of a tier without failover. */
    record OfServer(Tier.OfServers tier, Tier.Server server) implements Role {}
  }

  public List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    for (Tier tier : tiers) {
      if (tier instanceof Tier.OfPair(Pair pair)) {
        pairs.add(pair);
      }
    }
    return pairs;
  }

  /** The pair of a file that is one pair; another has none that goes before the others. */
  public Pair pair() {
    if (!onePair) {
      throw new IllegalStateException("a site of several tiers");
    }
    return pairs().get(0);
  }

  public Optional<Tier> tier(String name) {
    return tiers.stream().filter(tier -> tier.name().equals(name)).findFirst();
  }

  /**
   * What the machine with this host name is, letter case aside: the whole name first, then its
   * first label (lb1.example.net is lb1).
   */
  public Optional<Role> role(String hostName) {
    String name = hostName.toLowerCase(Locale.ROOT);
    int dot = name.indexOf('.');
    Optional<Role> whole = named(name);
    return whole.isPresent() || dot < 0 ? whole : named(name.substring(0, dot));
  }

  private Optional<Role> named(String lowerCaseName) {
    for (Tier tier : tiers) {
      switch (tier) {
        case Tier.OfPair(Pair pair) -> {
          for (Node node : pair.nodes()) {
            if (node.name().toLowerCase(Locale.ROOT).equals(lowerCaseName)) {
              return Optional.of(new Role.OfNode(pair, node));
            }
          }
        }
        case Tier.OfServers servers -> {
          for (Tier.Server server : servers.servers()) {
            if (server.name().toLowerCase(Locale.ROOT).equals(lowerCaseName)) {
              return Optional.of(new Role.OfServer(servers, server));
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  /** The names of all machines. */
  public List<String> machines() {
    List<String> names = new ArrayList<>();
    for (Tier tier : tiers) {
      switch (tier) {
        case Tier.OfPair(Pair pair) -> pair.nodes().forEach(node -> names.add(node.name()));
        case Tier.OfServers servers -> servers.servers().forEach(s -> names.add(s.name()));
      }
    }
    return names;
  }
}
