package io.twinbeat.lvs;

import io.twinbeat.config.ForwardingMode;
import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.ServerCheckConfig;
import io.twinbeat.config.ServerCheckConfig.How;
import io.twinbeat.config.VirtualServiceConfig;
import io.twinbeat.daemon.ServerLooks;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * The checks of many servers on loopback addresses, each second, with all that follows a result.
 */
public final class ChecksLoad implements AutoCloseable {
  private final LongAdder looks = new LongAdder();
  private final LongAdder bad = new LongAdder();
  private final Fleet fleet;
  private final Checks checks;
  private final Pinger pinger = new Pinger();

  public ChecksLoad(int servers, boolean http, int port) {
    List<RealServerConfig> all = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      InetAddress ip = InetAddress.ofLiteral("127.1." + i / 250 + "." + (i % 250 + 1));
      all.add(new RealServerConfig("s" + i, ip, port, 1, ForwardingMode.NAT, 0, 0));
    }
    How how =
        http
            ? new How.Http(false, "/healthz", Optional.empty(), "200-299", Optional.of("ok"))
            : new How.Tcp();
    ServerCheckConfig check =
        new ServerCheckConfig(
            how,
            Optional.empty(),
            ServerCheckConfig.INTERVAL,
            Duration.ofSeconds(5),
            Duration.ZERO,
            ServerCheckConfig.RISE,
            ServerCheckConfig.FALL);
    VirtualServiceConfig service =
        new VirtualServiceConfig(
            new VirtualServiceConfig.Target.Address(InetAddress.ofLiteral("10.0.0.1"), 80, false),
            "rr",
            List.of(),
            false,
            Optional.empty(),
            all,
            check,
            false,
            Optional.empty(),
            1,
            0,
            false);
    fleet = new Fleet(List.of(service));
    checks = new Checks(List.of(service), h -> Looks.of(h, ServerLooks::of, pinger), this::seen);
    checks.start();
  }

  private void seen(VirtualServiceConfig service, RealServerConfig server, Look.Seen seen) {
    looks.increment();
    if (seen.verdict() != Look.Verdict.GOOD) {
      bad.increment();
    }
    synchronized (fleet) {
      Fleet.Turn _ = fleet.seen(service, server, seen);
    }
  }

  public long looks() {
    return looks.sum();
  }

  public long bad() {
    return bad.sum();
  }

  @Override
  public void close() {
    checks.stop();
    pinger.close();
  }
}
