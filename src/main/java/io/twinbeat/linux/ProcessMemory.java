package io.twinbeat.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Keeps the process's memory where it is: not swapped out (mlockall(2)), not dumped (prctl(2)). */
public final class ProcessMemory {
  private static final int MCL_CURRENT = 1;
  private static final int MCL_FUTURE = 2;
  private static final int MCL_ONFAULT = 4;
  private static final int PR_GET_DUMPABLE = 3;
  private static final int PR_SET_DUMPABLE = 4;

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

  /**
   * From now on no core of this process is written, whatever its limits and the machine's handler
   * of cores are, and only root may look into its memory or /proc. Children are not affected.
   */
  public static void neverDump() throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.newState(arena);
      if (Libc.prctl(state, PR_SET_DUMPABLE, 0) != 0) {
        throw new LinuxException("forbidding core dumps", Libc.errno(state));
      }
    }
  }

  /** Whether a core of this process could be written. */
  static boolean dumpable() {
    try (Arena arena = Arena.ofConfined()) {
      return Libc.prctl(Libc.newState(arena), PR_GET_DUMPABLE, 0) != 0;
    }
  }
}
