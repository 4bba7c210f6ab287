package io.twinbeat.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Makes what a node in namespaces finds on its disk: a copy of the machine's /etc with the node's
 * own files in it, an empty /var/lib/twinbeat, /var/lib/nginx and /var/log. The disk outlives the
 * node's power.
 */
final class Disks {
  /** A node's /var/lib/twinbeat is a disk that can be full; much more than a daemon needs. */
  private static final String SIZE = "16m";

  private final LabFolder folder;

  Disks(LabFolder folder) {
    this.folder = folder;
  }

  void write(String node, List<NodeSetup.NodeFile> files) {
    Path disk = folder.disk(node);
    makeFolders(node, disk);
    Path etc = disk.resolve("etc");
    Shell.must("cp", "-a", "/etc", etc.toString());
    // A machine that itself runs Twinbeat must not lend the lab its files.
    Shell.must("rm", "-rf", etc.resolve("twinbeat").toString());
    for (NodeSetup.NodeFile file : files) {
      String path = file.path();
      // Only private folders can differ by node.
      if (!path.startsWith("/etc/") && !path.startsWith("/var/lib/twinbeat/")) {
        throw new LabException(
            "the lab can give its nodes files below /etc or /var/lib/twinbeat only, not " + path);
      }
      write(disk, file);
    }
  }

  /** Puts a node's file below a folder that is, or becomes, its disk. */
  static void write(Path disk, NodeSetup.NodeFile file) {
    Path path = disk.resolve(file.path().substring(1));
    LabFolder.write(path, file.text());
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(file.kind().mode));
    } catch (IOException e) {
      throw new LabException("can't protect " + path + ": " + e.getMessage(), e);
    }
  }

  private void makeFolders(String node, Path disk) {
    try {
      for (String made : List.of("var/lib/twinbeat", "var/lib/nginx", "var/log/nginx")) {
        Files.createDirectories(disk.resolve(made));
      }
      Files.createDirectories(folder.node(node).resolve("run"));
    } catch (IOException e) {
      throw new LabException("can't make " + disk + ": " + e.getMessage(), e);
    }
    String state = disk.resolve("var/lib/twinbeat").toString();
    String options = "mode=755,size=" + SIZE;
    Shell.must("mount", "-t", "tmpfs", "-o", options, folder.namespace(node), state);
  }
}
