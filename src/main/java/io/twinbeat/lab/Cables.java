package io.twinbeat.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts and mends what runs through the switch, each direction by itself. A cut drops frames in the
 * switch, so that cards keep their carrier as they do behind a real one.
 */
final class Cables {
  /** Ports whose frames are not taken in, or not sent out, and address pairs not passed on. */
  static final String RULES =
      """
      table bridge twinbeat {
        set from { type ifname; }
        set to { type ifname; }
        set pairs { type ipv4_addr . ipv4_addr; }
        chain in {
          type filter hook prerouting priority -300;
          iifname @from drop
          ip saddr . ip daddr @pairs drop
        }
        chain out {
          type filter hook postrouting priority -300;
          oifname @to drop
        }
      }
      """;

  private final LabFolder folder;
  private final SitePlan plan;

  Cables(LabFolder folder, SitePlan plan) {
    this.folder = folder;
    this.plan = plan;
  }

  void cut(String link, List<String> nodes, Direction direction) {
    StringBuilder rules = new StringBuilder();
    for (String element : elements(link, nodes, direction)) {
      rules.append("add element bridge twinbeat ").append(element).append('\n');
    }
    nft(rules.toString());
  }

  void mend(String link, List<String> nodes, Direction direction) {
    StringBuilder rules = new StringBuilder();
    for (String element : elements(link, nodes, direction)) {
      // Deleting what is not there is an error: add it first, all in one transaction.
      rules.append("add element bridge twinbeat ").append(element).append('\n');
      rules.append("delete element bridge twinbeat ").append(element).append('\n');
    }
    nft(rules.toString());
  }

  /** Takes the carrier from, or gives it back to, the nodes' cards on this LAN. */
  void carrier(String lan, List<String> nodes, boolean up) {
    plan.lan(lan);
    for (String node : nodes) {
      String port = Builder.portName(plan, node, lan);
      Shell.must("ip", "-n", folder.namespace("sw"), "link", "set", port, up ? "up" : "down");
    }
  }

  /** What is cut now, as {@code link0 from lb1}; carrier aside. */
  List<String> cuts() {
    String listing =
        Shell.must("ip", "netns", "exec", folder.namespace("sw"), "nft", "list", "ruleset");
    List<String> cuts = new ArrayList<>();
    for (String link : plan.linkNames()) {
      for (String node : plan.nodesOn(link)) {
        for (Direction direction : List.of(Direction.FROM, Direction.TO)) {
          for (String element : elements(link, List.of(node), direction)) {
            if (isListed(listing, element)) {
              cuts.add(link + (direction == Direction.FROM ? " from " : " to ") + node);
            }
          }
        }
      }
    }
    return cuts;
  }

  private static boolean isListed(String listing, String element) {
    String set = element.substring(0, element.indexOf(' '));
    String value = element.substring(element.indexOf('{') + 1, element.indexOf('}')).strip();
    int start = listing.indexOf("set " + set + " {");
    int end = listing.indexOf('}', listing.indexOf('{', start) + 1);
    // A set with elements has a second pair of brackets; without, the first closes at once.
    int elements = listing.indexOf("elements = {", start);
    if (elements < 0 || elements > end) {
      return false;
    }
    return listing.substring(elements, end).contains(value);
  }

  private List<String> elements(String link, List<String> nodes, Direction direction) {
    for (SitePlan.Link shared : plan.links()) {
      if (shared.name().equals(link) && !shared.lan().equals(link)) {
        return pairs(shared, nodes, direction);
      }
    }
    plan.lan(link);
    List<String> elements = new ArrayList<>();
    for (String node : nodes) {
      if (!plan.nodesOn(link).contains(plan.node(node).name())) {
        throw new LabException(node + " is not on " + link);
      }
      String port = Builder.portName(plan, plan.node(node).name(), link);
      if (direction != Direction.TO) {
        elements.add("from { \"" + port + "\" }");
      }
      if (direction != Direction.FROM) {
        elements.add("to { \"" + port + "\" }");
      }
    }
    return elements;
  }

  /** A link that shares the service LAN: only what the two addresses say to each other. */
  private List<String> pairs(SitePlan.Link link, List<String> nodes, Direction direction) {
    List<String> elements = new ArrayList<>();
    for (String node : nodes) {
      int self = link.nodes().indexOf(plan.node(node).name());
      if (self < 0) {
        throw new LabException(node + " has no " + link.name());
      }
      String own = link.addresses().get(self);
      String other = link.addresses().get(1 - self);
      if (direction != Direction.TO) {
        elements.add("pairs { " + own + " . " + other + " }");
      }
      if (direction != Direction.FROM) {
        elements.add("pairs { " + other + " . " + own + " }");
      }
    }
    return elements;
  }

  private void nft(String rules) {
    Shell.mustRead(rules, "ip", "netns", "exec", folder.namespace("sw"), "nft", "-f", "-");
  }
}
