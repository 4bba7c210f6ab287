package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The look at the service: what is an answer, what is none, and what can't be told. */
class ServiceProbeTest {
  private static final Duration LIMIT = Duration.ofMillis(600);
  private static final int DRIPS_MAX = 10_000;

  /** What a server does with its n-th connection. */
  private interface Manner {
    void serve(int number, Socket client) throws Exception;
  }

  private ServerSocket server;
  private final AtomicInteger accepted = new AtomicInteger();
  private final List<Socket> open = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void begin() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
  }

  @AfterEach
  void end() throws IOException {
    server.close();
    for (Socket socket : List.copyOf(open)) {
      socket.close();
    }
  }

  private void serving(Manner manner) {
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket client = server.accept();
              open.add(client);
              int number = accepted.incrementAndGet();
              Thread.ofVirtual().start(() -> serve(manner, number, client));
            } catch (IOException e) {
              return;
            }
          }
        });
  }

  private static void serve(Manner manner, int number, Socket client) {
    try {
      manner.serve(number, client);
    } catch (Exception e) {
      // The looking side has hung up.
    }
  }

  private static Manner saying(String answer) {
    return (number, client) -> {
      client.getInputStream().read(new byte[4096]);
      client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
      client.close();
    };
  }

  private ProbeSettings.Http http(Statuses statuses, String body) {
    return new ProbeSettings.Http(
        server.getLocalPort(),
        "/",
        Optional.empty(),
        false,
        statuses,
        Optional.ofNullable(body).map(Pattern::compile));
  }

  private ProbeAnswer look(ProbeSettings how) {
    return look(how, LIMIT);
  }

  private ProbeAnswer look(ProbeSettings how, Duration limit) {
    InetSocketAddress to = (InetSocketAddress) server.getLocalSocketAddress();
    return ServiceProbe.hedged(to, how, limit, System.nanoTime());
  }

  private void answered(ProbeAnswer answer) {
    assertInstanceOf(ProbeAnswer.Answered.class, answer, answer.toString());
  }

  private void notAnswered(String detail, ProbeAnswer answer) {
    ProbeAnswer.NotAnswered not =
        assertInstanceOf(ProbeAnswer.NotAnswered.class, answer, answer.toString());
    assertTrue(not.detail().contains(detail), not.detail());
  }

  @Test
  void aWholeAnswerWithTheWantedStatusAndBodyIsLife() {
    serving(saying("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nhealthy"));
    answered(look(http(Statuses.OK, null)));
    answered(look(http(Statuses.OK, "^healthy$")));
    notAnswered("status 200, wanted 204", look(http(Statuses.of(204), null)));
    notAnswered("body lacks /sick/", look(http(Statuses.OK, "sick")));
  }

  @Test
  void chunkedBodiesInterimAnswersAndBareLineEndsAreRead() {
    serving(
        saying(
            """
            HTTP/1.1 100 Continue\r
            \r
            HTTP/1.0 200
            Transfer-Encoding: chunked

            4;x=y\r
            heal\r
            3\r
            thy\r
            0\r
            \r
            """));
    answered(look(http(Statuses.OK, "^healthy$")));
  }

  @Test
  void partsOfAnswersAndOtherProtocolsAreNone() {
    serving(saying("HTTP/1.1 200 OK\r\nContent-Len"));
    notAnswered("closed before a whole answer", look(http(Statuses.OK, null)));
  }

  @Test
  void anotherProtocolIsNoAnswer() {
    serving(saying("220 mail.example ESMTP\r\n"));
    notAnswered("not an HTTP answer: 220 mail", look(http(Statuses.OK, null)));
    answered(look(new ProbeSettings.Tcp(server.getLocalPort())));
  }

  @Test
  void aShortBodyIsNoAnswer() {
    serving(saying("HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\nhealthy"));
    notAnswered("before the whole body", look(http(Statuses.OK, "healthy")));
  }

  @Test
  void aServerWithoutEndIsCutOff() {
    serving((number, client) -> {
      OutputStream out = client.getOutputStream();
      byte[] line = ("X-" + "y".repeat(1000) + ": z\r\n").getBytes(StandardCharsets.US_ASCII);
      out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < DRIPS_MAX; i++) {
        out.write(line);
      }
    });
    notAnswered("header is longer than", look(http(Statuses.OK, null)));
  }

  @Test
  void aServerThatDripsIsNotWaitedForBeyondTheLimit() {
    serving((number, client) -> {
      for (int i = 0; i < DRIPS_MAX; i++) {
        client.getOutputStream().write('H');
        Thread.sleep(Duration.ofMillis(5));
      }
    });
    long from = System.nanoTime();
    notAnswered("accepted, but no answer", look(http(Statuses.OK, null)));
    Duration took = Duration.ofNanos(System.nanoTime() - from);
    assertTrue(took.compareTo(LIMIT.multipliedBy(2)) < 0, "took " + took);
  }

  @Test
  void aServiceThatHangsBehindAKernelThatAcceptsIsNotServing() {
    // Nobody ever accepts: the kernel's backlog takes the connection.
    notAnswered("accepted, but no answer", look(http(Statuses.OK, null)));
    answered(look(new ProbeSettings.Tcp(server.getLocalPort())));
  }

  @Test
  void oneLostConnectionIsNoVerdict() {
    Manner good = saying("HTTP/1.1 200 OK\r\n\r\n");
    serving((number, client) -> {
      if (number > 1) {
        good.serve(number, client); // The first hangs for ever, as if its packets were lost.
      }
    });
    ProbeAnswer answer = look(http(Statuses.OK, null));
    answered(answer);
    assertTrue(accepted.get() >= 2, "a second attempt was made beside the first");
    Duration took = ((ProbeAnswer.Answered) answer).took();
    assertTrue(took.compareTo(LIMIT) < 0, "took " + took);
  }

  @Test
  void aResetConnectionIsTriedAgain() {
    Manner good = saying("HTTP/1.1 200 OK\r\n\r\n");
    serving((number, client) -> {
      if (number > 2) {
        good.serve(number, client);
      } else {
        client.setSoLinger(true, 0);
        client.close();
      }
    });
    answered(look(http(Statuses.OK, null)));
  }

  @Test
  void aRefusedConnectionIsNoAnswer() throws IOException {
    ProbeSettings how = http(Statuses.OK, null);
    InetSocketAddress to = (InetSocketAddress) server.getLocalSocketAddress();
    server.close();
    notAnswered("refused", ServiceProbe.hedged(to, how, LIMIT, System.nanoTime()));
  }

  @Test
  void attemptsAreFewEvenInALongLimit() {
    serving((number, client) -> {});
    notAnswered("5 attempts", look(http(Statuses.OK, null), Duration.ofMillis(400)));
    notAnswered("2 attempts", look(http(Statuses.OK, null), Duration.ofMillis(45)));
  }

  @Test
  void ownAddressesAreNeverLookedAt() throws Exception {
    List<InetAddress> own = new ArrayList<>();
    NetworkInterface.networkInterfaces().forEach(i -> i.inetAddresses().forEach(own::add));
    own.add(InetAddress.ofLiteral("127.9.9.9"));
    own.add(InetAddress.ofLiteral("0.0.0.0"));
    own.add(InetAddress.ofLiteral("::1"));
    for (InetAddress address : own) {
      ProbeAnswer answer =
          ServiceProbe.look(address, http(Statuses.OK, null), Duration.ofMillis(50));
      assertInstanceOf(ProbeAnswer.OwnAnswer.class, answer, address.toString());
    }
    assertEquals(0, accepted.get());
  }

  @Test
  void anIpvsTableThatWouldCatchTheLookIsSeen() throws Exception {
    List<String> table =
        List.of(
            "IP Virtual Server version 1.2.1 (size=4096)",
            "TCP  0A000A64:0050 rr ",
            "  -> 0A001E0B:0050      Route   1      0          0",
            "UDP  0A000A65:0050 rr ",
            "TCP  [2001:0db8:0000:0000:0000:0000:0000:0064]:01BB wlc ");
    InetAddress ipv4 = InetAddress.ofLiteral("10.0.10.100");
    assertTrue(ServiceProbe.inIpvsTable(ipv4, 80, table));
    assertFalse(ServiceProbe.inIpvsTable(ipv4, 81, table));
    assertFalse(ServiceProbe.inIpvsTable(InetAddress.ofLiteral("10.0.10.101"), 80, table));
    assertFalse(ServiceProbe.inIpvsTable(InetAddress.ofLiteral("10.0.30.11"), 80, table));
    assertTrue(ServiceProbe.inIpvsTable(InetAddress.ofLiteral("2001:db8::64"), 443, table));
  }

  @Test
  void warmingUpIsHarmless() {
    ServiceProbe.warmUp(http(Statuses.OK, "x"));
    ServiceProbe.warmUp(new ProbeSettings.Tcp(1));
  }

  @Test
  void settingsThatWouldSmuggleARequestAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> ProbeSettings.Http.of(80, "/ HTTP/1.1\r\nX: y"));
    assertThrows(IllegalArgumentException.class, () -> ProbeSettings.Http.of(80, "no-slash"));
    assertThrows(IllegalArgumentException.class, () -> ProbeSettings.Http.of(0, "/"));
  }
}
