package io.twinbeat.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * How full a file system is, for users without privilege, from statvfs(3).
 *
 * @param inodes zero where the file system makes them as it needs them
 */
public record DiskSpace(long bytes, long bytesFree, long inodes, long inodesFree) {
  /** struct statvfs of glibc and musl on 64-bit machines: 112 bytes, these are its longs. */
  private static final long BYTES = 112;

  private static final long FRSIZE = 1;
  private static final long BLOCKS = 2;
  private static final long BAVAIL = 4;
  private static final long FILES = 5;
  private static final long FAVAIL = 7;

  public static DiskSpace of(Path path) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.newState(arena);
      MemorySegment seen = arena.allocate(BYTES, Long.BYTES);
      if (Libc.statvfs(state, arena.allocateFrom(path.toString()), seen) < 0) {
        throw new LinuxException("statvfs " + path, Libc.errno(state));
      }
      long block = field(seen, FRSIZE);
      return new DiskSpace(
          field(seen, BLOCKS) * block,
          field(seen, BAVAIL) * block,
          field(seen, FILES),
          field(seen, FAVAIL));
    }
  }

  private static long field(MemorySegment seen, long index) {
    return seen.getAtIndex(JAVA_LONG, index);
  }
}
