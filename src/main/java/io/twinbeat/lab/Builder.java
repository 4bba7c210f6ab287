package io.twinbeat.lab;

import java.nio.file.Path;
import java.util.List;

/** Builds the switch, the client and all files of one lab. Nodes are made when they get power. */
final class Builder {
  private final LabFolder folder;
  private final Site site;
  private final SitePlan plan;
  private final LabOptions options;

  Builder(LabFolder folder, Site site, LabOptions options) {
    this.folder = folder;
    this.site = site;
    this.plan = site.plan();
    this.options = options;
  }

  void build() {
    folder.save(plan);
    writeKeeperFiles();
    String bmcPassword = SiteFiles.random(8);
    Disks disks = new Disks(folder, site, options, bmcPassword);
    for (SitePlan.NodePlan node : plan.nodes()) {
      writeNode(node);
      disks.write(node);
      if (node.bmc() != null) {
        writeBmc(node, bmcPassword);
      }
    }
    wire();
  }

  /** A switch port: the node and the LAN, within the 15 characters of an interface name. */
  static String portName(SitePlan plan, String node, String lan) {
    String name = node + "-" + lan;
    return name.length() <= 15 ? name : "n" + plan.nodeNames().indexOf(node) + "-" + lan;
  }

  private void wire() {
    String sw = folder.namespace("sw");
    String client = folder.namespace("client");
    String bmc = folder.namespace("bmc");
    StringBuilder namespaces = new StringBuilder();
    for (String namespace : List.of(sw, client, bmc)) {
      namespaces.append("netns add ").append(namespace).append('\n');
    }
    Shell.mustRead(namespaces.toString(), "ip", "-batch", "-");

    Lines atSwitch = new Lines();
    atSwitch.add("link set lo up");
    plan.outside().forEach(address -> atSwitch.address(address, "lo"));
    for (SitePlan.Lan lan : plan.lans()) {
      // Snooping without a querier loses multicast; there is no second switch for a spanning tree.
      // A bridge without an address of its own changes it with its ports, that is, with each power
      // cycle, and the switch's IP addresses are dead until everybody has asked again.
      String mac = "02:74:62:00:ee:%02x".formatted(plan.lans().indexOf(lan));
      atSwitch.add(
          "link add %s address %s type bridge mcast_snooping 0 stp_state 0"
              .formatted(lan.name(), mac));
      lan.switchAddresses().forEach(address -> atSwitch.address(address, lan.name()));
      atSwitch.add("link set %s up".formatted(lan.name()));
    }
    atSwitch.cable("client-port", "eth0", "02:74:62:00:c0:00", client, SitePlan.SERVICE);
    boolean bmcs = plan.nodes().stream().anyMatch(node -> node.bmc() != null);
    if (bmcs) {
      atSwitch.cable("bmc-port", "eth0", "02:74:62:00:b0:00", bmc, SitePlan.BMC);
    }
    atSwitch.runIn(sw);

    Lines atClient = new Lines();
    atClient.add("link set lo up");
    atClient.add("link set eth0 up");
    atClient.address(plan.client(), "eth0");
    defaultRoute(atClient);
    atClient.runIn(client);
    if (bmcs) {
      Lines atBmc = new Lines();
      atBmc.add("link set lo up");
      atBmc.add("link set eth0 up");
      for (SitePlan.NodePlan node : plan.nodes()) {
        if (node.bmc() != null) {
          java.net.InetAddress address = Subnet.parse(node.bmc().address());
          atBmc.address(Subnet.around(address).with(address), "eth0");
        }
      }
      atBmc.runIn(bmc);
    }
    Shell.mustRead(Cables.RULES, "ip", "netns", "exec", sw, "nft", "-f", "-");
  }

  private void defaultRoute(Lines lines) {
    for (String address : plan.lan(SitePlan.SERVICE).switchAddresses()) {
      if (!address.contains(":")) {
        lines.add("route add default via %s".formatted(SitePlan.withoutPrefix(address)));
        return;
      }
    }
  }

  private void writeKeeperFiles() {
    String owner = options.owned() ? owner() : "";
    LabFolder.write(
        folder.root().resolve("env"),
        "prefix=%s\nnodes='%s'\nowner='%s'\n"
            .formatted(folder.prefix(), String.join(" ", plan.nodeNames()), owner));
    for (String fifo : List.of("requests", "never")) {
      Shell.must("mkfifo", "-m", "600", folder.power().resolve(fifo).toString());
    }
  }

  private static String owner() {
    String stat = LabFolder.read(Path.of("/proc/self/stat"));
    // The name, in brackets, may hold blanks; the start time is the 20th field after it.
    String[] after = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return ProcessHandle.current().pid() + " " + after[19];
  }

  /** What the keeper feeds to {@code ip -batch} when the node gets or loses its power. */
  private void writeNode(SitePlan.NodePlan node) {
    Path home = folder.node(node.name());
    String namespace = folder.namespace(node.name());
    Lines up = new Lines();
    Lines down = new Lines();
    Lines gone = new Lines();
    Lines network = new Lines();
    network.add("link set lo up");
    for (SitePlan.Port port : node.ports()) {
      String name = portName(plan, node.name(), port.lan());
      up.cable(name, port.device(), port.mac(), namespace, port.lan());
      down.add("link set %s down".formatted(name));
      gone.add("link del %s".formatted(name));
      network.add("link set %s up".formatted(port.device()));
      port.addresses().forEach(address -> network.address(address, port.device()));
    }
    defaultRoute(network);
    LabFolder.write(home.resolve("links-up"), up.toString());
    LabFolder.write(home.resolve("links-down"), down.toString());
    LabFolder.write(home.resolve("links-gone"), gone.toString());
    LabFolder.write(home.resolve("network"), network.toString());
    LabFolder.write(home.resolve("environment"), environment());
    LabFolder.write(home.resolve("daemon"), String.join("\n", daemon(node.name())));
    LabFolder.write(home.resolve("daemon.log"), "");
  }

  private String environment() {
    return """
    export PATH=%s/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    export JAVA_HOME=%s HOME=/root LANG=C.UTF-8
    """
        .formatted(options.distribution(), System.getProperty("java.home"));
  }

  private List<String> daemon(String node) {
    return options
        .daemon()
        .orElseGet(() ->
            List.of(
                Distribution.file(options.distribution(), "bin/twinbeat").toString(),
                "run",
                "--config",
                Disks.SITE_FILE,
                "--node",
                node));
  }

  private void writeBmc(SitePlan.NodePlan node, String password) {
    Path home = folder.bmc(node.name());
    String chassis = folder.bin().resolve("chassis.sh") + " " + node.name();
    LabFolder.write(home.resolve("bmc.emu"), SiteFiles.BMC_EMULATION);
    LabFolder.write(
        home.resolve("lan.conf"), SiteFiles.bmcLan(node.name(), node.bmc(), chassis, password));
    LabFolder.write(home.resolve("state/README"), "Written by ipmi_sim.\n");
  }
}
