package io.twinbeat.daemon;

import io.twinbeat.linux.DiskSpace;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.resource.ReadinessItem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whether there is room on the disks of the journal and of the logs. */
final class DiskItems {
  /** Where the system's and nginx's logs go. */
  private static final Path LOGS = Path.of("/var/log");

  /** Of any large disk a few percent are plenty, of a small one these bytes may be all of it. */
  private static final double LOW = 0.10;

  private static final double FULL = 0.02;
  private static final long BYTES_PLENTY = 1L << 30;
  private static final long BYTES_ENOUGH = 64L << 20;
  private static final long INODES_PLENTY = 100_000;

  private final Path state;

  DiskItems(Path state) {
    this.state = state;
  }

  List<ReadinessItem> items() {
    List<ReadinessItem> items = new ArrayList<>();
    items.add(item(state));
    if (Files.isDirectory(LOGS)) {
      ReadinessItem logs = item(LOGS);
      // nginx serves on when its log cannot be written.
      items.add(
          logs.gates() ? ReadinessItem.warning(logs.name(), logs.detail(), logs.mend()) : logs);
    }
    return items;
  }

  private static ReadinessItem item(Path directory) {
    String name = "disk of " + directory;
    try {
      return judged(name, directory, DiskSpace.of(directory));
    } catch (LinuxException e) {
      return ReadinessItem.unknown(name, e.getMessage());
    }
  }

  static ReadinessItem judged(String name, Path directory, DiskSpace disk) {
    double bytes = share(disk.bytesFree(), disk.bytes());
    double inodes = share(disk.inodesFree(), disk.inodes());
    String mend = "make room on the disk of " + directory;
    if (bytes < FULL && disk.bytesFree() < BYTES_ENOUGH) {
      return ReadinessItem.bad(name, "full: " + size(disk.bytesFree()) + " free", mend);
    } else if (inodes < FULL && disk.inodesFree() < INODES_PLENTY) {
      return ReadinessItem.bad(
          name, "full: " + disk.inodesFree() + " of " + disk.inodes() + " inodes free", mend);
    } else if (bytes < LOW && disk.bytesFree() < BYTES_PLENTY) {
      return ReadinessItem.warning(name, "only " + size(disk.bytesFree()) + " free", mend);
    } else if (inodes < LOW && disk.inodesFree() < INODES_PLENTY) {
      return ReadinessItem.warning(
          name, "only " + disk.inodesFree() + " of " + disk.inodes() + " inodes free", mend);
    }
    return ReadinessItem.good(name, size(disk.bytesFree()) + " free");
  }

  /** All of it, where the file system does not count. */
  private static double share(long free, long all) {
    return all == 0 ? 1 : (double) free / all;
  }

  private static String size(long bytes) {
    return bytes < 10L << 20
        ? (bytes >> 10) + " KiB"
        : bytes < 10L << 30 ? (bytes >> 20) + " MiB" : (bytes >> 30) + " GiB";
  }
}
