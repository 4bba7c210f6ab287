package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.Group;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Reading;
import io.twinbeat.config.SiteReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferenceTest {
  private static final String FILE =
      """
      pair: web
      nodes:
        lb1: { links: [10.10.10.11], fence: { hook: /bin/true } }
        lb2: { links: [10.10.10.12], fence: { hook: /bin/true } }
      groups:
        site:
          prefer: lb1
          resources:
            - nginx: { check: http://127.0.0.1/healthz }
            - systemd: mail.service
            - address: { ip: 10.10.10.100/24, dev: eth0 }
        more:
          prefer: lb2
          resources:
            - address: { ip: 10.10.10.101/24, dev: eth0 }
      """;

  private static Pair pair(String text) {
    if (SiteReader.read(text, "file") instanceof Reading.Good good) {
      return good.site().pair();
    }
    throw new AssertionError(SiteReader.read(text, "file"));
  }

  private static List<String> unchangeable(String from, String to) {
    return Difference.unchangeable(pair(FILE), pair(FILE.replace(from, to)));
  }

  @Test
  void mostCanBeChanged() {
    assertEquals(List.of(), unchangeable("prefer: lb1", "prefer: lb2"));
    assertEquals(List.of(), unchangeable("10.10.10.100", "10.10.10.110"));
    assertEquals(List.of(), unchangeable("[10.10.10.11]", "[10.10.10.13]"));
    assertEquals(List.of(), unchangeable("/healthz", "/"));
  }

  @Test
  void whatIsFixedIsNamed() {
    assertTrue(unchangeable("web", "wob").getFirst().startsWith("pair cannot"));
    assertTrue(unchangeable("lb2", "lb3").getFirst().startsWith("the nodes' names cannot"));
    String moved = unchangeable("site:", "sight:").getFirst();
    assertTrue(moved.startsWith("10.10.10.100 cannot go from group site to sight"), moved);
  }

  @Test
  void whatRunsGoesOnUnlessItIsSomethingElse() {
    Group site = pair(FILE).group("site").orElseThrow();
    String unit = "mail.service";
    String name =
        site.resources().stream()
            .map(r -> r.name())
            .filter(n -> n.contains("mail"))
            .findFirst()
            .get();
    assertTrue(Difference.keeps(site, name, pair(FILE.replace("/healthz", "/"))));
    assertFalse(Difference.keeps(site, name, pair(FILE.replace(unit, "post.service"))));
    assertFalse(
        Difference.keeps(site, name, pair(FILE.replace("      - systemd: " + unit + "\n", ""))));
    assertTrue(Difference.keeps(site, "nginx", pair(FILE.replace("/healthz", "/"))));
  }

  @Test
  void withOtherLinksOrKeysNodesDoNotHearEachOther() {
    byte[] key = new byte[32];
    Loaded old = loaded(FILE, key);
    assertFalse(Difference.outOfHearing(old, loaded(FILE.replace("/healthz", "/"), key.clone())));
    assertTrue(Difference.outOfHearing(old, loaded(FILE, new byte[31])));
    assertTrue(
        Difference.outOfHearing(old, loaded(FILE.replace("10.10.10.11]", "10.9.9.9]"), key)));
  }

  private static Loaded loaded(String text, byte[] key) {
    Pair pair = pair(text);
    return new Loaded(Path.of("file"), pair, pair.nodes().getFirst(), List.of(key));
  }
}
