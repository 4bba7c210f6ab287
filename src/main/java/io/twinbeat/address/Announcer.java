package io.twinbeat.address;

import io.twinbeat.linux.Errno;
import io.twinbeat.linux.Link;
import io.twinbeat.linux.MacAddress;
import io.twinbeat.linux.PacketSender;
import io.twinbeat.linux.Sysctl;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends announcements of addresses, from frames that were made before they are needed. Safe from
 * any thread; that only held addresses are announced is the caller's concern.
 */
final class Announcer {
  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  private final Devices devices;
  private final PacketSender sender;
  private final Map<FloatingAddress, Prepared> prepared = new ConcurrentHashMap<>();

  /** Devices on which IPv6 is forwarded: the node says that it is a router there. */
  private final Set<String> routers = ConcurrentHashMap.newKeySet();

  Announcer(Devices devices, PacketSender sender) {
    this.devices = devices;
    this.sender = sender;
  }

  /** A frame and what it was made from. */
  @SuppressWarnings("ArrayRecordComponent") // Compared and printed by nobody.
  private record Prepared(MacAddress mac, boolean router, byte[] frame) {}

  /** Looks again whether devices forward, and makes the frames. Reads files: not in a hurry. */
  void prepare(Collection<FloatingAddress> addresses) {
    Set<String> asked = new HashSet<>();
    for (FloatingAddress address : addresses) {
      String device = address.device();
      if (address.v6() && asked.add(device)) {
        if (forwards(device)) {
          routers.add(device);
        } else {
          routers.remove(device);
        }
      }
    }
    for (FloatingAddress address : addresses) {
      devices.find(address.device()).flatMap(Link::ethernet).ifPresent(mac -> frame(address, mac));
    }
  }

  private static boolean forwards(String device) {
    try {
      return Sysctl.read("net/ipv6/conf/" + device + "/forwarding").orElse("0").equals("1");
    } catch (IOException e) {
      return false;
    }
  }

  /** One announcement of each. What can't be sent is logged once for the whole list. */
  void announce(List<FloatingAddress> addresses) {
    int failed = 0;
    int errno = 0;
    FloatingAddress first = null;
    for (FloatingAddress address : addresses) {
      Optional<Link> link = devices.find(address.device());
      int result = link.isEmpty() ? Errno.ENODEV : announce(address, link.get());
      if (result != 0) {
        failed++;
        errno = result;
        first = first == null ? address : first;
      }
    }
    if (failed > 0) {
      log.warn("not announced: {}{}: {}", first, more(failed - 1), Errno.describe(errno));
    }
  }

  private int announce(FloatingAddress address, Link link) {
    Optional<MacAddress> mac = link.ethernet();
    // Without neighbours to tell, as on lo or a tunnel, there is nothing to do.
    return mac.isPresent() && link.neighbours()
        ? sender.trySend(link.index(), frame(address, mac.get()))
        : 0;
  }

  private byte[] frame(FloatingAddress address, MacAddress mac) {
    boolean router = address.v6() && routers.contains(address.device());
    Prepared ready = prepared.get(address);
    if (ready == null || ready.router != router || !ready.mac.equals(mac)) {
      byte[] frame =
          address.v6()
              ? Frames.neighbourAdvertisement(mac, address.ip(), router)
              : Frames.arpAnnouncement(mac, address.ip());
      ready = new Prepared(mac, router, frame);
      prepared.put(address, ready);
    }
    return ready.frame;
  }

  /** For messages: the others of a list of which one was named. */
  static String more(int others) {
    return others == 0 ? "" : " and " + others + " more";
  }
}
