package io.twinbeat.resource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Looks from the standby, through the floating address and on the wire, whether the holder still
 * serves (promise P3). Several attempts are made within the limit, so that one lost packet is no
 * verdict. Blocking; any thread; never throws for what the network does.
 */
public final class ServiceProbe {
  /** A new attempt each fifth of the limit, but not more often than this. */
  private static final Duration STEP_MIN = Duration.ofMillis(30);

  private static final int STEPS = 5;
  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(2);
  private static final Path IPVS = Path.of("/proc/net/ip_vs");

  private ServiceProbe() {}

  /** Looks once; back within the limit. */
  public static ProbeAnswer look(InetAddress address, ProbeSettings how, Duration limit) {
    long started = System.nanoTime();
    Optional<String> fooled = wouldStayHere(address, how.port());
    if (fooled.isPresent()) {
      return new ProbeAnswer.OwnAnswer(fooled.get());
    }
    try (WireEar ear = WireEar.open(address)) {
      ProbeAnswer answer = hedged(new InetSocketAddress(address, how.port()), how, limit, started);
      return switch (answer) {
        case ProbeAnswer.Answered a ->
            ear.heard()
                ? a
                : new ProbeAnswer.OwnAnswer(
                    "something answered for "
                        + address.getHostAddress()
                        + ", but nothing came from it on the wire");
        case ProbeAnswer.NotAnswered n ->
            // Only now, too: an address that came meanwhile has swallowed the look.
            wouldStayHere(address, how.port())
                .<ProbeAnswer>map(ProbeAnswer.OwnAnswer::new)
                .orElse(n);
        case ProbeAnswer.OwnAnswer o -> o;
        case ProbeAnswer.CannotTell c -> c;
      };
    } catch (IOException e) {
      return new ProbeAnswer.CannotTell("this machine cannot listen: " + e.getMessage());
    }
  }

  /**
   * Goes once through all that a look needs, so that the first one in an emergency does not pay for
   * loading classes. Talks to a throw-away server of its own on the loopback.
   */
  public static void warmUp(ProbeSettings how) {
    try (ServerSocket server = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().name("probe-warm-up").start(() -> answerOnce(server));
      InetSocketAddress to = (InetSocketAddress) server.getLocalSocketAddress();
      wouldStayHere(to.getAddress(), to.getPort());
      ProbeSettings plain =
          switch (how) {
            case ProbeSettings.Tcp tcp -> tcp;
            case ProbeSettings.Http http -> {
              if (http.tls()) {
                Tls.warmUp();
              }
              http.body().ifPresent(body -> body.matcher("ok").find());
              yield ProbeSettings.Http.of(http.port(), http.path());
            }
          };
      try (WireEar ear = WireEar.open(to.getAddress())) {
        hedged(to, plain, WARM_UP_LIMIT, System.nanoTime());
        ear.heard();
      }
    } catch (IOException e) {
      // Without a loopback port or a right the first look is merely slower.
    }
  }

  private static void answerOnce(ServerSocket server) {
    try (Socket client = server.accept()) {
      client.getInputStream().read(new byte[4096]);
      client
          .getOutputStream()
          .write(
              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // The looking side has seen enough.
    }
  }

  /** The look itself, without the question whether it would leave this machine. */
  static ProbeAnswer hedged(InetSocketAddress to, ProbeSettings how, Duration limit, long started) {
    long deadline = started + limit.toNanos();
    long step = Math.max(STEP_MIN.toNanos(), limit.dividedBy(STEPS).toNanos());
    BlockingQueue<HttpLook.Seen> results = new ArrayBlockingQueue<>(STEPS);
    List<HttpLook> attempts = new ArrayList<>(STEPS);
    HttpLook.Seen worst = null;
    try {
      long next = started;
      while (true) {
        long now = System.nanoTime();
        if (now - deadline >= 0) {
          return verdict(worst, attempts, limit);
        }
        if (now - next >= 0 && attempts.size() < STEPS) {
          HttpLook attempt = new HttpLook(to, how, deadline);
          attempts.add(attempt);
          Thread.ofVirtual().name("probe").start(() -> results.add(attempt.look()));
          next += step;
        }
        long until = attempts.size() < STEPS && next - deadline < 0 ? next : deadline;
        HttpLook.Seen seen =
            results.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        switch (seen) {
          case null -> {}
          case HttpLook.Seen.Good good -> {
            return new ProbeAnswer.Answered(
                good.detail(), Duration.ofNanos(System.nanoTime() - started));
          }
          case HttpLook.Seen.Bad bad -> worst = bad;
          case HttpLook.Seen.Local local -> worst = worst == null ? local : worst;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ProbeAnswer.CannotTell("the look was interrupted");
    } finally {
      attempts.forEach(HttpLook::close);
    }
  }

  private static ProbeAnswer verdict(HttpLook.Seen worst, List<HttpLook> attempts, Duration limit) {
    String effort = " (" + attempts.size() + " attempts in " + limit.toMillis() + " ms)";
    return switch (worst) {
      case HttpLook.Seen.Local local -> new ProbeAnswer.CannotTell(local.why() + effort);
      case HttpLook.Seen.Bad bad -> new ProbeAnswer.NotAnswered(bad.detail() + effort, bad.reach());
      case HttpLook.Seen.Good good -> throw new IllegalStateException(good.detail());
      case null ->
          new ProbeAnswer.NotAnswered(
              attempts.getFirst().waitingFor() + effort, attempts.getFirst().reach());
    };
  }

  /** An answer from this machine itself would be a lie that blocks the takeover for ever. */
  private static Optional<String> wouldStayHere(InetAddress address, int port) {
    String literal = address.getHostAddress();
    try {
      if (address.isAnyLocalAddress()
          || address.isLoopbackAddress()
          || NetworkInterface.getByInetAddress(address) != null) {
        return Optional.of(literal + " is an address of this machine");
      }
    } catch (SocketException e) {
      return Optional.of("this machine's addresses could not be read: " + e.getMessage());
    }
    return inIpvsTable(address, port, ProcFs.lines(IPVS))
        ? Optional.of("this machine's own IPVS table catches " + literal + " port " + port)
        : Optional.empty();
  }

  /** The kernel's table names services as {@code TCP 0A0A0A64:0050 rr} (ip_vs_ctl.c). */
  static boolean inIpvsTable(InetAddress address, int port, List<String> table) {
    byte[] bytes = address.getAddress();
    StringBuilder text = new StringBuilder("TCP  ");
    if (bytes.length == 4) {
      for (byte b : bytes) {
        text.append(String.format(Locale.ROOT, "%02X", b));
      }
    } else {
      text.append('[');
      for (int i = 0; i < bytes.length; i += 2) {
        text.append(i == 0 ? "" : ":");
        text.append(String.format(Locale.ROOT, "%02x%02x", bytes[i], bytes[i + 1]));
      }
      text.append(']');
    }
    text.append(String.format(Locale.ROOT, ":%04X ", port));
    return table.stream().anyMatch(line -> line.startsWith(text.toString()));
  }
}
