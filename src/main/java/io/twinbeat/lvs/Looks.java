package io.twinbeat.lvs;

import io.twinbeat.config.ServerCheckConfig.How;
import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/** The kinds of looks at real servers. */
final class Looks {
  private static final int DATAGRAM_BYTES_MAX = 4096;

  /** keepalived's MISC_CHECK: an exit status from 2 on is a weight, two less. */
  private static final int WEIGHT_OFFSET = 2;

  private Looks() {}

  /** {@code connecting} makes the looks that open a connection: TCP and HTTP. */
  static Look of(How how, Function<How, Look> connecting, Pinger pinger) {
    return switch (how) {
      case How.Off _ -> (ip, port, limit) -> Look.Seen.good("not looked at");
      case How.Tcp _, How.Http _ -> connecting.apply(how);
      case How.Udp udp -> new UdpLook(udp, pinger);
      case How.Dns dns -> new DnsLook(dns.name(), dns.type());
      case How.Ping _ -> pinger;
      case How.Script script -> script(script);
    };
  }

  /** Accepts the first datagram that is the answer; others are none. */
  interface Answers {
    boolean is(byte[] datagram);
  }

  /**
   * Sends one datagram from a port of its own and returns the first answer from there. What fails
   * until it is sent is this machine's trouble, a {@link CannotLook}; the network's comes later.
   */
  static byte[] exchange(InetAddress ip, int port, byte[] sent, Duration limit, Answers answers)
      throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    try (DatagramSocket socket = sent(ip, port, sent)) {
      byte[] buffer = new byte[DATAGRAM_BYTES_MAX];
      while (true) {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
          throw new SocketTimeoutException("no answer");
        }
        socket.setSoTimeout((int) left);
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        byte[] answer = Arrays.copyOf(buffer, packet.getLength());
        if (answers.is(answer)) {
          return answer;
        }
      }
    }
  }

  private static DatagramSocket sent(InetAddress ip, int port, byte[] bytes) throws CannotLook {
    DatagramSocket socket = null;
    try {
      socket = new DatagramSocket();
      socket.connect(new InetSocketAddress(ip, port));
      socket.send(new DatagramPacket(bytes, bytes.length));
      return socket;
    } catch (IOException e) {
      if (socket != null) {
        socket.close();
      }
      throw new CannotLook(e);
    }
  }

  /** This machine itself could not look. */
  private static final class CannotLook extends IOException {
    CannotLook(IOException cause) {
      super(text(cause), cause);
    }
  }

  /** What an {@link #exchange} without an answer says. */
  static Look.Seen failed(int port, Duration limit, IOException e) {
    return switch (e) {
      case CannotLook _ -> Look.Seen.none("cannot look: " + e.getMessage());
      case PortUnreachableException _ -> Look.Seen.bad("port " + port + " is closed");
      case SocketTimeoutException _ ->
          Look.Seen.bad("no answer within " + limit.toMillis() + " ms");
      default -> Look.Seen.bad("port " + port + ": " + text(e));
    };
  }

  private static Look script(How.Script script) {
    return (ip, port, limit) -> {
      List<String> argv = new ArrayList<>();
      argv.add(script.path().toString());
      argv.addAll(script.args());
      argv.add(ip.getHostAddress());
      argv.add(Integer.toString(port));
      Outcome outcome = Commands.run(Command.of(limit, argv.toArray(String[]::new)));
      String detail = script.path() + ": " + outcome.summary();
      if (outcome instanceof Outcome.NotStarted) {
        return Look.Seen.none("cannot look: " + detail);
      }
      if (!(outcome instanceof Outcome.Exited exited)) {
        return Look.Seen.bad(detail);
      }
      boolean weighs =
          script.dynamicWeight() && exited.status() >= WEIGHT_OFFSET && exited.status() <= 255;
      return new Look.Seen(
          exited.status() == 0 || weighs ? Look.Verdict.GOOD : Look.Verdict.BAD,
          weighs ? OptionalInt.of(exited.status() - WEIGHT_OFFSET) : OptionalInt.empty(),
          detail);
    };
  }

  private static String text(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
