package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.ServerCheckConfig.How;
import io.twinbeat.daemon.ServerLooks;
import io.twinbeat.lvs.Look.Seen;
import io.twinbeat.lvs.Look.Verdict;
import io.twinbeat.resource.TestCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at servers that people use: nginx with TLS and two names, and dnsmasq. */
class LooksIT {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final Duration LIMIT = Duration.ofSeconds(1);

  /** A busy machine, and the first look with TLS; what is not bounded takes longer. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  private static final Duration START_LIMIT = Duration.ofSeconds(10);

  @TempDir Path folder;
  private Process server;

  @BeforeEach
  void none() {
    server = null;
  }

  @AfterEach
  void end() throws Exception {
    if (server != null) {
      List<ProcessHandle> all = server.descendants().toList();
      server.destroyForcibly().waitFor();
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private Seen look(How how, int port) throws InterruptedException {
    long began = System.nanoTime();
    try (Pinger pinger = new Pinger()) {
      Seen seen = Looks.of(how, ServerLooks::of, pinger).at(HERE, port, LIMIT);
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      assertTrue(took.compareTo(LIMIT.plus(SLACK)) < 0, () -> "took " + took + ": " + seen);
      return seen;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, HERE)) {
      return socket.getLocalPort();
    }
  }

  private void start(int port, String... argv) throws Exception {
    server =
        new ProcessBuilder(argv)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (look(new How.Tcp(), port).verdict() != Verdict.GOOD) {
      assertTrue(
          server.isAlive() && System.nanoTime() < deadline,
          () -> "not up: " + io(() -> Files.readString(folder.resolve("log"))));
      Thread.sleep(20);
    }
  }

  private interface Reading {
    String read() throws IOException;
  }

  private static String io(Reading reading) {
    try {
      return reading.read();
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Stopped or running again, with all of its children. */
  private void signal(String name) throws Exception {
    for (ProcessHandle each :
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(server.toHandle()), server.descendants())
            .toList()) {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(each.pid())).start();
      assertEquals(0, kill.waitFor());
    }
  }

  /** Two names with a certificate each: one that has expired, one that is its own authority. */
  private int nginx() throws Exception {
    int port = freePort();
    TestCertificate.write(folder.resolve("www.pem"), -30, 10);
    TestCertificate.write(folder.resolve("shop.pem"), 0, 10);
    Path config = folder.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log;
        worker_processes 1;
        events { worker_connections 64; }
        http {
          access_log off;
          client_body_temp_path %1$s/t1; proxy_temp_path %1$s/t2; fastcgi_temp_path %1$s/t3;
          uwsgi_temp_path %1$s/t4; scgi_temp_path %1$s/t5;
          server { listen 127.0.0.1:%2$d ssl default_server; ssl_reject_handshake on; }
          server {
            listen 127.0.0.1:%2$d ssl; server_name www.example.org;
            ssl_certificate %1$s/www.pem; ssl_certificate_key %1$s/www.pem;
            location = /healthz { return 200 "healthy: www"; }
            location = /teapot { return 418 "healthy: www"; }
          }
          server {
            listen 127.0.0.1:%2$d ssl; server_name shop.example.org;
            ssl_certificate %1$s/shop.pem; ssl_certificate_key %1$s/shop.pem;
            location = /healthz { return 503 "healthy: shop"; }
          }
        }
        """
            .formatted(folder, port));
    start(port, "/usr/sbin/nginx", "-c", config.toString());
    return port;
  }

  private static How https(String path, String host, String status, String body) {
    return new How.Http(
        true,
        path,
        host.isEmpty() ? Optional.empty() : Optional.of(host),
        status,
        body.isEmpty() ? Optional.empty() : Optional.of(body));
  }

  private static void bad(Seen seen, String part) {
    assertEquals(Verdict.BAD, seen.verdict(), seen.toString());
    assertTrue(seen.detail().contains(part), seen.detail());
  }

  private static void good(Seen seen) {
    assertEquals(Verdict.GOOD, seen.verdict(), seen.toString());
  }

  @Test
  void httpsAsksTheServerOfItsName() throws Exception {
    int port = nginx();
    String www = "www.example.org";
    // It asks whether the service lives: www's certificate has expired, and nobody signed any.
    good(look(https("/healthz", www, "200-299", ""), port));
    good(look(https("/healthz", www, "200", "^healthy: (www|web)$"), port));
    good(look(https("/healthz", www + ":" + port, "200", "www"), port));
    good(look(https("/healthz", www + ".", "200", "www"), port));
    bad(look(https("/healthz", www, "200", "shop"), port), "lacks /shop/");
    good(look(https("/teapot", www, "418", "www"), port));
    bad(look(https("/teapot", www, "200-299", ""), port), "HTTP status 418, wanted 200-299");
    bad(look(https("/healthz", "shop.example.org", "200-299", ""), port), "HTTP status 503");
    good(look(https("/healthz", "shop.example.org", "503", "shop"), port));
    // A name that nobody has, and none at all: the server rejects the handshake.
    bad(look(https("/healthz", "wrong.example.org", "200-299", ""), port), "unrecognized_name");
    bad(look(https("/healthz", "", "200-299", ""), port), "unrecognized_name");
  }

  @Test
  void aServerThatHangsIsDownWithinTheLimit() throws Exception {
    int port = nginx();
    How how = https("/healthz", "www.example.org", "200-299", "");
    good(look(how, port));
    signal("STOP");
    try {
      bad(look(how, port), "the connection was accepted, but no answer came");
    } finally {
      signal("CONT");
    }
    good(look(how, port));
  }

  @Test
  void plainHttpWhereTlsIsAskedForIsDown() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 1, HERE)) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = plain.accept()) {
              socket
                  .getOutputStream()
                  .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              int _ = socket.getInputStream().read(new byte[4096]);
            } catch (IOException e) {
              // The look is over.
            }
          });
      bad(look(https("/", "www.example.org", "400", ""), plain.getLocalPort()), "SSL");
    }
  }

  /** One read of ours is many of the socket's: each byte would begin a limit of its own. */
  @Test
  void aServerThatDripsItsHandshakeIsDownWithinTheLimit() throws Exception {
    try (ServerSocket dripping = new ServerSocket(0, 1, HERE)) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = dripping.accept()) {
              OutputStream out = socket.getOutputStream();
              // A handshake record of 16000 bytes (RFC 8446, 5.1).
              out.write(new byte[] {0x16, 3, 3, 0x3e, (byte) 0x80});
              for (int i = 0; i < 50; i++) {
                TimeUnit.MILLISECONDS.sleep(100);
                out.write(2);
                out.flush();
              }
            } catch (IOException | InterruptedException e) {
              // The look is over.
            }
          });
      bad(
          look(https("/", "www.example.org", "200", ""), dripping.getLocalPort()),
          "the connection was accepted, but no answer came");
    }
  }

  @Test
  void dnsAndUdp() throws Exception {
    int port = freePort();
    start(
        port,
        "/usr/sbin/dnsmasq",
        "--keep-in-foreground",
        "--conf-file=/dev/null",
        "--pid-file=",
        "--user=root",
        "--no-resolv",
        "--no-hosts",
        "--bind-interfaces",
        "--listen-address=127.0.0.1",
        "--port=" + port,
        "--local=/example.org/",
        "--address=/www.example.org/10.10.10.100");
    good(look(new How.Dns("www.example.org", "A"), port));
    good(look(new How.Dns("nobody.example.org", "AAAA"), port)); // NXDOMAIN is an answer.
    // It answers for no other name: the default question is for servers that know the root.
    bad(look(new How.Dns(".", "SOA"), port), "5");
    good(look(new How.Udp("", Optional.empty()), port));
    signal("STOP");
    bad(look(new How.Dns("www.example.org", "A"), port), "no answer within 1000 ms");
    signal("CONT");
    good(look(new How.Dns("www.example.org", "A"), port));
    end();
    bad(look(new How.Dns("www.example.org", "A"), port), "closed");
    bad(look(new How.Udp("", Optional.empty()), port), "closed");
  }
}
