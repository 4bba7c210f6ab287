package io.twinbeat.config;

import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes what a pair means in one fixed form, and hashes it. Defaults are written out, times are in
 * milliseconds, and each value is preceded by its length, so no two meanings have one text. A test
 * holds that no component of any record is forgotten.
 */
final class Meaning {
  private static final int HASH_BYTES = 8;

  private final StringBuilder text = new StringBuilder(2048);

  private Meaning() {}

  static Pair hashed(Pair pair) {
    return new Pair(
        pair.name(),
        pair.nodes(),
        pair.heartbeat(),
        pair.fencing(),
        pair.watchdog(),
        pair.referencePoints(),
        pair.groups(),
        pair.control(),
        pair.paths(),
        pair.journal(),
        pair.hooks(),
        pair.files(),
        pair.siteStatus(),
        hash(text(pair)));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String text(Pair pair) {
    Meaning meaning = new Meaning();
    meaning.pair(pair);
    return meaning.text.toString();
  }

  private void pair(Pair pair) {
    put("pair", pair.name());
    put("nodes", pair.nodes().size());
    for (Node node : pair.nodes()) {
      node(node);
    }
    HeartbeatConfig h = pair.heartbeat();
    put("interval", h.interval());
    put("deadtime", h.deadtime());
    put("warntime", h.warntime());
    put("initdead", h.initdead());
    put("port", h.port());
    put("key-file", h.keyFile());
    FencingConfig f = pair.fencing();
    put("none", f.none());
    put("accept-split-brain", f.acceptSplitBrain());
    put("limit", f.limit());
    put("startup-window", f.startupWindow());
    put("test-interval", f.testInterval());
    put("proof-age", f.proofAge());
    put("wait", f.waitFirst());
    put("watchdog", pair.watchdog().map(WatchdogConfig::device));
    put("watchdog-timeout", pair.watchdog().map(WatchdogConfig::timeout));
    addresses("reference-points", pair.referencePoints());
    put("groups", pair.groups().size());
    for (Group group : pair.groups()) {
      group(group);
    }
    put("socket", pair.control().socket());
    put("socket-group", pair.control().group());
    put("state", pair.paths().state());
    put("run", pair.paths().run());
    put("journal-size", pair.journal().size());
    put("journal-files", pair.journal().files());
    put("notify", pair.hooks().size());
    for (HookConfig hook : pair.hooks()) {
      put("path", hook.path());
      words("args", hook.args());
      put("limit", hook.limit());
    }
    paths("same-files", pair.files().same());
    paths("own-files", pair.files().own());
    // Without it nothing is added: files from before it was known keep their hash.
    pair.siteStatus().ifPresent(this::record);
  }

  private void paths(String key, List<Path> paths) {
    words(key, paths.stream().map(Path::toString).toList());
  }

  private void node(Node node) {
    put("node", node.name());
    addresses("links", node.links());
    put("levels", node.fence().size());
    for (List<Device> level : node.fence()) {
      put("devices", level.size());
      for (Device device : level) {
        put("agent", device.type());
        map("parameters", device.parameters());
      }
    }
  }

  private void group(Group group) {
    put("group", group.name());
    put("prefer", group.prefer());
    put(
        "failback",
        switch (group.failback()) {
          case FailbackConfig.Manual() -> "manual";
          case FailbackConfig.Immediate() -> "immediate";
          case FailbackConfig.After(Duration ready) -> "after " + ready.toMillis();
        });
    put("cooldown", group.cooldown());
    put("times", group.restart().times());
    put("within", group.restart().within());
    put("resources", group.resources().size());
    for (ResourceConfig resource : group.resources()) {
      resource(resource);
    }
    probe(group.serviceProbe());
  }

  private void resource(ResourceConfig resource) {
    put("name", resource.name());
    put("start-timeout", resource.timeouts().start());
    put("stop-timeout", resource.timeouts().stop());
    put("check-interval", resource.timeouts().checkInterval());
    put("check-timeout", resource.timeouts().checkTimeout());
    switch (resource) {
      case AddressConfig a -> {
        put("address", a.ip().getHostAddress());
        put("prefix", a.prefixLength());
        put("dev", a.dev());
      }
      case NginxConfig n -> {
        put("nginx", n.hot());
        put("check", n.check().isPresent());
        if (n.check().isPresent()) {
          check(n.check().get());
        }
        put("unit", n.unit());
        put("config", n.config());
        put("binary", n.binary());
        put("test-interval", n.testInterval());
        put("upstreams", n.upstreams().size());
        n.upstreams().forEach(this::upstream);
      }
      case SystemdConfig s -> put("systemd", s.unit());
      case ScriptConfig s -> {
        put("script", s.path());
        words("args", s.args());
      }
      case OcfConfig o -> {
        put("provider", o.provider());
        put("type", o.type());
        map("params", o.params());
      }
      case LvsConfig l -> record(l);
    }
  }

  /** For what has many components: by reflection, so that none is forgotten. */
  private void record(Object value) {
    switch (value) {
      case Record record -> {
        put("record", record.getClass().getSimpleName());
        for (RecordComponent component : record.getClass().getRecordComponents()) {
          try {
            put("component", component.getName());
            record(component.getAccessor().invoke(record));
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("records of this package can be read", e);
          }
        }
      }
      case List<?> list -> {
        put("list", list.size());
        list.forEach(this::record);
      }
      case Optional<?> optional -> {
        put("optional", optional.isPresent() ? 1 : 0);
        optional.ifPresent(this::record);
      }
      case InetAddress ip -> put("ip", ip.getHostAddress());
      default -> put("value", value);
    }
  }

  private void upstream(UpstreamConfig upstream) {
    put("upstream", upstream.name());
    put("file", upstream.file());
    put("servers", upstream.servers().size());
    for (UpstreamConfig.Server server : upstream.servers()) {
      put("server", server.name());
      put("ip", server.ip().getHostAddress());
      put("port", server.port());
    }
  }

  private void check(HttpCheck check) {
    put("uri", check.uri());
    put("statuses", check.statuses());
    put("body", check.body());
    put("host", check.host());
    put("interval", check.interval());
    put("limit", check.limit());
    put("fall", check.fall());
    put("rise", check.rise());
  }

  private void probe(ProbeConfig probe) {
    put("probe-interval", probe.interval());
    put("probe-limit", probe.limit());
    switch (probe) {
      case ProbeConfig.Http http -> {
        put("http", http.port());
        put("path", http.path());
        put("host", http.host());
        put("tls", http.tls());
        put("statuses", http.statuses());
        put("body", http.body());
      }
      case ProbeConfig.Tcp tcp -> put("tcp", tcp.port());
      case ProbeConfig.Arp _ -> put("arp", "");
    }
  }

  private void addresses(String key, List<InetAddress> ips) {
    put(key, ips.size());
    for (InetAddress ip : ips) {
      put("ip", ip.getHostAddress());
    }
  }

  private void words(String key, List<String> words) {
    put(key, words.size());
    for (String word : words) {
      put("word", word);
    }
  }

  private void map(String key, Map<String, String> map) {
    put(key, map.size());
    for (Map.Entry<String, String> entry : map.entrySet()) {
      put("key", entry.getKey());
      put("value", entry.getValue());
    }
  }

  private void put(String key, Optional<?> value) {
    put(key, value.isPresent() ? 1 : 0);
    if (value.isPresent()) {
      put("value", value.get());
    }
  }

  private void put(String key, Object value) {
    String shown =
        value instanceof Duration duration
            ? Long.toString(duration.toMillis())
            : String.valueOf(value);
    text.append(key).append(' ').append(shown.length()).append(':').append(shown).append('\n');
  }
}
