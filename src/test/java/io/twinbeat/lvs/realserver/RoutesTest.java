package io.twinbeat.lvs.realserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The default gateway in the kernel's own tables. */
class RoutesTest {
  private static Optional<InetAddress> ip(String text) {
    return Optional.of(InetAddress.ofLiteral(text));
  }

  @Test
  void leastMetricOfV4Counts() {
    String heading =
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT";
    String far = "eth1\t00000000\tFE1E0A0A\t0003\t0\t0\t200\t00000000\t0\t0\t0";
    String near = "eth0\t00000000\t010A0A0A\t0003\t0\t0\t100\t00000000\t0\t0\t0";
    String net = "eth0\t000A0A0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0";
    String half = "eth0\t00000000\t020A0A0A\t0003\t0\t0\t0\t00000080\t0\t0\t0";
    assertEquals(ip("10.10.10.1"), Routes.gatewayOfV4(List.of(heading, far, near, net, half)));
    assertEquals(Optional.empty(), Routes.gatewayOfV4(List.of(heading, net, half)));
    assertEquals(Optional.empty(), Routes.gatewayOfV4(List.of()));
  }

  @Test
  void leastMetricOfV6Counts() {
    String zeros = "0".repeat(32);
    String unreachable =
        zeros + " 00 " + zeros + " 00 " + zeros + " ffffffff 00000001 00000000 00200200       lo";
    String gateway =
        zeros
            + " 00 "
            + zeros
            + " 00 fd090000000000000000000000000001 00000400 00000001 00000000 00000003     eth0";
    assertEquals(ip("fd09::1"), Routes.gatewayOfV6(List.of(unreachable, gateway)));
    assertEquals(Optional.empty(), Routes.gatewayOfV6(List.of(unreachable)));
  }
}
