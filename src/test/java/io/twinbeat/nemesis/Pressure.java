package io.twinbeat.nemesis;

import io.twinbeat.lab.LabException;
import io.twinbeat.lab.LabNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory pressure on one node's daemon: what it and its children take from now on must fit a small
 * control group, so that the kernel reclaims, stalls and at last kills there and nowhere else.
 */
final class Pressure {
  private static final Path V1 = Path.of("/sys/fs/cgroup/memory");
  private static final Path V2 = Path.of("/sys/fs/cgroup");

  /** What a daemon may still take: room for a few of its children's pages, not for all. */
  private static final String LIMIT = "4194304";

  private Pressure() {}

  static Fault fault(Dice dice) {
    return Fault.of(
        "memory pressure",
        dice.role(),
        dice.millis(800, 2000),
        (ground, node) -> squeeze(group(ground, node), node),
        (ground, node) -> release(group(ground, node)));
  }

  private static boolean isV1() {
    return Files.exists(V1.resolve("memory.limit_in_bytes"))
        || Files.exists(V1.resolve("cgroup.procs"));
  }

  private static Path root() {
    return isV1() ? V1 : V2;
  }

  private static Path group(Ground ground, LabNode node) {
    return root().resolve("tb-" + ground.lab.name() + "-" + node.name());
  }

  private static void squeeze(Path group, LabNode node) {
    long daemon =
        node.daemonPid().orElseThrow(() -> new LabException("no daemon on " + node.name()));
    try {
      Files.createDirectories(group);
      Files.writeString(
          group.resolve(isV1() ? "memory.limit_in_bytes" : "memory.max"), LIMIT + "\n");
      Files.writeString(group.resolve("cgroup.procs"), daemon + "\n");
    } catch (IOException e) {
      throw new LabException("can't squeeze " + node.name() + ": " + e, e);
    }
  }

  private static void release(Path group) {
    try {
      if (!Files.isDirectory(group)) {
        return;
      }
      // Room first: a process at its limit may not even move.
      Files.writeString(
          group.resolve(isV1() ? "memory.limit_in_bytes" : "memory.max"),
          isV1() ? "-1\n" : "max\n");
      for (int tries = 0; tries < 20; tries++) {
        List<String> left = Files.readAllLines(group.resolve("cgroup.procs"));
        if (left.isEmpty()) {
          break;
        }
        for (String process : left) {
          move(process);
        }
      }
      Files.delete(group);
    } catch (IOException e) {
      throw new LabException("can't release " + group + ": " + e, e);
    }
  }

  private static void move(String process) throws IOException {
    try {
      Files.writeString(root().resolve("cgroup.procs"), process + "\n");
    } catch (IOException e) {
      if (Files.exists(Path.of("/proc/" + process))) {
        throw e;
      }
    }
  }
}
