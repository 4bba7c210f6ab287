package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Section.Item;
import io.twinbeat.config.Values.Kind;
import io.twinbeat.config.Values.Value;
import io.twinbeat.config.Values.Wrong;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads one resource of a group: a map of its type and its settings. */
final class ResourceReader {
  private static final List<String> TYPES =
      List.of("address", "nginx", "systemd", "script", "ocf", "lvs");
  private static final String RESOURCE =
      "a resource: one of address, nginx, systemd, script, ocf, lvs";
  private static final Duration TIMEOUT_MIN = Duration.ofMillis(100);
  private static final Duration TEST_MIN = Duration.ofSeconds(5);
  private static final Path NO_PATH = Path.of("/");

  private final Report report;
  private final AddressBook book;

  ResourceReader(Report report, AddressBook book) {
    this.report = report;
    this.book = book;
  }

  /** Whether an address was meant, right or wrong. */
  static boolean isAddress(Tree tree) {
    return tree instanceof Tree.Fields fields
        && !fields.entries().isEmpty()
        && (fields.entries().get(0).key().equals("address")
            || Nearest.of(fields.entries().get(0).key(), TYPES).equals(Optional.of("address")));
  }

  Optional<ResourceConfig> read(Item item) {
    if (item.tree() instanceof Tree.Scalar word && !word.isNothing()) {
      Optional<String> type = Section.word(report, item, Values.oneOf(TYPES));
      return type.isPresent() ? read(type.get(), item) : Optional.empty();
    }
    Optional<Section> map = Section.of(report, item, RESOURCE);
    if (map.isEmpty()) {
      return Optional.empty();
    }
    List<String> keys = map.get().keys();
    if (keys.size() != 1) {
      report.problem(
          item.place(),
          keys.isEmpty() ? "an empty map" : "a map with the keys " + String.join(", ", shown(keys)),
          "one resource type, with its settings indented below it");
      return Optional.empty();
    }
    Item value = map.get().all().get(0);
    if (!TYPES.contains(keys.get(0))) {
      report.problem(
          value.place(),
          "unknown resource type " + Values.quoted(keys.get(0)),
          RESOURCE,
          Nearest.of(keys.get(0), TYPES));
      return Optional.empty();
    }
    return read(keys.get(0), value);
  }

  private static List<String> shown(List<String> keys) {
    return keys.stream().limit(5).map(Values::shortened).toList();
  }

  private Optional<ResourceConfig> read(String type, Item item) {
    boolean word = item.tree() instanceof Tree.Scalar;
    boolean nothing = word && (item.tree().isNothing() || item.place().path().endsWith("]"));
    if (type.equals("systemd") && word && !nothing) {
      Optional<String> unit = Section.word(report, item, Names.SYSTEMD_UNIT);
      return unit.map(u -> new SystemdConfig(u, u, SystemdConfig.TIMEOUTS));
    }
    if (type.equals("script") && word && !nothing) {
      Optional<Path> path = Section.word(report, item, Values.absolutePath());
      return path.map(p -> new ScriptConfig(fileName(p), p, List.of(), ScriptConfig.TIMEOUTS));
    }
    Section s;
    if (nothing) {
      s = Section.absent(report, item.place());
    } else {
      Optional<Section> map =
          Section.of(
              report,
              item,
              type.equals("address")
                  ? "a map such as { ip: 10.10.10.100/24, dev: eth0 }"
                  : "a map of settings");
      if (map.isEmpty()) {
        return Optional.empty();
      }
      s = map.get();
    }
    int before = report.count();
    ResourceConfig resource =
        switch (type) {
          case "address" -> address(s);
          case "nginx" -> nginx(s);
          case "systemd" -> systemd(s);
          case "script" -> script(s);
          case "lvs" -> lvs(s);
          default -> ocf(s);
        };
    s.done();
    return report.count() == before ? Optional.of(resource) : Optional.empty();
  }

  private ResourceConfig address(Section s) {
    Optional<Prefixed> ip = s.required("ip", PREFIXED);
    String dev = s.required("dev", Names.DEVICE).orElse("");
    if (ip.isPresent()) {
      book.floating(ip.get().ip(), s.placeOf("ip"));
    }
    InetAddress address = ip.isPresent() ? ip.get().ip() : InetAddress.getLoopbackAddress();
    int prefix = ip.isPresent() ? ip.get().length() : 0;
    String name = name(s, Addresses.shown(address));
    return report.placed(
        new AddressConfig(name, address, prefix, dev, timeouts(s, AddressConfig.TIMEOUTS)),
        s.placeOf("ip"));
  }

  private ResourceConfig nginx(Section s) {
    Optional<HttpCheck> check = new HttpCheckReader(report, book).read(s);
    boolean hot = s.or("hot", Values.bool(), true);
    Optional<String> unit = s.optional("unit", Names.SYSTEMD_UNIT);
    Path config = s.or("config", Values.absolutePath(), NginxConfig.CONFIG);
    Optional<Path> binary = s.optional("binary", Values.absolutePath());
    Duration test =
        s.or("test-interval", Values.duration(TEST_MIN, PairReader.DAY), NginxConfig.TEST_INTERVAL);
    List<UpstreamConfig> upstreams = new UpstreamsReader(report).read(s);
    String name = name(s, "nginx");
    Timeouts timeouts = timeouts(s, NginxConfig.TIMEOUTS);
    if (check.isEmpty() && !s.has("check")) {
      report.warning(
          s.place(),
          "nginx without a check",
          "a check, such as 'check: http://127.0.0.1/healthz': a process that runs may still not"
              + " serve");
    }
    return new NginxConfig(name, check, hot, unit, config, binary, test, upstreams, timeouts);
  }

  private ResourceConfig systemd(Section s) {
    String unit = s.required("unit", Names.SYSTEMD_UNIT).orElse("");
    return new SystemdConfig(name(s, unit), unit, timeouts(s, SystemdConfig.TIMEOUTS));
  }

  private ResourceConfig script(Section s) {
    Path path = s.required("path", Values.absolutePath()).orElse(NO_PATH);
    List<String> args = s.words("args", "a list of words", Values.line("a word"));
    Timeouts defaults = ScriptConfig.TIMEOUTS;
    return new ScriptConfig(name(s, fileName(path)), path, args, timeouts(s, defaults));
  }

  private ResourceConfig ocf(Section s) {
    String agent = s.required("agent", OCF_AGENT).orElse(":");
    int colon = agent.indexOf(':');
    Map<String, String> params = params(s);
    String provider = agent.substring(0, colon);
    String type = agent.substring(colon + 1);
    return new OcfConfig(name(s, type), provider, type, params, timeouts(s, ScriptConfig.TIMEOUTS));
  }

  private ResourceConfig lvs(Section s) {
    String name = name(s, "lvs");
    return new LvsReader(report, book).read(s, name, timeouts(s, LvsConfig.TIMEOUTS));
  }

  private Map<String, String> params(Section s) {
    Map<String, String> params = new TreeMap<>();
    Optional<Item> item = s.take("params");
    Optional<Section> map =
        item.isPresent() ? Section.of(report, item.get(), "a map of words") : Optional.empty();
    if (map.isEmpty()) {
      return params;
    }
    List<String> names = map.get().keys();
    List<Item> values = map.get().all();
    for (int i = 0; i < names.size(); i++) {
      Place place = values.get(i).place();
      Optional<String> value =
          Section.word(report, values.get(i), Values.line("one word or number"));
      if (!(PARAMETER.parse(names.get(i)) instanceof Value<String>)) {
        report.problem(
            place, "the parameter name " + Values.quoted(names.get(i)), PARAMETER.expected());
      } else if (value.isPresent()) {
        params.put(names.get(i), value.get());
      }
    }
    return params;
  }

  private static String name(Section s, String otherwise) {
    return s.or("name", Names.RESOURCE, otherwise);
  }

  private static String fileName(Path path) {
    return path.getFileName() == null ? "" : path.getFileName().toString();
  }

  private static Timeouts timeouts(Section s, Timeouts defaults) {
    Kind<Duration> timeout = Values.duration(TIMEOUT_MIN, PairReader.HOUR);
    return new Timeouts(
        s.or("start-timeout", timeout, defaults.start()),
        s.or("stop-timeout", timeout, defaults.stop()),
        s.or("check-interval", timeout, defaults.checkInterval()),
        s.or("check-timeout", timeout, defaults.checkTimeout()));
  }

  private record Prefixed(InetAddress ip, int length) {}

  private static final String PREFIXED_EXPECTED =
      "an address with its prefix length, such as 10.10.10.100/24";

  private static final Kind<Prefixed> PREFIXED =
      new Kind<>(PREFIXED_EXPECTED, ResourceReader::prefixed);

  private static Values.Parsed<Prefixed> prefixed(String text) {
    int slash = text.indexOf('/');
    Optional<InetAddress> ip = Addresses.parse(slash < 0 ? text : text.substring(0, slash));
    if (ip.isEmpty()) {
      return Wrong.of(PREFIXED_EXPECTED);
    }
    if (slash < 0) {
      return Wrong.of(Values.quoted(text) + " without a prefix length", PREFIXED_EXPECTED);
    }
    boolean v4 = ip.get() instanceof Inet4Address;
    int bits = v4 ? 32 : 128;
    if (!(Values.integer(1, bits).parse(text.substring(slash + 1))
        instanceof Value<Integer>(Integer length))) {
      return Wrong.of("a prefix length from 1 to " + bits + ", such as /" + (v4 ? 24 : 64));
    }
    if (v4 && length <= 30 && Addresses.hostBitsAre(ip.get(), length, false)) {
      return Wrong.of(Values.quoted(text) + ", the network itself", "an address in that network");
    }
    if (v4 && length <= 30 && Addresses.hostBitsAre(ip.get(), length, true)) {
      return Wrong.of(
          Values.quoted(text) + ", the broadcast address", "an address in that network");
    }
    return new Value<>(new Prefixed(ip.get(), length));
  }

  private static final Kind<String> PARAMETER =
      Values.word("a parameter name of letters, digits, '-' and '_'", "-_", 64);

  private static final String OCF_EXPECTED = "PROVIDER:TYPE, such as heartbeat:IPsrcaddr";

  private static final Kind<String> OCF_AGENT =
      new Kind<>(
          OCF_EXPECTED,
          text -> {
            String agent = text.startsWith("ocf:") ? text.substring(4) : text;
            int colon = agent.indexOf(':');
            Kind<String> part = Values.word("", "-_.", 64);
            boolean right =
                colon > 0
                    && part.parse(agent.substring(0, colon)) instanceof Value<String>
                    && part.parse(agent.substring(colon + 1)) instanceof Value<String>;
            return right ? new Value<>(agent) : Wrong.of(OCF_EXPECTED);
          });
}
