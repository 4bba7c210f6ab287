package io.twinbeat.cli;

import io.twinbeat.config.Node;
import io.twinbeat.config.NodeName;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Site;
import io.twinbeat.config.Site.Role;
import java.io.IOException;
import java.util.Optional;

/** What this machine is in a site. */
final class Here {
  private Here() {}

  /** The one of the file, whatever this machine is called; of several, that of this machine. */
  static Optional<Pair> pair(Site site) {
    return pair(site, Optional.empty());
  }

  /** That of the machine with the name that was given. */
  static Optional<Pair> pair(Site site, Optional<String> name) {
    if (site.onePair() && name.isEmpty()) {
      return Optional.of(site.pair());
    }
    return role(site, name).orElse(null) instanceof Role.OfNode(Pair pair, Node _)
        ? Optional.of(pair)
        : Optional.empty();
  }

  /** The node that this machine is, by the name that was given or by its own; empty: none. */
  static Optional<Node> node(Site site, Optional<String> name) {
    return role(site, name).orElse(null) instanceof Role.OfNode(Pair _, Node node)
        ? Optional.of(node)
        : Optional.empty();
  }

  /** Whether the name that was given is nobody's. */
  static boolean isMissing(Site site, Optional<String> name) {
    return name.isPresent() && site.role(name.get()).isEmpty();
  }

  /** By the name that was given, else by the host name. */
  static Optional<Role> role(Site site, Optional<String> name) {
    try {
      return site.role(name.isPresent() ? name.get() : NodeName.self());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
