package io.twinbeat.cli;

import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Addresses;
import io.twinbeat.config.Device;
import io.twinbeat.config.ForwardingMode;
import io.twinbeat.config.Group;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.NginxConfig;
import io.twinbeat.config.Node;
import io.twinbeat.config.OcfConfig;
import io.twinbeat.config.Pair;
import io.twinbeat.config.RealServerDuty;
import io.twinbeat.config.ResourceConfig;
import io.twinbeat.config.ScriptConfig;
import io.twinbeat.config.Site;
import io.twinbeat.config.SystemdConfig;
import io.twinbeat.config.Tier;
import io.twinbeat.config.UpstreamConfig;
import io.twinbeat.config.VirtualServiceConfig;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a file does on each machine and why, as text of at most {@link #WIDTH} columns. */
final class PlanPage {
  static final int WIDTH = 80;
  static final int SERVERS_SHOWN = 4;

  /** A blank at which no line ends. */
  private static final char WHOLE = '\u00a0';

  private static final String BULLET = "  - ";
  private static final String DEEPER = "      ";
  private static final String DEEPEST = "        ";

  private final Site site;
  private final List<SitePath> paths;
  private final List<InsideAddress> inside;
  private final StringBuilder out = new StringBuilder(4096);

  private PlanPage(Site site) {
    this.site = site;
    this.paths = SitePath.of(site);
    this.inside = site.pairs().stream().flatMap(p -> InsideAddress.of(p, paths).stream()).toList();
  }

  /** All machines, or the one of this name. */
  static String render(Site site, Optional<String> machine) {
    PlanPage page = new PlanPage(site);
    if (machine.isEmpty()) {
      PlanTiers.draw(site, page.paths, page.out);
    }
    for (String name : site.machines()) {
      if (machine.isEmpty() || site.role(machine.get()).equals(site.role(name))) {
        page.machine(name);
      }
    }
    return page.out.toString().replace(WHOLE, ' ');
  }

  private void machine(String name) {
    switch (site.role(name).orElseThrow()) {
      case Site.Role.OfNode(Pair pair, Node node) -> node(pair, node);
      case Site.Role.OfServer(Tier.OfServers tier, Tier.Server server) -> {
        out.append(name).append(": a server of tier ").append(tier.name()).append('\n');
        boolean serves = duties(name);
        if (!serves) {
          say("serves " + senders(server) + "; nothing of Twinbeat's is set up here");
        }
        say("no daemon runs here: its tier has no failover of its own");
      }
    }
    out.append('\n');
  }

  /** Who sends to it without its having to know. */
  private String senders(Tier.Server server) {
    List<String> senders =
        paths.stream()
            .filter(p -> p.to().stream().anyMatch(stop -> server.addresses().contains(stop.ip())))
            .map(p -> "upstream " + p.label() + " of " + p.from().name())
            .toList();
    return senders.isEmpty() ? "nobody of this file" : String.join(", ", senders);
  }

  private void node(Pair pair, Node node) {
    Node peer = pair.peer(node);
    out.append(node.name()).append(": a node of pair ").append(pair.name());
    out.append(", with ").append(peer.name()).append('\n');
    String links = "";
    for (int i = 0; i < node.links().size(); i++) {
      String both = whole(ip(node.links().get(i)) + " - " + ip(peer.links().get(i)));
      links += (i == 0 ? "" : ", ") + both;
    }
    say(
        "tells "
            + peer.name()
            + " every "
            + shown(pair.heartbeat().interval())
            + " that it lives, over "
            + links
            + " (UDP port "
            + pair.heartbeat().port()
            + ", sealed with "
            + pair.heartbeat().keyFile()
            + ")");
    if (pair.fencing().none()) {
      say("does NOT fence: both nodes may hold an address at once (the file accepts it)");
    } else {
      say(
          "when "
              + peer.name()
              + " is silent on all links for "
              + shown(pair.heartbeat().deadtime())
              + " and its service does not answer: switches it off by "
              + devices(peer)
              + ", and only then takes over");
    }
    if (!pair.referencePoints().isEmpty()) {
      say(
          "asks "
              + pair.referencePoints().stream().map(PlanPage::ip).collect(Collectors.joining(", "))
              + " whether it is itself cut off; then it leaves "
              + peer.name()
              + " alone");
    }
    pair.groups().forEach(group -> group(group, node, peer));
    duties(node.name());
  }

  private void group(Group group, Node node, Node peer) {
    say(
        "group "
            + group.name()
            + (group.prefer().equals(node.name())
                ? ", preferred here"
                : ", preferred on " + peer.name())
            + "; its holder starts, in this order:");
    for (ResourceConfig resource : group.resources()) {
      if (resource instanceof LvsConfig lvs) {
        for (VirtualServiceConfig service : lvs.services()) {
          deeper(
              "lvs " + service.target() + " (" + service.scheduler() + "): the kernel sends it to");
          paths.stream()
              .filter(p -> p.group().equals(group) && p.label().equals(service.target().toString()))
              .forEach(p -> wrapped(DEEPEST, p.servers(SERVERS_SHOWN) + ", " + how(p.mode())));
        }
      } else {
        deeper(what(resource));
        if (resource instanceof NginxConfig nginx) {
          for (UpstreamConfig upstream : nginx.upstreams()) {
            paths.stream()
                .filter(p -> p.group().equals(group) && p.label().equals(upstream.name()))
                .forEach(p ->
                    wrapped(
                        DEEPEST,
                        "upstream "
                            + upstream.name()
                            + ": "
                            + p.servers(SERVERS_SHOWN)
                            + " ('twinbeat upstreams' writes "
                            + upstream.file()
                            + ")"));
          }
        }
      }
    }
    List<String> hot = new ArrayList<>();
    for (ResourceConfig resource : group.resources()) {
      if (resource instanceof NginxConfig nginx && nginx.hot()) {
        hot.add(nginx.name() + " runs here too");
      } else if (resource instanceof LvsConfig lvs) {
        hot.add(
            lvs.name()
                + (lvs.checkOnStandby() ? ": the real servers are checked here too" : " waits"));
      }
    }
    if (!hot.isEmpty()) {
      deeper("while it stands by: " + String.join("; ", hot));
    }
  }

  private String what(ResourceConfig resource) {
    return switch (resource) {
      case AddressConfig address ->
          whole("address " + shown(address) + " on " + address.dev())
              + inside.stream()
                  .filter(each -> each.address().equals(address))
                  .map(each -> ", " + each.sentence())
                  .collect(Collectors.joining())
              + ", and tells its neighbours";
      case NginxConfig nginx ->
          "nginx"
              + (nginx.hot() ? " (it runs already)" : "")
              + nginx.check().map(check -> ", checked at " + check.uri()).orElse(", not checked");
      case SystemdConfig unit -> "the unit " + unit.unit();
      case ScriptConfig script -> "the script " + script.path();
      case OcfConfig ocf -> "the agent " + ocf.provider() + ":" + ocf.type();
      case LvsConfig lvs -> lvs.name();
    };
  }

  /** Whether there are any. */
  private boolean duties(String machine) {
    List<RealServerDuty> duties = RealServerDuty.of(site, machine, Set.of());
    for (RealServerDuty duty : duties) {
      String because =
          ", because group "
              + duty.group().name()
              + " of "
              + duty.director().name()
              + " sends "
              + String.join(", ", duty.services())
              + " to "
              + ip(duty.self())
              + " by "
              + mode(duty.mode());
      String vip = ip(duty.vip()) + (duty.vip().getAddress().length == 4 ? "/32" : "/128");
      boolean v6 = duty.vip().getAddress().length == 16;
      say(
          switch (duty.mode()) {
            case DR ->
                "'realserver up' puts "
                    + vip
                    + " on lo"
                    + (v6 ? "" : " and keeps it silent (arp_ignore, arp_announce)")
                    + because;
            case TUN ->
                "'realserver up' opens the tunnel "
                    + (v6 ? "ip6tnl0 with " + vip + " on lo" : "tunl0 with " + vip)
                    + (v6 ? "" : ", silent, without rp_filter")
                    + because;
            case NAT ->
                "its default gateway is "
                    + duty.gateway().map(PlanPage::ip).orElse("to be the director (none is known)")
                    + " ('realserver check' looks)"
                    + because;
          });
    }
    return !duties.isEmpty();
  }

  private static String devices(Node node) {
    return node.fence().isEmpty()
        ? "nothing that the file names"
        : node.fence().stream()
            .map(level ->
                level.stream().map(Device::type).collect(Collectors.joining(" together with ")))
            .collect(Collectors.joining(", else "));
  }

  private static String how(String mode) {
    return switch (mode) {
      case "DR" -> "by DR: to its hardware address; answers go straight to the client";
      case "TUN" -> "by TUN: in IP-in-IP; answers go straight to the client";
      default -> "by NAT: rewritten; answers come back through this node";
    };
  }

  static String mode(ForwardingMode mode) {
    return mode.name().toUpperCase(Locale.ROOT);
  }

  private void wrapped(String indent, String sentence) {
    wrapped(out, indent, " ".repeat(indent.length()), sentence);
  }

  private void say(String sentence) {
    wrapped(BULLET, sentence);
  }

  private void deeper(String sentence) {
    wrapped(DEEPER, sentence);
  }

  /** What is not to be broken. */
  static String whole(String words) {
    return words.replace(' ', WHOLE);
  }

  /** Words on lines of at most {@link #WIDTH}; the further ones have an indent of their own. */
  static void wrapped(StringBuilder out, String indent, String further, String sentence) {
    String before = indent;
    for (String line : SitePage.wrapped(sentence, WIDTH - further.length())) {
      out.append(before).append(line).append('\n');
      before = further;
    }
  }

  static String shown(AddressConfig address) {
    return ip(address.ip()) + "/" + address.prefixLength();
  }

  static String ip(InetAddress ip) {
    return Addresses.shown(ip);
  }

  private static String shown(Duration d) {
    return d.toMillis() % 1000 == 0 ? d.toSeconds() + "s" : d.toMillis() + "ms";
  }
}
