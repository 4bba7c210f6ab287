package io.twinbeat.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * The kernel's watchdog interface (Documentation/watchdog/watchdog-api.rst): {@code /dev/watchdog},
 * {@code /dev/watchdogN}. Opening it arms it. The numbers of its calls are those of x86-64 and
 * arm64.
 */
public final class WatchdogDevice implements Watchdog {
  private static final int O_WRONLY = 1;

  /** For what is no watchdog: a pipe without a reader would keep us waiting for ever. */
  private static final int O_NONBLOCK = 0x800;

  /** A child (nginx, a script) that had it would keep the next daemon from opening it. */
  private static final int O_CLOEXEC = 0x80000;

  private static final long GETSUPPORT = 0x80285700L;
  private static final long SETOPTIONS = 0x80045704L;
  private static final long SETTIMEOUT = 0xC0045706L;
  private static final long GETTIMEOUT = 0x80045707L;
  private static final int DISABLECARD = 1;

  /** struct watchdog_info: options, firmware version, 32 bytes of identity. */
  private static final long INFO_BYTES = 40;

  private static final long IDENTITY_AT = 8;
  private static final int IDENTITY_BYTES = 32;

  private static final byte FOOD = 0;

  /** The last byte before the close, by which it is no accident. */
  private static final byte MAGIC = 'V';

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle OPEN =
      bound(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle IOCTL =
      bound(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle WRITE =
      bound("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle CLOSE =
      bound("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final Path path;
  private final int fd;
  private final String identity;
  private final Duration timeout;

  private WatchdogDevice(Path path, int fd, String identity, Duration timeout) {
    this.path = path;
    this.fd = fd;
    this.identity = identity;
    this.timeout = timeout;
  }

  /**
   * Opens and so arms the device, and sets its timeout (whole seconds), or takes the device's own
   * where it has a fixed one. A device that is no watchdog is left alone.
   */
  public static WatchdogDevice open(Path path, Duration wanted) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int fd =
          (int)
              OPEN.invokeExact(
                  state, arena.allocateFrom(path.toString()), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
      if (fd < 0) {
        int errno = errno(state);
        throw new LinuxException(
            "opening " + path,
            errno,
            errno == Errno.EBUSY
                ? "another program has it: systemd (RuntimeWatchdogSec=), watchdogd, sbd?"
                : "");
      }
      try {
        return of(path, fd, wanted);
      } catch (IOException e) {
        close(fd);
        throw e;
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static WatchdogDevice of(Path path, int fd, Duration wanted) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(INFO_BYTES, Integer.BYTES);
      int errno = ioctl(fd, GETSUPPORT, info);
      if (errno != Errno.OK) {
        throw new LinuxException("asking " + path + " what it is", errno, "it is no watchdog");
      }
      MemorySegment seconds = arena.allocate(JAVA_INT);
      seconds.set(JAVA_INT, 0, Math.toIntExact(wanted.toSeconds()));
      if (ioctl(fd, SETTIMEOUT, seconds) != Errno.OK) {
        errno = ioctl(fd, GETTIMEOUT, seconds);
        if (errno != Errno.OK) {
          write(fd, MAGIC); // It was armed by the opening.
          throw new LinuxException("asking " + path + " for its timeout", errno);
        }
      }
      return new WatchdogDevice(
          path, fd, identity(info), Duration.ofSeconds(seconds.get(JAVA_INT, 0)));
    }
  }

  private static String identity(MemorySegment info) {
    byte[] text = info.asSlice(IDENTITY_AT, IDENTITY_BYTES).toArray(JAVA_BYTE);
    int length = 0;
    while (length < text.length && text[length] != 0) {
      length++;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public Duration timeout() {
    return timeout;
  }

  @Override
  public void feed() throws IOException {
    int errno = write(fd, FOOD);
    if (errno != Errno.OK) {
      throw new LinuxException("feeding " + path, errno);
    }
  }

  @Override
  public boolean disarm() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int errno = ioctl(fd, SETOPTIONS, arena.allocateFrom(JAVA_INT, DISABLECARD));
      if (errno == Errno.EBUSY) {
        return false;
      }
      // Drivers without this call know the magic close.
      errno = write(fd, MAGIC);
      if (errno != Errno.OK) {
        throw new LinuxException("disarming " + path, errno);
      }
      close(fd);
      return true;
    }
  }

  @Override
  public void close() {
    close(fd);
  }

  private static int ioctl(int fd, long request, MemorySegment argument) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) IOCTL.invokeExact(state, fd, request, argument);
      return result < 0 ? errno(state) : Errno.OK;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static int write(int fd, byte value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long written = (long) WRITE.invokeExact(state, fd, arena.allocateFrom(JAVA_BYTE, value), 1L);
      return written < 0 ? errno(state) : Errno.OK;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  private static MethodHandle bound(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = Linker.Option.captureCallState("errno");
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, all);
  }

  private static IllegalStateException impossible(Throwable e) {
    return new IllegalStateException("a bound C function threw", e);
  }
}
