package io.twinbeat.resource;

import io.twinbeat.linux.Pidfd;
import io.twinbeat.resource.NginxDump.Listen;
import io.twinbeat.resource.ProcFs.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * nginx's processes as /proc shows them: its master, the workers, and the orphans that go on
 * holding the ports after their master was killed. Processes are ended by pid, never by name.
 */
final class NginxProcesses {
  /** What a process is to nginx, by the title it gives itself (ngx_setproctitle.c). */
  enum Role {
    MASTER,
    WORKER,
    /** A worker that was told to leave and finishes its connections. */
    LEAVING,
    HELPER,
    OTHER
  }

  /** Who keeps nginx from a port. */
  record Holder(Proc proc, Role role, int port) {
    String text() {
      return "port " + port + " is held by " + proc.comm() + " (pid " + proc.pid() + ")";
    }
  }

  private static final Duration STEP = Duration.ofMillis(1);

  /** The kernel frees a killed process's sockets within a few milliseconds; this is plenty. */
  private static final Duration KILL_LIMIT = Duration.ofMillis(500);

  private final String comm;

  NginxProcesses(Path binary) {
    String name = binary.getFileName().toString();
    this.comm = name.substring(0, Math.min(15, name.length())); // TASK_COMM_LEN
  }

  Role role(Proc proc) {
    String title = ProcFs.title(proc.pid());
    if (title.contains(": master process")) {
      return Role.MASTER;
    }
    if (title.contains(": worker process is shutting down")) {
      return Role.LEAVING;
    }
    if (title.contains(": worker process")) {
      return Role.WORKER;
    }
    if (title.contains(": cache manager process") || title.contains(": cache loader process")) {
      return Role.HELPER;
    }
    // For a moment after its start a master has no title yet.
    return proc.comm().equals(comm) ? Role.MASTER : Role.OTHER;
  }

  /** The pid that the file names, whoever that is by now. */
  static Optional<Long> pid(Path pidFile) {
    try {
      return Optional.of(Long.parseLong(Files.readString(pidFile).strip()));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty(); // Absent, or left empty by nginx -t.
    }
  }

  /** The running master that the pid file names. */
  Optional<Proc> master(Path pidFile) {
    return pid(pidFile)
        .flatMap(ProcFs::process)
        .filter(proc -> !proc.ended() && role(proc) == Role.MASTER);
  }

  /** The workers of the newest generation. */
  List<Proc> workers(Proc master) {
    List<Proc> workers = new ArrayList<>();
    for (Proc child : ProcFs.children(master.pid())) {
      if (!child.ended() && role(child) == Role.WORKER) {
        workers.add(child);
      }
    }
    return workers;
  }

  /** Who listens where nginx wants to. Looks at every process only when somebody does. */
  List<Holder> holders(List<Listen> listens) {
    List<Holder> holders = new ArrayList<>();
    for (Listen listen : listens) {
      if (listen.held()) {
        List<ProcFs.Listening> sockets = ProcFs.listening().stream().filter(listen::meets).toList();
        for (Proc proc : ProcFs.holders(sockets)) {
          holders.add(new Holder(proc, role(proc), listen.port()));
        }
      }
    }
    return holders;
  }

  /** Where somebody listens and this master does not, though nginx wants to. */
  List<Listen> heldBeside(Proc master, List<Listen> listens) {
    List<ProcFs.Listening> all = ProcFs.listening();
    Set<Long> own = ProcFs.sockets(master.pid());
    List<Listen> beside = new ArrayList<>();
    for (Listen listen : listens) {
      List<ProcFs.Listening> there = all.stream().filter(listen::meets).toList();
      if (!there.isEmpty() && there.stream().noneMatch(socket -> own.contains(socket.inode()))) {
        beside.add(listen);
      }
    }
    return beside;
  }

  static boolean anyListens(List<Listen> listens) {
    for (Listen listen : listens) {
      if (listen.held()) {
        return true;
      }
    }
    return false;
  }

  /** An nginx process without a living master above it. */
  boolean orphan(Holder holder) {
    return switch (holder.role()) {
      case WORKER, LEAVING, HELPER ->
          ProcFs.process(holder.proc().parent())
              .filter(parent -> !parent.ended() && role(parent) == Role.MASTER)
              .isEmpty();
      case MASTER, OTHER -> false;
    };
  }

  static void signal(List<Proc> processes, int signal) {
    for (Proc proc : processes) {
      Optional<Pidfd> pidfd = Pidfd.open(proc.pid());
      if (pidfd.isPresent()) {
        try (Pidfd handle = pidfd.get()) {
          if (ProcFs.lives(
              proc)) { // The handle is on this very process, so none can take its place.
            handle.signal(signal); // False: it has ended meanwhile.
          }
        }
      } else if (ProcFs.lives(proc)) {
        ProcessHandle.of(proc.pid())
            .ifPresent(handle -> {
              if (signal == Pidfd.SIGKILL) {
                handle.destroyForcibly();
              } else {
                handle.destroy();
              }
            });
      }
    }
  }

  static List<Proc> living(List<Proc> processes) {
    return processes.stream().filter(ProcFs::lives).toList();
  }

  /** Signals, waits up to the grace, kills the rest; throws when even that does not end them. */
  static void end(List<Proc> processes, int signal, Duration grace) throws ResourceException {
    if (signal != Pidfd.SIGKILL) {
      signal(processes, signal);
      if (Deadline.in(grace).until(STEP, () -> living(processes).isEmpty())) {
        return;
      }
    }
    signal(living(processes), Pidfd.SIGKILL);
    if (!Deadline.in(KILL_LIMIT).until(STEP, () -> living(processes).isEmpty())) {
      throw new ResourceException(
          "processes " + living(processes).stream().map(Proc::pid).toList() + " can't be killed");
    }
  }

  /**
   * Makes orphans let go of the ports: politely first, so that they finish what they are serving,
   * then by force. They may still be ending when this returns, but hold no port.
   *
   * @param known the family of the last master
   */
  void endOrphans(List<Proc> known, List<Listen> listens, Duration grace) throws ResourceException {
    letGo(living(known), listens, grace);
    if (anyListens(listens)) {
      letGo(
          holders(listens).stream().filter(this::orphan).map(Holder::proc).toList(),
          listens,
          grace);
    }
  }

  private static void letGo(List<Proc> orphans, List<Listen> listens, Duration grace)
      throws ResourceException {
    if (!orphans.isEmpty()) {
      signal(orphans, Pidfd.SIGQUIT);
      boolean asked = !listens.isEmpty();
      if (!asked || !Deadline.in(grace).until(STEP, () -> !anyListens(listens))) {
        end(living(orphans), Pidfd.SIGKILL, grace);
      }
    }
  }
}
