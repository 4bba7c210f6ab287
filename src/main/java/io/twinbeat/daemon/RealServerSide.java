package io.twinbeat.daemon;

import io.twinbeat.config.RealServerDuty;
import io.twinbeat.config.Site;
import io.twinbeat.config.Site.Role;
import io.twinbeat.lvs.realserver.Duty;
import io.twinbeat.lvs.realserver.Finding;
import io.twinbeat.lvs.realserver.RealServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What this machine does as a real server for the directors of the site. No daemon is needed for
 * it, and none is asked.
 */
public final class RealServerSide {
  private final RealServer server;
  private final List<RealServerDuty> duties;

  private RealServerSide(RealServer server, List<RealServerDuty> duties) {
    this.server = server;
    this.duties = duties;
  }

  /** One thing that was looked at. */
  public record Item(String what, boolean good, boolean risky, String detail, String mend) {}

  /** By this machine's host name in the site; where it has none there, its addresses tell. */
  public static RealServerSide of(Site site, String hostName) throws IOException {
    Path state =
        site.role(hostName).orElse(null) instanceof Role.OfNode node
            ? node.pair().paths().state()
            : site.paths().state();
    return new RealServerSide(
        new RealServer(state), RealServerDuty.of(site, hostName, RealServer.ownAddresses()));
  }

  public List<RealServerDuty> duties() {
    return duties;
  }

  /** A sentence for each change. */
  public List<String> up() throws IOException {
    return server.up(theirWords());
  }

  /** A sentence for each change. */
  public List<String> down() throws IOException {
    return server.down();
  }

  public List<Item> check() throws IOException {
    return server.check(theirWords()).stream().map(RealServerSide::item).toList();
  }

  private static Item item(Finding finding) {
    return new Item(
        finding.what(),
        finding.verdict() == Finding.Verdict.GOOD,
        finding.verdict() == Finding.Verdict.RISKY,
        finding.detail(),
        finding.mend());
  }

  private List<Duty> theirWords() {
    return duties.stream().map(RealServerSide::duty).toList();
  }

  private static Duty duty(RealServerDuty duty) {
    return new Duty(
        duty.vip(),
        switch (duty.mode()) {
          case DR -> Duty.Forwarding.DR;
          case TUN -> Duty.Forwarding.TUN;
          case NAT -> Duty.Forwarding.NAT;
        },
        duty.self(),
        duty.moves(),
        duty.gateway());
  }
}
