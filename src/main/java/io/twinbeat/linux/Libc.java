package io.twinbeat.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The C library calls that we use, bound once at class load (60-100 ms cold). Each takes the
 * segment that receives errno first; results are the C function's own, -1 for a failure.
 */
final class Libc {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final FunctionDescriptor INT_OF_INT = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
  private static final MethodHandle SOCKET =
      bound("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SOCKETPAIR =
      bound("socketpair", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle BIND =
      bound("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      bound(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SENDTO =
      bound(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle RECVFROM =
      bound(
          "recvfrom",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle POLL =
      bound("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle CLOSE = bound("close", INT_OF_INT);
  private static final MethodHandle MLOCKALL = bound("mlockall", INT_OF_INT);
  private static final MethodHandle STATVFS =
      bound("statvfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle PRCTL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("prctl"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));

  private Libc() {}

  static MemorySegment newState(Arena arena) {
    return arena.allocate(STATE);
  }

  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  static int socket(MemorySegment state, int domain, int type, int protocol) {
    try {
      return (int) SOCKET.invokeExact(state, domain, type, protocol);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int socketpair(
      MemorySegment state, int domain, int type, int protocol, MemorySegment pair) {
    try {
      return (int) SOCKETPAIR.invokeExact(state, domain, type, protocol, pair);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int bind(MemorySegment state, int fd, MemorySegment address, int length) {
    try {
      return (int) BIND.invokeExact(state, fd, address, length);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int setsockopt(
      MemorySegment state, int fd, int level, int name, MemorySegment value, int length) {
    try {
      return (int) SETSOCKOPT.invokeExact(state, fd, level, name, value, length);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static long sendto(
      MemorySegment state,
      int fd,
      MemorySegment bytes,
      long length,
      int flags,
      MemorySegment address,
      int addressLength) {
    try {
      return (long) SENDTO.invokeExact(state, fd, bytes, length, flags, address, addressLength);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static long recvfrom(
      MemorySegment state,
      int fd,
      MemorySegment bytes,
      long length,
      int flags,
      MemorySegment address,
      MemorySegment addressLength) {
    try {
      return (long) RECVFROM.invokeExact(state, fd, bytes, length, flags, address, addressLength);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int poll(MemorySegment state, MemorySegment fds, long count, int limitMillis) {
    try {
      return (int) POLL.invokeExact(state, fds, count, limitMillis);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int close(MemorySegment state, int fd) {
    try {
      return (int) CLOSE.invokeExact(state, fd);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int mlockall(MemorySegment state, int flags) {
    try {
      return (int) MLOCKALL.invokeExact(state, flags);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int statvfs(MemorySegment state, MemorySegment path, MemorySegment seen) {
    try {
      return (int) STATVFS.invokeExact(state, path, seen);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int prctl(MemorySegment state, int operation, long argument) {
    try {
      return (int) PRCTL.invokeExact(state, operation, argument);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static MethodHandle bound(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }

  /** A bound handle throws nothing of its own; what comes out is a fault of this class. */
  private static IllegalStateException impossible(Throwable e) {
    return new IllegalStateException("a bound C function threw", e);
  }
}
