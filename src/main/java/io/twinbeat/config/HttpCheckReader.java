package io.twinbeat.config;

import io.twinbeat.config.Section.Item;
import io.twinbeat.config.Values.Kind;
import io.twinbeat.config.Values.Value;
import io.twinbeat.config.Values.Wrong;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads an HTTP check: a URL, or a map with one. */
final class HttpCheckReader {
  static final Duration CHECK_MIN = Duration.ofMillis(50);
  private static final int PATTERN_MAX = 256;
  private static final String URL = "a URL such as http://127.0.0.1/healthz";

  private final Report report;
  private final AddressBook book;

  HttpCheckReader(Report report, AddressBook book) {
    this.report = report;
    this.book = book;
  }

  Optional<HttpCheck> read(Section owner) {
    Optional<Item> item = owner.take("check");
    if (item.isEmpty()) {
      return Optional.empty();
    }
    if (item.get().tree() instanceof Tree.Scalar) {
      Optional<URI> uri = Section.word(report, item.get(), KIND);
      return uri.map(u -> check(u, item.get(), Section.absent(report, item.get().place())));
    }
    Optional<Section> map = Section.of(report, item.get(), "a URL or a map");
    if (map.isEmpty()) {
      return Optional.empty();
    }
    Optional<URI> uri = map.get().required("url", KIND);
    HttpCheck check = check(uri.orElse(URI.create("http://127.0.0.1/")), item.get(), map.get());
    map.get().done();
    return Optional.of(check);
  }

  private HttpCheck check(URI uri, Item item, Section s) {
    Optional<InetAddress> ip = Addresses.parse(unbracketed(uri.getHost()));
    if (ip.isPresent()) {
      book.check(ip.get(), item.place());
    }
    return new HttpCheck(
        uri,
        s.or("status", STATUSES, HttpCheck.STATUSES),
        s.optional("body", PATTERN),
        s.optional("host", Names.HOST_HEADER),
        s.or("interval", duration(), HttpCheck.INTERVAL),
        s.or("limit", duration(), HttpCheck.LIMIT),
        s.or("fall", Values.integer(1, 100), HttpCheck.FALL),
        s.or("rise", Values.integer(1, 100), HttpCheck.RISE));
  }

  static Kind<Duration> duration() {
    return Values.duration(CHECK_MIN, PairReader.HOUR);
  }

  static final Kind<String> STATUSES =
      new Kind<>(
          "HTTP statuses such as 200 or 200-299,304",
          text ->
              Statuses.valid(text)
                  ? new Value<>(text)
                  : Wrong.of("HTTP statuses such as 200 or 200-299,304"));

  static final Kind<String> PATTERN =
      new Kind<>(
          "a regular expression",
          text -> {
            if (text.length() > PATTERN_MAX) {
              return Wrong.of("a regular expression of at most " + PATTERN_MAX + " characters");
            }
            try {
              Pattern _ = Pattern.compile(text);
              return new Value<>(text);
            } catch (PatternSyntaxException e) {
              return Wrong.of(
                  Values.quoted(text) + " (" + e.getDescription() + ")", "a regular expression");
            }
          });

  private static final Kind<URI> KIND = new Kind<>(URL, HttpCheckReader::url);

  private static Values.Parsed<URI> url(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException _) {
      return Wrong.of(URL);
    }
    boolean tls = "https".equals(uri.getScheme());
    if ((!tls && !"http".equals(uri.getScheme()))
        || uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getRawFragment() != null
        || uri.getPort() == 0
        || uri.getPort() > 65535
        || !text.equals(uri.toASCIIString())) {
      return Wrong.of(URL);
    }
    String host = unbracketed(uri.getHost());
    return host.equals("localhost") || Addresses.parse(host).isPresent()
        ? new Value<>(uri)
        : Wrong.of(
            Values.quoted(text) + ", a URL with a name",
            "an address in its place (a check must not hang on the DNS; 'host' sets the Host"
                + " header)");
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
