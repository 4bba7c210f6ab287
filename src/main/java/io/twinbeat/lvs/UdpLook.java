package io.twinbeat.lvs;

import io.twinbeat.config.ServerCheckConfig.How;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.RouteSocket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Sends a datagram and expects an answer that matches; or, where none is wanted, no ICMP error. Of
 * a server that may be silent it is asked beside whether it is there at all: nobody does who
 * resolves to no hardware address, or has answered pings and answers none any more. One that never
 * answered a ping may have a filter, and is judged without.
 */
final class UdpLook implements Look {
  private final byte[] sent;
  private final Optional<Pattern> wanted;
  private final Pinger pinger;
  private final Set<InetAddress> pingable = ConcurrentHashMap.newKeySet();

  UdpLook(How.Udp how, Pinger pinger) {
    // An empty datagram is not sent at all by Java.
    this.sent = (how.send().isEmpty() ? "\n" : how.send()).getBytes(StandardCharsets.UTF_8);
    this.wanted = how.expect().map(Pattern::compile);
    this.pinger = pinger;
  }

  @Override
  public Seen at(InetAddress ip, int port, Duration limit) {
    if (wanted.isPresent()) {
      return answered(ip, port, limit, wanted.get());
    }
    try (Pinger.Ping ping = pinger.ping(ip)) {
      try {
        byte[] _ = Looks.exchange(ip, port, sent, limit, _ -> true);
        return Seen.good("port " + port + " answered");
      } catch (SocketTimeoutException e) {
        return silent(ip, port, ping.answered(), ping.trouble(), () -> isUnresolved(ip));
      } catch (IOException e) {
        return Looks.failed(port, limit, e);
      }
    }
  }

  /** Neither an answer nor an error came: a server that is well looks like one that is off. */
  Seen silent(
      InetAddress ip,
      int port,
      boolean ponged,
      Optional<String> trouble,
      BooleanSupplier unresolved) {
    String took = "port " + port + " says nothing";
    if (ponged) {
      pingable.add(ip);
      return Seen.good(took + ", and a ping was answered");
    }
    if (unresolved.getAsBoolean()) {
      return Seen.bad(
          "nobody answers "
              + (ip instanceof Inet6Address ? "neighbour discovery" : "ARP")
              + " for it");
    }
    if (!pingable.contains(ip)) {
      return Seen.good(took + ", and pings were never answered: it may be off");
    }
    return trouble
        .map(why -> Seen.none("cannot look: " + why))
        .orElseGet(() -> Seen.bad(took + ", and pings are no longer answered"));
  }

  /** On a network of this machine, at the end of a look that asked for it. */
  private static boolean isUnresolved(InetAddress ip) {
    try (RouteSocket route = RouteSocket.open()) {
      return route.unresolved().contains(ip)
          && route.neighbours().stream().noneMatch(other -> other.ip().equals(ip));
    } catch (LinuxException e) {
      return false; // The ping remains.
    }
  }

  private Seen answered(InetAddress ip, int port, Duration limit, Pattern pattern) {
    try {
      byte[] answer = Looks.exchange(ip, port, sent, limit, _ -> true);
      return pattern.matcher(new String(answer, StandardCharsets.UTF_8)).find()
          ? Seen.good("port " + port + " answered")
          : Seen.bad("port " + port + " answered, but without /" + pattern + "/");
    } catch (IOException e) {
      return Looks.failed(port, limit, e);
    }
  }
}
