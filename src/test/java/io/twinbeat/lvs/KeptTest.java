package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinbeat.linux.IpvsService;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a director remembers: its services, for this boot. */
class KeptTest {
  private static final Set<IpvsService.Key> KEYS =
      Set.of(
          new IpvsService.Key.Address(InetAddress.ofLiteral("10.0.0.1"), 80, IpvsService.TCP),
          new IpvsService.Key.Address(InetAddress.ofLiteral("2001:db8::1"), 0, IpvsService.UDP),
          new IpvsService.Key.Mark(5, false),
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
}
