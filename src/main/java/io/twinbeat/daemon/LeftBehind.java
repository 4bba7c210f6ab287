package io.twinbeat.daemon;

import io.twinbeat.address.AddressException;
import io.twinbeat.address.Addresses;
import io.twinbeat.address.FloatingAddress;
import io.twinbeat.config.Group;
import io.twinbeat.config.Pair;
import io.twinbeat.linux.MacAddress;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Addresses that an earlier life held in this boot and the file no longer names: nobody else would
 * ever take them off this machine.
 */
final class LeftBehind {
  private static final Logger log = LoggerFactory.getLogger(LeftBehind.class);

  /** For whom what happens to addresses is of no interest. */
  static final class Nobody implements Addresses.Listener {
    @Override
    public void pruned(FloatingAddress address, boolean putBack, String detail) {}

    @Override
    public void duplicate(FloatingAddress address, MacAddress other) {}

    @Override
    public void carrierChanged(String device, boolean up) {}
  }

  private final KeptState kept;
  private final DaemonAlarms alarms;
  private final Map<String, List<String>> configured = new HashMap<>();
  private final Map<String, List<FloatingAddress>> stale;

  LeftBehind(Pair pair, KeptState kept, DaemonAlarms alarms) {
    this.kept = kept;
    this.alarms = alarms;
    Set<String> all = new TreeSet<>();
    for (Group group : pair.groups()) {
      List<String> of = ResourceFactory.addresses(group).stream().map(KeptState::text).toList();
      configured.put(group.name(), of);
      all.addAll(of);
    }
    this.stale = kept.heldBesides(all);
  }

  /** Whether the group was held here with an address that is to go. */
  boolean anyPresent(String group) {
    List<FloatingAddress> old = stale.getOrDefault(group, List.of());
    if (old.isEmpty()) {
      return false;
    }
    try (Addresses addresses = Addresses.open(old, new Nobody())) {
      return !addresses.present().isEmpty();
    } catch (AddressException e) {
      log.warn("{}", e.getMessage());
      return false;
    }
  }

  /** Removes them, and keeps what may be held from now on. */
  void remove() {
    List<FloatingAddress> all = stale.values().stream().flatMap(List::stream).toList();
    if (!all.isEmpty()) {
      String which = all.stream().map(FloatingAddress::toString).collect(Collectors.joining(", "));
      log.info("the file no longer has {}: removed", which);
      try (Addresses addresses = Addresses.open(all, new Nobody())) {
        addresses.release(all);
      } catch (AddressException e) {
        alarms.raise(
            "left-behind",
            "the file no longer has " + which + ", but: " + e.getMessage(),
            "remove it by hand: ip address del");
      }
    }
    try {
      kept.configured(configured);
    } catch (IOException e) {
      log.warn("which addresses are configured cannot be kept: {}", e.getMessage());
    }
  }
}
