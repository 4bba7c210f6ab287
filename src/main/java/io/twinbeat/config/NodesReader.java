package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Section.Item;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the two nodes, their links and their fence devices. */
final class NodesReader {
  private static final int LINKS_MAX = 8;
  private static final String LINKS = "a list of the node's own addresses, one for each link";

  /** What tells one machine's fence device from another's, in all of the agents' spellings. */
  private static final List<List<String>> AIM =
      List.of(
          List.of("ip", "ipaddr"),
          List.of("ipport"),
          List.of("plug", "port"),
          List.of("systems-uri", "systems_uri"),
          List.of("region", "zone"));

  private final Report report;
  private final AddressBook book;
  private final List<Placed> placed = new ArrayList<>();

  /** A node and where it and its parts stand; {@code right}: its links may be compared. */
  private record Placed(
      Node node, Place place, Place links, boolean fenceWritten, Place fenceKey, boolean right) {}

  NodesReader(Report report, AddressBook book) {
    this.report = report;
    this.book = book;
  }

  List<Node> read(Section top) {
    Optional<Item> item = top.need("nodes", "two nodes, by their host names");
    Optional<Section> nodes =
        item.isPresent() ? Section.of(report, item.get(), "a map of two nodes") : Optional.empty();
    if (nodes.isEmpty()) {
      return List.of();
    }
    List<Node> read = new ArrayList<>();
    List<String> names = nodes.get().keys();
    List<Item> items = nodes.get().all();
    for (int i = 0; i < items.size(); i++) {
      checkName(names, i, items.get(i).place());
      read.add(node(names.get(i), items.get(i)));
    }
    if (items.size() != 2) {
      report.problem(
          item.get().place(), items.size() == 1 ? "1 node" : items.size() + " nodes", "two nodes");
    } else if (placed.size() == 2 && placed.get(0).right && placed.get(1).right) {
      compareLinks(placed.get(0), placed.get(1));
      compareDevices(placed.get(0), placed.get(1));
    }
    return read;
  }

  private void checkName(List<String> names, int i, Place place) {
    String name = names.get(i);
    if (!Names.isHostName(name)) {
      report.problem(
          place,
          "the node name " + Values.quoted(name),
          "a host name, as 'uname -n' tells it: letters, digits, '-' and '.'");
    }
    for (int j = 0; j < i; j++) {
      if (names.get(j).toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
        report.problem(
            place, "the node name " + Values.quoted(name) + " again", "two different host names");
      }
    }
  }

  private Node node(String name, Item item) {
    int before = report.count();
    Optional<Section> found = Section.of(report, item, "a map with links and fence");
    if (found.isEmpty()) {
      return new Node(name, List.of(), List.of());
    }
    Section s = found.get();
    List<InetAddress> links = new ArrayList<>();
    Optional<Item> written = s.need("links", LINKS);
    if (written.isPresent()) {
      List<Item> items = Section.items(report, written.get(), LINKS);
      for (Item link : items) {
        Optional<InetAddress> ip = Section.word(report, link, Values.address());
        if (ip.isPresent()) {
          book.link(ip.get(), link.place());
          links.add(ip.get());
        }
      }
      if (written.get().tree() instanceof Tree.Items && items.isEmpty()) {
        report.problem(written.get().place(), "an empty list", LINKS);
      } else if (items.size() > LINKS_MAX) {
        report.problem(written.get().place(), items.size() + " links", "at most " + LINKS_MAX);
      }
    }
    boolean right = report.count() == before && written.isPresent();
    List<List<Device>> fence = List.of();
    Optional<Item> devices = s.take("fence");
    if (devices.isPresent()) {
      fence = new FenceReader(report).read(devices.get());
    }
    s.done();
    Node node = new Node(name, links, fence);
    placed.add(
        new Placed(
            node,
            s.place(),
            s.placeOf("links"),
            devices.isPresent() || s.isMisspelt("fence"),
            s.placeOf("fence"),
            right));
    return node;
  }

  private void compareLinks(Placed a, Placed b) {
    List<InetAddress> left = a.node.links();
    List<InetAddress> right = b.node.links();
    if (left.size() != right.size()) {
      report.problem(
          b.links,
          counted(right.size()) + ", but " + a.node.name() + " has " + counted(left.size()),
          "as many links on both nodes, in the same order");
      return;
    }
    for (int i = 0; i < left.size(); i++) {
      Place place = new Place(b.links.line(), b.links.column(), b.links.path() + "[" + i + "]");
      if (left.get(i).getAddress().length != right.get(i).getAddress().length) {
        report.problem(
            place,
            Addresses.shown(right.get(i)) + " against " + Addresses.shown(left.get(i)),
            "both ends of a link in IPv4, or both in IPv6");
      } else if (isCrossed(left, right, i)) {
        report.warning(
            place,
            Addresses.shown(right.get(i)) + " against " + Addresses.shown(left.get(i)),
            "the links of both nodes in the same order");
      }
    }
    if (left.size() == 1) {
      report.warning(
          a.links,
          "one link only",
          "two links on separate networks: one cable must not decide who is dead");
    }
    shared(a);
  }

  /** The i-th link of the peer looks as if it belonged to another link of ours. */
  private static boolean isCrossed(List<InetAddress> left, List<InetAddress> right, int i) {
    if (Addresses.sameUsualNetwork(left.get(i), right.get(i))) {
      return false;
    }
    for (InetAddress other : left) {
      if (Addresses.sameUsualNetwork(other, right.get(i))) {
        return true;
      }
    }
    return false;
  }

  private void shared(Placed node) {
    List<InetAddress> links = node.node.links();
    for (int i = 0; i < links.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (Addresses.sameUsualNetwork(links.get(j), links.get(i))) {
          report.warning(
              new Place(node.links.line(), node.links.column(), node.links.path() + "[" + i + "]"),
              Addresses.shown(links.get(i))
                  + " in the same network as "
                  + Addresses.shown(links.get(j)),
              "links on separate networks: one switch must not cut both");
          return;
        }
      }
    }
  }

  /** The same agent with the same words for both nodes switches off the wrong machine. */
  private void compareDevices(Placed a, Placed b) {
    for (List<Device> level : b.node.fence()) {
      for (Device device : level) {
        for (List<Device> other : a.node.fence()) {
          if (isAmong(device, other)) {
            report.problem(
                b.fenceKey,
                "the same " + device.type() + " as for " + a.node.name(),
                "this node's own device (another ip, or another plug)");
            return;
          }
        }
      }
    }
  }

  private static boolean isAmong(Device device, List<Device> level) {
    if (!device.type().startsWith(Device.AGENT_PREFIX)) {
      // A hook or a plugin gets the name of the node that is meant.
      return false;
    }
    for (Device other : level) {
      if (other.equals(device) || (other.type().equals(device.type()) && sameAim(device, other))) {
        return true;
      }
    }
    return false;
  }

  private static boolean sameAim(Device a, Device b) {
    boolean aimed = false;
    for (List<String> spellings : AIM) {
      String value = aim(a, spellings);
      if (!value.equals(aim(b, spellings))) {
        return false;
      }
      aimed |= !value.isEmpty();
    }
    return aimed;
  }

  private static String aim(Device device, List<String> spellings) {
    for (String spelling : spellings) {
      String value = device.parameters().get(spelling);
      if (value != null) {
        return value;
      }
    }
    return "";
  }

  /** Call it when all of fencing is known. */
  void checkFencing(Section top, FencingConfig fencing) {
    if (fencing.none() && !fencing.acceptSplitBrain()) {
      report.problem(
          top.placeOf("fencing"),
          "'none' alone",
          "'accept-split-brain: true' beside it, or a fence device for each node: without fencing"
              + " both nodes may hold the same address");
    }
    if (!fencing.none() && fencing.acceptSplitBrain()) {
      report.problem(
          top.placeOf("accept-split-brain"),
          "'true' without 'fencing: none'",
          "both of them, or neither");
    }
    for (Placed node : placed) {
      boolean devices = !node.node.fence().isEmpty();
      if (fencing.none() && devices) {
        report.warning(
            node.fenceKey,
            "fence devices with fencing: none",
            "one or the other: these devices are not used");
      } else if (!fencing.none() && !node.fenceWritten) {
        report.problem(
            node.place,
            "no 'fence'",
            "a fence device, such as 'fence: { agent: fence_ipmilan, ip: ..., username: ...,"
                + " password-file: ... }' ('fence: manual' waits for an operator each time;"
                + " 'fencing: none' and 'accept-split-brain: true' at the top risk two holders)");
      }
      if (onlyManual(node.node)) {
        report.warning(
            node.fenceKey,
            "manual fencing only",
            "a device: each takeover from a silent peer waits for an operator");
      }
    }
  }

  private static boolean onlyManual(Node node) {
    for (List<Device> level : node.fence()) {
      boolean manual = false;
      for (Device device : level) {
        manual |= device.type().equals(Device.MANUAL);
      }
      if (!manual) {
        return false;
      }
    }
    return !node.fence().isEmpty();
  }

  private static String counted(int links) {
    return links == 1 ? "1 link" : links + " links";
  }
}
