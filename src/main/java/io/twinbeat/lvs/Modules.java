package io.twinbeat.lvs;

import io.twinbeat.config.VirtualServiceConfig;
import io.twinbeat.linux.Ipvs;
import io.twinbeat.linux.IpvsChange;
import io.twinbeat.linux.IpvsService;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * IPVS and the schedulers that a table needs: loaded ahead, so that a takeover waits for none. The
 * kernel loads them itself for whoever may change the table; modprobe needs rights that a daemon
 * lacks, and is asked only where the kernel does not find them.
 */
final class Modules {
  private static final Duration LOAD_LIMIT = Duration.ofSeconds(10);

  /** No firewall rule of anybody's has this mark, so that a service for it catches nothing. */
  private static final int NOBODYS_MARK = Integer.MAX_VALUE;

  private final Set<String> schedulers = new TreeSet<>();
  private final Ipvs.Opening opening;
  private boolean there;

  Modules(List<VirtualServiceConfig> services, Ipvs.Opening opening) {
    this.opening = opening;
    services.forEach(service -> schedulers.add(service.scheduler()));
  }

  /** Loads what is missing; empty when all is there, else what is not. */
  Optional<String> load() {
    if (there) {
      return Optional.empty();
    }
    try {
      Optional<String> missing = ipvs();
      there = missing.isEmpty();
      return missing;
    } catch (LinuxException e) {
      return Optional.of("IPVS cannot be asked: " + e.getMessage());
    }
  }

  private Optional<String> ipvs() throws LinuxException {
    Optional<String> refused = Optional.empty();
    Optional<Ipvs> kernel = opening.open();
    if (kernel.isEmpty()) {
      refused = modprobe("ip_vs");
      kernel = opening.open();
    }
    if (kernel.isEmpty()) {
      return Optional.of("this kernel has no IPVS" + refused.map(why -> ": " + why).orElse(""));
    }
    try (Ipvs ipvs = kernel.get()) {
      for (String scheduler : schedulers) {
        if (!has(ipvs, scheduler)) {
          refused = modprobe("ip_vs_" + scheduler);
          if (!has(ipvs, scheduler)) {
            return Optional.of(
                "IPVS has no scheduler " + scheduler + refused.map(why -> ": " + why).orElse(""));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Makes a service of this scheduler, for which the kernel loads it, and takes it away again. */
  private static boolean has(Ipvs ipvs, String scheduler) throws LinuxException {
    IpvsService.Key nobodys = new IpvsService.Key.Mark(NOBODYS_MARK, false);
    IpvsService trial = new IpvsService(nobodys, scheduler, 0, 0, 32);
    List<Ipvs.Result> results =
        ipvs.apply(
            List.of(
                new IpvsChange.RemoveService(nobodys), // of a life that ended in between
                new IpvsChange.AddService(trial),
                new IpvsChange.RemoveService(nobodys)));
    return results.get(1).done();
  }

  /** Empty when it says yes. */
  private static Optional<String> modprobe(String module) {
    Outcome outcome = Commands.run(Command.of(LOAD_LIMIT, "modprobe", module));
    return outcome.succeeded()
        ? Optional.empty()
        : Optional.of("modprobe " + module + ": " + outcome.summary());
  }
}
