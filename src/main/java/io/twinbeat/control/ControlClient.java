package io.twinbeat.control;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks the daemon on this machine; one connection for each request. Blocking. */
public final class ControlClient {
  /** For answers that go on until someone stops them. */
  public static final Duration NO_LIMIT = Duration.ofDays(3650);

  private final Path socket;

  public ControlClient(Path socket) {
    this.socket = socket.toAbsolutePath();
  }

  /**
   * Sends the request, hands over each line of the answer, and gives its end. An answer that does
   * not come, not whole or not within the limit is a {@link Response.Failed} too.
   */
  public Response.End ask(Request request, Duration limit, Consumer<JsonObject> lines)
      throws NoDaemonException {
    SocketChannel connected;
    try {
      connected = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return notConnected(e);
    }
    try (SocketChannel channel = connected;
        TimeLimit watch = TimeLimit.on(channel, limit)) {
      try {
        return converse(new LineChannel(channel, Protocol.RESPONSE_BYTES_MAX), request, lines);
      } catch (IOException e) {
        return new Response.Failed(
            watch.passed()
                ? "the daemon did not answer within " + limit.toSeconds() + " s"
                : "the daemon hung up: " + e.getMessage());
      }
    } catch (IOException e) {
      return new Response.Failed("the daemon hung up: " + e.getMessage());
    }
  }

  /** Asks for an answer without lines. */
  public Response.End ask(Request request, Duration limit) throws NoDaemonException {
    return ask(request, limit, line -> {});
  }

  private static Response.End converse(
      LineChannel channel, Request request, Consumer<JsonObject> lines) throws IOException {
    String text = Protocol.write(request);
    if (text.length() > Protocol.REQUEST_BYTES_MAX) {
      return new Response.Failed("the request is too long");
    }
    send(channel, text);
    while (true) {
      Optional<String> line = channel.read();
      if (line.isEmpty()) {
        return new Response.Failed("the daemon ended before it answered");
      }
      Protocol.Answer answer = Protocol.answer(line.get());
      if (answer.end() != null) {
        return answer.end();
      }
      lines.accept(answer.line());
    }
  }

  /**
   * A server that turns us away has answered and closed already: its answer is still to be read.
   */
  private static void send(LineChannel channel, String text) throws IOException {
    try {
      channel.write(text);
    } catch (IOException e) {
      if (!"Broken pipe".equals(e.getMessage())) {
        throw e;
      }
    }
  }

  private Response.End notConnected(IOException e) throws NoDaemonException {
    String why = String.valueOf(e.getMessage());
    if (why.contains("Permission denied")) {
      return new Response.Failed("not allowed to use " + socket + ": be root, or in its group");
    }
    if (!Files.exists(socket)) {
      throw new NoDaemonException("no daemon runs on this machine: there is no " + socket);
    }
    throw new NoDaemonException("no daemon answers on " + socket + ": " + why);
  }
}
