package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.resource.ReadinessItem.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NginxCertificatesTest {
  @TempDir Path dir;

  private ReadinessItem item(Instant now, String... named) {
    return new NginxCertificates(dir).item(List.of(named), now);
  }

  @Test
  void warnsInTimeAndIsBadWhenItIsTooLate() throws Exception {
    TestCertificate.write(dir.resolve("site.pem"), -1, 60);
    Instant now = Instant.now();
    ReadinessItem good = item(now, "site.pem");
    assertEquals(State.GOOD, good.state(), good.toString());
    assertTrue(good.detail().startsWith("1 file, good until on "), good.detail());
    ReadinessItem soon = item(now.plus(Duration.ofDays(50)), "site.pem");
    assertEquals(State.WARNING, soon.state(), soon.toString());
    assertTrue(soon.detail().contains("site.pem expires on "), soon.detail());
    ReadinessItem late = item(now.plus(Duration.ofDays(60)), "site.pem");
    assertEquals(State.BAD, late.state(), late.toString());
    assertTrue(late.detail().contains("site.pem expired on "), late.detail());
    assertTrue(late.mend().contains("renew"), late.mend());
    assertEquals(State.BAD, item(now.minus(Duration.ofDays(2)), "site.pem").state(), "not yet");
  }

  @Test
  void aRenewedFileIsReadAnew() throws Exception {
    Path file = dir.resolve("site.pem");
    NginxCertificates certificates = new NginxCertificates(dir);
    TestCertificate.write(file, -30, 10);
    assertEquals(State.BAD, certificates.item(List.of("site.pem"), Instant.now()).state());
    Path renewed = dir.resolve("renewed.pem");
    TestCertificate.write(renewed, -1, 90);
    Files.move(renewed, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertEquals(State.GOOD, certificates.item(List.of("site.pem"), Instant.now()).state());
  }

  @Test
  void whatCannotBeReadIsUnknownAndWhatNoFileNamesIsLeftOut() throws Exception {
    Files.writeString(dir.resolve("empty.pem"), "nothing\n");
    Files.writeString(
        dir.resolve("torn.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    for (String file : List.of("absent.pem", "empty.pem", "torn.pem")) {
      ReadinessItem item = item(Instant.now(), file);
      assertEquals(State.UNKNOWN, item.state(), item.toString());
      assertTrue(item.detail().contains(file), item.detail());
    }
    ReadinessItem none = item(Instant.now(), "/etc/$ssl_server_name.pem", "data:$cert");
    assertEquals(State.GOOD, none.state());
    assertEquals("the configuration names none", none.detail());
  }
}
