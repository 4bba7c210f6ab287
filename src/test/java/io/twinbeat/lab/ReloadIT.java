package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.KeyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A changed file is used on both nodes or on none, and no client notices. */
@Timeout(180)
class ReloadIT {
  private static final String FILE = "etc/twinbeat/twinbeat.yaml";
  private static final String KEY = "etc/twinbeat/key";
  private static final String ADDED = "10.10.10.101";

  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  private String original;
  private OptionalLong daemon1;
  private OptionalLong daemon2;

  @BeforeEach
  void before() {
    original = LabFolder.read(PAIR.lb1().disk().resolve(FILE));
    daemon1 = PAIR.lb1().daemonPid();
    daemon2 = PAIR.lb2().daemonPid();
  }

  @AfterEach
  void restore() {
    file(original, PAIR.lb1(), PAIR.lb2());
    ScenePair.twinbeat(0, PAIR.lb1(), "reload");
  }

  private static void file(String text, LabNode... nodes) {
    for (LabNode node : nodes) {
      ScenePair.write(node, FILE, text);
    }
  }

  private String withAddress() {
    String added = "      - address: { ip: " + ADDED + "/24, dev: eth0 }\n";
    return original.replace("    restart:", added + "    restart:");
  }

  private void sameDaemons() {
    assertEquals(daemon1, PAIR.lb1().daemonPid());
    assertEquals(daemon2, PAIR.lb2().daemonPid());
  }

  private static void unnoticed() {
    PAIR.unmoved();
    PAIR.unnoticed();
    for (LabNode node : List.of(PAIR.lb1(), PAIR.lb2())) {
      String alarms =
          PAIR.logged(node).lines().filter(l -> l.contains("ALARM")).collect(Collectors.joining());
      assertEquals("", alarms, node.name());
    }
  }

  @Test
  void whatIsAddedIsThereAndWhatIsRemovedIsGone() {
    String changed =
        withAddress()
            .replace("interval: 100ms, deadtime: 1000ms", "interval: 150ms, deadtime: 1500ms")
            .replace("check: http://127.0.0.1/healthz", "check: http://127.0.0.1/");
    file(changed, PAIR.lb1(), PAIR.lb2());
    String check = ScenePair.twinbeat(1, PAIR.lb1(), "check");
    assertTrue(check.contains("runs with another file"), check);
    assertFalse(check.contains("the files differ"), check);
    long began = System.nanoTime();
    String said = ScenePair.twinbeat(0, PAIR.lb1(), "reload");
    ScenePair.measured(
        "reload on both nodes, ordered on the holder: %.0f ms", (System.nanoTime() - began) / 1e6);
    assertTrue(said.contains("lb1 and lb2 run with this file now"), said);
    assertTrue(PAIR.lb1().hasAddress(ADDED));
    assertFalse(PAIR.lb2().hasAddress(ADDED));
    PAIR.calm("lb1");
    String status = Daemons.status(PAIR.lb2()).orElseThrow().json().toString();
    assertTrue(status.contains("\"deadtimeMs\":1500"), status);

    file(original, PAIR.lb1(), PAIR.lb2());
    began = System.nanoTime();
    ScenePair.twinbeat(0, PAIR.lb2(), "reload");
    ScenePair.measured(
        "reload on both nodes, ordered on the standby: %.0f ms", (System.nanoTime() - began) / 1e6);
    assertFalse(PAIR.lb1().hasAddress(ADDED), "left behind");
    PAIR.calm("lb1");
    String again = ScenePair.twinbeat(0, PAIR.lb2(), "reload");
    assertTrue(again.contains("already"), again);
    sameDaemons();
    unnoticed();
  }

  @Test
  void whatIsWrongOrDiffersIsRefusedWhole() {
    file(original.replace("groups:", "grops:"), PAIR.lb2());
    String wrong = ScenePair.twinbeat(3, PAIR.lb1(), "reload");
    assertTrue(wrong.contains("lb2") && wrong.contains("grops") && wrong.contains(":8:1:"), wrong);
    file(withAddress(), PAIR.lb2());
    String differ = ScenePair.twinbeat(3, PAIR.lb1(), "reload");
    assertTrue(differ.contains("the files differ"), differ);
    String check = ScenePair.twinbeat(1, PAIR.lb1(), "check");
    assertTrue(check.contains("the files differ"), check);
    sameDaemons();
    unnoticed();
  }

  @Test
  void whatCannotWorkIsRefusedBeforeAnythingChanges() {
    String device = withAddress().replace(ADDED + "/24, dev: eth0", ADDED + "/24, dev: eth7");
    file(device, PAIR.lb1(), PAIR.lb2());
    String noDevice = ScenePair.twinbeat(3, PAIR.lb1(), "reload");
    assertTrue(noDevice.contains("no network device eth7"), noDevice);
    String taken = withAddress().replace(ADDED, "10.10.10.50");
    file(taken, PAIR.lb1(), PAIR.lb2());
    String inUse = ScenePair.twinbeat(3, PAIR.lb2(), "reload");
    assertTrue(inUse.contains("10.10.10.50") && inUse.contains("in use"), inUse);
    String check = original.replace("127.0.0.1/healthz", "127.0.0.1/nothing-there");
    file(check, PAIR.lb1(), PAIR.lb2());
    String fails = ScenePair.twinbeat(3, PAIR.lb2(), "reload");
    assertTrue(fails.contains("lb1: the check of nginx fails"), fails);
    file(original.replace("pair: web", "pair: wob"), PAIR.lb1(), PAIR.lb2());
    String name = ScenePair.twinbeat(3, PAIR.lb1(), "reload");
    assertTrue(name.contains("pair cannot be changed by a reload"), name);
    sameDaemons();
    unnoticed();
  }

  @Test
  void withThePeerDownOneNodeAloneIsReloadedOnlyWhenToldSo() {
    PAIR.lb2().holdDaemon();
    ScenePair.twinbeat(0, PAIR.lb2(), "stop");
    Daemons.says(PAIR.lb1(), "left");
    file(withAddress(), PAIR.lb1(), PAIR.lb2());
    String refused = ScenePair.twinbeat(3, PAIR.lb1(), "reload");
    assertTrue(refused.contains("--this-node-only"), refused);
    ScenePair.twinbeat(0, PAIR.lb1(), "reload", "--this-node-only");
    assertTrue(PAIR.lb1().hasAddress(ADDED));
    PAIR.lb2().releaseDaemon();
    PAIR.calm("lb1");
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  private static final String NGINX_CONF = "etc/nginx/nginx.conf";
  private static final String UPSTREAM = "etc/nginx/up-back.conf";

  private String withUpstream(String server) {
    String upstreams =
        ", upstreams: { back: { servers: { a: %s }, port: 8080, file: /%s } } }"
            .formatted(server, UPSTREAM);
    String changed = original.replace("healthz }", "healthz" + upstreams);
    assertFalse(changed.equals(original), "the file has changed: change this test");
    return changed;
  }

  /** nginx reads the file that is to be written. */
  private static void including() {
    for (LabNode node : List.of(PAIR.lb1(), PAIR.lb2())) {
      String conf = LabFolder.read(node.disk().resolve(NGINX_CONF));
      String include = "http {\n  include /etc/nginx/up-*.conf;\n";
      assertTrue(conf.contains("http {\n"), conf);
      ScenePair.write(node, NGINX_CONF, conf.replace("http {\n", include));
      assertTrue(node.exec("nginx", "-s", "reload").succeeded());
    }
  }

  private static String upstream(LabNode node) {
    java.nio.file.Path file = node.disk().resolve(UPSTREAM);
    return java.nio.file.Files.exists(file) ? LabFolder.read(file) : "";
  }

  @Test
  void upstreamFilesAreChangedWithTheFileOnBothNodesOrOnNone() {
    including();
    file(withUpstream("10.10.10.1"), PAIR.lb1(), PAIR.lb2());
    ScenePair.twinbeat(0, PAIR.lb1(), "reload");
    for (LabNode node : List.of(PAIR.lb1(), PAIR.lb2())) {
      assertTrue(upstream(node).contains("server 10.10.10.1:8080; # a\n"), upstream(node));
      String loaded = node.exec("nginx", "-T").out();
      assertTrue(loaded.contains("server 10.10.10.1:8080"), loaded);
    }
    PAIR.calm("lb1");

    // What nginx refuses on one node is refused on both, and nothing is left of it.
    String conf = LabFolder.read(PAIR.lb2().disk().resolve(NGINX_CONF));
    ScenePair.write(
        PAIR.lb2(), NGINX_CONF, conf.replace("http {\n", "http {\n  upstream_conf_wrong;\n"));
    file(withUpstream("10.10.10.2"), PAIR.lb1(), PAIR.lb2());
    String refused = ScenePair.twinbeat(3, PAIR.lb1(), "reload");
    assertTrue(refused.contains("lb2: nginx refuses the upstream files"), refused);
    assertTrue(refused.contains("upstream_conf_wrong"), refused);
    for (LabNode node : List.of(PAIR.lb1(), PAIR.lb2())) {
      assertTrue(upstream(node).contains("10.10.10.1:8080"), upstream(node));
    }
    ScenePair.write(PAIR.lb2(), NGINX_CONF, conf);
    ScenePair.twinbeat(0, PAIR.lb2(), "reload");
    for (LabNode node : List.of(PAIR.lb1(), PAIR.lb2())) {
      assertTrue(upstream(node).contains("10.10.10.2:8080"), upstream(node));
    }
    PAIR.calm("lb1");

    file(original, PAIR.lb1(), PAIR.lb2());
    ScenePair.twinbeat(0, PAIR.lb1(), "reload");
    assertEquals("", upstream(PAIR.lb1()) + upstream(PAIR.lb2()), "what is no more wanted goes");
    sameDaemons();
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  @Test
  void anUpstreamFileThatIsNotTheFilesIsSaidAndMended() {
    including();
    file(withUpstream("10.10.10.1"), PAIR.lb1(), PAIR.lb2());
    ScenePair.twinbeat(0, PAIR.lb1(), "reload");
    String right = upstream(PAIR.lb2());
    ScenePair.write(PAIR.lb2(), UPSTREAM, right.replace("10.10.10.1", "10.10.10.9"));
    String[] check = {""};
    ScenePair.await(
        "lb2 is not ready",
        () -> {
          check[0] = PAIR.lb2().twinbeat("check").out();
          return check[0].contains("/" + UPSTREAM + " is not as the site's file has it");
        });
    assertTrue(check[0].contains("-> on this node: twinbeat upstreams"), check[0]);
    // A daemon that starts leaves it as it is.
    OptionalLong killed = PAIR.lb2().daemonPid();
    PAIR.lb2().signalDaemon("KILL");
    ScenePair.await(
        "the next daemon of lb2 says it too",
        () ->
            PAIR.lb2().daemonPid().isPresent()
                && !PAIR.lb2().daemonPid().equals(killed)
                && PAIR.lb2().twinbeat("check").out().contains("is not as the site's file has it"));
    assertFalse(upstream(PAIR.lb2()).equals(right));
    ScenePair.twinbeat(0, PAIR.lb2(), "upstreams");
    assertEquals(right, upstream(PAIR.lb2()));
    PAIR.calm("lb1");
  }

  private static String key(LabNode node) {
    return LabFolder.read(node.disk().resolve(KEY));
  }

  @Test
  void aNewKeyIsUsedOnBothNodesOrOnNone(@TempDir Path dir) throws IOException {
    String before = key(PAIR.lb1());
    KeyFile.create(dir.resolve("key"));
    String next = LabFolder.read(dir.resolve("key"));
    try {
      ScenePair.write(PAIR.lb1(), KEY, next);
      for (LabNode node : List.of(PAIR.lb1(), PAIR.lb2())) {
        String refused = ScenePair.twinbeat(3, node, "reload");
        assertTrue(refused.contains("the key in /etc/twinbeat/key is another one"), refused);
      }
      ScenePair.write(PAIR.lb2(), KEY, next);
      String said = ScenePair.twinbeat(0, PAIR.lb1(), "reload");
      assertTrue(said.contains("lb1 and lb2 run with this file now"), said);
      PAIR.calm("lb1");
      sameDaemons();
      unnoticed();
      for (String word : List.of(secret(before), secret(next))) {
        assertFalse(
            PAIR.logged(PAIR.lb1()).contains(word) || PAIR.logged(PAIR.lb2()).contains(word));
      }
    } finally {
      ScenePair.write(PAIR.lb1(), KEY, before);
      ScenePair.write(PAIR.lb2(), KEY, before);
    }
  }

  private static String secret(String file) {
    return file.lines().filter(line -> !line.startsWith("#")).findFirst().orElseThrow();
  }

  @Test
  void linksAreChangedOnBothNodesAtOnce() {
    file(original.replaceAll("(192.168.76.[12]), 192.168.77.[12]", "$1"), PAIR.lb1(), PAIR.lb2());
    String said = ScenePair.twinbeat(0, PAIR.lb1(), "reload");
    assertTrue(said.contains("lb1 and lb2 run with this file now"), said);
    PAIR.calm("lb1");
    int links = Daemons.status(PAIR.lb2()).orElseThrow().json().getAsJsonArray("links").size();
    assertEquals(1, links);
    sameDaemons();
    unnoticed();
  }

  /** The other node's links are no addresses of its own: it cannot be heard any more. */
  @Test
  void linksThatDoNotWorkOnTheOtherNodeAreTakenBackOnBoth() {
    file(
        original.replace("192.168.76.2, 192.168.77.2", "192.168.76.22, 192.168.77.22"),
        PAIR.lb1(),
        PAIR.lb2());
    String failed = ScenePair.twinbeat(1, PAIR.lb1(), "reload");
    assertTrue(failed.contains("the file before holds"), failed);
    PAIR.calm("lb1");
    for (LabNode node : List.of(PAIR.lb1(), PAIR.lb2())) {
      String status = Daemons.status(node).orElseThrow().json().toString();
      assertTrue(status.contains("192.168.76.2") && !status.contains("192.168.76.22"), status);
    }
    sameDaemons();
    PAIR.unmoved();
    PAIR.unnoticed();
  }
}
