package io.twinbeat.lab;

import io.twinbeat.config.KeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes what a node finds on its disk: a copy of the machine's /etc with the site's own files in
 * it, an empty /var/lib/twinbeat, /var/lib/nginx and /var/log. A node's disk outlives its power.
 */
final class Disks {
  static final String SITE_FILE = "/etc/twinbeat/twinbeat.yaml";

  /** A node's /var/lib/twinbeat is a disk that can be full; much more than a daemon needs. */
  private static final String SIZE = "16m";

  private final LabFolder folder;
  private final Site site;
  private final LabOptions options;
  private final String bmcPassword;
  private final String key;

  Disks(LabFolder folder, Site site, LabOptions options, String bmcPassword) {
    this.folder = folder;
    this.site = site;
    this.options = options;
    this.bmcPassword = bmcPassword;
    Path keyFile = folder.root().resolve("key");
    try {
      KeyFile.create(keyFile);
    } catch (IOException e) {
      throw new LabException(e.getMessage(), e);
    }
    this.key = LabFolder.read(keyFile);
  }

  void write(SitePlan.NodePlan node) {
    Path disk = folder.disk(node.name());
    makeFolders(node.name(), disk);
    Path etc = disk.resolve("etc");
    Shell.must("cp", "-a", "/etc", etc.toString());
    // A machine that itself runs Twinbeat must not lend the lab its files.
    Shell.must("rm", "-rf", etc.resolve("twinbeat").toString());
    LabFolder.write(inside(disk, SITE_FILE), site.text());
    LabFolder.writeSecret(inside(disk, site.pair().heartbeat().keyFile().toString()), key);
    for (SitePlan.NodePlan each : site.plan().nodes()) {
      if (each.bmc() != null && !each.bmc().passwordFile().isEmpty()) {
        LabFolder.writeSecret(inside(disk, each.bmc().passwordFile()), bmcPassword + "\n");
      }
    }
    if (site.text().contains(SiteFiles.HOOK)) {
      copyHook(inside(disk, SiteFiles.HOOK));
    }
    LabFolder.write(etc.resolve("nginx/nginx.conf"), SiteFiles.nginx());
    LabFolder.write(etc.resolve("hostname"), node.name() + "\n");
    StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n::1 localhost\n");
    for (SitePlan.NodePlan each : site.plan().nodes()) {
      String address = each.ports().getFirst().addresses().getFirst();
      hosts.append("%s %s%n".formatted(SitePlan.withoutPrefix(address), each.name()));
    }
    LabFolder.write(etc.resolve("hosts"), hosts.toString());
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

  /** Where a file of the node lies on its disk; only private folders can differ by node. */
  private static Path inside(Path disk, String file) {
    if (!file.startsWith("/etc/") && !file.startsWith("/var/lib/twinbeat/")) {
      throw new LabException(
          "the lab can give its nodes files below /etc or /var/lib/twinbeat only, not " + file);
    }
    return disk.resolve(file.substring(1));
  }

  private void copyHook(Path to) {
    try {
      Files.copy(Distribution.file(options.distribution(), "hooks/fence-lab"), to);
      Files.setPosixFilePermissions(
          to, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new LabException("can't write " + to + ": " + e.getMessage(), e);
    }
  }
}
