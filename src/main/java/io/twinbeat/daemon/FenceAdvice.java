package io.twinbeat.daemon;

import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.fencing.DeviceSpec;
import io.twinbeat.fencing.Fencing;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the fence devices' own kinds say of the file: one sentence each. */
public final class FenceAdvice {
  private FenceAdvice() {}

  /** What is wrong, and lets no daemon start. */
  public static List<String> errors(Pair pair) {
    try {
      FromFile.fencing(pair);
      return List.of();
    } catch (Life.Misconfigured e) {
      return e.getMessage().lines().toList();
    }
  }

  /**
   * What deserves a word on this machine about the devices that it would use: its peer's, or all
   * where it is none of the nodes. For a file without errors; runs short local programs.
   */
  public static List<String> here(Pair pair, Optional<Node> self) {
    return foreign(pair, self).stream().flatMap(node -> about(pair, node).stream()).toList();
  }

  /** What other users of this machine can see while those devices are used. */
  public static List<String> exposures(Pair pair, Optional<Node> self) {
    return foreign(pair, self).stream()
        .flatMap(node -> Fencing.exposures(Map.of(node.name(), FromFile.devices(node))).stream())
        .toList();
  }

  private static List<Node> foreign(Pair pair, Optional<Node> self) {
    return pair.nodes().stream().filter(node -> !node.equals(self.orElse(null))).toList();
  }

  static List<String> about(Pair pair, Node node) {
    Map<String, List<List<DeviceSpec>>> specs = Map.of(node.name(), FromFile.devices(node));
    return Fencing.advice(specs, pair.fencing().limit());
  }
}
