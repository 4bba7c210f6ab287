package io.twinbeat.lvs;

import io.twinbeat.linux.IpvsService;
import io.twinbeat.lvs.Table.Endpoint;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a director remembers over a restart: the services that it made in this boot, so that what
 * the file no longer names is taken out again; and the servers that its file had for each, so that
 * one that is not in the kernel was taken out, and not just unknown.
 */
final class Kept {
  /** Begins the servers of a line; a daemon that knows nothing of them does not read so far. */
  private static final String KNOWS = "knows";

  private static final Logger log = LoggerFactory.getLogger(Kept.class);

  private final KeptLines services;
  private Map<IpvsService.Key, Optional<Set<Endpoint>>> known = new HashMap<>();

  Kept(Path folder, String name, String bootId) {
    String file = name.replace('/', '-');
    services = new KeptLines(folder.resolve("lvs-services-" + file), "services of boot " + bootId);
    try {
      services.read().stream()
          .filter(line -> !line.isEmpty())
          .forEach(line -> {
            List<String> words = List.of(line.split(" ", -1));
            IpvsService.Key key = parsed(words);
            known.put(key, servers(words.subList(text(key).split(" ", -1).length, words.size())));
          });
    } catch (RuntimeException e) {
      log.warn(
          "the services of {} that were kept are damaged and forgotten: {}", name, e.toString());
      known.clear();
    }
  }

  Set<IpvsService.Key> own() {
    return Set.copyOf(known.keySet());
  }

  /** The servers of each that was made; empty where that was not kept. */
  Map<IpvsService.Key, Optional<Set<Endpoint>>> known() {
    return Map.copyOf(known);
  }

  /**
   * On disk before the first of them is made. Until they all are, the servers are those of the last
   * life: of this one's none can be out by a look.
   */
  void own(Set<IpvsService.Key> keys) {
    Map<IpvsService.Key, Optional<Set<Endpoint>>> now = new HashMap<>();
    keys.forEach(key -> now.put(key, known.getOrDefault(key, Optional.of(Set.of()))));
    keep(now);
  }

  /** These are in the kernel, as far as their servers are up. */
  void made(Map<IpvsService.Key, Set<Endpoint>> servers) {
    Map<IpvsService.Key, Optional<Set<Endpoint>>> now = new HashMap<>();
    servers.forEach((key, endpoints) -> now.put(key, Optional.of(Set.copyOf(endpoints))));
    keep(now);
  }

  private void keep(Map<IpvsService.Key, Optional<Set<Endpoint>>> now) {
    known = now;
    List<String> lines = new ArrayList<>();
    now.forEach((key, servers) -> lines.add(text(key) + servers.map(Kept::text).orElse("")));
    services.keep(lines.stream().sorted().toList());
  }

  private static String text(IpvsService.Key key) {
    return switch (key) {
      case IpvsService.Key.Address a ->
          "address " + a.ip().getHostAddress() + " " + a.port() + " " + a.protocol();
      case IpvsService.Key.Mark m -> "mark " + m.number() + " " + (m.v6() ? 6 : 4);
    };
  }

  private static String text(Set<Endpoint> servers) {
    StringBuilder text = new StringBuilder(" " + KNOWS);
    servers.stream()
        .map(server -> " " + server.ip().getHostAddress() + "/" + server.port())
        .sorted()
        .forEach(text::append);
    return text.toString();
  }

  private static IpvsService.Key parsed(List<String> words) {
    return words.getFirst().equals("mark")
        ? new IpvsService.Key.Mark(Integer.parseInt(words.get(1)), words.get(2).equals("6"))
        : new IpvsService.Key.Address(
            InetAddress.ofLiteral(words.get(1)),
            Integer.parseInt(words.get(2)),
            Integer.parseInt(words.get(3)));
  }

  private static Optional<Set<Endpoint>> servers(List<String> words) {
    if (words.isEmpty() || !words.getFirst().equals(KNOWS)) {
      return Optional.empty();
    }
    Set<Endpoint> servers = new HashSet<>();
    for (String word : words.subList(1, words.size())) {
      int slash = word.indexOf('/');
      try {
        servers.add(
            new Endpoint(
                InetAddress.ofLiteral(word.substring(0, Math.max(0, slash))),
                Integer.parseInt(word.substring(slash + 1))));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    return Optional.of(servers);
  }
}
