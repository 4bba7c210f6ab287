package io.twinbeat.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How it is seen whether a real server serves: {@code how}, each {@code interval} and a random part
 * of {@code jitter} more, each look at most {@code timeout} long. {@code fall} bad looks in a row
 * take it out, {@code rise} good ones in. {@code port} is the server's own where empty.
 */
public record ServerCheckConfig(
    How how,
    Optional<Integer> port,
    Duration interval,
    Duration timeout,
    Duration jitter,
    int rise,
    int fall) {
  public static final Duration INTERVAL = Duration.ofSeconds(1);
  public static final Duration TIMEOUT = Duration.ofSeconds(1);
  public static final Duration JITTER = Duration.ofMillis(100);
  public static final int RISE = 2;
  public static final int FALL = 3;

  /** One kind of look. */
  public sealed interface How {
    /** Never looked at: it counts as up. */
    record Off() implements How {}

    /** The port accepts a connection. */
    record Tcp() implements How {}

    /** A GET is answered with one of {@code statuses}, and a body that matches. */
    record Http(
        boolean tls, String path, Optional<String> host, String statuses, Optional<String> body)
        implements How {}

    /**
     * A datagram is sent: with {@code expect}, an answer comes that matches. Without it, no ICMP
     * error does within the limit; a silent server is good as long as it answers ARP, and pings if
     * it ever did.
     */
    record Udp(String send, Optional<String> expect) implements How {}

    /** A DNS server answers a question (NOERROR or NXDOMAIN, RFC 1035) over UDP. */
    record Dns(String name, String type) implements How {}

    record Ping() implements How {}

    /**
     * A program's exit status: 0 is good. {@code dynamicWeight}: 2 to 255 is good too, and sets the
     * weight to two less (as keepalived's MISC_CHECK does).
     */
    record Script(Path path, List<String> args, boolean dynamicWeight) implements How {
      public Script {
        args = List.copyOf(args);
      }
    }
  }
}
