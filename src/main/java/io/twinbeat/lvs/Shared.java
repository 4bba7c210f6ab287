package io.twinbeat.lvs;

import java.nio.file.Path;

/** What the directors of one node share: the kernel has it once. */
public record Shared(
    Path state, String bootId, Sysctls sysctls, SyncDaemons syncDaemons, NamedServices named) {

  /** {@code state}: the folder of what outlives the process, but not the boot. */
  public static Shared open(Path state, String bootId) {
    return new Shared(
        state,
        bootId,
        Sysctls.open(state.resolve("lvs-sysctls"), bootId),
        SyncDaemons.open(state.resolve("lvs-sync"), bootId),
        new NamedServices());
  }
}
