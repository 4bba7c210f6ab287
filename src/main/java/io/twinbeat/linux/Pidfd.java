package io.twinbeat.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.Optional;

/**
 * A handle on one process, child or not, that is never mistaken for a later process of the same
 * number (pidfd_open(2), Linux 5.3). Thread-safe except that nobody may wait on it while it is
 * closed. Errors: {@link #open} gives empty when the process is gone or the kernel too old.
 */
public final class Pidfd implements AutoCloseable {
  /** Leave when the work in hand is done (nginx). */
  public static final int SIGQUIT = 3;

  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;

  // The same numbers on all architectures: both calls are newer than the common table.
  private static final long SYS_PIDFD_SEND_SIGNAL = 424;
  private static final long SYS_PIDFD_OPEN = 434;
  private static final short POLLIN = 1;

  private static final MethodHandle SYSCALL;
  private static final MethodHandle POLL;
  private static final MethodHandle CLOSE;

  static {
    Linker linker = Linker.nativeLinker();
    SYSCALL =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    POLL =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("poll"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    CLOSE =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("close"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }

  private final int fd;

  private Pidfd(int fd) {
    this.fd = fd;
  }

  public static Optional<Pidfd> open(long pid) {
    try {
      long fd = (long) SYSCALL.invokeExact(SYS_PIDFD_OPEN, pid, 0L, 0L, 0L);
      return fd < 0 ? Optional.empty() : Optional.of(new Pidfd((int) fd));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * Blocks the calling thread (a virtual one holds its carrier: use a platform thread for long
   * waits) until the process has ended; false when it lives on at the limit.
   */
  public boolean awaitExit(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    try (Arena arena = Arena.ofConfined()) {
      // struct pollfd { int fd; short events; short revents; }
      MemorySegment pollfd = arena.allocate(8, 4);
      pollfd.set(ValueLayout.JAVA_INT, 0, fd);
      pollfd.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
      while (true) {
        long left = Math.max(0, deadline - System.nanoTime());
        int millis = (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
        int ready = (int) POLL.invokeExact(pollfd, 1L, millis);
        if (ready > 0) {
          return true;
        }
        if (left == 0) {
          return false; // Nothing, or a signal came between at the very end.
        }
      }
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Sends a signal; false when the process has ended or may not be signalled. */
  public boolean signal(int signal) {
    try {
      return (long) SYSCALL.invokeExact(SYS_PIDFD_SEND_SIGNAL, (long) fd, (long) signal, 0L, 0L)
          == 0;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  @Override
  public void close() {
    try {
      int ignored = (int) CLOSE.invokeExact(fd);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static AssertionError impossible(Throwable e) {
    return new AssertionError("a native call throws nothing", e);
  }
}
