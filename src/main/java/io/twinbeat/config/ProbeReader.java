package io.twinbeat.config;

import io.twinbeat.config.Section.Item;
import io.twinbeat.config.Values.Kind;
import io.twinbeat.config.Values.Value;
import io.twinbeat.config.Values.Wrong;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads how the standby looks at the service of a group. */
final class ProbeReader {
  private static final List<String> KINDS = List.of("http", "https", "tcp", "arp");
  private static final String PROBE =
      "arp, { tcp: PORT } or { http: { port: 80, path: /healthz } }";

  private final Report report;

  ProbeReader(Report report) {
    this.report = report;
  }

  Optional<ProbeConfig> read(Section group) {
    Optional<Item> item = group.take("probe");
    if (item.isEmpty()) {
      return Optional.empty();
    }
    if (item.get().tree() instanceof Tree.Scalar) {
      Optional<String> word = Section.word(report, item.get(), ARP);
      return word.map(_ -> new ProbeConfig.Arp(ProbeConfig.INTERVAL, ProbeConfig.LIMIT));
    }
    Optional<Section> map = Section.of(report, item.get(), PROBE);
    if (map.isEmpty()) {
      return Optional.empty();
    }
    List<String> keys = map.get().keys();
    if (keys.size() != 1 || !KINDS.contains(keys.get(0))) {
      report.problem(
          item.get().place(),
          keys.isEmpty() ? "an empty map" : "the keys " + Values.shortened(String.join(", ", keys)),
          PROBE,
          keys.size() == 1 ? Nearest.of(keys.get(0), KINDS) : Optional.empty());
      return Optional.empty();
    }
    return Optional.of(probe(keys.get(0), map.get().all().get(0)));
  }

  private ProbeConfig probe(String kind, Item item) {
    boolean word = item.tree() instanceof Tree.Scalar && !item.tree().isNothing();
    if (kind.equals("tcp") && word) {
      int port = Section.word(report, item, PORT).orElse(1);
      return new ProbeConfig.Tcp(port, ProbeConfig.INTERVAL, ProbeConfig.LIMIT);
    }
    Section s =
        item.tree().isNothing()
            ? Section.absent(report, item.place())
            : Section.of(report, item, "a map of settings")
                .orElse(Section.absent(report, item.place()));
    ProbeConfig probe =
        switch (kind) {
          case "http" -> http(s, false);
          case "https" -> http(s, true);
          case "tcp" -> {
            int port = s.required("port", PORT).orElse(1);
            yield new ProbeConfig.Tcp(port, interval(s), limit(s));
          }
          default -> new ProbeConfig.Arp(interval(s), limit(s));
        };
    s.done();
    return probe;
  }

  private static ProbeConfig http(Section s, boolean tls) {
    return new ProbeConfig.Http(
        s.or("port", PORT, tls ? 443 : 80),
        s.or("path", REQUEST_PATH, "/"),
        s.optional("host", Names.HOST_HEADER),
        tls,
        s.or("status", HttpCheckReader.STATUSES, HttpCheck.STATUSES),
        s.optional("body", HttpCheckReader.PATTERN),
        interval(s),
        limit(s));
  }

  private static Duration interval(Section s) {
    return s.or("interval", HttpCheckReader.duration(), ProbeConfig.INTERVAL);
  }

  private static Duration limit(Section s) {
    return s.or("limit", HttpCheckReader.duration(), ProbeConfig.LIMIT);
  }

  private static final Kind<Integer> PORT = Values.integer(1, 65535);

  private static final Kind<String> ARP =
      new Kind<>(
          PROBE,
          text ->
              text.equals("arp")
                  ? new Value<>(text)
                  : new Wrong<>(Optional.empty(), PROBE, Nearest.of(text, List.of("arp"))));

  static final Kind<String> REQUEST_PATH =
      new Kind<>(
          "a path such as /healthz",
          text -> {
            boolean right = text.startsWith("/");
            for (int i = 0; right && i < text.length(); i++) {
              right = text.charAt(i) > ' ' && text.charAt(i) < 0x7f;
            }
            return right ? new Value<>(text) : Wrong.of("a path such as /healthz");
          });
}
