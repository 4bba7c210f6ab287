package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Section.Item;
import io.twinbeat.config.ServerCheckConfig.How;
import io.twinbeat.config.Values.Kind;
import io.twinbeat.config.Values.Value;
import io.twinbeat.config.Values.Wrong;
import io.twinbeat.config.VirtualServiceConfig.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads how a service's real servers are looked at. */
final class ServerCheckReader {
  private static final List<String> KINDS =
      List.of("tcp", "http", "https", "udp", "dns", "ping", "script");
  private static final List<String> WORDS = List.of("tcp", "udp", "dns", "ping", "off");
  private static final List<String> DNS_TYPES =
      List.of("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT");
  private static final String CHECK =
      "tcp, udp, dns, ping, off or a map such as { http: /healthz, interval: 1s }";

  private static final int DNS = 53;

  private final Report report;

  ServerCheckReader(Report report) {
    this.report = report;
  }

  /** {@code noPort}: some server keeps the packet's own port, so there is none to look at. */
  ServerCheckConfig read(Layered service, Target target, boolean noPort) {
    Place protocol = service.placeOf("protocol");
    Optional<Item> item = service.take("check");
    if (item.isEmpty()) {
      How how = otherwise(target, noPort);
      mayBeDeaf(how, port(target, Optional.empty()), protocol);
      return plain(how);
    }
    if (item.get().tree() instanceof Tree.Scalar) {
      How how =
          switch (Section.word(report, item.get(), WORD).orElse("ping")) {
            case "tcp" -> new How.Tcp();
            case "udp" -> new How.Udp("", Optional.empty());
            case "dns" -> new How.Dns(".", "SOA");
            case "off" -> new How.Off();
            default -> new How.Ping();
          };
      needPort(how, Optional.empty(), noPort, item.get());
      mayBeDeaf(how, port(target, Optional.empty()), Section.valuePlace(item.get()));
      return plain(how);
    }
    Optional<Section> map = Section.of(report, item.get(), CHECK);
    if (map.isEmpty()) {
      return plain(new How.Ping());
    }
    Place udp = map.get().placeOf("udp");
    ServerCheckConfig check = read(map.get(), item.get(), noPort);
    mayBeDeaf(check.how(), port(target, check.port()), udp);
    return check;
  }

  private static int port(Target target, Optional<Integer> own) {
    return own.orElse(target instanceof Target.Address address ? address.port() : 0);
  }

  /** Without an answer to wait for, silence is all that there is to see. */
  private void mayBeDeaf(How how, int port, Place place) {
    if (how instanceof How.Udp udp && udp.expect().isEmpty()) {
      report.warning(
          place,
          "a udp check without 'expect'",
          (port == DNS
                  ? "check: dns"
                  : "'send' and 'expect', such as { udp, send: hello, expect: ^ok }")
              + ": without an answer to wait for, a program that hangs counts as up, and so may a"
              + " server that is off");
    }
  }

  private static How otherwise(Target target, boolean noPort) {
    if (noPort || !(target instanceof Target.Address address)) {
      return new How.Ping();
    }
    return address.udp() ? new How.Udp("", Optional.empty()) : new How.Tcp();
  }

  private static ServerCheckConfig plain(How how) {
    return new ServerCheckConfig(
        how,
        Optional.empty(),
        ServerCheckConfig.INTERVAL,
        ServerCheckConfig.TIMEOUT,
        ServerCheckConfig.JITTER,
        ServerCheckConfig.RISE,
        ServerCheckConfig.FALL);
  }

  private ServerCheckConfig read(Section s, Item item, boolean noPort) {
    List<String> kinds = s.keys().stream().filter(KINDS::contains).toList();
    Optional<Integer> port = s.optional("port", Values.integer(1, 65535));
    Duration interval = s.or("interval", HttpCheckReader.duration(), ServerCheckConfig.INTERVAL);
    Duration timeout = s.or("timeout", HttpCheckReader.duration(), ServerCheckConfig.TIMEOUT);
    Duration jitter =
        s.or(
            "jitter",
            Values.duration(Duration.ZERO, PairReader.HOUR),
            shorter(ServerCheckConfig.JITTER, interval));
    if (jitter.compareTo(interval) > 0) {
      report.problem(
          s.placeOf("jitter"),
          Values.shown(jitter) + " with an interval of " + Values.shown(interval),
          "at most the interval");
    }
    int rise = s.or("rise", Values.integer(1, 100), ServerCheckConfig.RISE);
    int fall = s.or("fall", Values.integer(1, 100), ServerCheckConfig.FALL);
    How how = new How.Ping();
    if (kinds.size() == 1) {
      how = how(kinds.get(0), s, s.take(kinds.get(0)).orElseThrow());
      needPort(how, port, noPort, item);
      s.done();
    } else {
      Optional<String> meant =
          s.keys().stream().flatMap(key -> Nearest.of(key, KINDS).stream()).findFirst();
      report.problem(
          item.place(),
          kinds.isEmpty() ? "a check of no kind" : "a check by " + String.join(" and ", kinds),
          "one of " + String.join(", ", KINDS),
          kinds.isEmpty() ? meant : Optional.empty());
    }
    return new ServerCheckConfig(how, port, interval, timeout, jitter, rise, fall);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private How how(String kind, Section s, Item item) {
    boolean nothing = item.tree().isNothing();
    return switch (kind) {
      case "http", "https" ->
          new How.Http(
              kind.equals("https"),
              nothing ? "/" : Section.word(report, item, ProbeReader.REQUEST_PATH).orElse("/"),
              s.optional("host", Names.HOST_HEADER),
              statuses(s),
              s.optional("body", HttpCheckReader.PATTERN));
      case "udp" -> {
        empty(item);
        yield new How.Udp(
            s.or("send", Values.line("text to send"), ""),
            s.optional("expect", HttpCheckReader.PATTERN));
      }
      case "dns" ->
          new How.Dns(
              nothing ? "." : Section.word(report, item, DOMAIN).orElse("."),
              s.or("query", Values.oneOf(DNS_TYPES), "SOA"));
      case "script" ->
          new How.Script(
              Section.word(report, item, Values.absolutePath()).orElse(Path.of("/")),
              s.words("args", "a list of words", Values.line("a word")),
              s.or("dynamic-weight", Values.bool(), false));
      case "tcp" -> {
        empty(item);
        yield new How.Tcp();
      }
      default -> {
        empty(item);
        yield new How.Ping();
      }
    };
  }

  private void empty(Item item) {
    if (!item.tree().isNothing()) {
      report.problem(
          Section.valuePlace(item),
          item.tree().shown(),
          "nothing after it; 'port' beside it if it is not the server's own");
    }
  }

  /** A list of statuses, or one word like 200-299,304. */
  private String statuses(Section s) {
    Optional<Item> item = s.take("status");
    if (item.isEmpty()) {
      return HttpCheck.STATUSES;
    }
    if (!(item.get().tree() instanceof Tree.Items)) {
      return Section.word(report, item.get(), HttpCheckReader.STATUSES).orElse(HttpCheck.STATUSES);
    }
    List<String> statuses = new ArrayList<>();
    for (Item each : Section.items(report, item.get(), "")) {
      Section.word(report, each, HttpCheckReader.STATUSES).ifPresent(statuses::add);
    }
    return statuses.isEmpty() ? HttpCheck.STATUSES : String.join(",", statuses);
  }

  private void needPort(How how, Optional<Integer> port, boolean noPort, Item item) {
    boolean portless =
        how instanceof How.Ping || how instanceof How.Script || how instanceof How.Off;
    if (noPort && port.isEmpty() && !portless) {
      report.problem(
          item.place(),
          "a check without a port, for servers that have none of their own",
          "a 'port' in the check");
    }
  }

  private static final Kind<String> WORD =
      new Kind<>(
          CHECK,
          text ->
              WORDS.contains(text)
                  ? new Value<>(text)
                  : new Wrong<>(Optional.empty(), CHECK, Nearest.of(text, WORDS)));

  private static final Kind<String> DOMAIN =
      new Kind<>(
          "a domain name such as example.org",
          text -> {
            String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
            boolean right = name.length() <= 253;
            for (String label : name.isEmpty() ? new String[0] : name.split("\\.", -1)) {
              right &=
                  !label.isEmpty()
                      && label.length() <= 63
                      && label
                          .chars()
                          .allMatch(c -> Values.isAlphanumeric((char) c) || c == '-' || c == '_');
            }
            return right ? new Value<>(text) : Wrong.of("a domain name such as example.org");
          });
}
