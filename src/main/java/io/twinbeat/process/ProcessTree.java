package io.twinbeat.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child that leads its session, all its descendants, and all that is in one of their sessions: so
 * orphans are found too. Format of the fields: proc_pid_stat(5).
 */
final class ProcessTree {
  private static final Logger log = LoggerFactory.getLogger(ProcessTree.class);
  private static final Path PROC = Path.of("/proc");

  /** While killed parents die, children may still be born: looked for again this often at most. */
  private static final int ROUNDS_MAX = 20;

  private static final Duration ROUND_PAUSE = Duration.ofMillis(5);

  private record Entry(long pid, long parent, long session, boolean dead) {}

  private ProcessTree() {}

  /** Kills all of it with SIGKILL; waits for the child itself to be gone, at most for the limit. */
  static void kill(Process child, Duration limit) {
    boolean interrupted = Thread.interrupted(); // Killing is not cut short by a second interrupt.
    try {
      Set<Long> members = new HashSet<>();
      members.add(child.pid());
      for (int round = 0; round < ROUNDS_MAX && killOnce(child, members); round++) {
        Thread.sleep(ROUND_PAUSE);
      }
      child.waitFor(limit);
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      child.destroyForcibly();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns whether anything of it was still alive. */
  private static boolean killOnce(Process child, Set<Long> members) {
    List<Entry> all = processes();
    boolean grown = true;
    while (grown) {
      grown = false;
      for (Entry entry : all) {
        // A session's name is its leader's pid; our own session's leader is never a member.
        if (members.contains(entry.parent) || members.contains(entry.session)) {
          grown |= members.add(entry.pid);
        }
      }
    }
    boolean alive = false;
    for (Entry entry : all) {
      if (!entry.dead && members.contains(entry.pid)) {
        alive = true;
        if (entry.pid == child.pid()) {
          child.destroyForcibly();
        } else {
          ProcessHandle.of(entry.pid).ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    }
    return alive;
  }

  private static List<Entry> processes() {
    List<Entry> all = new ArrayList<>();
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path directory : directories) {
        Entry entry = entry(directory);
        if (entry != null) {
          all.add(entry);
        }
      }
    } catch (IOException e) {
      log.warn("/proc cannot be read: only the child itself is killed", e);
    }
    return all;
  }

  /** Returns null for a process that is gone again. */
  private static Entry entry(Path directory) {
    try {
      String stat = Files.readString(directory.resolve("stat"));
      // The name, in parentheses, may contain blanks and parentheses itself.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
      return new Entry(
          Long.parseLong(directory.getFileName().toString()),
          Long.parseLong(fields[1]),
          Long.parseLong(fields[3]),
          fields[0].equals("Z") || fields[0].equals("X"));
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }
}
