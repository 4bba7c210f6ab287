package io.twinbeat.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Keeps the process's memory from being swapped out (mlockall(2)). */
public final class ProcessMemory {
  private static final int MCL_CURRENT = 1;
  private static final int MCL_FUTURE = 2;
  private static final int MCL_ONFAULT = 4;

  private ProcessMemory() {}

  /** Whether the memory is locked; if not, {@code reason} says why. */
  public record Lock(boolean locked, String reason) {}

  /**
   * Locks all pages that are in memory now, and each other page once it is touched; what the
   * process only reserves costs nothing. Lasts until the process ends.
   */
  public static Lock lockAll() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.newState(arena);
      if (Libc.mlockall(state, MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) {
        return new Lock(true, "");
      }
      int errno = Libc.errno(state);
      String why =
          errno == Errno.EPERM || errno == Errno.ENOMEM
              ? Errno.name(errno) + ", not permitted (CAP_IPC_LOCK or a larger limit is needed)"
              : Errno.describe(errno);
      return new Lock(false, "locking the memory: " + why);
    }
  }
}
