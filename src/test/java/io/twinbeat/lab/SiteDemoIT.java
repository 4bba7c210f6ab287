package io.twinbeat.lab;

import static io.twinbeat.lab.GuestLab.twinbeat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Outcome;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The worked example of three tiers, on guests, end to end. */
@Timeout(900)
@TestMethodOrder(OrderAnnotation.class)
class SiteDemoIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int WIDTH = 80;

  @RegisterExtension
  static final GuestLab GUESTS = new GuestLab(() -> Example.DR.up(LabOptions.fresh()));

  /** As lab demo --machines plays it. */
  @Test
  @Order(2)
  void everySceneKeepsItsPromise() {
    play(GUESTS.lab(), Example.DR.scenes());
  }

  static void play(LabSite lab, List<Scene> scenes) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<Verdict> verdicts = Demo.play(lab, scenes, out);
    out.print(Verdict.table(verdicts));
    assertEquals(
        scenes.stream().map(Scene::title).toList(),
        verdicts.stream().filter(Verdict::kept).map(Verdict::scene).toList(),
        () -> Verdict.table(verdicts));
  }

  private static LabNode node(String name) {
    return GUESTS.lab().node(name);
  }

  private static String page(String on) {
    Outcome outcome = node(on).twinbeat("status", "--site");
    return outcome.out() + outcome.err();
  }

  /** The page on that machine when it says all of this. */
  private static String says(String on, String... parts) {
    String[] page = {""};
    boolean said =
        LabSite.await(
            LIMIT,
            () -> {
              page[0] = page(on);
              return List.of(parts).stream().allMatch(page[0]::contains);
            });
    System.out.printf("%n--- twinbeat status --site, on %s%n%s", on, page[0]);
    assertTrue(said, () -> "on " + on + ": " + String.join(", ", parts) + " in:\n" + page[0]);
    page[0].lines().forEach(line -> assertTrue(line.length() <= WIDTH, line));
    return page[0];
  }

  /** {@code twinbeat status --site} on each machine, under the unit's limits. */
  @Test
  @Order(1) // It ends in calm. The scenes may leave the groups where they are for good.
  void everyMachineShowsAllTiers() {
    onTheFirst();
    String calm = "all is well";
    String front = "front is on lvs1 since";
    String inside = "inside is on px1 since";
    String servers = "10.10.10.100:80   ok     px1 up, px2 up";
    String lvs1 = says("lvs1", calm, front, inside, servers, "web3    10.10.30.13:8080  silent");
    assertTrue(lvs1.contains("lvs1  front  heard  ready      its daemon, on this machine"), lvs1);
    assertTrue(lvs1.contains("px2   -       heard  ready      its daemon, over the network"), lvs1);
    says("px2", calm, front, inside, servers, "web3    10.10.30.13:8080  open");
    System.out.println("--- web2\n" + page("web2"));
    onlyAtItsOwnAddresses();
    aHolderIsLost();
  }

  /** Whoever had the site before may have left the groups on the other nodes. */
  private static void onTheFirst() {
    for (String first : List.of("lvs1", "px1")) {
      GuestPair.says(node(first), "it is ready", status -> status.isReady(first));
      if (!node(first).status().orElseThrow().holder().equals(first)) {
        twinbeat(node(first), "takeover");
      }
    }
  }

  private static void onlyAtItsOwnAddresses() {
    String listening = node("lvs1").exec("ss", "-Hltn", "sport = :7699").out();
    List<String> at =
        listening
            .lines()
            .map(line -> line.split("\\s+", -1)[3].replace("[::ffff:", "").replace("]", ""))
            .sorted()
            .toList();
    assertEquals(List.of("10.10.10.11:7699", "192.168.77.1:7699"), at, listening);
    // The client is on the directors' network, and no machine of the file.
    Outcome stranger =
        GUESTS.lab().atClient("timeout", "3", "bash", "-c", "cat < /dev/tcp/10.10.10.11/7699");
    assertFalse(stranger.out().contains("twinbeat"), stranger::out);
    Outcome floating =
        node("px1").exec("timeout", "3", "bash", "-c", "cat < /dev/tcp/10.10.10.12/7699");
    assertTrue(
        floating.out().startsWith("{\"twinbeat\":1,\"done\":{\"pair\":\"edge\""), floating::out);
    assertFalse(floating.out().contains("/etc"), floating::out);
  }

  private static void aHolderIsLost() {
    node("px1").powerOff();
    String page =
        says("lvs1", "inside is on px2 since", "10.10.10.100:80   ok     px1 down, px2 up");
    assertTrue(page.startsWith("PROBLEMS\n"), page);
    says("lvs2", "  ! px1: no answer from here", "px2: px1 is fenced");
    node("px1").powerOn();
    says("lvs2", "all is well", "inside is on px2 since");
  }
}
