package io.twinbeat.lab;

import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.ForwardingMode;
import io.twinbeat.config.Group;
import io.twinbeat.config.KeyFile;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.NginxConfig;
import io.twinbeat.config.Pair;
import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.RealServerDuty;
import io.twinbeat.config.ResourceConfig;
import io.twinbeat.config.Site.Role;
import io.twinbeat.config.UpstreamConfig;
import io.twinbeat.config.VirtualServiceConfig;
import io.twinbeat.lab.NodeSetup.NodeFile.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What every machine of a site has of its own: the site's file, the keys, nginx's file, and on
 * guests the units that an operator would install there.
 */
final class SiteSetup {
  static final String SITE_FILE = "/etc/twinbeat/twinbeat.yaml";
  private static final String UNITS = "/etc/systemd/system/";

  /** Before nginx, which does not start with a configuration that lacks one. */
  private static final String UPSTREAMS_UNIT =
      """
      [Unit]
      Description=nginx's upstreams, as the site's file has them
      Before=nginx.service

      [Service]
      Type=oneshot
      ExecStart=/opt/twinbeat/bin/twinbeat upstreams

      [Install]
      WantedBy=multi-user.target
      """;

  private final Site site;
  private final Path distribution;
  private final Map<String, String> keys = new HashMap<>();

  SiteSetup(LabFolder folder, Site site, Path distribution) {
    this.site = site;
    this.distribution = distribution;
    for (Pair pair : site.file().pairs()) {
      Path keyFile = folder.root().resolve("key-" + pair.name());
      try {
        KeyFile.create(keyFile);
      } catch (IOException e) {
        throw new LabException(e.getMessage(), e);
      }
      keys.put(pair.name(), LabFolder.read(keyFile));
    }
  }

  NodeSetup of(SitePlan.NodePlan node) {
    Optional<Pair> pair = pair(node);
    NodeSetup setup =
        NodeSetup.NOTHING
            .withFile(SITE_FILE, site.text())
            .withFile(SiteFiles.LARGE_FILE, SiteFiles.LARGE_TEXT)
            .withFile(
                "/etc/nginx/nginx.conf",
                SiteFiles.nginx(
                    ports(), pair.flatMap(SiteSetup::upstream).map(UpstreamConfig::name)));
    if (pair.isPresent()) {
      String keyFile = pair.get().heartbeat().keyFile().toString();
      setup = setup.withFile(keyFile, keys.get(pair.get().name()), Kind.SECRET);
    }
    if (site.text().contains(SiteFiles.HOOK)) {
      String hook = LabFolder.read(Distribution.file(distribution, "hooks/fence-lab"));
      setup = setup.withFile(SiteFiles.HOOK, hook, Kind.PROGRAM);
    }
    return setup;
  }

  /** With the units, as an operator installs them. */
  NodeSetup ofGuest(SitePlan.NodePlan node, boolean daemon) {
    if (site.text().contains(SiteFiles.HOOK)) {
      throw new LabException(
          "the lab's fence hook is for namespaces; guests have BMCs: fence_ipmilan");
    }
    NodeSetup setup = of(node);
    Optional<Pair> pair = pair(node);
    if (pair.isPresent()) {
      setup = setup.withFile(UNITS + "twinbeat.service", unit("twinbeat"));
      setup = daemon ? setup.withUnit("twinbeat") : setup;
    }
    if (pair.flatMap(SiteSetup::upstream).isPresent()) {
      setup =
          setup
              .withFile(UNITS + "twinbeat-upstreams.service", UPSTREAMS_UNIT)
              .withUnit("twinbeat-upstreams");
    }
    if (!RealServerDuty.of(site.file(), node.name(), Set.of()).isEmpty()) {
      setup =
          setup
              .withFile(UNITS + "twinbeat-realserver.service", unit("twinbeat-realserver"))
              .withUnit("twinbeat-realserver");
    }
    Optional<InetAddress> gateway = gateway(node);
    return gateway.isPresent()
        ? setup.withNetwork("route replace default via " + gateway.get().getHostAddress())
        : setup;
  }

  private String unit(String name) {
    return LabFolder.read(Distribution.file(distribution, "systemd/" + name + ".service"));
  }

  private Optional<Pair> pair(SitePlan.NodePlan node) {
    return site.file().role(node.name()).orElse(null) instanceof Role.OfNode role
        ? Optional.of(role.pair())
        : Optional.empty();
  }

  private static List<ResourceConfig> resources(Pair pair) {
    List<ResourceConfig> resources = new ArrayList<>();
    for (Group group : pair.groups()) {
      resources.addAll(group.resources());
    }
    return resources;
  }

  /** The lab's proxies pass all on to the first. */
  private static Optional<UpstreamConfig> upstream(Pair pair) {
    for (ResourceConfig resource : resources(pair)) {
      if (resource instanceof NginxConfig nginx && !nginx.upstreams().isEmpty()) {
        return Optional.of(nginx.upstreams().getFirst());
      }
    }
    return Optional.empty();
  }

  /** Wherever anybody in the site expects a web server, every nginx of the lab is one. */
  private Set<Integer> ports() {
    Set<Integer> ports = new TreeSet<>(Set.of(80));
    for (Pair pair : site.file().pairs()) {
      for (ResourceConfig resource : resources(pair)) {
        if (resource instanceof NginxConfig nginx) {
          nginx.upstreams().forEach(u -> u.servers().forEach(server -> ports.add(server.port())));
        } else if (resource instanceof LvsConfig lvs) {
          for (VirtualServiceConfig service : lvs.services()) {
            service.realServers().stream().map(RealServerConfig::port).forEach(ports::add);
          }
        }
      }
    }
    ports.remove(0);
    return ports;
  }

  /**
   * A real server by NAT answers through its director, and a machine that no router of the lab
   * reaches goes out through the pair in front of it.
   */
  private Optional<InetAddress> gateway(SitePlan.NodePlan node) {
    for (RealServerDuty duty : RealServerDuty.of(site.file(), node.name(), Set.of())) {
      if (duty.mode() == ForwardingMode.NAT && duty.gateway().isPresent()) {
        return duty.gateway();
      }
    }
    Set<String> lans = new HashSet<>();
    node.ports().forEach(port -> lans.add(port.lan()));
    if (site.plan().routed().stream().anyMatch(lan -> lans.contains(lan.name()))) {
      return Optional.empty();
    }
    for (Pair pair : site.file().pairs()) {
      if (pair(node).equals(Optional.of(pair))) {
        continue; // Nobody is his own gateway.
      }
      for (Group group : pair.groups()) {
        for (AddressConfig address : group.addresses()) {
          Subnet subnet = Subnet.of(address.ip(), address.prefixLength());
          for (SitePlan.Port port : node.ports()) {
            String own = SitePlan.withoutPrefix(port.addresses().getFirst());
            if (subnet.contains(Subnet.parse(own))) {
              return Optional.of(address.ip());
            }
          }
        }
      }
    }
    return Optional.empty();
  }
}
