package io.twinbeat.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;

/**
 * The client's side of the probe, a process of its own in the client's namespace: opens a
 * connection each period, asks for {@code /}, and judges each attempt by itself. An attempt is good
 * when a whole answer with status 200 came within the limit of its start. An outage begins with the
 * start of the first bad attempt and ends with the start of the next good one, so its length is
 * right to the millisecond between two attempts. Times are {@link System#nanoTime}.
 *
 * <p>Writes one line for each event (see {@link Probe}); ends when its standard input does. Gaps of
 * its own are reported as such and accuse nobody: no attempt is made up for, and none that was
 * under way is given up because of them.
 */
final class ProbeClient {

  /** A loop later than this is reported as a stall of the probe itself. */
  private static final long STALL_NANOS = 5_000_000;

  private static final long SUMMARY_NANOS = 1_000_000_000;

  /** Between a proxy that names itself in a header and the node that it had the answer from. */
  static final char VIA = '>';

  private static final String VIA_HEADER = "\r\nVia: ";

  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private enum State {
    PENDING,
    GOOD,
    BAD
  }

  private static final class Attempt {
    final long sent;
    long deadline;
    long answered;
    SocketChannel channel;
    final ByteBuffer in = ByteBuffer.allocate(2048);
    State state = State.PENDING;
    String node = "";
    String why = "";

    Attempt(long sent, long limit) {
      this.sent = sent;
      this.deadline = sent + limit;
    }
  }

  private final InetSocketAddress target;
  private final Probe.Pace pace;
  private final Selector selector;
  private final PrintStream out;
  private final ArrayDeque<Attempt> pending = new ArrayDeque<>();
  private volatile boolean stopping;

  private long attempts;
  private long good;
  private long slowestNanos;
  private long outageSince = -1;
  private int refused;
  private int timedOut;
  private int other;
  private String lastNode = "";

  private ProbeClient(InetSocketAddress target, Probe.Pace pace, PrintStream out)
      throws IOException {
    this.target = target;
    this.pace = pace;
    this.out = out;
    this.selector = Selector.open();
  }

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    ProbeClient client =
        new ProbeClient(
            new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])),
            new Probe.Pace(Long.parseLong(arguments[2]), Long.parseLong(arguments[3])),
            out);
    // The parent closes our input to stop us, or dies, which closes it too.
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            System.in.transferTo(OutputStream.nullOutputStream());
          } catch (IOException e) {
            out.println("note " + e.getMessage());
          }
          client.stopping = true;
        });
    client.run();
  }

  private void run() throws IOException {
    warmUp();
    out.println("ready " + System.nanoTime());
    long next = System.nanoTime();
    long nextSummary = next + SUMMARY_NANOS;
    while (!stopping || !pending.isEmpty()) {
      long now = System.nanoTime();
      if (now - next > STALL_NANOS) {
        out.println("stall " + next + " " + (now - next));
        for (Attempt attempt : pending) {
          attempt.deadline += now - next;
        }
        next = now;
      }
      if (now >= next && !stopping) {
        open(now);
        next += pace.periodNanos();
      }
      proceedAll();
      judge();
      if (now >= nextSummary) {
        summary();
        nextSummary += SUMMARY_NANOS;
      }
      if (stopping) {
        next = System.nanoTime() + pace.periodNanos();
      }
      long rest = next - System.nanoTime();
      if (rest > 0) {
        LockSupport.parkNanos(rest);
      }
    }
    summary();
    out.println("end " + System.nanoTime() + " " + outageSince);
  }

  /** Code and sockets are used for the first time before anything is measured. */
  private void warmUp() throws IOException {
    long end = System.nanoTime() + pace.limitNanos() * 2;
    for (int i = 0; i < 300 && System.nanoTime() < end; i++) {
      open(System.nanoTime());
      LockSupport.parkNanos(pace.periodNanos() / 4);
      proceedAll();
    }
    for (Attempt attempt : pending) {
      close(attempt);
    }
    pending.clear();
    selector.selectNow();
    attempts = 0;
  }

  private void open(long now) {
    Attempt attempt = new Attempt(now, pace.limitNanos());
    attempts++;
    pending.add(attempt);
    try {
      attempt.channel = SocketChannel.open();
      attempt.channel.configureBlocking(false);
      // Closing sends a reset: a thousand connections a second leave no TIME_WAIT behind.
      attempt.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      attempt.channel.connect(target);
      attempt.channel.register(selector, SelectionKey.OP_CONNECT, attempt);
    } catch (IOException e) {
      fail(attempt, e);
    }
  }

  /** One attempt may have several steps to go; an idle selector ends it. */
  private void proceedAll() throws IOException {
    int proceeded;
    do {
      proceeded = selector.selectNow(this::proceed);
    } while (proceeded > 0);
  }

  private void proceed(SelectionKey key) {
    Attempt attempt = (Attempt) key.attachment();
    try {
      if (key.isConnectable()) {
        attempt.channel.finishConnect();
        if (attempt.channel.write(ByteBuffer.wrap(REQUEST)) < REQUEST.length) {
          throw new IOException("request cut short");
        }
        key.interestOps(SelectionKey.OP_READ);
      } else if (key.isReadable()) {
        int read = attempt.channel.read(attempt.in);
        if (isWhole(attempt)) {
          attempt.answered = System.nanoTime();
          attempt.state = State.GOOD;
          close(attempt);
        } else if (read < 0) {
          throw new IOException("closed without a whole answer");
        }
      }
    } catch (IOException e) {
      fail(attempt, e);
    }
  }

  /** Takes the node's name from the first line of the body once all of the body is there. */
  private static boolean isWhole(Attempt attempt) throws IOException {
    String text =
        new String(attempt.in.array(), 0, attempt.in.position(), StandardCharsets.ISO_8859_1);
    int body = text.indexOf("\r\n\r\n");
    if (body < 0) {
      return false;
    }
    if (!text.startsWith("HTTP/1.1 200")) {
      throw new IOException("status " + text.substring(0, Math.min(12, text.indexOf('\r'))));
    }
    int length = text.indexOf("Content-Length: ");
    int size =
        length < 0 || length > body
            ? 0
            : Integer.parseInt(text.substring(length + 16, text.indexOf('\r', length)));
    if (text.length() < Math.min(body + 4 + size, attempt.in.capacity())) {
      return false;
    }
    String name = text.substring(body + 4).lines().findFirst().orElse("?").strip();
    attempt.node =
        via(text, body) + (name.isEmpty() || name.length() > 40 ? "?" : name.replace(' ', '_'));
    return true;
  }

  private static String via(String text, int body) {
    int header = text.indexOf(VIA_HEADER);
    if (header < 0 || header > body) {
      return "";
    }
    int from = header + VIA_HEADER.length();
    return text.substring(from, text.indexOf('\r', from)) + VIA;
  }

  private void fail(Attempt attempt, IOException e) {
    String message = String.valueOf(e.getMessage());
    attempt.why = message.contains("refused") ? "refused" : message;
    attempt.state = State.BAD;
    close(attempt);
  }

  private static void close(Attempt attempt) {
    try {
      if (attempt.channel != null) {
        attempt.channel.close();
      }
    } catch (IOException e) {
      attempt.why += " (close: " + e.getMessage() + ")";
    }
  }

  /** Gives up on the late ones, then accounts for all that are settled, in the order of starts. */
  private void judge() {
    long now = System.nanoTime();
    for (Attempt attempt : pending) {
      if (attempt.deadline > now) {
        break;
      }
      if (attempt.state == State.PENDING) {
        attempt.state = State.BAD;
        attempt.why = "timeout";
        close(attempt);
      }
    }
    while (!pending.isEmpty() && pending.getFirst().state != State.PENDING) {
      account(pending.removeFirst());
    }
  }

  private void account(Attempt attempt) {
    if (attempt.state == State.GOOD) {
      good++;
      slowestNanos = Math.max(slowestNanos, attempt.answered - attempt.sent);
      if (outageSince >= 0) {
        out.println(
            "up %d %d %s %s %d %d %d"
                .formatted(
                    outageSince,
                    attempt.sent - outageSince,
                    named(lastNode),
                    attempt.node,
                    refused,
                    timedOut,
                    other));
        outageSince = -1;
      } else if (!attempt.node.equals(lastNode)) {
        out.println("node " + attempt.sent + " " + named(lastNode) + " " + attempt.node);
      }
      lastNode = attempt.node;
      return;
    }
    if (lastNode.isEmpty()) {
      return; // what never began can't fail
    }
    if (outageSince < 0) {
      outageSince = attempt.sent;
      refused = 0;
      timedOut = 0;
      other = 0;
      out.println("down " + attempt.sent + " " + named(lastNode) + " " + attempt.why);
    }
    switch (attempt.why) {
      case "refused" -> refused++;
      case "timeout" -> timedOut++;
      default -> other++;
    }
  }

  private void summary() {
    out.println("sum " + System.nanoTime() + " " + attempts + " " + good + " " + slowestNanos);
  }

  private static String named(String node) {
    return node.isEmpty() ? "-" : node;
  }
}
