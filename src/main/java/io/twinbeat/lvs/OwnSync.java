package io.twinbeat.lvs;

import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.LvsConfig.Sync;
import io.twinbeat.linux.IpvsSyncDaemon;
import io.twinbeat.linux.IpvsSyncDaemon.Role;
import java.util.Optional;

/**
 * One director's part in connection sync. A service without it is better than none: what cannot be
 * done fails nothing, is an alarm, and is tried again with each call. One thread at a time.
 */
final class OwnSync {
  private final String name;
  private final String id;
  private final Optional<Sync.SyncDaemon> config;
  private final SyncDaemons daemons;
  private final Director.Voice voice;

  OwnSync(LvsConfig config, String id, SyncDaemons daemons, Director.Voice voice) {
    this.name = config.name();
    this.id = id;
    this.config =
        config.sync().filter(Sync.SyncDaemon.class::isInstance).map(Sync.SyncDaemon.class::cast);
    this.daemons = daemons;
    this.voice = voice;
  }

  void as(Role role) {
    if (config.isEmpty()) {
      return;
    }
    String device = config.get().dev();
    try {
      daemons.want(id, daemon(role));
      voice.clear("lvs-sync:" + id);
    } catch (LvsException e) {
      voice.alarm(
          "lvs-sync:" + id,
          name
              + ": no connection sync over "
              + device
              + ", open connections would not survive a failover: "
              + e.getMessage(),
          "mend " + device + ", or what 'sync' says; it is tried again by itself");
    }
  }

  private IpvsSyncDaemon daemon(Role role) {
    return new IpvsSyncDaemon(role, config.get().dev(), config.get().id());
  }

  /** Why it would not work while this node is active; empty when nothing is known. */
  Optional<String> trouble() {
    return config.flatMap(_ -> daemons.trouble(daemon(Role.MASTER)));
  }
}
