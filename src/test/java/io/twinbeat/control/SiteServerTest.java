package io.twinbeat.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients come from addresses of 127.0.0.0/8: each is a machine of its own. */
@Timeout(60)
class SiteServerTest implements SiteServer.Host {
  private static final InetAddress SERVER = InetAddress.ofLiteral("127.0.7.1");
  private static final InetAddress GOOD = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress HOSTILE = InetAddress.ofLiteral("127.0.0.66");
  private static final InetAddress STRANGER = InetAddress.ofLiteral("127.0.0.99");
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** So often a client of the site may be one of too many, and is let in later. */
  private static final Duration ASKED = Duration.ofMillis(900);

  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final List<AutoCloseable> open = new ArrayList<>();
  private volatile String text = "well";
  private volatile boolean broken;
  private SiteServer server;
  private int port;

  @Override
  public boolean answers(InetAddress from) {
    if (broken) {
      broken = false;
      throw new StackOverflowError("planted");
    }
    return !from.equals(STRANGER);
  }

  @Override
  public Response.End answer() {
    made.incrementAndGet();
    most.accumulateAndGet(now.incrementAndGet(), Math::max);
    try {
      JsonObject json = new JsonObject();
      json.addProperty("text", text);
      return new Response.Done(json);
    } finally {
      now.decrementAndGet();
    }
  }

  @Override
  public void listens(InetSocketAddress at) {
    said.add("listens");
  }

  @Override
  public void fails(InetSocketAddress at, String why) {
    said.add("fails: " + why);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, SERVER)) {
      return free.getLocalPort();
    }
  }

  private void listen() throws IOException {
    port = freePort();
    listen(SERVER);
    await(() -> said.contains("listens"));
  }

  private void listen(InetAddress ip) {
    server = SiteServer.open(List.of(new InetSocketAddress(ip, port)), this, Duration.ofMillis(50));
  }

  private static void await(BooleanSupplier condition) {
    long until = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - until < 0, "not in time");
      Thread.onSpinWait();
    }
  }

  private SiteClient.Answer ask() throws InterruptedException {
    return SiteClient.ask(List.of(SERVER), port, ASKED);
  }

  private void assertAnswers() throws InterruptedException {
    SiteClient.Answer answer = ask();
    assertNotNull(answer.report(), answer.why());
    assertEquals(text, answer.report().get("text").getAsString());
  }

  private Socket from(InetAddress machine) throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    socket.bind(new InetSocketAddress(machine, 0));
    socket.setSoTimeout((int) LIMIT.toMillis());
    socket.connect(new InetSocketAddress(SERVER, port), (int) LIMIT.toMillis());
    return socket;
  }

  /** All that is answered to a machine, or what became of its connection. */
  private String told(InetAddress machine) {
    try {
      return all(from(machine));
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  private static String all(Socket socket) {
    try {
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  private static void assertReset(String told) {
    assertTrue(told.contains("Connection reset"), told);
  }

  @Test
  void oneLineIsTheWholeAnswerAndNothingNeedsToBeAsked() throws Exception {
    listen();
    assertEquals("{\"twinbeat\":1,\"done\":{\"text\":\"well\"}}\n", all(from(GOOD)));
    assertAnswers();
  }

  @Test
  void aStrangerIsResetAndNoAnswerIsMade() throws Exception {
    listen();
    assertReset(told(STRANGER));
    assertEquals(0, made.get());
    assertAnswers();
  }

  @Test
  void whatAClientSendsIsNotRead() throws Exception {
    listen();
    Socket socket = from(HOSTILE);
    byte[] junk = new byte[1 << 20];
    try {
      socket.getOutputStream().write(junk);
      socket.getOutputStream().write(junk);
    } catch (IOException e) {
      // Reset while it wrote: nobody took it.
    }
    all(socket);
    assertAnswers();
  }

  @Test
  void aClientThatEndsItsHalfAtOnceIsAnsweredAllTheSame() throws Exception {
    listen();
    Socket socket = from(GOOD);
    socket.shutdownOutput();
    assertTrue(all(socket).contains("well"));
  }

  /** More than all buffers in between hold is never sent; what is not read is given up in time. */
  @Test
  void whoeverDoesNotReadOrHangUpIsResetAndOthersAreAnsweredMeanwhile() throws Exception {
    text = "x".repeat(60_000);
    listen();
    List<SocketChannel> slow = new ArrayList<>();
    for (int i = 0; i < SiteServer.CONNECTIONS_OF_ONE_MAX; i++) {
      SocketChannel channel = SocketChannel.open();
      open.add(channel);
      slow.add(channel);
      channel.setOption(java.net.StandardSocketOptions.SO_RCVBUF, 2048);
      channel.bind(new InetSocketAddress(HOSTILE, 0));
      channel.connect(new InetSocketAddress(SERVER, port));
    }
    await(() -> made.get() == SiteServer.CONNECTIONS_OF_ONE_MAX);
    assertReset(told(HOSTILE)); // One more of this machine.
    assertAnswers();
    Thread.sleep(Duration.ofMillis(1500)); // Longer than the limit.
    for (SocketChannel channel : slow) {
      int read = 0;
      String end = "";
      try {
        for (int n = 0; n >= 0; n = channel.read(ByteBuffer.allocate(1024))) {
          read += n;
        }
      } catch (IOException e) {
        end = e.getMessage();
      }
      assertTrue(read < text.length() && end.contains("reset"), read + " bytes, then: " + end);
    }
    assertTrue(all(from(HOSTILE)).contains("xxx"), "its places are free again");
  }

  @Test
  void aThousandConnectionsCostLittleAndOthersAreAnsweredAfterwards() throws Exception {
    listen();
    for (int i = 0; i < 1000; i++) {
      SocketChannel channel = SocketChannel.open();
      open.add(channel);
      channel.configureBlocking(false);
      channel.bind(new InetSocketAddress(HOSTILE, 0));
      channel.connect(new InetSocketAddress(SERVER, port));
    }
    int before = made.get();
    long began = System.nanoTime();
    await(() -> System.nanoTime() - began > 1e9);
    assertTrue(made.get() - before <= 60, () -> made + " answers in a second");
    assertTrue(most.get() <= SiteServer.CONNECTIONS_OF_ONE_MAX, () -> "at a time: " + most);
    for (AutoCloseable each : open) {
      each.close();
    }
    await(() -> {
      try {
        return ask().report() != null;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
  }

  @Test
  void anAddressThatIsMissingIsToldAndTriedAgain() throws Exception {
    port = freePort();
    listen(InetAddress.ofLiteral("192.0.2.1"));
    await(() -> said.size() >= 3);
    assertTrue(
        said.stream().allMatch("fails: Cannot assign requested address"::equals), said::toString);
  }

  @Test
  void aPortThatAnotherProgramHadIsTakenWhenItIsFree() throws Exception {
    port = freePort();
    ServerSocket other = new ServerSocket(port, 1, SERVER);
    listen(SERVER);
    await(() -> said.contains("fails: Address already in use"));
    other.close();
    await(() -> said.contains("listens"));
    assertAnswers();
  }

  @Test
  void theLoopNeverDiesWithoutAWordAndComesBack() throws Exception {
    listen();
    broken = true;
    assertReset(told(GOOD));
    await(() -> said.contains("fails: planted"));
    await(() -> said.stream().filter("listens"::equals).count() == 2);
    assertAnswers();
  }

  @Test
  void anAnswerThatIsTooLongIsNotSent() throws Exception {
    text = "x".repeat(SiteServer.LINE_BYTES_MAX);
    listen();
    assertReset(told(GOOD));
    SiteClient.Answer answer = ask();
    assertNull(answer.report());
    assertTrue(answer.why().startsWith("turned away"), answer.why());
  }

  @Test
  void theEndIsTheEnd() throws Exception {
    listen();
    server.close();
    assertEquals("refused: no daemon answers there", ask().why());
    try (ServerSocket again = new ServerSocket(port, 1, SERVER)) {
      assertTrue(again.isBound());
    }
  }

  /** The client's side: what answers there may be anything. */
  @Test
  void whatIsNoDaemonIsSaidToBeNone() throws Exception {
    port = freePort();
    for (String answer :
        List.of("", "HTTP/1.1 400 Bad Request\r\n", "x".repeat(1 << 20), "{\"twinbeat\":2}\n")) {
      try (ServerSocket other = new ServerSocket(port, 1, SERVER)) {
        Thread.ofVirtual()
            .start(() -> {
              try (Socket socket = other.accept()) {
                socket.getOutputStream().write(answer.getBytes(UTF_8));
              } catch (IOException e) {
                // The client has seen enough.
              }
            });
        SiteClient.Answer got = ask();
        assertNull(got.report());
        assertTrue(
            got.why().contains("another program") || got.why().contains("makes no sense"),
            got.why());
      }
    }
  }

  @Test
  void whoSaysNothingIsGivenUpInTime() throws Exception {
    port = freePort();
    try (ServerSocket dumb = new ServerSocket(port, 8, SERVER)) {
      long began = System.nanoTime();
      assertEquals("no answer from here", ask().why());
      assertTrue(System.nanoTime() - began < 3e9);
      assertTrue(dumb.isBound());
    }
  }
}
