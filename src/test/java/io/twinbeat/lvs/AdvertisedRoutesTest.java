package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which default routes the kernel would take out, as its own table shows them. */
class AdvertisedRoutesTest {
  private static final String NOWHERE = "0".repeat(32);
  private static final String ROUTER = "fe80000000000000021122fffe334455";

  private static String route(String to, String prefix, String via, String flags, String device) {
    return "%s %s %s 00 %s 00000400 00000001 00000000 %s %8s"
        .formatted(to, prefix, NOWHERE, via, flags, device);
  }

  @Test
  void onlyDefaultRoutesThatARouterAdvertised() {
    List<String> table =
        List.of(
            route(NOWHERE, "00", ROUTER, "00450003", "eth0"), // proto ra
            route(NOWHERE, "00", ROUTER, "00000003", "eth1"), // by hand
            route("20010db8000000000000000000000000", "40", NOWHERE, "00040001", "eth2"),
            route(NOWHERE, "00", NOWHERE, "00200200", "lo"),
            "");
    assertEquals(Set.of("eth0"), AdvertisedRoutes.devices(table));
  }
}
