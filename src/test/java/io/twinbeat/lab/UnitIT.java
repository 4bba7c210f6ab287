package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pair of daemons as the unit would run them, at the most talkative level of their logs. */
@Timeout(180)
class UnitIT {
  private static final UnitLimits LIMITS = new UnitLimits();
  private static final String WRONG_PASSWORD = "planted-wrong-5ecre7";
  private static final String INLINE_PASSWORD = "planted-inline-5ecre7";
  private static final String PASTED_KEY = "planted0key0planted0key0planted0key0pasted0x";

  @RegisterExtension
  static final ScenePair PAIR =
      ScenePair.withIpmi()
          .running(LIMITS.around(List.of("env", "TWINBEAT_LOG_LEVEL=DEBUG", "twinbeat", "run")));

  @Test
  void theTestKnowsEveryLimitOfTheUnit() {
    assertEquals(Set.of(), LIMITS.unknown());
    long allowed = 0;
    for (String line : LabFolder.read(daemonProc(PAIR.lb1()).resolve("status")).lines().toList()) {
      if (line.startsWith("CapBnd:")) {
        allowed = Long.parseUnsignedLong(line.substring("CapBnd:".length()).strip(), 16);
      }
    }
    assertEquals(LIMITS.get("CapabilityBoundingSet").split(" ", -1).length, Long.bitCount(allowed));
  }

  @Test
  void itFencesTakesOverAndMendsNginxUnderTheLimits() {
    LabNode lb2 = PAIR.lb2();
    PAIR.cutHeartbeats();
    PAIR.lab().cut("service", Direction.BOTH, "lb1");
    PAIR.serves(lb2);
    PAIR.provenOffFirst(PAIR.lb1(), lb2);
    lb2.killNginx();
    PAIR.logs(lb2, "nginx");
    PAIR.serves(lb2);
    assertTrue(
        !PAIR.logged(lb2).contains("memory is not locked"),
        "locked without a capability of its own");
    // As scripts and OCF agents do.
    List<String> su = LIMITS.around(List.of("su", "nobody", "-s", "/bin/sh", "-c", "id -un"));
    Outcome outcome = lb2.exec(su.toArray(String[]::new));
    assertEquals("nobody\n", outcome.out(), outcome::summary);
  }

  @Test
  void nothingListensThatTheFileDoesNotName() {
    for (LabNode node : PAIR.lab().nodes()) {
      // nginx's port, one port for each link; the raw socket is for echo requests.
      assertEquals(Set.of("tcp 80", "udp 7694 to 7694", "raw 1"), Listening.of(node), node.name());
      assertEquals(Set.of("0806", "86dd"), without(Listening.packets(node), "0000"), node.name());
    }
  }

  private static Set<String> without(Set<String> all, String one) {
    Set<String> rest = new TreeSet<>(all);
    rest.remove(one);
    return rest;
  }

  @Test
  void aDaemonThatIsKilledByASignalLeavesNoCore() {
    LabNode lb2 = PAIR.lb2();
    Outcome other =
        lb2.exec("bash", "-c", "cd /run; ulimit -c unlimited; sleep 60 & kill -ABRT $!; wait $!");
    assertTrue(other.err().contains("core dumped"), () -> "or there is nothing to show: " + other);
    OptionalLong before = lb2.daemonPid();
    lb2.signalDaemon("ABRT");
    ScenePair.await(
        "another daemon on lb2",
        () -> lb2.daemonPid().isPresent() && !lb2.daemonPid().equals(before));
    PAIR.logs(lb2, "init: the daemon ended, status 134");
    String said = lb2.exec("bash", "-c", "cat /run/lab/home/boot.log; ls /run").out();
    assertTrue(said.contains("Aborted") && !said.contains("core dumped"), said);
    PAIR.calm("lb1");
  }

  @Test
  void secretsStayInTheirFiles() throws IOException {
    LabNode lb1 = PAIR.lb1();
    Path etc = lb1.disk().resolve("etc/twinbeat");
    String password = LabFolder.read(etc.resolve("bmc")).strip();
    List<String> secrets = new ArrayList<>(keyInAllForms(etc.resolve("key")));
    secrets.addAll(List.of(password, WRONG_PASSWORD, INLINE_PASSWORD, PASTED_KEY));
    StringBuilder said = new StringBuilder();
    try (Peeper peeper = new Peeper(PAIR.lab().nodes(), secrets)) {
      everyCommand(lb1, said);
      wrongFiles(lb1, said);
      LabFolder.writeSecret(etc.resolve("bmc"), WRONG_PASSWORD + "\n");
      said.append(lb1.twinbeat("fence", "test", "lb2").summary());
      LabFolder.writeSecret(etc.resolve("bmc"), password + "\n");
      said.append(ScenePair.twinbeat(0, lb1, "fence", "test", "lb2"));
      everyCommand(lb1, said);
      assertTrue(peeper.seen().contains("fence_ipmilan"), () -> "looked: " + peeper.seen());
      // The agent gives it to ipmitool so, whatever we do: see the README.
      assertEquals(Set.of(), without(peeper.leaks(), "ipmitool cmdline"));
    }
    for (LabNode node : PAIR.lab().nodes()) {
      said.append(LabFolder.read(node.daemonLog()));
      try (Stream<Path> files = Files.walk(node.disk().resolve("var/lib/twinbeat"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          said.append(Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    assertTrue(said.indexOf("DEBUG") > 0, "the log has its most talkative level");
    for (String secret : secrets) {
      int at = said.indexOf(secret);
      assertEquals(-1, at, () -> said.substring(Math.max(0, at - 200), at));
    }
  }

  private static void everyCommand(LabNode node, StringBuilder said) {
    for (String[] command :
        new String[][] {
          {"status"},
          {"status", "--json"},
          {"check"},
          {"events", "-n", "500"},
          {"events", "--json"},
          {"explain"},
          {"version"},
          {"key", "new", "/run/lab/planted-key"},
          {"fence", "test", "lb2"}
        }) {
      Outcome outcome = node.twinbeat(command);
      said.append(outcome.out()).append(outcome.err());
    }
  }

  /** Secrets where they do not belong: the reader names the place and not the content. */
  private static void wrongFiles(LabNode node, StringBuilder said) {
    String good = LabFolder.read(node.disk().resolve("etc/twinbeat/twinbeat.yaml"));
    String key = "/etc/twinbeat/pasted-key";
    LabFolder.writeSecret(node.disk().resolve(key.substring(1)), PASTED_KEY + "=\n");
    List<String> wrong =
        List.of(
            good.replace("password-file: /etc/twinbeat/bmc", "password: " + INLINE_PASSWORD),
            good.replace("/etc/twinbeat/key", key),
            good.replace("key-file: /etc/twinbeat/key", "key: " + PASTED_KEY),
            good.replace("/etc/twinbeat/key", PASTED_KEY));
    for (String text : wrong) {
      assertTrue(!text.equals(good), "the file has changed: change this test");
      ScenePair.write(node, "etc/twinbeat/wrong.yaml", text);
      for (String[] command :
          new String[][] {
            {"check", "/etc/twinbeat/wrong.yaml"},
            {"run", "--config", "/etc/twinbeat/wrong.yaml", "--node", "lb1"}
          }) {
        Outcome outcome = node.twinbeat(command);
        // The check of a file that is named tells of that file alone, not of the key beside it.
        boolean onlyTheKeyIsWrong = text.contains(key) && command[0].equals("check");
        assertTrue(onlyTheKeyIsWrong || !outcome.succeeded(), () -> text + outcome.out());
        said.append(outcome.out()).append(outcome.err());
      }
    }
  }

  private static List<String> keyInAllForms(Path file) {
    String line =
        LabFolder.read(file)
            .lines()
            .filter(each -> !each.startsWith("#"))
            .findFirst()
            .orElseThrow();
    byte[] key = Base64.getDecoder().decode(line.strip());
    HexFormat hex = HexFormat.of();
    return List.of(
        line.strip(),
        hex.formatHex(key),
        hex.withUpperCase().formatHex(key),
        new String(key, StandardCharsets.ISO_8859_1),
        java.util.Arrays.toString(key));
  }

  private static Path daemonProc(LabNode node) {
    return Path.of("/proc/" + node.daemonPid().orElseThrow());
  }
}
