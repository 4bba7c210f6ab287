package io.twinbeat.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Lets one thread wait for several sockets at once, and be woken by others. Waits on a platform
 * thread only: the wait is in native code.
 */
public final class Poller implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM_CLOEXEC = 0x80002;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int ENTRY_BYTES = 8;
  private static final short POLLIN = 1;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Something with a file descriptor to wait for. */
  public sealed interface Source permits RouteMonitor, PacketReceiver, IcmpSocket {
    /** For the poller only. */
    int fd();
  }

  private final MemorySegment state;
  private final MemorySegment wakeState;
  private final MemorySegment byteToSend;
  private final MemorySegment received;
  private final MemorySegment entries;
  private final int count;
  private final int bell;
  private final int listening;
  private boolean rung;
  private boolean closed;

  private Poller(List<? extends Source> sources) throws LinuxException {
    Arena arena = Arena.ofAuto();
    count = sources.size() + 1;
    state = Libc.newState(arena);
    wakeState = Libc.newState(arena);
    byteToSend = arena.allocate(1);
    received = arena.allocate(1);
    entries = arena.allocate((long) ENTRY_BYTES * count, 4);
    MemorySegment pair = arena.allocate(8, 4);
    if (Libc.socketpair(state, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0, pair) != 0) {
      throw new LinuxException("opening the wake-up sockets", Libc.errno(state));
    }
    bell = pair.get(JAVA_INT, 0);
    listening = pair.get(JAVA_INT, 4);
    set(0, listening);
    for (int i = 1; i < count; i++) {
      set(i, sources.get(i - 1).fd());
    }
  }

  public static Poller open(List<? extends Source> sources) throws LinuxException {
    return new Poller(sources);
  }

  private void set(int entry, int fd) {
    entries.set(JAVA_INT, (long) entry * ENTRY_BYTES, fd);
    entries.set(JAVA_SHORT, (long) entry * ENTRY_BYTES + 4, POLLIN);
  }

  /**
   * Waits until a source has something, {@link #wake}, or the limit; rounds up to a millisecond.
   */
  public void await(long limitNanos) {
    long millis = Math.max(0, (limitNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    Libc.poll(state, entries, count, (int) Math.min(millis, Integer.MAX_VALUE));
    synchronized (this) {
      if (rung && !closed) {
        rung = false;
        Libc.recvfrom(
            state, listening, received, 1, MSG_DONTWAIT, MemorySegment.NULL, MemorySegment.NULL);
      }
    }
  }

  /** Ends the running or the next wait at once; from any thread. */
  public synchronized void wake() {
    if (!rung && !closed) {
      rung = true;
      Libc.sendto(wakeState, bell, byteToSend, 1, MSG_DONTWAIT, MemorySegment.NULL, 0);
    }
  }

  /** To be called when no thread waits any more. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Libc.close(wakeState, bell);
      Libc.close(wakeState, listening);
    }
  }
}
