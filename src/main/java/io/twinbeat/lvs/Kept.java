package io.twinbeat.lvs;

import io.twinbeat.linux.IpvsService;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a director remembers over a restart: the services that it made in this boot, so that what
 * the file no longer names is taken out again.
 */
final class Kept {
  private static final Logger log = LoggerFactory.getLogger(Kept.class);

  private final KeptLines services;
  private Set<IpvsService.Key> own = new LinkedHashSet<>();

  Kept(Path folder, String name, String bootId) {
    String file = name.replace('/', '-');
    services = new KeptLines(folder.resolve("lvs-services-" + file), "services of boot " + bootId);
    try {
      services.read().stream().filter(line -> !line.isEmpty()).map(Kept::parsed).forEach(own::add);
    } catch (RuntimeException e) {
      log.warn(
          "the services of {} that were kept are damaged and forgotten: {}", name, e.toString());
      own.clear();
    }
  }

  Set<IpvsService.Key> own() {
    return Set.copyOf(own);
  }

  /** On disk before the first of them is made. */
  void own(Set<IpvsService.Key> keys) {
    own = new HashSet<>(keys);
    services.keep(keys.stream().map(Kept::text).sorted().toList());
  }

  static String text(IpvsService.Key key) {
    return switch (key) {
      case IpvsService.Key.Address a ->
          "address " + a.ip().getHostAddress() + " " + a.port() + " " + a.protocol();
      case IpvsService.Key.Mark m -> "mark " + m.number() + " " + (m.v6() ? 6 : 4);
    };
  }

  static IpvsService.Key parsed(String line) {
    String[] words = line.split(" ", -1);
    return words[0].equals("mark")
        ? new IpvsService.Key.Mark(Integer.parseInt(words[1]), words[2].equals("6"))
        : new IpvsService.Key.Address(
            InetAddress.ofLiteral(words[1]),
            Integer.parseInt(words[2]),
            Integer.parseInt(words[3]));
  }
}
