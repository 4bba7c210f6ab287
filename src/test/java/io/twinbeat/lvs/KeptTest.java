package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.linux.IpvsService;
import io.twinbeat.lvs.Table.Endpoint;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a director remembers: its services, for this boot. */
class KeptTest {
  private static final IpvsService.Key WEB =
      new IpvsService.Key.Address(InetAddress.ofLiteral("10.0.0.1"), 80, IpvsService.TCP);
  private static final IpvsService.Key MARK = new IpvsService.Key.Mark(5, false);
  private static final Set<IpvsService.Key> KEYS =
      Set.of(
          WEB,
          new IpvsService.Key.Address(InetAddress.ofLiteral("2001:db8::1"), 0, IpvsService.UDP),
          MARK,
          new IpvsService.Key.Mark(5, true));

  @TempDir Path folder;

  @Test
  void servicesAreRememberedInThisBoot() {
    Kept kept = new Kept(folder, "site-lvs", "a");
    assertEquals(Set.of(), kept.own());
    kept.own(KEYS);
    assertEquals(KEYS, new Kept(folder, "site-lvs", "a").own());
    assertEquals(Set.of(), new Kept(folder, "site-lvs", "b").own());
    assertEquals(Set.of(), new Kept(folder, "other-lvs", "a").own());
  }

  /** It is only a memory: what is damaged is taken for empty, and the daemon starts. */
  @Test
  void whatIsDamagedIsTakenForEmpty() throws Exception {
    Kept kept = new Kept(folder, "site-lvs", "a");
    kept.own(KEYS);
    Path file = folder.resolve("lvs-services-site-lvs");
    String head = Files.readAllLines(file).getFirst();
    for (String damaged : new String[] {"", "x", head + "\nnonsense\n", head + "\nmark 5\n"}) {
      Files.writeString(file, damaged);
      assertEquals(Set.of(), new Kept(folder, "site-lvs", "a").own(), damaged);
    }
  }

  private Optional<Set<Endpoint>> knownLater(IpvsService.Key key) {
    return new Kept(folder, "site-lvs", "a").known().getOrDefault(key, Optional.empty());
  }

  /** Whom the file named is kept after they are made: before, nobody of them can have been out. */
  @Test
  void serversAreRememberedOnceTheyAreMade() throws Exception {
    Set<Endpoint> first = Set.of(endpoint("10.0.1.1", 80), endpoint("2001:db8::2", 8080));
    Set<Endpoint> second = Set.of(endpoint("10.0.1.1", 81));
    Kept kept = new Kept(folder, "site-lvs", "a");
    kept.own(Set.of(WEB, MARK));
    assertEquals(Optional.of(Set.of()), knownLater(WEB));
    kept.made(Map.of(WEB, first, MARK, second));
    assertEquals(Optional.of(first), knownLater(WEB));
    assertEquals(Optional.of(second), knownLater(MARK));
    // The next one has another file, and is killed before it has made what that says.
    new Kept(folder, "site-lvs", "a").own(Set.of(WEB, MARK));
    assertEquals(Optional.of(first), knownLater(WEB));
    kept.made(Map.of(WEB, second));
    assertEquals(Optional.of(second), knownLater(WEB));
    assertEquals(Set.of(WEB), new Kept(folder, "site-lvs", "a").own());
    kept.own(Set.of());
    assertEquals(Map.of(), new Kept(folder, "site-lvs", "a").known());
  }

  /** Daemons before this one kept services alone; and one server that is damaged is no reason. */
  @Test
  void servicesStayKnownWithoutTheirServers() throws Exception {
    Kept kept = new Kept(folder, "site-lvs", "a");
    kept.made(Map.of(WEB, Set.of(endpoint("10.0.1.1", 80)), MARK, Set.of()));
    Path file = folder.resolve("lvs-services-site-lvs");
    String whole = Files.readString(file);
    String head = whole.substring(0, whole.indexOf('\n') + 1);
    for (String servers : new String[] {"", " knows 10.0.1.1/", " knows nobody", " knows /80"}) {
      Files.writeString(file, head + "address 10.0.0.1 80 6" + servers + "\nmark 5 4 knows\n");
      assertEquals(Set.of(WEB, MARK), new Kept(folder, "site-lvs", "a").own(), servers);
      assertEquals(Optional.empty(), knownLater(WEB), servers);
      assertEquals(Optional.of(Set.of()), knownLater(MARK), servers);
    }
    for (int length = 0; length < whole.length(); length++) {
      Files.writeString(file, whole.substring(0, length));
      Kept torn = new Kept(folder, "site-lvs", "a");
      assertTrue(Set.of(WEB, MARK).containsAll(torn.own()), whole.substring(0, length));
    }
  }

  private static Endpoint endpoint(String ip, int port) {
    return new Endpoint(InetAddress.ofLiteral(ip), port);
  }
}
