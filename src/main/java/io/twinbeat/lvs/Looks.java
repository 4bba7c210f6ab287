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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;

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
      case How.Udp udp -> udp(udp);
      case How.Dns dns -> new DnsLook(dns.name(), dns.type());
      case How.Ping _ -> pinger;
      case How.Script script -> script(script);
    };
  }

  private static Look udp(How.Udp how) {
    // An empty datagram is not sent at all by Java.
    byte[] sent = (how.send().isEmpty() ? "\n" : how.send()).getBytes(StandardCharsets.UTF_8);
    Optional<Pattern> wanted = how.expect().map(Pattern::compile);
    return (ip, port, limit) -> {
      try {
        String answer =
            new String(exchange(ip, port, sent, limit, _ -> true), StandardCharsets.UTF_8);
        return wanted.isEmpty() || wanted.get().matcher(answer).find()
            ? Look.Seen.good("port " + port + " answered")
            : Look.Seen.bad("port " + port + " answered, but without /" + wanted.get() + "/");
      } catch (PortUnreachableException e) {
        return Look.Seen.bad("port " + port + " is closed");
      } catch (SocketTimeoutException e) {
        return wanted.isEmpty()
            ? Look.Seen.good("port " + port + " took a datagram")
            : Look.Seen.bad("no answer within " + limit.toMillis() + " ms");
      } catch (IOException e) {
        return Look.Seen.bad("port " + port + ": " + text(e));
      }
    };
  }

  /** Accepts the first datagram that is the answer; others are none. */
  interface Answers {
    boolean is(byte[] datagram);
  }

  /** Sends one datagram from a port of its own and returns the first answer from there. */
  static byte[] exchange(InetAddress ip, int port, byte[] sent, Duration limit, Answers answers)
      throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(ip, port));
      socket.send(new DatagramPacket(sent, sent.length));
      byte[] buffer = new byte[DATAGRAM_BYTES_MAX];
      while (true) {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
          throw new SocketTimeoutException("no answer");
        }
        socket.setSoTimeout((int) left);
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        byte[] answer = java.util.Arrays.copyOf(buffer, packet.getLength());
        if (answers.is(answer)) {
          return answer;
        }
      }
    }
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
        return Look.Seen.none(detail);
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

  static String text(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
