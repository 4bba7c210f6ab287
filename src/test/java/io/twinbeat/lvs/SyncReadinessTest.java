package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SyncReadinessTest {
  private static final InetAddress V4 = InetAddress.ofLiteral("192.168.77.1");
  private static final InetAddress V6 = InetAddress.ofLiteral("fe80::1");

  @Test
  void theKernelNeedsTheDeviceAndAnIpv4Address() {
    assertEquals(
        Finding.good("sync device", "eth1"),
        SyncReadiness.judged("eth1", Optional.of(List.of(V6, V4))));
    assertWarning(
        "eth1 has no IPv4 address", SyncReadiness.judged("eth1", Optional.of(List.of(V6))));
    assertWarning(
        "there is no network device eth1", SyncReadiness.judged("eth1", Optional.empty()));
  }

  @Test
  void thisMachineIsAsked() {
    assertEquals(Finding.Grade.GOOD, SyncReadiness.look("lo").grade());
    assertWarning("there is no network device nosuch0", SyncReadiness.look("nosuch0"));
  }

  private static void assertWarning(String what, Finding finding) {
    assertEquals(Finding.Grade.WARNING, finding.grade());
    assertTrue(finding.detail().startsWith(what), finding.detail());
  }
}
