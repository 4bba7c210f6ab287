package io.twinbeat.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Builds the switch, the client and all files of one lab. Nodes are made when they get power. */
final class Builder {
  /** A node's /var/lib/twinbeat is a disk that can be full; much more than a daemon needs. */
  private static final String DISK_SIZE = "16m";

  private final LabFolder folder;
  private final SitePlan plan;
  private final LabOptions options;

  Builder(LabFolder folder, SitePlan plan, LabOptions options) {
    this.folder = folder;
    this.plan = plan;
    this.options = options;
  }

  void build(String siteText, String key, String bmcPassword) {
    folder.save(plan);
    writeKeeperFiles();
    for (SitePlan.NodePlan node : plan.nodes()) {
      writeNode(node, siteText, key, bmcPassword);
      if (!node.bmc().isEmpty()) {
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

    Lines lines = new Lines();
    lines.add("link set lo up");
    for (SitePlan.Lan lan : plan.lans()) {
      // Snooping without a querier loses multicast; there is no second switch for a spanning tree.
      lines.add("link add %s type bridge mcast_snooping 0 stp_state 0".formatted(lan.name()));
      lan.switchAddresses()
          .forEach(a -> lines.address(a, lan.name()));
      lines.add("link set %s up".formatted(lan.name()));
    }
    lines.cable("client-port", "eth0", "02:74:62:00:c0:00", client, SitePlan.SERVICE);
    boolean bmcs = plan.nodes().stream().anyMatch(node -> !node.bmc().isEmpty());
    if (bmcs) {
      lines.cable("bmc-port", "eth0", "02:74:62:00:b0:00", bmc, SitePlan.BMC);
    }
    Shell.mustRead(lines.toString(), "ip", "-n", sw, "-batch", "-");

    Lines atClient = new Lines();
    atClient.add("link set lo up");
    atClient.add("link set eth0 up");
    atClient.address(plan.client(), "eth0");
    Shell.mustRead(atClient.toString(), "ip", "-n", client, "-batch", "-");
    if (bmcs) {
      Lines atBmc = new Lines();
      atBmc.add("link set lo up");
      atBmc.add("link set eth0 up");
      for (SitePlan.NodePlan node : plan.nodes()) {
        if (!node.bmc().isEmpty()) {
          atBmc.address(node.bmc(), "eth0");
        }
      }
      Shell.mustRead(atBmc.toString(), "ip", "-n", bmc, "-batch", "-");
    }
    Shell.mustRead(Cables.RULES, "ip", "netns", "exec", sw, "nft", "-f", "-");
  }

  private void writeKeeperFiles() {
    String owner = options.owned() ? owner() : "";
    LabFolder.write(
        folder.root().resolve("env"),
        "prefix=%s\nnodes='%s'\nowner='%s'\n"
            .formatted(folder.prefix(), String.join(" ", plan.nodeNames()), owner));
    Shell.must("mkfifo", "-m", "600", folder.power().resolve("requests").toString());
    Shell.must("mkfifo", "-m", "600", folder.power().resolve("never").toString());
  }

  private static String owner() {
    String stat = LabFolder.read(Path.of("/proc/self/stat"));
    // The name, in brackets, may hold blanks; the start time is the 20th field after it.
    String[] after = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return ProcessHandle.current().pid() + " " + after[19];
  }

  private void writeNode(SitePlan.NodePlan node, String site, String key, String bmcPassword) {
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
      port.addresses()
          .forEach(a -> network.address(a, port.device()));
    }
    for (String address : plan.lan(SitePlan.SERVICE).switchAddresses()) {
      if (!address.contains(":")) {
        network.add("route add default via %s".formatted(SitePlan.withoutPrefix(address)));
      }
    }
    LabFolder.write(home.resolve("links-up"), up.toString());
    LabFolder.write(home.resolve("links-down"), down.toString());
    LabFolder.write(home.resolve("links-gone"), gone.toString());
    LabFolder.write(home.resolve("network"), network.toString());
    LabFolder.write(home.resolve("environment"), environment());
    LabFolder.write(home.resolve("daemon"), String.join("\n", daemon(node.name())));
    LabFolder.write(home.resolve("daemon.log"), "");
    writeDisk(node.name(), site, key, bmcPassword);
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
                "/etc/twinbeat/twinbeat.yaml",
                "--node",
                node));
  }

  private void writeDisk(String node, String site, String key, String bmcPassword) {
    Path disk = folder.disk(node);
    try {
      for (String made : List.of("var/lib/twinbeat", "var/lib/nginx", "var/log/nginx")) {
        Files.createDirectories(disk.resolve(made));
      }
      Files.createDirectories(folder.node(node).resolve("run"));
    } catch (IOException e) {
      throw new LabException("can't make " + disk + ": " + e.getMessage(), e);
    }
    String state = disk.resolve("var/lib/twinbeat").toString();
    String size = "mode=755,size=" + DISK_SIZE;
    Shell.must("mount", "-t", "tmpfs", "-o", size, folder.namespace(node), state);
    Shell.must("cp", "-a", "/etc", disk.resolve("etc").toString());
    Path etc = disk.resolve("etc");
    // A machine that itself runs Twinbeat or nginx must not lend the lab its files.
    Shell.must("rm", "-rf", etc.resolve("twinbeat").toString());
    LabFolder.write(etc.resolve("twinbeat/twinbeat.yaml"), site);
    LabFolder.writeSecret(etc.resolve("twinbeat/key"), key);
    LabFolder.writeSecret(etc.resolve("twinbeat/bmc"), bmcPassword + "\n");
    LabFolder.write(etc.resolve("nginx/nginx.conf"), SiteFiles.nginx());
    LabFolder.write(etc.resolve("hostname"), node + "\n");
    StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n::1 localhost\n");
    for (SitePlan.NodePlan each : plan.nodes()) {
      String address = each.ports().getFirst().addresses().getFirst();
      hosts.append("%s %s%n".formatted(SitePlan.withoutPrefix(address), each.name()));
    }
    LabFolder.write(etc.resolve("hosts"), hosts.toString());
  }

  private void writeBmc(SitePlan.NodePlan node, String password) {
    Path home = folder.bmc(node.name());
    String address = SitePlan.withoutPrefix(node.bmc());
    String chassis = folder.bin().resolve("chassis.sh") + " " + node.name();
    LabFolder.write(home.resolve("bmc.emu"), SiteFiles.BMC_EMULATION);
    LabFolder.write(
        home.resolve("lan.conf"), SiteFiles.bmcLan(node.name(), address, chassis, password));
    LabFolder.write(home.resolve("state/README"), "Written by ipmi_sim.\n");
  }

  /** Lines for {@code ip -batch}. */
  private static final class Lines {
    private final List<String> lines = new ArrayList<>();

    /** An IPv6 address waits for nobody to object: there is nobody else. */
    void address(String address, String device) {
      add("addr add " + address + " dev " + device + (address.contains(":") ? " nodad" : ""));
    }

    void add(String line) {
      lines.add(line);
    }

    /** A cable from a switch port on {@code lan} to a network card in another namespace. */
    void cable(String port, String device, String mac, String namespace, String lan) {
      add(
          "link add %s type veth peer name %s address %s netns %s"
              .formatted(port, device, mac, namespace));
      add("link set %s master %s up".formatted(port, lan));
    }

    @Override
    public String toString() {
      return String.join("\n", lines) + "\n";
    }
  }
}
