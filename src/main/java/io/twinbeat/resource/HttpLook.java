package io.twinbeat.resource;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * One look at a server: one connection, one HTTP/1.1 request, one bounded answer (RFC 9112). Blocks
 * until its deadline at the latest; {@link #close} from another thread ends it. A client of our own
 * because java.net.http costs start time and memory.
 */
final class HttpLook implements AutoCloseable {
  /** What the look gave. */
  sealed interface Seen {
    record Good(String detail) implements Seen {}

    /**
     * It was looked at and found wanting.
     *
     * @param answered the server did say something, only not what was wanted
     */
    record Bad(String detail, boolean answered) implements Seen {}

    /** This machine itself could not look. */
    record Local(String why) implements Seen {}
  }

  private static final int HEADER_BYTES_MAX = 16 * 1024;
  private static final int BODY_BYTES_MAX = 64 * 1024;

  private final InetSocketAddress to;
  private final ProbeSettings how;
  private final long deadline;
  private final Socket socket = new Socket();
  private volatile boolean connected;

  /**
   * Prepares a look; {@link #look} makes it.
   *
   * @param deadline by {@link System#nanoTime}
   */
  HttpLook(InetSocketAddress to, ProbeSettings how, long deadline) {
    this.to = to;
    this.how = how;
    this.deadline = deadline;
  }

  Seen look() {
    try (Socket connection = socket) {
      connection.setTcpNoDelay(true);
      connection.connect(to, remaining());
      if (connection.getLocalAddress().equals(to.getAddress())
          && !to.getAddress().isLoopbackAddress()) {
        return new Seen.Local("the connection did not leave this machine");
      }
      connected = true;
      return switch (how) {
        case ProbeSettings.Tcp tcp -> new Seen.Good("port " + tcp.port() + " accepts");
        case ProbeSettings.Http http -> exchange(connection, http);
      };
    } catch (SocketTimeoutException e) {
      return new Seen.Bad(waitingFor(), false);
    } catch (BindException e) {
      return new Seen.Local(text(e));
    } catch (NoRouteToHostException e) {
      return new Seen.Bad(text(e), false); // The neighbour does not answer ARP or NDP.
    } catch (IOException e) {
      return isLocal(e) ? new Seen.Local(text(e)) : new Seen.Bad(text(e), false);
    }
  }

  /** What has not come yet. */
  String waitingFor() {
    return connected ? "the connection was accepted, but no answer came" : "no connection";
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing is owed to a connection that is given up.
    }
  }

  /** Troubles of this machine are no evidence about the other one. */
  private static boolean isLocal(IOException e) {
    String message = text(e);
    return e instanceof SocketException
        && (message.contains("Network is unreachable")
            || message.contains("Too many open files")
            || message.contains("No buffer space")
            || message.contains("Network is down")
            || message.contains("Cannot allocate")
            || message.contains("Address family not supported"));
  }

  private static String text(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private int remaining() throws SocketTimeoutException {
    long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    if (millis <= 0) {
      throw new SocketTimeoutException("deadline");
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  private Seen exchange(Socket connection, ProbeSettings.Http http) throws IOException {
    connection.setSoTimeout(remaining());
    Socket stream = http.tls() ? Tls.over(connection, http.host(), to) : connection;
    OutputStream out = stream.getOutputStream();
    out.write(request(http).getBytes(StandardCharsets.US_ASCII));
    out.flush();
    Answer answer = new Answer(stream.getInputStream());
    int status;
    do {
      status = status(answer.line());
      answer.headers();
    } while (status >= 100 && status < 200);
    if (!http.statuses().contains(status)) {
      return new Seen.Bad("HTTP status " + status + ", wanted " + http.statuses(), true);
    }
    if (http.body().isPresent() && !http.body().get().matcher(answer.body()).find()) {
      return new Seen.Bad(
          "HTTP status " + status + ", but its body lacks /" + http.body().get() + "/", true);
    }
    return new Seen.Good("HTTP status " + status);
  }

  private String request(ProbeSettings.Http http) {
    InetAddress address = to.getAddress();
    String literal = address.getHostAddress();
    String shown = literal.indexOf(':') >= 0 ? "[" + literal + "]" : literal;
    return "GET "
        + http.path()
        + " HTTP/1.1\r\nHost: "
        + http.host().orElse(shown)
        + "\r\nUser-Agent: twinbeat\r\nAccept: */*\r\nConnection: close\r\n\r\n";
  }

  private static int status(String line) throws IOException {
    // HTTP/1.1 200 OK
    if (line.startsWith("HTTP/1.") && line.length() >= 12 && line.charAt(8) == ' ') {
      try {
        return Integer.parseInt(line, 9, 12, 10);
      } catch (NumberFormatException e) {
        throw new IOException("not an HTTP answer: " + printable(line), e);
      }
    }
    throw new IOException("not an HTTP answer: " + printable(line));
  }

  private static String printable(String line) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(line.length(), 60); i++) {
      char c = line.charAt(i);
      text.append(c < ' ' || c > '~' ? '.' : c);
    }
    return text.toString();
  }

  /** The bytes of one answer, read with the deadline held at each read. */
  private final class Answer {
    private final InputStream in;
    private final byte[] buffer = new byte[4096];
    private int position;
    private int end;
    private int headerBytes;
    private long length = -1;
    private boolean chunked;

    Answer(InputStream in) {
      this.in = in;
    }

    private int read() throws IOException {
      if (position == end) {
        // A server that drips single bytes must not hold the look beyond its deadline.
        socket.setSoTimeout(remaining());
        position = 0;
        end = Math.max(0, in.read(buffer));
        if (end == 0) {
          return -1;
        }
      }
      return buffer[position++] & 0xff;
    }

    String line() throws IOException {
      StringBuilder line = new StringBuilder();
      while (true) {
        int c = read();
        if (c < 0) {
          throw new EOFException("the connection was closed before a whole answer came");
        }
        if (++headerBytes > HEADER_BYTES_MAX) {
          throw new IOException(
              "the answer's header is longer than " + HEADER_BYTES_MAX + " bytes");
        }
        if (c == '\n') {
          int last = line.length() - 1;
          if (last >= 0 && line.charAt(last) == '\r') {
            line.setLength(last);
          }
          return line.toString();
        }
        line.append((char) c);
      }
    }

    void headers() throws IOException {
      length = -1;
      chunked = false;
      for (String line = line(); !line.isEmpty(); line = line()) {
        String lower = line.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          length = number(lower.substring("content-length:".length()).strip(), 10);
        } else if (lower.startsWith("transfer-encoding:")) {
          chunked = lower.contains("chunked");
        }
      }
    }

    String body() throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      if (chunked) {
        long size = number(chunkSize(line()), 16);
        while (size > 0 && body.size() < BODY_BYTES_MAX) {
          copy(body, size);
          headerBytes = 0; // Bounded by the body's size from here on.
          line();
          size = number(chunkSize(line()), 16);
        }
      } else {
        copy(body, length < 0 ? BODY_BYTES_MAX : length);
      }
      return body.toString(StandardCharsets.UTF_8);
    }

    private void copy(ByteArrayOutputStream body, long size) throws IOException {
      for (long i = 0; i < size && body.size() < BODY_BYTES_MAX; i++) {
        int c = read();
        if (c < 0) {
          if (length >= 0 || chunked) {
            throw new EOFException("the connection was closed before the whole body came");
          }
          return;
        }
        body.write(c);
      }
    }

    private static String chunkSize(String line) {
      int extension = line.indexOf(';');
      return (extension < 0 ? line : line.substring(0, extension)).strip();
    }

    private static long number(String text, int radix) throws IOException {
      try {
        return Long.parseLong(text, radix);
      } catch (NumberFormatException e) {
        throw new IOException("not a length: " + printable(text), e);
      }
    }
  }

  static Optional<InetAddress> literal(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
