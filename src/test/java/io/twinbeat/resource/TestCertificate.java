package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;

/** A certificate of its own making, with its key, in one PEM file such as nginx reads. */
public final class TestCertificate {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String PASSWORD = "testing";

  private TestCertificate() {}

  /** Valid from so many days from now (before, if negative) for so many days. */
  public static void write(Path file, int fromDays, int days) throws Exception {
    Path store = Files.createTempDirectory("twinbeat-certificate").resolve("store");
    Outcome made =
        Commands.run(
            Command.of(
                LIMIT,
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-alias",
                "site",
                "-dname",
                "CN=www.example.org",
                "-keyalg",
                "EC",
                "-startdate",
                (fromDays < 0 ? "" : "+") + fromDays + "d",
                "-validity",
                Integer.toString(days)));
    assertTrue(made.succeeded(), made.summary() + made.out() + made.err());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    String pem =
        pem("PRIVATE KEY", keys.getKey("site", PASSWORD.toCharArray()).getEncoded())
            + pem("CERTIFICATE", keys.getCertificate("site").getEncoded());
    Files.writeString(file, pem);
    Files.delete(store);
    Files.delete(store.getParent());
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, Base64.getMimeEncoder().encodeToString(bytes), what);
  }
}
