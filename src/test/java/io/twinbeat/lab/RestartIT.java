package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Daemons end and come back, also in another version; the service stays where it is. */
@Timeout(180)
class RestartIT {
  private static final String HOME = "twinbeat.home";
  private static final String NEXT = "9.9.9";

  /** The distribution as an installation that is upgraded: a link to the version that is used. */
  @RegisterExtension
  @Order(1)
  static final Installation INSTALLATION = new Installation();

  @RegisterExtension
  @Order(2)
  static final ScenePair PAIR = ScenePair.withHooks();

  static final class Installation implements BeforeAllCallback, AfterAllCallback {
    private Path folder;
    private String before;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
      Path built = Distribution.find();
      folder = Files.createTempDirectory("twinbeat-upgrade");
      before = System.getProperty(HOME);
      use(built);
      System.setProperty(HOME, folder.resolve("current").toString());
      upgraded(built, folder.resolve(NEXT));
    }

    private void use(Path version) throws IOException {
      Path link = folder.resolve("current");
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, version);
    }

    void upgrade() throws IOException {
      use(folder.resolve(NEXT));
    }

    private static void upgraded(Path from, Path to) throws IOException {
      try (Stream<Path> all = Files.walk(from)) {
        for (Path each : all.toList()) {
          Path there = to.resolve(from.relativize(each));
          String name = each.getFileName().toString();
          if (name.startsWith("twinbeat-") && name.endsWith(".jar")) {
            renamed(each, there.resolveSibling("twinbeat-" + NEXT + ".jar"));
          } else if (!name.endsWith(".aot")) {
            Files.copy(each, there); // Its attributes too: bin/twinbeat is a program.
          }
        }
      }
    }

    private static void renamed(Path jar, Path to) throws IOException {
      try (JarFile from = new JarFile(jar.toFile())) {
        Manifest manifest = from.getManifest();
        manifest.getMainAttributes().putValue("Implementation-Version", NEXT);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(to), manifest)) {
          for (ZipEntry entry : from.stream().toList()) {
            if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
              out.putNextEntry(new ZipEntry(entry.getName()));
              from.getInputStream(entry).transferTo(out);
              out.closeEntry();
            }
          }
        }
      }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
      if (before == null) {
        System.clearProperty(HOME);
      } else {
        System.setProperty(HOME, before);
      }
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private static void anotherDaemon(LabNode node, OptionalLong before) {
    ScenePair.await(
        "another daemon on " + node.name(),
        () -> node.daemonPid().isPresent() && !node.daemonPid().equals(before));
  }

  /** As a package would: the new version is put in place, then one daemon after the other. */
  @Test
  void anUpgradeMovesNothing() throws IOException {
    INSTALLATION.upgrade();
    for (LabNode node : new LabNode[] {PAIR.lb2(), PAIR.lb1()}) {
      OptionalLong before = node.daemonPid();
      node.signalDaemon("TERM");
      anotherDaemon(node, before);
      PAIR.calm("lb1");
      String version = Daemons.status(node).orElseThrow().json().get("version").getAsString();
      assertEquals(NEXT, version);
    }
    PAIR.unmoved();
    PAIR.unnoticed();
    for (LabNode node : new LabNode[] {PAIR.lb1(), PAIR.lb2()}) {
      assertTrue(!PAIR.logged(node).contains("ALARM"), () -> PAIR.logged(node));
    }
  }

  @Test
  void theServiceDiesWhileItsDaemonIsAway() {
    PAIR.lb1().holdDaemon();
    ScenePair.twinbeat(0, PAIR.lb1(), "stop", "--keep-services");
    Daemons.says(PAIR.lb2(), "restarting");
    PAIR.unmoved();
    PAIR.unnoticed();
    PAIR.mark();
    PAIR.lb1().killNginx();
    PAIR.serves(PAIR.lb2());
    ScenePair.measured(
        "nginx died while its daemon was away: client outage %.0f ms", PAIR.outage().millis());
    assertEquals(Set.of("lb1"), PAIR.shot());
    PAIR.provenOffFirst(PAIR.lb1(), PAIR.lb2());
  }
}
