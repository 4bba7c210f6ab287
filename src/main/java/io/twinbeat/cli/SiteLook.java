package io.twinbeat.cli;

import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Addresses;
import io.twinbeat.config.Group;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.Pair;
import io.twinbeat.config.ProbeConfig;
import io.twinbeat.config.ResourceConfig;
import io.twinbeat.config.Site;
import io.twinbeat.config.Tier;
import io.twinbeat.config.VirtualServiceConfig;
import io.twinbeat.config.VirtualServiceConfig.Target;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * How what a tier serves looks from this machine: whether it takes a TCP connection. Where a daemon
 * answers, that is known better.
 */
record SiteLook(Served what, Answer answer) {
  enum Answer {
    OPEN("open"),
    REFUSED("refused: the machine answers, the service does not"),
    SILENT("no answer from here");

    final String words;

    Answer(String words) {
      this.words = words;
    }
  }

  /**
   * Something that a tier serves. {@code always}: it must listen at all times (one that serves for
   * a virtual address may listen on that alone). {@code near}: this machine sends to it, so its
   * silence is no matter of the way there.
   */
  record Served(String name, InetAddress ip, int port, boolean always, boolean near) {
    /** Blocks for the limit at most. */
    SiteLook look(Duration limit) {
      return new SiteLook(this, ask(ip, port, limit));
    }
  }

  boolean good() {
    return switch (answer) {
      case OPEN -> true;
      case REFUSED -> !what.always();
      case SILENT -> !what.near();
    };
  }

  String address() {
    String shown = Addresses.shown(what.ip());
    return (shown.indexOf(':') < 0 ? shown : "[" + shown + "]") + ":" + what.port();
  }

  /** As it matters to the node {@code self}, or to a machine that is none. */
  static Set<Served> served(Site site, Tier tier, String self) {
    Set<Served> served = new LinkedHashSet<>();
    if (tier instanceof Tier.OfPair(Pair pair)) {
      pair.groups().forEach(group -> served(group, served));
      return served;
    }
    for (SitePath path : SitePath.of(site)) {
      for (SitePath.Stop stop : path.to()) {
        if (stop.tier().equals(tier.name()) && stop.port() > 0) {
          boolean near = path.from().node(self).isPresent();
          boolean always = path.mode().equals("nginx");
          served.add(new Served(stop.name(), stop.ip(), stop.port(), always, near));
        }
      }
    }
    return served;
  }

  private static void served(Group group, Set<Served> served) {
    boolean balances = false;
    for (ResourceConfig resource : group.resources()) {
      if (resource instanceof LvsConfig lvs) {
        balances = true;
        for (VirtualServiceConfig service : lvs.services()) {
          if (service.target() instanceof Target.Address(InetAddress ip, int port, boolean udp)
              && !udp
              && port > 0) {
            served.add(new Served(group.name(), ip, port, true, true));
          }
        }
      }
    }
    int port =
        switch (group.serviceProbe()) {
          case ProbeConfig.Http http -> http.port();
          case ProbeConfig.Tcp tcp -> tcp.port();
          case ProbeConfig.Arp _ -> 0;
        };
    if (port > 0 && !balances) {
      for (AddressConfig address : group.addresses()) {
        served.add(new Served(group.name(), address.ip(), port, true, true));
      }
    }
  }

  private static Answer ask(InetAddress ip, int port, Duration limit) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(ip, port), (int) limit.toMillis());
      return Answer.OPEN;
    } catch (SocketTimeoutException e) {
      return Answer.SILENT;
    } catch (ConnectException e) {
      boolean refused = String.valueOf(e.getMessage()).contains("refused");
      return refused ? Answer.REFUSED : Answer.SILENT;
    } catch (IOException e) {
      return Answer.SILENT;
    }
  }
}
