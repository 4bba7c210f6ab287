package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.twinbeat.config.ServerCheckConfig.How;
import io.twinbeat.daemon.ServerLooks;
import io.twinbeat.linux.IcmpSocket;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.lvs.Look.Seen;
import io.twinbeat.lvs.Look.Verdict;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of look at a server that is well, that is not, and that says nothing. */
class ChecksTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final Duration LIMIT = Duration.ofMillis(400);

  @TempDir Path folder;

  private static Seen look(How how, int port) throws InterruptedException {
    try (Pinger pinger = new Pinger()) {
      return Looks.of(how, ServerLooks::of, pinger).at(HERE, port, LIMIT);
    }
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, HERE)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void tcp() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, HERE)) {
      assertEquals(Verdict.GOOD, look(new How.Tcp(), server.getLocalPort()).verdict());
    }
    assertEquals(Verdict.BAD, look(new How.Tcp(), closedPort()).verdict());
  }

  @Test
  void http() throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(HERE, 0), 0);
    server.createContext(
        "/healthz",
        exchange -> {
          String host = exchange.getRequestHeaders().getFirst("Host");
          byte[] body = ("I am " + host).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(host.equals("www.example") ? 200 : 404, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      int port = server.getAddress().getPort();
      assertEquals(Verdict.GOOD, look(http("www.example", "am www"), port).verdict());
      Seen status = look(http("other.example", "am other"), port);
      assertEquals(Verdict.BAD, status.verdict());
      assertTrue(status.detail().contains("404"), status.detail());
      Seen body = look(http("www.example", "am other"), port);
      assertEquals(Verdict.BAD, body.verdict());
      assertTrue(body.detail().contains("lacks"), body.detail());
    } finally {
      server.stop(0);
    }
  }

  /** A pattern that goes a frame deeper with each line of the answer. */
  @Test
  void anAnswerThatIsTooMuchForThePatternIsBad() throws Exception {
    byte[] body = "ab\n".repeat(20_000).getBytes(StandardCharsets.UTF_8);
    HttpServer server = HttpServer.create(new InetSocketAddress(HERE, 0), 0);
    server.createContext(
        "/healthz",
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      How how =
          new How.Http(false, "/healthz", Optional.empty(), "200", Optional.of("^((a|b|\n)*)z"));
      Seen seen =
          Looks.of(how, ServerLooks::of, new Pinger())
              .at(HERE, server.getAddress().getPort(), Duration.ofSeconds(20));
      assertEquals(Verdict.BAD, seen.verdict(), seen.toString());
      assertTrue(seen.detail().contains("StackOverflowError"), seen.detail());
    } finally {
      server.stop(0);
    }
  }

  private static How http(String host, String body) {
    return new How.Http(false, "/healthz", Optional.of(host), "200-299", Optional.of(body));
  }

  /** Answers each datagram with what this makes of it; none if empty. */
  private interface Echo {
    byte[] of(byte[] asked);
  }

  private static DatagramSocket server(Echo echo) throws IOException {
    DatagramSocket socket = new DatagramSocket(0, HERE);
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              DatagramPacket packet = new DatagramPacket(new byte[512], 512);
              socket.receive(packet);
              byte[] answer = echo.of(Arrays.copyOf(packet.getData(), packet.getLength()));
              if (answer.length > 0) {
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
              }
            }
          } catch (IOException e) {
            // The test is over.
          }
        });
    return socket;
  }

  @Test
  void udp() throws Exception {
    How silent = new How.Udp("", Optional.empty());
    How asking = new How.Udp("ping", Optional.of("^pong"));
    try (DatagramSocket mute = server(_ -> new byte[0]);
        DatagramSocket polite =
            server(asked -> asked.length == 4 ? "pong".getBytes(StandardCharsets.UTF_8) : asked);
        DatagramSocket wrong = server(_ -> "what?".getBytes(StandardCharsets.UTF_8))) {
      assertEquals(Verdict.GOOD, look(silent, mute.getLocalPort()).verdict());
      assertEquals(Verdict.BAD, look(asking, mute.getLocalPort()).verdict());
      assertEquals(Verdict.GOOD, look(asking, polite.getLocalPort()).verdict());
      assertEquals(Verdict.BAD, look(asking, wrong.getLocalPort()).verdict());
    }
    int closed = closedPort();
    assertEquals(Verdict.BAD, look(silent, closed).verdict());
    assertEquals(Verdict.BAD, look(asking, closed).verdict());
  }

  /** It is too long for any network, and this machine says so: nobody was asked. */
  @Test
  void aDatagramThatCannotBeSentSaysNothingOfTheServer() throws Exception {
    String tooMuch = "x".repeat(70_000);
    for (Optional<String> expect : List.of(Optional.of("ok"), Optional.<String>empty())) {
      Seen seen = look(new How.Udp(tooMuch, expect), closedPort());
      assertEquals(Verdict.NONE, seen.verdict(), seen.toString());
      assertTrue(seen.detail().startsWith("cannot look: "), seen.detail());
    }
  }

  /** Who is silent is there if a ping says so, and gone if ARP does, or if pings no longer do. */
  @Test
  void silenceIsGoodAsFarAsNothingSpeaksAgainstIt() throws Exception {
    try (Pinger pinger = new Pinger()) {
      UdpLook look = new UdpLook(new How.Udp("", Optional.empty()), pinger);
      Optional<String> none = Optional.empty();
      // It never answered a ping: it may be filtered.
      assertEquals(Verdict.GOOD, look.silent(HERE, 53, false, none, () -> false).verdict());
      assertEquals(Verdict.BAD, look.silent(HERE, 53, false, none, () -> true).verdict());
      Seen there = look.silent(HERE, 53, true, none, () -> true);
      assertEquals(Verdict.GOOD, there.verdict(), there.toString());
      Seen gone = look.silent(HERE, 53, false, none, () -> false);
      assertEquals(Verdict.BAD, gone.verdict(), gone.toString());
      Optional<String> local = Optional.of("a ping could not be sent");
      assertEquals(Verdict.NONE, look.silent(HERE, 53, false, local, () -> false).verdict());
      InetAddress other = InetAddress.ofLiteral("127.0.0.2");
      assertEquals(Verdict.GOOD, look.silent(other, 53, false, local, () -> false).verdict());
    }
  }

  @Test
  void dns() throws Exception {
    How how = new How.Dns("www.example.org", "A");
    byte[] question = new DnsLook("www.example.org", "A").question(0x1234);
    assertEquals(
        "1234 0100 0001 0000 0000 0000 03 777777 07 6578616d706c65 03 6f7267 00 0001 0001"
            .replace(" ", ""),
        java.util.HexFormat.of().formatHex(question));
    for (int code : new int[] {0, 2, 3, 5}) {
      try (DatagramSocket server =
          server(asked -> {
            asked[2] |= (byte) 0x80;
            asked[3] = (byte) code;
            return asked;
          })) {
        Verdict wanted = code == 0 || code == 3 ? Verdict.GOOD : Verdict.BAD;
        assertEquals(wanted, look(how, server.getLocalPort()).verdict(), "rcode " + code);
      }
    }
    // The answer to another question is none.
    try (DatagramSocket server =
        server(asked -> {
          asked[0]++;
          asked[2] |= (byte) 0x80;
          return asked;
        })) {
      assertEquals(Verdict.BAD, look(how, server.getLocalPort()).verdict());
    }
  }

  @Test
  void ping() throws Exception {
    assertEquals(Verdict.GOOD, look(new How.Ping(), 0).verdict());
    try (Pinger pinger = new Pinger()) {
      InetAddress nobody = InetAddress.ofLiteral("::1");
      assertEquals(Verdict.GOOD, pinger.at(nobody, 0, LIMIT).verdict());
    }
  }

  /** As with ipv6.disable=1: what one version lacks is no reason for the other. */
  @Test
  void pingsOfOneVersionNeedNoSocketOfTheOther() throws Exception {
    for (boolean lacking : new boolean[] {false, true}) {
      try (Pinger pinger =
          new Pinger((v6, identifier) -> {
            if (v6 == lacking) {
              throw new LinuxException("opening a socket", 97);
            }
            return IcmpSocket.open(v6, identifier);
          })) {
        InetAddress four = InetAddress.ofLiteral("127.0.0.1");
        InetAddress six = InetAddress.ofLiteral("::1");
        assertEquals(
            Verdict.GOOD, pinger.at(lacking ? four : six, 0, LIMIT).verdict(), "v6: " + !lacking);
        assertEquals(Verdict.NONE, pinger.at(lacking ? six : four, 0, LIMIT).verdict());
      }
    }
  }

  @Test
  void script() throws Exception {
    Path script = folder.resolve("check");
    Files.writeString(script, "#!/bin/sh\n[ \"$2\" = 127.0.0.1 ] && exit $1\n");
    assertEquals(Verdict.NONE, look(script(script, "0", false), 80).verdict());
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertEquals(Verdict.GOOD, look(script(script, "0", false), 80).verdict());
    assertEquals(Verdict.BAD, look(script(script, "1", true), 80).verdict());
    assertEquals(Verdict.BAD, look(script(script, "7", false), 80).verdict());
    Seen weighs = look(script(script, "7", true), 80);
    assertEquals(Verdict.GOOD, weighs.verdict());
    assertEquals(OptionalInt.of(5), weighs.weight());
    Files.writeString(script, "#!/bin/sh\nexec sleep 5\n");
    assertEquals(Verdict.BAD, look(script(script, "0", true), 80).verdict());
  }

  private static How script(Path path, String status, boolean dynamic) {
    return new How.Script(path, List.of(status), dynamic);
  }
}
