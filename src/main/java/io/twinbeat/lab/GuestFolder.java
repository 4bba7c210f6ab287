package io.twinbeat.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes what a guest's kernel is started with, and the folder that the guest mounts as /lab: who
 * it is, its network, its files, what of this machine it mounts.
 */
final class GuestFolder {
  /** A JVM, nginx and systemd have room; what is not used is not taken from the machine. */
  private static final String MEMORY = "384M";

  private final LabFolder folder;
  private final Path image;
  private final Path distribution;

  GuestFolder(LabFolder folder, Path image, Path distribution) {
    this.folder = folder;
    this.image = image;
    this.distribution = distribution;
  }

  void write(SitePlan plan, SitePlan.NodePlan node, NodeSetup setup, String network) {
    Path home = folder.node(node.name());
    Path guest = folder.guest(node.name());
    LabFolder.write(home.resolve("kernel"), lines(kernel(plan, node)));
    StringBuilder cards = new StringBuilder();
    for (int i = 0; i < node.ports().size(); i++) {
      cards.append("link set vec%d name %s%n".formatted(i, node.ports().get(i).device()));
    }
    LabFolder.write(guest.resolve("network"), cards + network);
    LabFolder.write(guest.resolve("units"), lines(setup.units()));
    LabFolder.write(
        guest.resolve("mounts"),
        "%s /opt/twinbeat\n%s /usr/lib/jvm/java\n"
            .formatted(distribution, System.getProperty("java.home")));
    for (NodeSetup.NodeFile file : setup.files()) {
      Disks.write(guest.resolve("files"), file);
    }
    LabFolder.write(home.resolve("boot.log"), "");
    try {
      Files.createSymbolicLink(folder.image(node.name()), image);
    } catch (IOException e) {
      throw new LabException("can't make " + folder.image(node.name()) + ": " + e.getMessage(), e);
    }
  }

  private List<String> kernel(SitePlan plan, SitePlan.NodePlan node) {
    Path home = folder.node(node.name()).toAbsolutePath();
    List<String> arguments = new ArrayList<>();
    arguments.add("mem=" + MEMORY);
    // What is written goes to a file of the guest's own, which outlives its power.
    arguments.add("ubd0=%s,%s".formatted(home.resolve("disk.cow"), image.resolve("base.img")));
    arguments.addAll(List.of("root=/dev/ubda", "rw"));
    for (int i = 0; i < node.ports().size(); i++) {
      SitePlan.Port port = node.ports().get(i);
      arguments.add(
          "vec%d:transport=tap,ifname=%s,mac=%s,depth=128"
              .formatted(i, Builder.portName(plan, node.name(), port.lan()), port.mac()));
    }
    // The console is kept: what the kernel and the services say, without a login.
    arguments.addAll(List.of("con=null", "con0=null,fd:1", "quiet"));
    arguments.addAll(List.of("selinux=0", "audit=0"));
    arguments.add("systemd.journald.forward_to_console=1");
    arguments.add("init=/usr/local/sbin/guest-init");
    arguments.addAll(List.of("umid=" + node.name(), "uml_dir=" + home.resolve("uml")));
    arguments.add("lab=" + folder.guest(node.name()).toAbsolutePath());
    return arguments;
  }

  private static String lines(List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
