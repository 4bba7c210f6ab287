package io.twinbeat.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.LvsConfig.Sync;
import io.twinbeat.config.ServerCheckConfig.How;
import io.twinbeat.config.VirtualServiceConfig.Persistence;
import io.twinbeat.config.VirtualServiceConfig.Target;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the file says of LVS arrives, with what is shared and what is left out. */
class LvsReaderTest {
  private static final Pair FULL = SiteReaderTest.pair(SiteReaderTest.FULL);

  private static LvsConfig lvs(int index) {
    return (LvsConfig) FULL.group("four").orElseThrow().resources().get(index);
  }

  @Test
  void aServiceTakesWhatIsSharedUnlessItSaysOtherwise() {
    LvsConfig lvs = lvs(0);
    assertEquals("lvs", lvs.name());
    assertEquals(Optional.of(new Sync.Stateless()), lvs.sync());
    assertEquals(false, lvs.checkOnStandby());
    RealServerConfig web1 =
        new RealServerConfig("web1", ip("10.10.30.11"), 443, 1, ForwardingMode.TUN, 0, 0);
    RealServerConfig web2 =
        new RealServerConfig("web2", ip("10.10.30.12"), 8080, 2, ForwardingMode.NAT, 100, 80);
    RealServerConfig sorry =
        new RealServerConfig("sorry-server", ip("127.0.0.1"), 443, 1, ForwardingMode.TUN, 0, 0);
    How http = new How.Http(true, "/h", Optional.of("h.example"), "200,301-302", Optional.of("ok"));
    assertEquals(
        new VirtualServiceConfig(
            new Target.Address(ip("10.10.10.103"), 443, false),
            "mh",
            List.of("mh-fallback", "mh-port"),
            false,
            Optional.empty(),
            List.of(web1, web2),
            new ServerCheckConfig(http, Optional.of(8443), ms(2000), ms(500), ms(50), 4, 5),
            true,
            Optional.of(sorry),
            3,
            1,
            true),
        lvs.services().get(0));
  }

  @Test
  void otherServicesAndWhatIsLeftOut() {
    LvsConfig lvs = lvs(1);
    assertEquals(Optional.of(new Sync.SyncDaemon("eth1", 7)), lvs.sync());
    assertTrue(lvs.checkOnStandby());
    VirtualServiceConfig dns = lvs.services().get(0);
    assertEquals(new Target.Address(ip("2001:db8::100"), 53, true), dns.target());
    assertTrue(dns.onePacket());
    assertEquals(new How.Dns("example.org", "A"), dns.check().how());
    assertEquals(Optional.empty(), dns.persistence());
    assertEquals(1, dns.quorum());
    VirtualServiceConfig mark = lvs.services().get(1);
    assertEquals(new Target.Mark(5, true), mark.target());
    assertEquals("wlc", mark.scheduler());
    assertEquals(Optional.of(new Persistence(Duration.ofMinutes(5), 64)), mark.persistence());
    assertEquals(Optional.of(5000), mark.check().port());
    VirtualServiceConfig every = lvs.services().get(2);
    assertEquals(new Target.Address(ip("10.10.10.103"), 0, false), every.target());
    assertEquals(new How.Script(Path.of("/bin/x"), List.of("a"), true), every.check().how());
    assertEquals(0, every.realServers().get(0).port());
    assertEquals(ip("10.10.30.99"), every.sorryServer().orElseThrow().ip());
  }

  private static InetAddress ip(String text) {
    return InetAddress.ofLiteral(text);
  }

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }
}
