package io.twinbeat.daemon;

import io.twinbeat.config.ServerCheckConfig.How;
import io.twinbeat.lvs.Look;
import io.twinbeat.resource.HttpLook;
import io.twinbeat.resource.ProbeAnswer;
import io.twinbeat.resource.ProbeSettings;
import io.twinbeat.resource.Statuses;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/** Looks at real servers by the same client that looks at nginx and at the peer's service. */
public final class ServerLooks {
  private static final String CANNOT_LOOK = "cannot look: ";

  private ServerLooks() {}

  /** For TCP and HTTP; {@code limit} holds for the look as a whole. */
  public static Look of(How how) {
    IntFunction<ProbeSettings> settings = settings(how);
    return (ip, port, limit) -> {
      long deadline = System.nanoTime() + limit.toNanos();
      InetSocketAddress to = new InetSocketAddress(ip, port);
      try (HttpLook look = new HttpLook(to, settings.apply(port), deadline)) {
        return switch (look.look()) {
          case HttpLook.Seen.Good good -> Look.Seen.good(good.detail());
          case HttpLook.Seen.Bad bad ->
              bad.reach() == ProbeAnswer.Reach.NO_WAY
                  ? withoutWay(to, bad.detail())
                  : Look.Seen.bad(bad.detail());
          case HttpLook.Seen.Local local ->
              local.wayLacks()
                  ? withoutWay(to, local.why())
                  : Look.Seen.none(CANNOT_LOOK + local.why());
        };
      }
    };
  }

  /**
   * TCP does not tell whether this machine said that there is no way, or the network did.
   * Connecting a datagram socket sends nothing and asks for the route only.
   */
  private static Look.Seen withoutWay(InetSocketAddress to, String why) {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(to);
      return Look.Seen.bad(why);
    } catch (IOException e) {
      return Look.Seen.none(CANNOT_LOOK + why);
    }
  }

  private static IntFunction<ProbeSettings> settings(How how) {
    return switch (how) {
      case How.Tcp _ -> ProbeSettings.Tcp::new;
      case How.Http http -> {
        Statuses statuses = Statuses.parse(http.statuses());
        Optional<Pattern> body = http.body().map(Pattern::compile);
        yield port ->
            new ProbeSettings.Http(port, http.path(), http.host(), http.tls(), statuses, body);
      }
      case How.Off _, How.Udp _, How.Dns _, How.Ping _, How.Script _ ->
          throw new IllegalArgumentException("no connection is needed for " + how);
    };
  }
}
