package io.twinbeat.config;

import io.twinbeat.config.LvsConfig.Sync;
import io.twinbeat.config.Section.Item;
import io.twinbeat.config.Values.Kind;
import io.twinbeat.config.Values.Value;
import io.twinbeat.config.Values.Wrong;
import io.twinbeat.config.VirtualServiceConfig.Persistence;
import io.twinbeat.config.VirtualServiceConfig.Target;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads an lvs resource: one service, or a list under {@code services}; settings beside that list
 * hold for each service that does not say otherwise.
 */
final class LvsReader {
  static final Kind<ForwardingMode> MODE = mode();

  private static final int SERVICES_MAX = 1000;
  private static final int WEIGHT_SUM_MAX = 1_000_000;
  private static final String SERVICES = "a list of services, such as '- service: 10.10.10.100:80'";
  private static final String SYNC = "none, stateless or { daemon: { dev: eth1, id: 7 } }";

  private final Report report;
  private final AddressBook book;

  LvsReader(Report report, AddressBook book) {
    this.report = report;
    this.book = book;
  }

  /** The name and the timeouts are those of any resource. */
  LvsConfig read(Section s, String name, Timeouts timeouts) {
    boolean checkOnStandby = s.or("check-on-standby", Values.bool(), true);
    List<VirtualServiceConfig> services = new ArrayList<>();
    Optional<Item> listed = s.take("services");
    if (listed.isPresent()) {
      List<Item> items = Section.items(report, listed.get(), SERVICES);
      if (items.isEmpty() && listed.get().tree() instanceof Tree.Items) {
        report.problem(listed.get().place(), "no service", "at least one service");
      } else if (items.size() > SERVICES_MAX) {
        report.problem(listed.get().place(), items.size() + " services", "at most " + SERVICES_MAX);
      }
      for (Item item : items) {
        Optional<Section> own =
            Section.of(report, item, "a map such as { service: 10.10.10.100:80, ... }");
        if (own.isPresent()) {
          service(new Layered(own.get(), s), services);
          own.get().done();
        }
      }
    } else {
      service(new Layered(s, s), services);
    }
    return new LvsConfig(name, services, sync(s, services), checkOnStandby, timeouts);
  }

  private void service(Layered s, List<VirtualServiceConfig> into) {
    int before = report.count();
    Optional<Target> target = target(s);
    // The rest is read as if it were right, so that all problems are told at once.
    Target caught = target.orElse(UNKNOWN);
    Optional<Persistence> persistence = persistence(s, caught);
    if (caught instanceof Target.Address address && address.port() == 0 && persistence.isEmpty()) {
      report.problem(
          s.placeOf("service"),
          "port 0 without persistence",
          "a port; or 'persistence', without which the kernel refuses every port at once");
    }
    String scheduler = s.or("scheduler", Values.oneOf(VirtualServiceConfig.SCHEDULERS), "wlc");
    List<String> flags = flags(s, scheduler);
    boolean onePacket = s.or("one-packet", Values.bool(), false);
    if (onePacket && caught instanceof Target.Address address && !address.udp()) {
      report.problem(
          s.placeOf("one-packet"), "one-packet with TCP", "one-packet with UDP or a fwmark");
    }
    ForwardingMode mode = s.or("mode", MODE, ForwardingMode.DR);
    RealServersReader servers = new RealServersReader(report, caught, mode);
    List<RealServerConfig> realServers = servers.read(s);
    Optional<RealServerConfig> sorry = servers.sorry(s);
    boolean noPort = realServers.stream().anyMatch(server -> server.port() == 0);
    ServerCheckConfig check = new ServerCheckReader(report).read(s, caught, noPort);
    boolean quiesce = quiesce(s);
    int quorum = s.or("quorum", Values.integer(1, WEIGHT_SUM_MAX), 1);
    int hysteresis = s.or("hysteresis", Values.integer(0, WEIGHT_SUM_MAX), 0);
    if (hysteresis >= quorum && hysteresis > 0) {
      report.problem(
          s.placeOf("hysteresis"),
          "hysteresis " + hysteresis + " with quorum " + quorum,
          "less than the quorum, or the service could never go down");
    }
    boolean alpha = s.or("alpha", Values.bool(), false);
    if (target.isPresent()) {
      book.service(
          target.get(), s.placeOf(target.get() instanceof Target.Mark ? "fwmark" : "service"));
    }
    if (report.count() == before) {
      into.add(
          report.placed(
              new VirtualServiceConfig(
                  caught,
                  scheduler,
                  flags,
                  onePacket,
                  persistence,
                  realServers,
                  check,
                  quiesce,
                  sorry,
                  quorum,
                  hysteresis,
                  alpha),
              s.placeOf(caught instanceof Target.Mark ? "fwmark" : "service")));
    }
  }

  /** Stands in for a target that could not be read: nothing is judged by it. */
  static final Target UNKNOWN = new Target.Address(InetAddress.ofLiteral("192.0.2.1"), 80, false);

  private Optional<Target> target(Layered s) {
    Optional<Item> mark = s.own().take("fwmark");
    Optional<String> family = s.optional("family", Values.oneOf(List.of("ipv4", "ipv6")));
    Optional<String> protocol = s.optional("protocol", Values.oneOf(List.of("tcp", "udp")));
    if (mark.isPresent()) {
      Optional<Item> both = s.own().take("service");
      if (both.isPresent()) {
        report.problem(both.get().place(), "a service beside a fwmark", "one of the two");
      }
      if (s.own().has("protocol")) {
        report.problem(
            s.placeOf("protocol"), "a protocol for a fwmark", "none: the firewall rule says it");
      }
      return Section.word(report, mark.get(), Values.integer(1, 999_999_999))
          .map(number -> new Target.Mark(number, family.equals(Optional.of("ipv6"))));
    }
    if (family.isPresent()) {
      report.problem(
          s.placeOf("family"), "a family without a fwmark", "none: the address tells it");
    }
    return s.own()
        .required("service", ENDPOINT)
        .map(at -> new Target.Address(at.ip(), at.port(), protocol.equals(Optional.of("udp"))));
  }

  private Optional<Persistence> persistence(Layered s, Target target) {
    Optional<Duration> timeout = s.optional("persistence", PERSISTENCE);
    int bits = target.v6() ? 128 : 32;
    Optional<Integer> mask = s.optional("persistence-mask", Values.integer(1, bits));
    if (mask.isPresent() && timeout.isEmpty() && !s.has("persistence")) {
      report.problem(
          s.placeOf("persistence-mask"),
          "a persistence-mask without persistence",
          "persistence beside it, such as 'persistence: 5m'");
    }
    return timeout.map(t -> new Persistence(t, mask.orElse(bits)));
  }

  private List<String> flags(Layered s, String scheduler) {
    Optional<Item> item = s.take("scheduler-flags");
    List<String> flags = item.isEmpty() ? new ArrayList<>() : flags(item.get(), scheduler);
    // sh and mh keep the place of a server without weight (ip_vs_sh.c, ip_vs_mh.c).
    boolean hashes = List.of("sh", "mh").contains(scheduler);
    if (hashes && !flags.contains(scheduler + "-fallback")) {
      report.warning(
          item.isPresent() ? item.get().place() : s.placeOf("scheduler"),
          "scheduler " + scheduler + " without " + scheduler + "-fallback",
          scheduler
              + "-fallback in scheduler-flags: without it the kernel refuses the clients of a server"
              + " that is drained or quiesced");
    }
    return flags;
  }

  private List<String> flags(Item item, String scheduler) {
    List<String> flags = new ArrayList<>();
    for (Item each : Section.items(report, item, "a list such as [mh-port, mh-fallback]")) {
      Optional<String> flag =
          Section.word(report, each, Values.oneOf(VirtualServiceConfig.SCHEDULER_FLAGS));
      if (flag.isPresent() && !flag.get().startsWith(scheduler + "-")) {
        report.problem(
            each.place(),
            Values.quoted(flag.get()) + " with the scheduler " + scheduler,
            "a flag of that scheduler (sh and mh have some)");
      } else if (flag.isPresent() && !flags.contains(flag.get())) {
        flags.add(flag.get());
      }
    }
    flags.sort(null);
    return flags;
  }

  /** A server that is taken out and comes back changes who gets what: then directors differ. */
  private boolean quiesce(Layered s) {
    Optional<String> word = s.optional("on-failure", Values.oneOf(List.of("remove", "quiesce")));
    boolean stateless =
        s.shared().take("sync").stream()
            .anyMatch(item ->
                item.tree() instanceof Tree.Scalar scalar && scalar.text().equals("stateless"));
    if (stateless && word.equals(Optional.of("remove"))) {
      report.problem(
          s.placeOf("on-failure"),
          "'remove' with sync stateless",
          "quiesce: the hash of both directors must have the same servers in the same order");
    }
    return stateless || word.equals(Optional.of("quiesce"));
  }

  private Optional<Sync> sync(Section s, List<VirtualServiceConfig> services) {
    Optional<Item> item = s.take("sync");
    if (item.isEmpty()) {
      return Optional.empty();
    }
    if (item.get().tree() instanceof Tree.Fields) {
      Section map = Section.of(report, item.get(), SYNC).orElseThrow();
      Optional<Item> daemon = map.need("daemon", "a map such as { dev: eth1, id: 7 }");
      Optional<Section> settings =
          daemon.isPresent() ? Section.of(report, daemon.get(), SYNC) : Optional.empty();
      Optional<Sync> sync = Optional.empty();
      if (settings.isPresent()) {
        Optional<String> dev = settings.get().required("dev", Names.DEVICE);
        Optional<Integer> id = settings.get().required("id", Values.integer(1, 255));
        settings.get().done();
        if (dev.isPresent() && id.isPresent()) {
          Sync.SyncDaemon read = new Sync.SyncDaemon(dev.get(), id.get());
          book.sync(read, daemon.get().place());
          sync = Optional.of(read);
        }
      }
      map.done();
      return sync;
    }
    List<String> words = List.of("none", "stateless");
    Kind<String> kind =
        new Kind<>(
            SYNC,
            text ->
                words.contains(text)
                    ? new Value<>(text)
                    : new Wrong<>(Optional.empty(), SYNC, Nearest.of(text, words)));
    if (!Section.word(report, item.get(), kind).equals(Optional.of("stateless"))) {
      return Optional.empty();
    }
    for (VirtualServiceConfig service : services) {
      boolean udp = service.target() instanceof Target.Address address && address.udp();
      if (!udp && !service.stateless()) {
        report.problem(
            Section.valuePlace(item.get()),
            "'stateless' with "
                + service.target()
                + " by "
                + service.scheduler()
                + (service.persistence().isPresent() ? ", persistent" : ""),
            "scheduler mh with [mh-port, mh-fallback], or sh with [sh-port, sh-fallback], and no"
                + " persistence: only then do both directors choose the same server, also when one"
                + " does not serve");
      }
      boolean nat =
          service.realServers().stream().anyMatch(server -> server.mode() == ForwardingMode.NAT);
      if (nat && !udp) {
        report.warning(
            Section.valuePlace(item.get()),
            "'stateless' with " + service.target() + " by NAT",
            "sync: { daemon: ... } beside the same scheduler: after a failover the hash finds the"
                + " way of what a client sends, but not of what its server sends first, such as the"
                + " rest of a download");
      }
    }
    return Optional.of(new Sync.Stateless());
  }

  record Endpoint(InetAddress ip, int port) {}

  private static final String ENDPOINT_EXPECTED =
      "an address and a port, such as 10.10.10.100:80 or \"[2001:db8::1]:443\" (in quotes)";

  /** ADDRESS:PORT; an IPv6 address in brackets. */
  static final Kind<Endpoint> ENDPOINT =
      new Kind<>(
          ENDPOINT_EXPECTED,
          text -> {
            int colon = text.lastIndexOf(':');
            boolean bracketed = text.startsWith("[") && colon > 1 && text.charAt(colon - 1) == ']';
            if (colon < 0 || (!bracketed && text.indexOf(':') != colon)) {
              boolean plain = Addresses.parse(text).isPresent();
              return plain
                  ? Wrong.of(Values.quoted(text) + " without a port", ENDPOINT_EXPECTED)
                  : Wrong.of(ENDPOINT_EXPECTED);
            }
            String host = bracketed ? text.substring(1, colon - 1) : text.substring(0, colon);
            Optional<InetAddress> ip = Addresses.parse(host);
            return ip.isPresent()
                    && ip.get().getAddress().length == (bracketed ? 16 : 4)
                    && Values.integer(0, 65535).parse(text.substring(colon + 1))
                        instanceof Value<Integer>(Integer port)
                ? new Value<>(new Endpoint(ip.get(), port))
                : Wrong.of(ENDPOINT_EXPECTED);
          });

  private static final Kind<Duration> PERSISTENCE = wholeSeconds();

  private static Kind<Duration> wholeSeconds() {
    Kind<Duration> duration = Values.duration(PairReader.SECOND, PairReader.DAY.multipliedBy(30));
    return new Kind<>(
        duration.expected(),
        text ->
            duration.parse(text) instanceof Value<Duration>(Duration d) && d.toMillis() % 1000 != 0
                ? Wrong.of("whole seconds: the kernel counts no finer")
                : duration.parse(text));
  }

  private static Kind<ForwardingMode> mode() {
    List<String> words = List.of("dr", "tun", "nat");
    List<String> elsewhere = List.of("gate", "route", "ipip", "tunnel", "masq", "masquerade");
    List<String> ours = List.of("dr", "dr", "tun", "tun", "nat", "nat");
    String expected = "dr, tun or nat";
    return new Kind<>(
        expected,
        text ->
            switch (text) {
              case "dr" -> new Value<>(ForwardingMode.DR);
              case "tun" -> new Value<>(ForwardingMode.TUN);
              case "nat" -> new Value<>(ForwardingMode.NAT);
              default -> {
                int known = elsewhere.indexOf(text);
                yield new Wrong<>(
                    Optional.empty(),
                    expected,
                    known >= 0 ? Optional.of(ours.get(known)) : Nearest.of(text, words));
              }
            });
  }
}
