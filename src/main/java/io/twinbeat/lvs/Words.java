package io.twinbeat.lvs;

import io.twinbeat.linux.IpvsChange;
import io.twinbeat.linux.IpvsDestination;
import io.twinbeat.linux.IpvsService;
import java.util.List;
import java.util.Locale;

/** Changes of a table in words. */
final class Words {
  private static final int SHOWN_MAX = 4;

  private Words() {}

  /** The first few, and how many more. */
  static String of(List<IpvsChange> changes) {
    List<String> first = changes.stream().limit(SHOWN_MAX).map(Words::of).toList();
    int more = changes.size() - first.size();
    return String.join("; ", first) + (more > 0 ? "; and " + more + " more" : "");
  }

  private static String of(IpvsChange change) {
    return change.service()
        + ": "
        + switch (change) {
          case IpvsChange.AddService c -> "added (" + service(c.wanted()) + ")";
          case IpvsChange.EditService c -> "changed to " + service(c.wanted());
          case IpvsChange.RemoveService _ -> "removed";
          case IpvsChange.AddDestination c -> "added " + destination(c.wanted());
          case IpvsChange.EditDestination c -> "changed to " + destination(c.wanted());
          case IpvsChange.RemoveDestination c -> "removed " + endpoint(c.gone());
        };
  }

  private static String service(IpvsService service) {
    return service.scheduler()
        + (service.timeoutSeconds() > 0 ? ", persistent " + service.timeoutSeconds() + " s" : "");
  }

  private static String destination(IpvsDestination d) {
    return endpoint(d) + " " + d.method().name().toLowerCase(Locale.ROOT) + " weight " + d.weight();
  }

  private static String endpoint(IpvsDestination d) {
    String host = d.ip().getHostAddress();
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + d.port() : host + ":" + d.port();
  }
}
