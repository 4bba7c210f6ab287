package io.twinbeat.resource;

import io.twinbeat.resource.ProbeAnswer.Reach;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
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
public final class HttpLook implements AutoCloseable {
  /** What the look gave. */
  public sealed interface Seen {
    record Good(String detail) implements Seen {}

    /**
     * It was looked at and found wanting.
     *
     * @param answered the server did say something, only not what was wanted
     */
    record Bad(String detail, Reach reach, boolean answered) implements Seen {}

    /**
     * This machine itself could not look.
     *
     * @param wayLacks no way, or none that is permitted; a router on the way may have said it
     */
    record Local(String why, boolean wayLacks) implements Seen {}
  }

  private static final int HEADER_BYTES_MAX = 16 * 1024;
  private static final int BODY_BYTES_MAX = 64 * 1024;

  private final InetSocketAddress to;
  private final ProbeSettings how;
  private final long deadline;
  private final Socket socket;
  private volatile boolean connected;

  /**
   * Prepares a look; {@link #look} makes it.
   *
   * @param deadline by {@link System#nanoTime}
   */
  public HttpLook(InetSocketAddress to, ProbeSettings how, long deadline) {
    this.to = to;
    this.how = how;
    this.deadline = deadline;
    this.socket = new Bounded(deadline);
  }

  public Seen look() {
    try (Socket connection = socket) {
      connection.setTcpNoDelay(true);
      connection.connect(to, remaining(deadline));
      connected = true;
      return switch (how) {
        case ProbeSettings.Tcp tcp -> new Seen.Good("port " + tcp.port() + " accepts");
        case ProbeSettings.Http http -> exchange(connection, http);
      };
    } catch (SocketTimeoutException e) {
      return new Seen.Bad(waitingFor(), reach(), false);
    } catch (BindException e) {
      return new Seen.Local(text(e), wayLacks(e));
    } catch (NoRouteToHostException e) {
      return new Seen.Bad(
          text(e), Reach.NO_WAY, false); // The neighbour does not answer ARP or NDP.
    } catch (IOException e) {
      if (isLocal(e)) {
        return new Seen.Local(text(e), wayLacks(e));
      }
      if (System.nanoTime() - deadline >= 0) {
        return new Seen.Bad(waitingFor(), reach(), false); // TLS calls a timeout something else.
      }
      boolean refused = e instanceof ConnectException && text(e).contains("refused");
      return new Seen.Bad(text(e), refused ? Reach.SERVER : reach(), false);
    }
  }

  Reach reach() {
    return connected ? Reach.TAKEN : Reach.NOBODY;
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
            // Routes that are "prohibit" and "blackhole", and filters of our own.
            || message.contains("Permission denied")
            || message.contains("Operation not permitted")
            || message.contains("Invalid argument")
            || message.contains("Network is down")
            || message.contains("Cannot allocate")
            || message.contains("Address family not supported"));
  }

  /** ENETUNREACH and EACCES: what a route says, and so do ICMP and ICMPv6 (icmp.c). */
  private static boolean wayLacks(IOException e) {
    String message = text(e);
    return message.contains("Network is unreachable") || message.contains("Permission denied");
  }

  private static String text(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static int remaining(long deadline) throws SocketTimeoutException {
    long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    if (millis <= 0) {
      throw new SocketTimeoutException("deadline");
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  /**
   * Holds the deadline at each read, whoever reads: a server that drips single bytes must not hold
   * the look beyond it, and one read from TLS may be many of its socket.
   */
  private static final class Bounded extends Socket {
    private final long deadline;

    Bounded(long deadline) {
      // Without the proxy that some property of the JVM may name: it would answer for the service.
      super(Proxy.NO_PROXY);
      this.deadline = deadline;
    }

    private void hold() throws SocketException, SocketTimeoutException {
      setSoTimeout(remaining(deadline));
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read() throws IOException {
          hold();
          return super.read();
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
          hold();
          return super.read(bytes, from, length);
        }
      };
    }
  }

  private Seen exchange(Socket connection, ProbeSettings.Http http) throws IOException {
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
      return new Seen.Bad(
          "HTTP status " + status + ", wanted " + http.statuses(), Reach.SERVER, true);
    }
    String said = "HTTP status " + status;
    try {
      if (http.body().isPresent() && !http.body().get().matcher(answer.body()).find()) {
        return new Seen.Bad(said + ", but its body lacks " + shown(http), Reach.SERVER, true);
      }
    } catch (StackOverflowError e) {
      // java.util.regex goes deeper with each repetition of a group.
      return new Seen.Bad(
          said + ", but its body is too much for " + shown(http) + " (" + e + ")",
          Reach.SERVER,
          true);
    }
    return new Seen.Good(said);
  }

  private static String shown(ProbeSettings.Http http) {
    return "/" + http.body().orElseThrow() + "/";
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

  /** The bytes of one answer. */
  private static final class Answer {
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
