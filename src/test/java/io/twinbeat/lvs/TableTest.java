package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.linux.IpvsChange;
import io.twinbeat.linux.IpvsDestination;
import io.twinbeat.linux.IpvsDestination.Method;
import io.twinbeat.linux.IpvsService;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The smallest change makes one table of another, and is never without a server on the way. */
class TableTest {
  private static final int TRIALS = 3000;

  /** What the kernel does with one change; it refuses what does not fit. */
  private static Table after(Table table, IpvsChange change) {
    Map<IpvsService.Key, Table.Entry> entries = new LinkedHashMap<>(table.entries());
    Table.Entry entry = entries.get(change.service());
    assertEquals(change instanceof IpvsChange.AddService, entry == null, change.toString());
    switch (change) {
      case IpvsChange.AddService c ->
          entries.put(c.service(), new Table.Entry(c.wanted(), Map.of()));
      case IpvsChange.EditService c ->
          entries.put(c.service(), new Table.Entry(c.wanted(), entry.destinations()));
      case IpvsChange.RemoveService c -> entries.remove(c.service());
      case IpvsChange.AddDestination c -> put(entries, entry, c.wanted(), false);
      case IpvsChange.EditDestination c -> put(entries, entry, c.wanted(), true);
      case IpvsChange.RemoveDestination c -> {
        Map<Table.Endpoint, IpvsDestination> left = new LinkedHashMap<>(entry.destinations());
        assertTrue(left.remove(Table.Endpoint.of(c.gone())) != null, change.toString());
        entries.put(c.service(), new Table.Entry(entry.service(), left));
      }
    }
    return new Table(entries);
  }

  private static void put(
      Map<IpvsService.Key, Table.Entry> entries,
      Table.Entry entry,
      IpvsDestination wanted,
      boolean there) {
    Map<Table.Endpoint, IpvsDestination> now = new LinkedHashMap<>(entry.destinations());
    assertEquals(there, now.put(Table.Endpoint.of(wanted), wanted) != null, wanted.toString());
    entries.put(entry.service().key(), new Table.Entry(entry.service(), now));
  }

  private static Table random(Random random) {
    List<Table.Entry> entries = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      if (random.nextInt(4) == 0) {
        continue;
      }
      IpvsService.Key key =
          i == 3
              ? new IpvsService.Key.Mark(1, false)
              : new IpvsService.Key.Address(ip(1), 80 + i, IpvsService.TCP);
      String scheduler = random.nextBoolean() ? "rr" : "wrr";
      List<IpvsDestination> destinations = new ArrayList<>();
      for (int j = 0; j < 4; j++) {
        if (random.nextBoolean()) {
          Method method = random.nextInt(3) == 0 ? Method.NAT : Method.ROUTE;
          destinations.add(new IpvsDestination(ip(10 + j), 80, method, random.nextInt(3), 0, 0, 0));
        }
      }
      entries.add(
          Table.Entry.of(new IpvsService(key, scheduler, random.nextInt(2), 0, 32), destinations));
    }
    return Table.of(entries);
  }

  private static InetAddress ip(int last) {
    return InetAddress.ofLiteral("10.0.0." + last);
  }

  @Test
  void theChangesMakeTheWantedTableAndNoneIsTooMany() {
    for (int seed = 0; seed < TRIALS; seed++) {
      Random random = new Random(seed);
      Table from = random(random);
      Table to = random(random);
      List<IpvsChange> changes = from.changesTo(to);
      Table now = from;
      for (IpvsChange change : changes) {
        now = after(now, change);
      }
      assertEquals(to, now, "seed " + seed);
      assertEquals(differences(from, to), changes.size(), "seed " + seed);
      assertEquals(List.of(), to.changesTo(to));
    }
  }

  /** Counted independently: each service or destination that differs needs one change. */
  private static int differences(Table from, Table to) {
    int count = 0;
    Set<IpvsService.Key> keys = new HashSet<>(from.entries().keySet());
    keys.addAll(to.entries().keySet());
    for (IpvsService.Key key : keys) {
      Table.Entry a = from.entries().get(key);
      Table.Entry b = to.entries().get(key);
      if (b == null) {
        count++;
        continue;
      }
      count += a == null || !a.service().equals(b.service()) ? 1 : 0;
      Map<Table.Endpoint, IpvsDestination> old = a == null ? Map.of() : a.destinations();
      Set<Table.Endpoint> endpoints = new HashSet<>(old.keySet());
      endpoints.addAll(b.destinations().keySet());
      for (Table.Endpoint endpoint : endpoints) {
        IpvsDestination before = old.get(endpoint);
        count += before == null || !before.equals(b.destinations().get(endpoint)) ? 1 : 0;
      }
    }
    return count;
  }

  @Test
  void noMomentIsWithoutAServerThatBothTablesHave() {
    for (int seed = 0; seed < TRIALS; seed++) {
      Random random = new Random(seed);
      Table from = random(random);
      Table to = random(random);
      Table now = from;
      for (IpvsChange change : from.changesTo(to)) {
        now = after(now, change);
        for (IpvsService.Key key : to.entries().keySet()) {
          if (serves(from, key) && serves(to, key)) {
            assertTrue(serves(now, key), "seed " + seed + " after " + change);
          }
        }
      }
    }
  }

  /** mh, sh and dh hash into the list: two directors that are to choose alike need one order. */
  @Test
  void theOrderOfServersIsMadeWhereItCounts() {
    for (int seed = 0; seed < TRIALS; seed++) {
      Random random = new Random(seed);
      Table from = Table.of(List.of(shuffled(random)));
      Table to = Table.of(List.of(shuffled(random)));
      Table now = from;
      List<IpvsChange> changes = from.changesTo(to);
      for (IpvsChange change : changes) {
        now = after(now, change);
      }
      assertEquals(order(to), order(now), "seed " + seed);
      assertEquals(to, now, "seed " + seed);
      assertEquals(List.of(), now.changesTo(to));
    }
  }

  @Test
  void whatIsAddedAtTheEndMovesNobody() {
    Table.Entry three = entry(List.of(1, 2, 3));
    Table.Entry two = entry(List.of(1, 2));
    Table.Entry other = entry(List.of(2, 3));
    assertEquals(1, Table.of(List.of(two)).changesTo(Table.of(List.of(three))).size());
    assertEquals(1, Table.of(List.of(three)).changesTo(Table.of(List.of(other))).size());
    // The first one comes back: the two after it have to be put behind it.
    assertEquals(5, Table.of(List.of(other)).changesTo(Table.of(List.of(three))).size());
  }

  private static Table.Entry shuffled(Random random) {
    List<Integer> order = new ArrayList<>(List.of(1, 2, 3, 4, 5));
    Collections.shuffle(order, random);
    return entry(order.subList(0, random.nextInt(6)));
  }

  private static Table.Entry entry(List<Integer> order) {
    IpvsService.Key key = new IpvsService.Key.Address(ip(1), 80, IpvsService.TCP);
    return Table.Entry.of(
        new IpvsService(key, "mh", 0, 0, 32),
        order.stream()
            .map(i -> new IpvsDestination(ip(10 + i), 80, Method.ROUTE, 1, 0, 0, 0))
            .toList());
  }

  private static List<Table.Endpoint> order(Table table) {
    return List.copyOf(table.entries().values().iterator().next().destinations().keySet());
  }

  private static boolean serves(Table table, IpvsService.Key key) {
    return table.entries().containsKey(key)
        && table.entries().get(key).destinations().values().stream()
            .anyMatch(destination -> destination.weight() > 0);
  }
}
