package io.twinbeat.address;

import io.twinbeat.linux.InterfaceAddress;
import io.twinbeat.linux.Link;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.MacAddress;
import io.twinbeat.linux.PacketFilter;
import io.twinbeat.linux.PacketReceiver;
import io.twinbeat.linux.PacketSender;
import io.twinbeat.linux.Poller;
import io.twinbeat.linux.RouteSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks the network of a device, once and for several addresses, which machines answer for them:
 * each with all the hardware addresses that did. IPv4 is asked as any neighbour asks, from an
 * address of this machine, because Linux answers a probe from nobody only for addresses of the
 * device itself: a real server's on lo would stay unseen. This machine's own answers are not among
 * them. Blocks for the limit; needs CAP_NET_RAW.
 */
public final class WhoAnswers {
  /** A frame may be lost. */
  private static final int ROUNDS = 3;

  private WhoAnswers() {}

  /** Fails when the device is not there, or without a signal: silence would mean nothing then. */
  public static Map<InetAddress, Set<String>> ask(
      String device, Collection<InetAddress> ips, Duration limit) throws AddressException {
    List<byte[]> v4 = new ArrayList<>();
    List<byte[]> v6 = new ArrayList<>();
    ips.forEach(ip -> (ip instanceof Inet6Address ? v6 : v4).add(ip.getAddress()));
    try (RouteSocket route = RouteSocket.open();
        PacketSender sender = PacketSender.open();
        PacketReceiver arp =
            PacketReceiver.open(PacketReceiver.ETH_P_ARP, PacketFilter.arpFrom(v4));
        PacketReceiver neighbours =
            PacketReceiver.open(
                PacketReceiver.ETH_P_IPV6, PacketFilter.neighbourAdvertisementsOf(v6));
        Poller poller = Poller.open(List.of(arp, neighbours))) {
      Link link = usable(route, device);
      List<byte[]> questions = questions(link, own(route, link), ips);
      Map<InetAddress, Set<String>> answers = new HashMap<>();
      ips.forEach(ip -> answers.put(ip, new TreeSet<>()));
      long each = limit.dividedBy(ROUNDS).toNanos();
      for (int i = 0; i < ROUNDS; i++) {
        for (byte[] question : questions) {
          sender.send(link.index(), question);
        }
        long end = System.nanoTime() + each;
        for (long left = each; left > 0; left = end - System.nanoTime()) {
          poller.await(left);
          arp.drain((ifindex, frame) ->
              Claim.arp(frame)
                  .filter(_ -> ifindex == link.index())
                  .ifPresent(c -> add(answers, c)));
          neighbours.drain((ifindex, frame) ->
              Claim.neighbourAdvertisement(frame)
                  .filter(_ -> ifindex == link.index())
                  .ifPresent(c -> add(answers, c)));
        }
      }
      return answers;
    } catch (LinuxException e) {
      throw new AddressException("asking on " + device + " who answers", e);
    }
  }

  private static Link usable(RouteSocket route, String device) throws LinuxException {
    Optional<Link> link = route.link(device);
    if (link.isEmpty()) {
      throw new AddressException("there is no network device " + device);
    }
    if (!link.get().neighbours() || !link.get().carrier()) {
      throw new AddressException(
          device + " has no " + (link.get().neighbours() ? "carrier" : "neighbours to ask"));
    }
    return link.get();
  }

  private static List<InterfaceAddress> own(RouteSocket route, Link link) throws LinuxException {
    List<InterfaceAddress> own = new ArrayList<>();
    for (InterfaceAddress each : route.addresses()) {
      if (each.ifindex() == link.index() && !(each.ip() instanceof Inet6Address)) {
        own.add(each);
      }
    }
    return own;
  }

  private static List<byte[]> questions(
      Link link, List<InterfaceAddress> own, Collection<InetAddress> ips) {
    MacAddress mac = link.ethernet().orElseThrow();
    List<byte[]> questions = new ArrayList<>();
    for (InetAddress ip : ips) {
      // Not from the address that is asked for: that would be an announcement.
      Optional<InetAddress> from =
          own.stream().map(InterfaceAddress::ip).filter(o -> !ips.contains(o)).findFirst();
      questions.add(
          ip instanceof Inet6Address
              ? Frames.neighbourProbe(mac, ip)
              : from.isPresent()
                  ? Frames.arpRequest(mac, from.get(), ip)
                  : Frames.arpProbe(mac, ip));
    }
    return questions;
  }

  private static void add(Map<InetAddress, Set<String>> answers, Claim claim) {
    Set<String> of = answers.get(claim.ip());
    if (of != null) {
      of.add(claim.mac().toString());
    }
  }
}
