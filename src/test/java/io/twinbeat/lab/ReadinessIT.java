package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.twinbeat.process.Outcome;
import io.twinbeat.resource.TestCertificate;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What keeps a standby from being ready, on real machines: seen on both nodes, gone when mended.
 */
@Timeout(180)
class ReadinessIT {
  private static final String NGINX_CONF = "etc/nginx/nginx.conf";
  private static final String FILES = "same configuration files";

  /** Looked at each ten seconds, and told to the peer each two. */
  private static final Duration LOOKED_AT = Duration.ofSeconds(25);

  /**
   * Answers the ARP probes for the floating address, and nothing else, as a third machine would.
   */
  private static final String THIRD_MACHINE =
      """
      import socket, struct
      mac, ip = bytes.fromhex('020000000099'), socket.inet_aton('10.10.10.100')
      s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
      while True:
          f, a = s.recvfrom(2048)
          if a[2] != 4 and f[20:22] == b'\\0\\1' and f[28:32] == b'\\0\\0\\0\\0' and f[38:42] == ip:
              s.sendto(f[6:12] + mac + f[12:20] + b'\\0\\2' + mac + ip + f[22:32], (a[0], 0x0806))
      """;

  private static final String LISTENER =
      "import socket; s = socket.create_server(('', 8443)); s.accept()";

  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  private static void item(LabNode node, String name, String state, String part) {
    JsonObject[] last = {null};
    try {
      ScenePair.await(
          name,
          LOOKED_AT,
          () -> {
            last[0] = Daemons.item(node, name).orElse(null);
            return last[0] != null
                && last[0].get("state").getAsString().equals(state)
                && last[0].get("detail").getAsString().contains(part)
                && last[0].get("limitMs").getAsLong() > 0;
          });
    } catch (AssertionError e) {
      throw new AssertionError(
          "%s of %s should be %s with '%s': %s".formatted(name, node.name(), state, part, last[0]),
          e);
    }
  }

  private static String conf(LabNode node) {
    return LabFolder.read(node.disk().resolve(NGINX_CONF));
  }

  private static void reload(LabNode node) {
    ScenePair.await("nginx is reloaded", () -> node.exec("nginx", "-s", "reload").succeeded());
  }

  /** Runs in the background; its process id, as that place knows it. */
  private static String background(String python) {
    return "setsid timeout 60 python3 -c \"$0\" >/dev/null 2>&1 </dev/null & echo $!"
        .replace("$0", python.replace("\\", "\\\\").replace("\"", "\\\""));
  }

  /** What a node finds on itself reaches the other some seconds later. */
  private static void toldPeer(LabNode reader) {
    ScenePair.await(
        "check on " + reader.name() + " is content",
        () -> ScenePair.exit(reader.twinbeat("check")) == 0);
  }

  @Test
  void driftIsShownOnBothRefusesPlansAndRaisesAnAlarm() {
    LabNode lb1 = PAIR.lb1();
    LabNode lb2 = PAIR.lb2();
    item(lb1, FILES, "ok", "as on lb2");
    String before = conf(lb2);
    ScenePair.write(lb2, NGINX_CONF, before + "# two\n# lines\n");
    item(lb1, FILES, "failed", "/etc/nginx/nginx.conf differs (0 lines here, 2 on lb2)");
    item(lb2, FILES, "failed", "/etc/nginx/nginx.conf differs (2 lines here, 0 on lb1)");
    Daemons.alarms(lb1, "lb2 could not take site: ");
    Daemons.alarms(lb2, "lb2 could not take site: ");
    String refused = ScenePair.twinbeat(3, lb2, "takeover");
    assertTrue(refused.contains("lb2 is not ready"), refused);
    System.out.println(lb1.twinbeat("status").out());

    ScenePair.write(lb2, NGINX_CONF, before);
    reload(lb2);
    item(lb1, FILES, "ok", "as on lb2");
    item(lb2, FILES, "ok", "as on lb1");
    Daemons.noAlarm(lb1, "could not take");
    Daemons.noAlarm(lb2, "could not take");
    toldPeer(lb2);
    System.out.println(ScenePair.twinbeat(0, lb2, "check"));
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  @Test
  void aThirdMachineAFullDiskAndAPortThatIsTaken() throws Exception {
    LabNode lb2 = PAIR.lb2();
    item(lb2, "on the wire", "ok", "lb1 answers");
    item(lb2, "fencing lb1", "ok", "works");
    item(lb2, "fencing lb2", "ok", "works");
    item(lb2, "clock", "ok", "lb1's");
    Outcome third = PAIR.lab().atClient("bash", "-c", background(THIRD_MACHINE));
    assertTrue(third.succeeded(), third.summary());
    Outcome other = lb2.exec("bash", "-c", background(LISTENER));
    assertTrue(other.succeeded(), other.summary());
    lb2.fillDisk();
    for (LabNode node : PAIR.lab().nodes()) {
      ScenePair.write(
          node, NGINX_CONF, conf(node).replace("listen 80 ", "listen 8443; listen 80 "));
    }
    item(lb2, "disk of /var/lib/twinbeat", "failed", "full");
    item(lb2, "ports", "failed", "port 8443 is held by python3");
    item(lb2, "on the wire", "failed", "02:00:00:00:00:99 answers for 10.10.10.100");
    System.out.println(lb2.twinbeat("status").out());
    lb2.freeDisk();
    lb2.exec("bash", "-c", "kill " + other.out().strip());
    PAIR.lab().atClient("bash", "-c", "kill " + third.out().strip());
    item(lb2, "disk of /var/lib/twinbeat", "ok", "free");
    for (LabNode node : PAIR.lab().nodes()) {
      reload(node);
    }
    item(lb2, "ports", "ok", "");
    item(lb2, "on the wire", "ok", "lb1 answers");
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  @Test
  void anExpiredCertificateIsBadAndOneThatSoonExpiresIsAWarning() throws Exception {
    LabNode lb2 = PAIR.lb2();
    for (LabNode node : PAIR.lab().nodes()) {
      certificate(node, -30, 10);
      String tls = "listen 443 ssl; ssl_certificate site.pem; ssl_certificate_key site.pem; ";
      ScenePair.write(node, NGINX_CONF, conf(node).replace("listen 80 ", tls + "listen 80 "));
      reload(node);
    }
    item(lb2, "certificates", "failed", "/etc/nginx/site.pem expired on ");
    ScenePair.await(
        "lb2 is not ready",
        () -> Daemons.status(lb2).map(status -> !status.isReady("lb2")).orElse(false));
    for (LabNode node : PAIR.lab().nodes()) {
      certificate(node, -1, 6);
      reload(node);
    }
    item(lb2, "certificates", "warning", "/etc/nginx/site.pem expires on ");
    PAIR.calm("lb1");
    item(PAIR.lb1(), "certificates", "warning", "/etc/nginx/site.pem expires on ");
    ScenePair.await("lb1 has told lb2 of it", () -> ScenePair.exit(lb2.twinbeat("check")) == 0);
    Outcome check = lb2.twinbeat("check");
    assertEquals(0, ScenePair.exit(check), check.out() + check.err());
    assertTrue(check.out().contains("~ lb2: certificates: "), check.out());
    PAIR.unmoved();
    PAIR.unnoticed();
  }

  private static void certificate(LabNode node, int fromDays, int days) throws Exception {
    Path file = node.disk().resolve("etc/nginx/site.pem");
    TestCertificate.write(file, fromDays, days);
  }
}
