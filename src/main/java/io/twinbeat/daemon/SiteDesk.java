package io.twinbeat.daemon;

import io.twinbeat.config.SiteStatusConfig;
import io.twinbeat.control.Response;
import io.twinbeat.control.SiteServer;
import io.twinbeat.control.StatusReport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Supplier;

/** Answers the other machines of the site; how often they ask costs nothing. Any thread. */
final class SiteDesk implements SiteServer.Host {
  /** An answer that is so young is given again. */
  private static final Duration FRESH = Duration.ofMillis(250);

  private final SiteStatusConfig config;
  private final DaemonAlarms alarms;
  private final Supplier<StatusReport> report;
  private Response.End last;
  private long lastNanos;

  SiteDesk(SiteStatusConfig config, DaemonAlarms alarms, Supplier<StatusReport> report) {
    this.config = config;
    this.alarms = alarms;
    this.report = report;
  }

  @Override
  public boolean answers(InetAddress from) {
    return config.answers(from);
  }

  @Override
  public synchronized Response.End answer() {
    if (last == null || System.nanoTime() - lastNanos > FRESH.toNanos()) {
      last = new Response.Done(SiteView.of(report.get()));
      lastNanos = System.nanoTime();
    }
    return last;
  }

  private static String key(InetSocketAddress at) {
    return "site-status:" + at.getAddress().getHostAddress();
  }

  @Override
  public void listens(InetSocketAddress at) {
    alarms.clear(key(at));
  }

  @Override
  public void fails(InetSocketAddress at, String why) {
    alarms.raise(
        key(at),
        "twinbeat status --site is not answered at "
            + at.getAddress().getHostAddress()
            + " port "
            + at.getPort()
            + ": "
            + why,
        "look at this address and port (ss -ltnp); it is tried again by itself");
  }
}
