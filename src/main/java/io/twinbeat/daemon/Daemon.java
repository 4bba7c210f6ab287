package io.twinbeat.daemon;

import io.twinbeat.address.AddressException;
import io.twinbeat.config.KeyFile;
import io.twinbeat.config.Node;
import io.twinbeat.config.NodeName;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Problem;
import io.twinbeat.config.Reading;
import io.twinbeat.config.SiteReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon of one node: from the file to the end of its life. */
public final class Daemon {
  /** The file, the key or the node's name is wrong: starting again would not help. */
  public static final int MISCONFIGURED = 2;

  /** Something on this machine failed: starting again may help. */
  public static final int FAILED = 1;

  private static final Logger log = LoggerFactory.getLogger(Daemon.class);

  private Daemon() {}

  /** Runs until told to leave; the result is the process's exit status. */
  public static int run(DaemonOptions options) {
    Pair pair;
    switch (SiteReader.read(options.config())) {
      case Reading.Bad bad -> {
        bad.problems().forEach(problem -> log.error("{}", problem));
        return MISCONFIGURED;
      }
      case Reading.Good good -> {
        for (Problem warning : good.warnings()) {
          log.warn("{}", warning);
        }
        pair = good.site().pair();
      }
    }
    Optional<Node> self;
    List<byte[]> keys;
    try {
      String name = options.node().isPresent() ? options.node().get() : NodeName.self();
      self = pair.node(name);
      if (self.isEmpty()) {
        log.error(
            "this machine is {}, and {} has only {} and {}; rename one or use --node",
            name,
            options.config(),
            pair.nodes().get(0).name(),
            pair.nodes().get(1).name());
        return MISCONFIGURED;
      }
      keys = KeyFile.read(pair.heartbeat().keyFile());
    } catch (IOException e) {
      log.error("{}", e.getMessage());
      return MISCONFIGURED;
    }
    return running(options, pair, self.get(), keys);
  }

  private static int running(DaemonOptions options, Pair pair, Node self, List<byte[]> keys) {
    try (Life life = new Life(options.config(), pair, self, keys)) {
      return life.live();
    } catch (Life.Misconfigured e) {
      log.error("{}", e.getMessage());
      return MISCONFIGURED;
    } catch (IOException e) {
      log.error("{}", e.getMessage());
      return FAILED;
    } catch (AddressException e) {
      log.error("{}", e.getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }
}
