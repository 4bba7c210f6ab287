package io.twinbeat.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path directory;
  private Path socket;
  private ControlServer server;
  private final AtomicInteger handled = new AtomicInteger();
  private final CountDownLatch blocked = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);

  @BeforeEach
  void open() throws Exception {
    socket = directory.resolve("control.sock");
    server = ControlServer.open(socket, Optional.empty(), this::handle);
  }

  @AfterEach
  void close() throws Exception {
    release.countDown();
    server.close();
  }

  private Response handle(Request request) throws InterruptedException {
    handled.incrementAndGet();
    return switch (request.verb()) {
      case "echo" -> new Response.Done(request.arguments());
      case "who" -> Response.Done.with(request.user());
      case "refuse" -> new Response.Refused("not now");
      case "fail" -> new Response.Failed("it broke");
      case "bug" -> throw new IllegalStateException("oops");
      case "block" -> {
        blocked.countDown();
        release.await();
        yield Response.Done.with("released");
      }
      case "count" ->
          new Response.Lines(sink -> {
            for (int i = 1; i <= 3; i++) {
              sink.sentence("line " + i);
            }
            return Response.Done.with("counted");
          });
      case "follow" ->
          new Response.Lines(sink -> {
            sink.sentence("the first");
            blocked.countDown();
            try {
              Thread.sleep(Duration.ofHours(1));
            } catch (InterruptedException e) {
              interrupted.countDown();
              throw e;
            }
            return Response.Done.with("unreachable");
          });
      case "flood" ->
          new Response.Lines(sink -> {
            while (true) {
              sink.sentence("x".repeat(60_000));
            }
          });
      default -> new Response.Failed("no such verb: " + request.verb());
    };
  }

  @Test
  void eachKindOfEndArrivesAsItWasGiven() throws Exception {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("group", "site \u2603 \"quoted\"\n");
    assertEquals(new Response.Done(arguments), ask("echo", arguments));
    assertEquals(new Response.Refused("not now"), ask("refuse"));
    assertEquals(new Response.Failed("it broke"), ask("fail"));
    assertEquals(new Response.Failed("no such verb: dance"), ask("dance"));
  }

  @Test
  void theServerKnowsWhichUserAsks() throws Exception {
    assertEquals(Response.Done.with(System.getProperty("user.name")), ask("who"));
  }

  @Test
  void aFaultInTheHandlerIsAnAnswerAndTheServerGoesOn() throws Exception {
    Response.Failed failed = assertInstanceOf(Response.Failed.class, ask("bug"));
    assertTrue(failed.why().startsWith("a fault inside the daemon"), failed.why());
    assertEquals(new Response.Refused("not now"), ask("refuse"));
  }

  @Test
  void linesComeBeforeTheEnd() throws Exception {
    List<String> lines = new ArrayList<>();
    Response.End end =
        new ControlClient(socket)
            .ask(Request.of("count"), LIMIT, l -> lines.add(l.get("sentence").getAsString()));
    assertEquals(List.of("line 1", "line 2", "line 3"), lines);
    assertEquals(Response.Done.with("counted"), end);
  }

  @Test
  void aClientThatWaitsDoesNotHoldUpAnother() throws Exception {
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> assertEquals(Response.Done.with("released"), tryAsk("block")));
    assertTrue(blocked.await(20, TimeUnit.SECONDS));
    assertEquals(new Response.Refused("not now"), ask("refuse"));
    release.countDown();
    waiting.join();
  }

  @Test
  void aDaemonThatDoesNotAnswerIsGivenUpAtTheLimit() throws Exception {
    Response.End end = new ControlClient(socket).ask(Request.of("block"), Duration.ofMillis(1500));
    assertEquals(new Response.Failed("the daemon did not answer within 1 s"), end);
  }

  @Test
  void aClientThatHangsUpEndsItsStream() throws Exception {
    try (SocketChannel client = connect()) {
      send(client, "{\"twinbeat\":1,\"verb\":\"follow\"}\n");
      assertTrue(blocked.await(20, TimeUnit.SECONDS));
    }
    assertTrue(interrupted.await(20, TimeUnit.SECONDS));
    assertEquals(new Response.Refused("not now"), ask("refuse"));
  }

  @Test
  void closingEndsStreamsAndLetsOtherAnswersOut() throws Exception {
    List<Response.End> ends = java.util.Collections.synchronizedList(new ArrayList<>());
    Thread stop = Thread.ofVirtual().start(() -> ends.add(tryAsk("block")));
    assertTrue(blocked.await(20, TimeUnit.SECONDS));
    Thread.ofVirtual().start(release::countDown);
    server.close();
    stop.join();
    assertEquals(List.of(Response.Done.with("released")), ends);
    assertFalse(Files.exists(socket), "the socket is removed");
    assertThrows(NoDaemonException.class, () -> ask("refuse"));
  }

  @Test
  void aClientThatHangsUpBeforeOrAmidItsRequestIsForgotten() throws Exception {
    for (int i = 0; i < 3 * ControlServer.CONNECTIONS_MAX; i++) {
      try (SocketChannel client = connect()) {
        send(client, "{\"twinbeat\":1,".substring(0, i % 14));
      } catch (IOException turnedAway) {
        // So many at once that the server has closed this one already: hung up all the same.
      }
    }
    assertEventually(new Response.Refused("not now"), "refuse");
    assertEquals(1, handled.get(), "half a request is none");
  }

  @Test
  void oneConnectionTooManyIsToldSo() throws Exception {
    List<SocketChannel> clients = new ArrayList<>();
    try {
      for (int i = 0; i < ControlServer.CONNECTIONS_MAX; i++) {
        clients.add(connect());
      }
      assertEventually(
          new Response.Failed("the daemon serves too many clients: 32 at a time"), "refuse");
    } finally {
      for (SocketChannel client : clients) {
        client.close();
      }
    }
    assertEventually(new Response.Refused("not now"), "refuse");
  }

  @Test
  void aLineAtTheLimitIsServedAndALongerOneIsRefused() throws Exception {
    String head = "{\"twinbeat\":1,\"verb\":\"refuse\",\"arguments\":{\"x\":\"";
    String tail = "\"}}";
    int room = Protocol.REQUEST_BYTES_MAX - head.length() - tail.length();
    assertEquals("{\"twinbeat\":1,\"refused\":\"not now\"}", raw(head + "y".repeat(room) + tail));
    assertEquals(
        "{\"twinbeat\":1,\"failed\":\"the request: a line is longer than 65536 bytes\"}",
        raw(head + "y".repeat(room + 5000) + tail));
    assertEquals(1, handled.get());
  }

  @Test
  void whatIsNoRequestIsAnsweredWithTheReason() throws Exception {
    assertFailed("the request is not a line of JSON", "");
    assertFailed("the request is not a line of JSON", "GET / HTTP/1.1");
    assertFailed("the request is not a line of JSON", "[1,2]");
    assertFailed("the request is not a line of JSON", "[".repeat(60_000));
    assertFailed("the request is not a line of JSON", "{\"twinbeat\":1,\"verb\":\"echo\"} {}");
    assertFailed("the request is not a line of JSON", "{twinbeat:1,verb:'echo'}");
    assertFailed("the request names no verb", "{\"twinbeat\":1}");
    assertFailed("the request names no verb", "{\"twinbeat\":1,\"verb\":\"../x\"}");
    assertFailed("the request names no verb", "{\"twinbeat\":1,\"verb\":{}}");
    assertFailed(
        "the request's arguments are not an object",
        "{\"twinbeat\":1,\"verb\":\"echo\",\"arguments\":7}");
    assertEquals(0, handled.get());
  }

  @Test
  void anotherVersionIsNamedAndNotGuessedAt() throws Exception {
    String say = "this daemon speaks version 1 of the control protocol, the request ";
    String use = ": use the twinbeat command that was installed with it";
    assertFailed(say + "version 2" + use, "{\"twinbeat\":2,\"verb\":\"echo\"}");
    assertFailed(say + "names none" + use, "{\"verb\":\"echo\"}");
    assertFailed(say + "names none" + use, "{\"twinbeat\":\"one\",\"verb\":\"echo\"}");
    assertEquals(0, handled.get());
  }

  @Test
  void aClientThatNeverReadsIsDroppedAndOthersAreServed() throws Exception {
    try (SocketChannel client = connect()) {
      send(client, "{\"twinbeat\":1,\"verb\":\"flood\"}\n");
      for (int i = 0; i < 20; i++) {
        assertEquals(new Response.Refused("not now"), ask("refuse"));
      }
    }
  }

  @Test
  void everyLineThatTheFuzzerKeptLeavesTheServerServing() throws Exception {
    List<Path> kept;
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/io/twinbeat/fuzz/control"))) {
      kept = files.sorted().toList();
    }
    assertTrue(kept.size() > 3, "run from the top of the checkout");
    for (Path file : kept) {
      try (SocketChannel client = connect()) {
        send(
            client,
            Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).replace('\n', ' ')
                + "\n");
        assertTrue(answer(client).isPresent(), "no answer to " + file);
      }
    }
    assertEventually(new Response.Refused("not now"), "refuse");
  }

  @Test
  void theSocketIsForItsOwnerOrItsGroupOnly() throws Exception {
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
    Path other = directory.resolve("group.sock");
    String group = Files.readAttributes(directory, PosixFileAttributes.class).group().getName();
    try (ControlServer _ = ControlServer.open(other, Optional.of(group), this::handle)) {
      PosixFileAttributes attributes = Files.readAttributes(other, PosixFileAttributes.class);
      assertEquals("rw-rw----", PosixFilePermissions.toString(attributes.permissions()));
      assertEquals(group, attributes.group().getName());
      assertEquals(
          new Response.Refused("not now"),
          new ControlClient(other).ask(Request.of("refuse"), LIMIT));
    }
  }

  @Test
  void anUnknownGroupIsAClearErrorAndLeavesNothingBehind() throws Exception {
    Path other = directory.resolve("group.sock");
    IOException e =
        assertThrows(
            IOException.class,
            () -> ControlServer.open(other, Optional.of("no-such-group-x"), this::handle).close());
    assertEquals("no such group for the control socket: no-such-group-x", e.getMessage());
    assertFalse(Files.exists(other));
    assertFalse(Files.exists(directory.resolve("group.sock.new")));
  }

  @Test
  void aSecondDaemonIsRefusedAndTheFirstServesOn() throws Exception {
    IOException e =
        assertThrows(
            IOException.class,
            () -> ControlServer.open(socket, Optional.empty(), this::handle).close());
    assertEquals("another twinbeat daemon listens on " + socket, e.getMessage());
    assertEquals(new Response.Refused("not now"), ask("refuse"));
  }

  @Test
  void aListenerWithoutOurLockIsNotReplacedEither() throws Exception {
    Path other = directory.resolve("other.sock");
    try (ServerSocketChannel foreign = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      foreign.bind(UnixDomainSocketAddress.of(other));
      IOException e =
          assertThrows(
              IOException.class,
              () -> ControlServer.open(other, Optional.empty(), this::handle).close());
      assertEquals("another twinbeat daemon listens on " + other, e.getMessage());
    }
    assertFalse(ControlServer.isListening(other));
  }

  @Test
  void theSocketOfADeadDaemonIsReplaced() throws Exception {
    Path stale = directory.resolve("stale.sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(stale));
    }
    assertTrue(Files.exists(stale));
    assertThrows(
        NoDaemonException.class, () -> new ControlClient(stale).ask(Request.of("refuse"), LIMIT));
    try (ControlServer _ = ControlServer.open(stale, Optional.empty(), this::handle)) {
      assertEquals(
          new Response.Refused("not now"),
          new ControlClient(stale).ask(Request.of("refuse"), LIMIT));
    }
  }

  @Test
  void whatIsNoSocketIsLeftAlone() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "precious");
    IOException e =
        assertThrows(
            IOException.class,
            () -> ControlServer.open(file, Optional.empty(), this::handle).close());
    assertEquals(file + " is in the way: it is no socket", e.getMessage());
    assertEquals("precious", Files.readString(file));
  }

  @Test
  void aPathTooLongForTheKernelIsSaidBeforeAnythingIsMade() {
    Path deep = directory.resolve("d".repeat(100)).resolve("control.sock");
    IOException e =
        assertThrows(
            IOException.class,
            () -> ControlServer.open(deep, Optional.empty(), this::handle).close());
    assertTrue(e.getMessage().startsWith("the path of the control socket is too long"));
    assertFalse(Files.exists(deep.getParent()));
  }

  @Test
  void withoutADaemonTheClientSaysWhere() {
    Path nowhere = directory.resolve("nowhere.sock");
    NoDaemonException e =
        assertThrows(
            NoDaemonException.class,
            () -> new ControlClient(nowhere).ask(Request.of("status"), LIMIT));
    assertEquals("no daemon runs on this machine: there is no " + nowhere, e.getMessage());
  }

  private Response.End ask(String verb) throws NoDaemonException {
    return ask(verb, new JsonObject());
  }

  private Response.End ask(String verb, JsonObject arguments) throws NoDaemonException {
    return new ControlClient(socket).ask(Request.of(verb, arguments), LIMIT);
  }

  private Response.End tryAsk(String verb) {
    try {
      return ask(verb);
    } catch (NoDaemonException e) {
      return new Response.Failed(e.getMessage());
    }
  }

  /** Connections that were closed or opened are noticed by the server a moment later. */
  private void assertEventually(Response.End wanted, String verb) throws Exception {
    long until = System.nanoTime() + LIMIT.toNanos();
    Response.End end = ask(verb);
    while (!end.equals(wanted) && System.nanoTime() < until) {
      end = ask(verb);
    }
    assertEquals(wanted, end);
  }

  private void assertFailed(String why, String line) throws IOException {
    JsonObject wanted = new JsonObject();
    wanted.addProperty("twinbeat", 1);
    wanted.addProperty("failed", why);
    assertEquals(wanted.toString(), raw(line));
  }

  private String raw(String line) throws IOException {
    try (SocketChannel client = connect()) {
      send(client, line + "\n");
      return answer(client).orElseThrow();
    }
  }

  private static Optional<String> answer(SocketChannel client) throws IOException {
    return new LineChannel(client, 1 << 20).read();
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  private static void send(SocketChannel client, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      client.write(bytes);
    }
  }
}
