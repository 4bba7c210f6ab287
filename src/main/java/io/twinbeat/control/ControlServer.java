package io.twinbeat.control;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests on a Unix socket, each connection on a virtual thread of its own. Nothing that a
 * client sends, or fails to send or read, reaches the handler or another client.
 */
public final class ControlServer implements AutoCloseable {
  /** Connections served at a time; one more is told so and closed. */
  public static final int CONNECTIONS_MAX = 32;

  /** How long {@link #close} lets answers go out. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

  private static final Logger log = LoggerFactory.getLogger(ControlServer.class);

  /** Does what is asked; called on many threads at once, and sets its own limits. */
  @FunctionalInterface
  public interface Handler {
    Response handle(Request request) throws InterruptedException;
  }

  private final SocketFile file;
  private final ServerSocketChannel server;
  private final Handler handler;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

  private ControlServer(SocketFile file, Handler handler) {
    this.file = file;
    this.server = file.server();
    this.handler = handler;
  }

  /**
   * Listens on this socket: mode 0600, or 0660 for the group. Replaces the socket of a dead daemon;
   * throws, with a message for the operator, when a live one listens or the group is unknown.
   */
  public static ControlServer open(Path socket, Optional<String> group, Handler handler)
      throws IOException {
    ControlServer server = new ControlServer(SocketFile.listen(socket, group), handler);
    Thread.ofVirtual().name("control-accept").start(server::accept);
    return server;
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        serve(server.accept());
      } catch (IOException e) {
        if (server.isOpen()) { // Out of file descriptors, say: others may give some back.
          log.warn("control socket: {}", e.getMessage());
          pause();
        }
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(ACCEPT_PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(SocketChannel channel) {
    Connection connection = new Connection(channel, handler, connections::remove);
    boolean room = connections.size() < CONNECTIONS_MAX;
    if (room) {
      connections.add(connection);
    }
    connection.start(room);
  }

  /** Ends the answers that would go on for ever; others go on. */
  public void endStreams() {
    connections.forEach(Connection::endStream);
  }

  /** Stops listening, lets answers under way go out for a moment, and removes the socket. */
  @Override
  public void close() throws IOException {
    server.close();
    long until = System.nanoTime() + CLOSE_LIMIT.toNanos();
    connections.forEach(Connection::endStream);
    try {
      for (Connection connection : connections) {
        connection.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.forEach(Connection::abort);
    file.close();
  }

  /** Whether a daemon listens on this socket now. */
  public static boolean isListening(Path socket) {
    return Files.exists(socket) && SocketFile.answers(socket);
  }
}
