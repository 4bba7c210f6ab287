package io.twinbeat.daemon;

import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Group;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.LvsConfig.Sync;
import io.twinbeat.config.Pair;
import io.twinbeat.lvs.Director;
import io.twinbeat.lvs.LvsException;
import io.twinbeat.lvs.Shared;
import io.twinbeat.resource.Resource.Limits;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes the directors of this node; they share what there is once in a kernel. */
final class Directors implements AutoCloseable {
  private final Shared shared;
  private final DaemonAlarms alarms;
  private final Chronicle chronicle;
  private final Set<String> ids = new HashSet<>();
  private boolean syncs;

  Directors(Pair pair, DaemonAlarms alarms, Chronicle chronicle) {
    this.shared = Shared.open(pair.paths().state(), chronicle.stamp().boot());
    this.alarms = alarms;
    this.chronicle = chronicle;
  }

  /** It does nothing before it is told to. */
  LvsResource resource(Group group, LvsConfig lvs, Limits limits) {
    Set<String> devices =
        group.addresses().stream().map(AddressConfig::dev).collect(Collectors.toSet());
    String id = group.name() + "-" + lvs.name();
    ids.add(id);
    syncs |= lvs.sync().filter(Sync.SyncDaemon.class::isInstance).isPresent();
    Director director =
        new Director(lvs, id, shared, devices, ServerLooks::of, voice(group.name()));
    return new LvsResource(lvs, director, limits);
  }

  /** All are made. What an earlier life set and started for a file that had more goes. */
  void begin() {
    try {
      shared.sysctls().keepOnly(ids);
      if (!syncs) {
        shared.syncDaemons().endAll();
      }
    } catch (LvsException e) {
      alarms.raise(
          "lvs-left-behind",
          "what the file no longer has of lvs is still there: " + e.getMessage(),
          "ipvsadm --list --daemon and sysctl show it");
    }
  }

  private Director.Voice voice(String group) {
    return new Director.Voice() {
      @Override
      public void event(String sentence) {
        chronicle.tell("event", "LVS", group + ": " + sentence, Map.of());
      }

      @Override
      public void alarm(String key, String what, String mend) {
        alarms.raise(key, group + ": " + what, mend);
      }

      @Override
      public void clear(String key) {
        alarms.clear(key);
      }
    };
  }

  /** Waits, not for long, until what was stopped has nothing more to tell the peer's kernel. */
  void finish() {
    shared.syncDaemons().finish();
  }

  @Override
  public void close() {
    shared.syncDaemons().close();
  }
}
