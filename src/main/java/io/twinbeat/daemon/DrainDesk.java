package io.twinbeat.daemon;

import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import io.twinbeat.linux.IpvsDestination.Connections;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;

/** {@code twinbeat drain} and {@code undrain}; any thread. */
final class DrainDesk {
  /** How often is counted, how long nobody may know, and for how long at most. */
  record Pace(Duration step, Duration unknown, Duration most) {}

  /** A takeover fits into the second; the third is somewhat less than a client waits. */
  private static final Pace PACE =
      new Pace(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(14));

  private final Drains drains;
  private final DrainExchange exchange;
  private final DrainCount count;
  private final String peer;

  DrainDesk(Drains drains, DrainExchange exchange, DrainCount count, String peer) {
    this.drains = drains;
    this.exchange = exchange;
    this.count = count;
    this.peer = peer;
  }

  /** {@code server}, and for a drain {@code wait}: until no connection is left. */
  Response order(Request request, boolean on) throws InterruptedException {
    String server = request.text("server").orElse("");
    Set<String> names = drains.servers();
    if (!names.contains(server)) {
      return new Response.Refused(
          "there is no real server '"
              + server
              + (names.isEmpty()
                  ? "': no group has an lvs resource"
                  : "'; the real servers are " + String.join(", ", names)));
    }
    try {
      // First what was ordered on the peer, so that this order is newer than that.
      String deaf = trouble();
      drains.order(server, on);
      deaf = deaf.isEmpty() ? trouble() : deaf;
      String said =
          server
              + (on ? " takes no new connections" : " takes new connections again")
              + (deaf.isEmpty()
                  ? ", after a takeover by " + peer + ", too"
                  : "; " + peer + " will be told, now it does not know: " + deaf);
      if (!on) {
        return Response.Done.with(said);
      }
      if (!request.flag("wait")) {
        return Response.Done.with(said + "; " + left(server));
      }
      return new Response.Lines(sink -> {
        sink.sentence(said);
        return emptied(count, server, sink, PACE);
      });
    } catch (IOException e) {
      return new Response.Failed(e.getMessage());
    }
  }

  /** Why the two do not agree; empty when they do. */
  private String trouble() throws InterruptedException {
    try {
      exchange.join();
      return "";
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  /**
   * The holder may change meanwhile, and then nobody counts for a while; that is waited for, but an
   * unknown number is never none.
   */
  static Response.End emptied(DrainCount count, String server, Response.Sink sink, Pace pace)
      throws InterruptedException, IOException {
    long began = System.nanoTime();
    OptionalLong known = OptionalLong.empty();
    String told = "";
    while (true) {
      String now;
      try {
        DrainCount.Count left = count.of(server);
        known = OptionalLong.of(System.nanoTime());
        now = shown(left);
        if (left.connections().active() == 0) {
          return Response.Done.with(server + " is drained: " + now);
        }
        if (over(began, pace.most())) {
          return new Response.Failed(server + " is not empty yet: " + now);
        }
      } catch (IOException e) {
        now = unknown(e);
        if (known.isEmpty() || over(known.getAsLong(), pace.unknown())) {
          return new Response.Failed(server + " takes no new connections, but " + now);
        }
      }
      if (!now.equals(told)) {
        sink.sentence(now);
        told = now;
      }
      Thread.sleep(pace.step());
    }
  }

  private static boolean over(long since, Duration limit) {
    return System.nanoTime() - since >= limit.toNanos();
  }

  private String left(String server) throws InterruptedException {
    try {
      return shown(count.of(server));
    } catch (IOException e) {
      return unknown(e);
    }
  }

  private static String unknown(IOException why) {
    return "how many it has left is not known: " + why.getMessage();
  }

  /** The kernel never counts UDP as active: it cannot tell a pause from an end. */
  private static String shown(DrainCount.Count left) {
    Connections connections = left.connections();
    return connections.active()
        + " open connections left on "
        + String.join(" and ", left.nodes())
        + ", "
        + connections.inactive()
        + " that are ending or UDP, "
        + connections.persistent()
        + " clients remembered";
  }
}
