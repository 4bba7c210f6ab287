package io.twinbeat.config;

import io.twinbeat.config.LvsConfig.Sync.SyncDaemon;
import io.twinbeat.config.Report.Place;
import io.twinbeat.config.VirtualServiceConfig.Target;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All addresses of the file with their places: none may stand for two things. */
final class AddressBook {
  private static final int ADDRESSES_MAX = 4096;

  private final Report report;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Check> checks = new ArrayList<>();
  private final List<InetAddress> floating = new ArrayList<>();
  private final Map<Target, Place> services = new LinkedHashMap<>();
  private Optional<SyncDaemon> sync = Optional.empty();

  /** An address and its place; {@code reference}: that of a third machine. */
  record Entry(InetAddress ip, Place place, boolean reference) {}

  /** The host of a check's URL: it must not be a floating address. */
  private record Check(InetAddress ip, Place place) {}

  AddressBook(Report report) {
    this.report = report;
  }

  void link(InetAddress ip, Place place) {
    if (ip.isAnyLocalAddress() || ip.isMulticastAddress() || isBroadcast(ip)) {
      report.problem(place, Addresses.shown(ip), "an address of this node");
    } else if (ip.isLinkLocalAddress()) {
      report.problem(
          place, Addresses.shown(ip) + ", a link-local address", "an address that is not");
    } else {
      if (ip.isLoopbackAddress()) {
        report.warning(
            place,
            Addresses.shown(ip) + ", a loopback address",
            "an address that the peer can reach");
      }
      entries.add(new Entry(ip, place, false));
    }
  }

  void floating(InetAddress ip, Place place) {
    if (ip.isAnyLocalAddress()
        || ip.isMulticastAddress()
        || ip.isLoopbackAddress()
        || isBroadcast(ip)) {
      report.problem(place, Addresses.shown(ip), "an address that clients can reach");
    } else {
      entries.add(new Entry(ip, place, false));
      floating.add(ip);
    }
  }

  void referencePoint(InetAddress ip, Place place) {
    if (ip.isAnyLocalAddress()
        || ip.isMulticastAddress()
        || ip.isLoopbackAddress()
        || isBroadcast(ip)) {
      report.problem(
          place, Addresses.shown(ip), "the address of a third machine, such as the gateway");
    } else {
      entries.add(new Entry(ip, place, true));
    }
  }

  /** One service twice would be two resources that mend each other's table for ever. */
  void service(Target target, Place place) {
    Place earlier = services.putIfAbsent(target, place);
    if (earlier != null) {
      report.problem(
          place,
          target + " again, already " + earlier.path() + " in line " + earlier.line(),
          "each service once");
    }
  }

  /** The kernel has one of each role, for all directors of the node. */
  void sync(SyncDaemon daemon, Place place) {
    if (sync.isEmpty()) {
      sync = Optional.of(report.placed(daemon, place));
    } else if (!sync.get().equals(daemon)) {
      report.problem(
          place,
          shown(daemon),
          shown(sync.get())
              + ", as in line "
              + report.placeOf(sync.get()).line()
              + ": the kernel has one sync daemon for all lvs resources of a node");
    }
  }

  private static String shown(SyncDaemon daemon) {
    return "dev " + daemon.dev() + " and id " + daemon.id();
  }

  void check(InetAddress ip, Place place) {
    checks.add(new Check(ip, place));
  }

  List<Entry> entries() {
    return entries;
  }

  /** Call it when all are in. */
  void check() {
    if (entries.size() > ADDRESSES_MAX) {
      report.problem(Place.TOP, entries.size() + " addresses", "at most " + ADDRESSES_MAX);
      return;
    }
    Map<InetAddress, Place> first = new HashMap<>();
    for (Entry entry : entries) {
      Place earlier = first.putIfAbsent(entry.ip(), entry.place());
      if (earlier != null) {
        report.problem(
            entry.place(),
            Addresses.shown(entry.ip())
                + " again, already "
                + earlier.path()
                + " in line "
                + earlier.line(),
            "each address once: links, reference points and floating addresses all differ");
      }
    }
    checkServices();
    for (Check check : checks) {
      if (floating.contains(check.ip())) {
        report.problem(
            check.place(),
            "a check through the floating address " + Addresses.shown(check.ip()),
            "an address of the node itself, such as 127.0.0.1 (the standby would check the"
                + " holder)");
      }
    }
  }

  private void checkServices() {
    services.forEach((target, place) -> {
      if (target instanceof Target.Address service && !floating.contains(service.ip())) {
        report.warning(
            place,
            "a service on " + Addresses.shown(service.ip()) + ", which is no floating address",
            "an address of this file, which moves with the service");
      }
    });
  }

  private static boolean isBroadcast(InetAddress ip) {
    return ip.getAddress().length == 4 && Addresses.hostBitsAre(ip, 0, true);
  }
}
