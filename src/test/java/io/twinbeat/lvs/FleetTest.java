package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.VirtualServiceConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What a director says of its real servers: events, alarms, readiness, and the next life's start.
 */
class FleetTest {
  private static final Look.Seen GOOD = Look.Seen.good("ok");
  private static final Look.Seen BAD = Look.Seen.bad("refused");
  private static final Look.Seen NONE = Look.Seen.none("cannot look: Too many open files");

  private final VirtualServiceConfig service = ServiceStateTest.config(false, false, 1, 0, false);
  private final Fleet fleet = new Fleet(List.of(service));
  private final List<String> said = new ArrayList<>();
  private final FleetNews news =
      new FleetNews(
          fleet,
          new Director.Voice() {
            @Override
            public void event(String sentence) {
              said.add(sentence);
            }

            @Override
            public void alarm(String key, String what, String mend) {
              said.add("ALARM " + what);
            }

            @Override
            public void clear(String key) {}
          });

  private void seen(int server, Look.Seen... looks) {
    RealServerConfig config = service.realServers().get(server);
    for (Look.Seen look : looks) {
      news.tell(config, fleet.seen(service, config, look));
    }
  }

  private Finding reachable() {
    return fleet.reachable().getFirst();
  }

  @Test
  void whoCannotBeLookedAtIsToldOnceAndNotCalledReachable() {
    for (int i = 0; i < 3; i++) {
      seen(i, GOOD);
    }
    seen(0, NONE, NONE);
    assertEquals(List.of(), said);
    assertEquals(
        Finding.good("real servers of 10.0.0.1:80", "3 of 3 reachable from here"), reachable());
    seen(0, NONE, NONE, NONE);
    assertEquals(
        List.of(
            "10.0.0.1:80: a cannot be looked at, and stays as it is:"
                + " cannot look: Too many open files"),
        said);
    assertEquals(Finding.Grade.WARNING, reachable().grade());
    assertEquals(
        "2 of 3 reachable from here; cannot look at a (cannot look: Too many open files)",
        reachable().detail());
    assertEquals(false, fleet.reports(Map.of()).getFirst().servers().getFirst().looked());
    seen(1, BAD, BAD, BAD);
    assertEquals(
        "1 of 3 reachable from here; not: b (refused);"
            + " cannot look at a (cannot look: Too many open files)",
        reachable().detail());
    said.clear();
    seen(0, GOOD);
    assertEquals(List.of("10.0.0.1:80: a can be looked at again: ok"), said);
    assertEquals("2 of 3 reachable from here; not: b (refused)", reachable().detail());
  }

  /** The kernel's table of the last life is of servers that the file has no more. */
  @Test
  void anotherFileThatMovesAllServersLeavesNoTableEmpty() {
    Table last = fleet.wanted();
    VirtualServiceConfig moved = ServiceStateTest.moved(service);
    Fleet next = new Fleet(List.of(moved));
    next.recall(last, Map.of(Wanted.key(service.target()), Optional.of(endpoints(fleet))));
    assertEquals(new Fleet(List.of(moved)).wanted(), next.wanted());
    assertEquals(3, next.wanted().entries().values().iterator().next().destinations().size());
  }

  private static Set<Table.Endpoint> endpoints(Fleet fleet) {
    return fleet.named().values().iterator().next();
  }
}
