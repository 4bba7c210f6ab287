package io.twinbeat.daemon;

import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import io.twinbeat.linux.IpvsDestination.Connections;
import io.twinbeat.lvs.Director;
import io.twinbeat.lvs.LvsException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** {@code twinbeat drain} and {@code undrain}; any thread. */
final class DrainDesk {
  private static final Duration STEP = Duration.ofSeconds(1);

  /** Somewhat less than a client waits for an order. */
  private static final Duration WAIT_MAX = Duration.ofMinutes(14);

  private final Drains drains;
  private final DrainExchange exchange;
  private final String peer;

  DrainDesk(Drains drains, DrainExchange exchange, String peer) {
    this.drains = drains;
    this.exchange = exchange;
    this.peer = peer;
  }

  /** {@code server}, and for a drain {@code wait}: until no connection is left. */
  Response order(Request request, boolean on) throws InterruptedException {
    String server = request.text("server").orElse("");
    List<Director> directors = drains.knowing(server);
    if (directors.isEmpty()) {
      Set<String> names = drains.servers();
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
        return Response.Done.with(said + "; " + left(directors, server));
      }
      return new Response.Lines(sink -> {
        sink.sentence(said);
        return emptied(directors, server, sink);
      });
    } catch (IOException | LvsException e) {
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

  private static Response.End emptied(List<Director> directors, String server, Response.Sink sink)
      throws InterruptedException, IOException {
    long deadline = System.nanoTime() + WAIT_MAX.toNanos();
    String told = "";
    try {
      while (true) {
        String left = left(directors, server);
        if (count(directors, server).active() == 0) {
          return Response.Done.with(server + " is drained: " + left);
        }
        if (System.nanoTime() - deadline >= 0) {
          return new Response.Failed(server + " is not empty yet: " + left);
        }
        if (!left.equals(told)) {
          sink.sentence(left);
          told = left;
        }
        Thread.sleep(STEP);
      }
    } catch (LvsException e) {
      return new Response.Failed(e.getMessage());
    }
  }

  private static Connections count(List<Director> directors, String server) throws LvsException {
    Connections sum = Connections.NONE;
    for (Director director : directors) {
      sum = sum.plus(director.connections(server));
    }
    return sum;
  }

  private static String left(List<Director> directors, String server) throws LvsException {
    Connections left = count(directors, server);
    return left.active()
        + " open connections left on this node, "
        + left.inactive()
        + " that are ending"
        + (left.persistent() > 0 ? ", " + left.persistent() + " persistent" : "");
  }
}
