package io.twinbeat.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * What makes a node of a lab this node: its own files, the units that a guest's systemd starts
 * beside those of its image, and lines for {@code ip -batch} after its addresses are set (routes,
 * say). A guest gets them at its first boot; what is changed on its disk since stays.
 */
public record NodeSetup(List<NodeFile> files, List<String> units, List<String> network) {
  public static final NodeSetup NOTHING = new NodeSetup(List.of(), List.of(), List.of());

  /** A file of a node, by its absolute path there; a secret is its owner's alone. */
  public record NodeFile(String path, String text, Kind kind) {
    /** Who may do what with it. */
    public enum Kind {
      PLAIN("rw-r--r--"),
      SECRET("rw-------"),
      PROGRAM("rwxr-xr-x");

      final String mode;

      Kind(String mode) {
        this.mode = mode;
      }
    }

    public NodeFile(String path, String text) {
      this(path, text, Kind.PLAIN);
    }
  }

  public NodeSetup {
    files = List.copyOf(files);
    units = List.copyOf(units);
    network = List.copyOf(network);
  }

  public NodeSetup withFile(String path, String text) {
    return withFile(path, text, NodeFile.Kind.PLAIN);
  }

  public NodeSetup withFile(String path, String text, NodeFile.Kind kind) {
    List<NodeFile> more = new ArrayList<>(files);
    more.add(new NodeFile(path, text, kind));
    return new NodeSetup(more, units, network);
  }

  public NodeSetup withUnit(String unit) {
    List<String> more = new ArrayList<>(units);
    more.add(unit);
    return new NodeSetup(files, more, network);
  }

  public NodeSetup withNetwork(String line) {
    List<String> more = new ArrayList<>(network);
    more.add(line);
    return new NodeSetup(files, units, more);
  }
}
