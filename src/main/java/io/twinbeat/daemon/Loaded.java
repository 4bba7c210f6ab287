package io.twinbeat.daemon;

import io.twinbeat.config.KeyFile;
import io.twinbeat.config.Node;
import io.twinbeat.config.NodeName;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Problem;
import io.twinbeat.config.Reading;
import io.twinbeat.config.Site;
import io.twinbeat.config.Site.Role;
import io.twinbeat.config.SiteReader;
import io.twinbeat.config.Tier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file as it was read, which of its nodes this machine is, and the key. */
record Loaded(Path file, Pair pair, Node self, List<byte[]> keys) {
  private static final Logger log = LoggerFactory.getLogger(Loaded.class);

  Loaded {
    keys = List.copyOf(keys);
  }

  /** Throws with all that is wrong, each in a line of its own. */
  static Loaded read(DaemonOptions options) throws Life.Misconfigured {
    Site site =
        switch (SiteReader.read(options.config())) {
          case Reading.Bad bad -> throw new Life.Misconfigured(lines(bad.problems()));
          case Reading.Good good -> {
            good.warnings().forEach(warning -> log.warn("{}", warning));
            yield good.site();
          }
        };
    try {
      String name = options.node().isPresent() ? options.node().get() : NodeName.self();
      return switch (site.role(name).orElse(null)) {
        case Role.OfNode(Pair pair, Node self) ->
            new Loaded(options.config(), pair, self, KeyFile.read(pair.heartbeat().keyFile()));
        case Role.OfServer(Tier.OfServers tier, Tier.Server server) ->
            throw new Life.Misconfigured(
                "this machine is the server %s of tier %s, which has no daemon: what it needs as a real server, 'twinbeat realserver up' does"
                    .formatted(server.name(), tier.name()));
        case null ->
            throw new Life.Misconfigured(
                "this machine is %s, and %s has only %s; rename one or use --node"
                    .formatted(name, options.config(), machines(site)));
      };
    } catch (Life.Misconfigured e) {
      throw e;
    } catch (IOException e) {
      throw new Life.Misconfigured(e.getMessage());
    }
  }

  /** "a, b and c". */
  private static String machines(Site site) {
    List<String> names = site.machines();
    int last = names.size() - 1;
    return String.join(", ", names.subList(0, last)) + " and " + names.get(last);
  }

  private static String lines(List<Problem> problems) {
    return String.join("\n", problems.stream().map(Problem::toString).toList());
  }

  boolean sameKeys(Loaded other) {
    return keys.size() == other.keys.size()
        && Arrays.deepEquals(keys.toArray(), other.keys.toArray());
  }

  boolean same(Loaded other) {
    return pair.hash().equals(other.pair.hash()) && sameKeys(other);
  }
}
