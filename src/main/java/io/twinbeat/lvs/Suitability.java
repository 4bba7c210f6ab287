package io.twinbeat.lvs;

import io.twinbeat.linux.IpvsService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Could this node balance now? Looks at the kernel; the real servers are looked at all along. One
 * thread at a time.
 */
final class Suitability {
  private final Modules modules;
  private final KernelTable kernel;
  private final OwnSettings settings;
  private final OwnSync sync;

  Suitability(Modules modules, KernelTable kernel, OwnSettings settings, OwnSync sync) {
    this.modules = modules;
    this.kernel = kernel;
    this.settings = settings;
    this.sync = sync;
  }

  /** {@code own}: what this director has in the kernel while active. */
  List<Finding> look(boolean active, OwnTable own) throws LvsException {
    List<Finding> findings = new ArrayList<>();
    Optional<String> missing = modules.load();
    if (missing.isPresent() || !kernel.available()) {
      findings.add(
          new Finding(
              "ipvs",
              Finding.Grade.HOPELESS,
              missing.orElse("this kernel has no IPVS loaded"),
              "modprobe ip_vs, or install the kernel's modules"));
      return findings;
    }
    findings.add(Finding.good("ipvs", "the kernel has what is needed"));
    findings.add(table(active, own));
    if (active) {
      findings.add(settings());
    }
    sync.trouble().map(Suitability::noSync).ifPresent(findings::add);
    Set<String> cutOff = settings.cutOff();
    if (!cutOff.isEmpty()) {
      findings.add(noRoute(String.join(", ", cutOff)));
    }
    return findings;
  }

  private static Finding noRoute(String devices) {
    return new Finding(
        "IPv6 route",
        Finding.Grade.WARNING,
        "the default route over "
            + devices
            + " was advertised by a router: the kernel drops it when this node begins to forward",
        "sysctl net.ipv6.conf.DEVICE.accept_ra=2, or a default route of your own");
  }

  private static Finding noSync(String why) {
    return new Finding(
        "connection sync",
        Finding.Grade.WARNING,
        why,
        "mend the device, or what 'sync' says: open connections would not survive a failover");
  }

  private Finding settings() {
    List<String> differing = settings.differing();
    return differing.isEmpty()
        ? Finding.good("sysctls", "as wanted")
        : new Finding(
            "sysctls",
            Finding.Grade.WARNING,
            String.join(", ", differing),
            "somebody else sets them: sysctl.d, or another program");
  }

  private Finding table(boolean active, OwnTable own) throws LvsException {
    Set<String> foreign = new TreeSet<>();
    Set<IpvsService.Key> ours = own.keys();
    int present = 0;
    for (IpvsService service : kernel.services()) {
      if (ours.contains(service.key())) {
        present++;
      } else if (!own.isElsewhere(service.key())) {
        foreign.add(service.key().toString());
      }
    }
    if (!active && present > 0) {
      return new Finding(
          "ipvs table",
          Finding.Grade.WARNING,
          present + " of the file's services are in this kernel though it does not hold them",
          "they are taken out, but in a maintenance: they catch what is meant for the holder");
    }
    return foreign.isEmpty()
        ? Finding.good("ipvs table", active ? "as wanted" : "empty, and made on takeover")
        : new Finding(
            "ipvs table",
            Finding.Grade.WARNING,
            "services that are not in the file: " + String.join(", ", foreign),
            "is another program (keepalived, ldirectord) at work on this node?");
  }
}
