package io.twinbeat.lab;

import io.twinbeat.lab.NodeSetup.NodeFile.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Builds the switch, the client and all files of one lab. Nodes are made when they get power. */
final class Builder {
  private final LabFolder folder;
  private final SitePlan plan;
  private final Function<SitePlan.NodePlan, NodeSetup> setups;
  private final LabOptions options;
  private final String bmcPassword = SiteFiles.random(8);

  Builder(
      LabFolder folder,
      SitePlan plan,
      Function<SitePlan.NodePlan, NodeSetup> setups,
      LabOptions options) {
    this.folder = folder;
    this.plan = plan;
    this.setups = setups;
    this.options = options;
  }

  void build() {
    folder.save(plan);
    writeKeeperFiles();
    Optional<Path> image =
        options.machines() ? Optional.of(GuestImage.find().build()) : Optional.empty();
    for (SitePlan.NodePlan node : plan.nodes()) {
      NodeSetup setup = complete(node, setups.apply(node));
      writeLinks(node);
      if (image.isPresent()) {
        writeGuest(node, setup, image.get());
      } else {
        writeNode(node, setup);
      }
      if (node.bmc() != null) {
        writeBmc(node, bmcPassword);
      }
    }
    wire();
  }

  /** With what depends on the plan: names, and the passwords of all BMCs. */
  private NodeSetup complete(SitePlan.NodePlan node, NodeSetup setup) {
    StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n::1 localhost\n");
    for (SitePlan.NodePlan each : plan.nodes()) {
      String address = each.ports().getFirst().addresses().getFirst();
      hosts.append("%s %s%n".formatted(SitePlan.withoutPrefix(address), each.name()));
      if (each.bmc() != null && !each.bmc().passwordFile().isEmpty()) {
        setup = setup.withFile(each.bmc().passwordFile(), bmcPassword + "\n", Kind.SECRET);
      }
    }
    return setup
        .withFile("/etc/hostname", node.name() + "\n")
        .withFile("/etc/hosts", hosts.toString());
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

    if (plan.routed().size() > 1) {
      // Its bridges begin with these. A tunnel's answers come with a sender of another LAN.
      Shell.must(
          ("ip netns exec %s sysctl -qw net.ipv4.conf.all.rp_filter=0"
                  + " net.ipv4.conf.default.rp_filter=0 net.ipv4.ip_forward=1")
              .formatted(sw)
              .split(" "));
    }
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
    SitePlan.router(plan.lan(SitePlan.SERVICE)).ifPresent(router -> defaultRoute(atClient, router));
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

  private static void defaultRoute(Lines lines, String router) {
    lines.add("route add default via " + router);
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
  private void writeLinks(SitePlan.NodePlan node) {
    Path home = folder.node(node.name());
    String namespace = folder.namespace(node.name());
    Lines up = new Lines();
    Lines down = new Lines();
    Lines gone = new Lines();
    for (SitePlan.Port port : node.ports()) {
      String name = portName(plan, node.name(), port.lan());
      if (options.machines()) {
        up.tap(name, port.lan());
      } else {
        up.cable(name, port.device(), port.mac(), namespace, port.lan());
      }
      down.add("link set %s down".formatted(name));
      gone.add("link del %s".formatted(name));
    }
    LabFolder.write(home.resolve("links-up"), up.toString());
    LabFolder.write(home.resolve("links-down"), down.toString());
    LabFolder.write(home.resolve("links-gone"), gone.toString());
  }

  /** What the node feeds to {@code ip -batch} at its boot. */
  private String network(SitePlan.NodePlan node, NodeSetup setup) {
    Lines network = new Lines();
    network.add("link set lo up");
    for (SitePlan.Port port : node.ports()) {
      network.add("link set %s up".formatted(port.device()));
      port.addresses().forEach(address -> network.address(address, port.device()));
    }
    plan.routed().stream()
        .filter(lan -> node.ports().stream().anyMatch(port -> port.lan().equals(lan.name())))
        .findFirst()
        .flatMap(SitePlan::router)
        .ifPresent(router -> defaultRoute(network, router));
    setup.network().forEach(network::add);
    return network.toString();
  }

  private void writeNode(SitePlan.NodePlan node, NodeSetup setup) {
    Path home = folder.node(node.name());
    new Disks(folder).write(node.name(), setup.files());
    LabFolder.write(home.resolve("network"), network(node, setup));
    LabFolder.write(home.resolve("environment"), environment());
    LabFolder.write(home.resolve("daemon"), String.join("\n", daemon(node.name())));
    LabFolder.write(home.resolve("daemon.log"), "");
  }

  private void writeGuest(SitePlan.NodePlan node, NodeSetup setup, Path image) {
    new GuestFolder(folder, image, options.distribution())
        .write(plan, node, setup, network(node, setup));
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
                SiteSetup.SITE_FILE,
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
