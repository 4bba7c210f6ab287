package io.twinbeat.daemon;

import io.twinbeat.address.Addresses;
import io.twinbeat.address.FloatingAddress;
import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Group;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.NginxConfig;
import io.twinbeat.config.OcfConfig;
import io.twinbeat.config.Pair;
import io.twinbeat.config.ProbeConfig;
import io.twinbeat.config.ResourceConfig;
import io.twinbeat.config.ScriptConfig;
import io.twinbeat.config.SystemdConfig;
import io.twinbeat.config.Timeouts;
import io.twinbeat.resource.HttpCheck;
import io.twinbeat.resource.NginxResource;
import io.twinbeat.resource.OcfResource;
import io.twinbeat.resource.ProbeSettings;
import io.twinbeat.resource.Resource;
import io.twinbeat.resource.Resource.Limits;
import io.twinbeat.resource.ScriptResource;
import io.twinbeat.resource.Statuses;
import io.twinbeat.resource.SystemdResource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes a group's resources out of what the file says. */
final class ResourceFactory {
  private static final Duration UNIT_LOOK_LIMIT = Duration.ofSeconds(5);
  private static final String NGINX_UNIT = "nginx.service";
  private static final Duration PREPARE = Duration.ofSeconds(30);

  /** Without a check in the file any answer at all will do. */
  private static final String ANY_STATUS = "100-599";

  private ResourceFactory() {}

  static List<FloatingAddress> addresses(Pair pair) {
    return pair.groups().stream().flatMap(group -> addresses(group).stream()).toList();
  }

  static List<FloatingAddress> addresses(Group group) {
    return group.addresses().stream().map(ResourceFactory::floating).toList();
  }

  private static FloatingAddress floating(AddressConfig address) {
    return new FloatingAddress(address.ip(), address.prefixLength(), address.dev());
  }

  static HeldGroup group(
      Group group, Addresses addresses, AddressOnWire.Peer peer, Path run, Directors directors) {
    List<Resource> resources = new ArrayList<>();
    List<AddressConfig> side = new ArrayList<>();
    for (ResourceConfig resource : group.resources()) {
      if (resource instanceof AddressConfig address) {
        side.add(address);
        continue;
      }
      flush(side, resources, addresses, peer);
      resources.add(service(group, resource, run, directors));
    }
    flush(side, resources, addresses, peer);
    return new HeldGroup(group.name(), resources);
  }

  /** Addresses that stand side by side are added in one go. */
  private static void flush(
      List<AddressConfig> side,
      List<Resource> resources,
      Addresses addresses,
      AddressOnWire.Peer peer) {
    if (side.isEmpty()) {
      return;
    }
    AddressConfig first = side.getFirst();
    String name =
        side.size() == 1 ? first.name() : first.name() + " and " + (side.size() - 1) + " more";
    List<FloatingAddress> all = side.stream().map(ResourceFactory::floating).toList();
    resources.add(new AddressResource(name, all, addresses, peer, limits(first.timeouts())));
    side.clear();
  }

  static Resource service(Group group, ResourceConfig resource, Path run, Directors directors) {
    return switch (resource) {
      case NginxConfig nginx -> nginx(nginx, run);
      case SystemdConfig unit ->
          new SystemdResource(
              new SystemdResource.Settings(
                  unit.name(), unit.unit(), false, limits(unit.timeouts())));
      case ScriptConfig script ->
          new ScriptResource(
              new ScriptResource.Settings(
                  script.name(), script.path(), script.args(), false, limits(script.timeouts())));
      case OcfConfig ocf ->
          new OcfResource(
              new OcfResource.Settings(
                  ocf.name(),
                  ocf.provider(),
                  ocf.type(),
                  ocf.params(),
                  OcfResource.Settings.ROOT,
                  limits(ocf.timeouts())));
      case LvsConfig lvs -> directors.resource(group, lvs, limits(lvs.timeouts()));
      case AddressConfig address -> throw new IllegalStateException(address.name());
    };
  }

  private static Limits limits(Timeouts t) {
    return new Limits(PREPARE, t.start(), t.stop(), t.checkTimeout(), t.checkInterval());
  }

  private static Resource nginx(NginxConfig nginx, Path run) {
    return new NginxResource(
        new NginxResource.Settings(
                nginx.name(),
                nginx.binary().orElse(NginxResource.Settings.BINARY),
                nginx.config(),
                unit(nginx),
                nginx.hot(),
                check(nginx),
                PREPARE,
                nginx.timeouts().start(),
                nginx.timeouts().stop())
            .withTestEvery(nginx.testInterval())
            .withMemory(run.resolve("loaded-" + nginx.name().replace('/', '-'))));
  }

  /** The distribution's unit runs the distribution's configuration; another one runs directly. */
  static Optional<String> unit(NginxConfig nginx) {
    if (nginx.unit().isPresent()) {
      return nginx.unit();
    }
    boolean usual = nginx.config().equals(NginxConfig.CONFIG) && nginx.binary().isEmpty();
    return usual && SystemdResource.exists(NGINX_UNIT, UNIT_LOOK_LIMIT)
        ? Optional.of(NGINX_UNIT)
        : Optional.empty();
  }

  private static HttpCheck check(NginxConfig nginx) {
    if (nginx.check().isEmpty()) {
      Timeouts t = nginx.timeouts();
      return new HttpCheck(
          URI.create("http://127.0.0.1/"),
          Statuses.parse(ANY_STATUS),
          Optional.empty(),
          Optional.empty(),
          t.checkTimeout(),
          t.checkInterval(),
          io.twinbeat.config.HttpCheck.FALL,
          io.twinbeat.config.HttpCheck.RISE);
    }
    io.twinbeat.config.HttpCheck check = nginx.check().get();
    return new HttpCheck(
        check.uri(),
        Statuses.parse(check.statuses()),
        check.body().map(Pattern::compile),
        check.host(),
        check.limit(),
        check.interval(),
        check.fall(),
        check.rise());
  }

  /** Empty where the look is by ARP. */
  static Optional<ProbeSettings> probe(Group group) {
    return switch (group.serviceProbe()) {
      case ProbeConfig.Http http ->
          Optional.of(
              new ProbeSettings.Http(
                  http.port(),
                  http.path(),
                  http.host(),
                  http.tls(),
                  Statuses.parse(http.statuses()),
                  http.body().map(Pattern::compile)));
      case ProbeConfig.Tcp tcp -> Optional.of(new ProbeSettings.Tcp(tcp.port()));
      case ProbeConfig.Arp arp -> Optional.empty();
    };
  }
}
