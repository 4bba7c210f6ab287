package io.twinbeat.control;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client: its request, and the answer. */
final class Connection {
  /** How long a client may take to send its request. */
  static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);

  /** How long a client may take to read one line of its answer. */
  static final Duration WRITE_LIMIT = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  private final SocketChannel channel;
  private final LineChannel lines;
  private final ControlServer.Handler handler;
  private final Consumer<Connection> ended;
  private Thread thread;
  private volatile boolean streaming;

  Connection(SocketChannel channel, ControlServer.Handler handler, Consumer<Connection> ended) {
    this.channel = channel;
    this.lines = new LineChannel(channel, Protocol.REQUEST_BYTES_MAX);
    this.handler = handler;
    this.ended = ended;
  }

  void start(boolean room) {
    thread =
        Thread.ofVirtual().name("control-client").unstarted(room ? this::serve : this::turnAway);
    thread.start();
  }

  /** Interrupts an answer that would go on for ever. */
  void endStream() {
    if (streaming) {
      thread.interrupt();
    }
  }

  void join(Duration limit) throws InterruptedException {
    thread.join(limit);
  }

  void abort() {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("control: {}", e.getMessage());
    }
    thread.interrupt();
  }

  private void turnAway() {
    try (channel) {
      String most = ControlServer.CONNECTIONS_MAX + " at a time";
      write(Protocol.write(new Response.Failed("the daemon serves too many clients: " + most)));
    } catch (IOException e) {
      log.debug("control: {}", e.getMessage());
    }
  }

  private void serve() {
    try (channel) {
      Optional<Request> request = receive();
      if (request.isPresent()) {
        Response.End end =
            switch (handled(request.get())) {
              case Response.Lines stream -> stream(stream.stream());
              case Response.End atOnce -> atOnce;
            };
        write(Protocol.write(end));
      }
    } catch (IOException e) {
      log.debug("control: a client went away: {}", e.getMessage());
    } catch (InterruptedException e) {
      // The server ends, or the client has hung up: there is nobody left to tell.
    } finally {
      ended.accept(this);
    }
  }

  private Optional<Request> receive() throws IOException {
    try (TimeLimit _ = TimeLimit.on(channel, REQUEST_LIMIT)) {
      Optional<String> line = lines.read();
      return line.isEmpty() ? Optional.empty() : Optional.of(Protocol.request(line.get(), user()));
    } catch (LineChannel.TooLong e) {
      write(Protocol.write(new Response.Failed("the request: " + e.getMessage())));
    } catch (Protocol.BadRequest e) {
      write(Protocol.write(new Response.Failed(e.getMessage())));
    }
    return Optional.empty();
  }

  private String user() throws IOException {
    return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
  }

  private Response handled(Request request) throws InterruptedException {
    try {
      return handler.handle(request);
    } catch (RuntimeException e) {
      return internal(request.verb(), e);
    }
  }

  private Response.End stream(Response.Stream stream) throws IOException, InterruptedException {
    Thread hangUp = Thread.ofVirtual().name("control-hang-up").unstarted(this::awaitHangUp);
    streaming = true;
    hangUp.start();
    try {
      return stream.run(this::writeLine);
    } catch (RuntimeException e) {
      return internal("a stream", e);
    } finally {
      streaming = false;
    }
  }

  private static Response.End internal(String what, RuntimeException e) {
    log.error("control: {} failed", what, e);
    return new Response.Failed("a fault inside the daemon, see its log: " + e);
  }

  /** A client has nothing more to say: whatever can be read is its end. */
  private void awaitHangUp() {
    try {
      while (lines.read().isPresent()) {
        // Said into the void.
      }
    } catch (IOException e) {
      log.debug("control: {}", e.getMessage());
    }
    endStream();
  }

  private void writeLine(JsonObject line) throws IOException {
    write(Protocol.line(line));
  }

  private void write(String line) throws IOException {
    try (TimeLimit _ = TimeLimit.on(channel, WRITE_LIMIT)) {
      lines.write(line);
    }
  }
}
