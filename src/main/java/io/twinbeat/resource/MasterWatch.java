package io.twinbeat.resource;

import io.twinbeat.linux.Pidfd;
import io.twinbeat.resource.ProcFs.Proc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Waits for the death of nginx's master and tells of it at once: the kernel wakes it, nothing is
 * polled (except on kernels without pidfd). A master that hands over to a new one (upgrade, quick
 * restart by hand) has not died.
 */
final class MasterWatch implements Resource.Watch {
  /** After an orderly end: systemctl restart and its like bring the next master by then. */
  private static final Duration SUCCESSOR_LIMIT = Duration.ofMillis(100);

  /** How often the thread looks whether it is still wanted. */
  private static final Duration TURN = Duration.ofSeconds(2);

  private static final Duration POLL_STEP = Duration.ofMillis(20);
  private static final Duration SUCCESSOR_STEP = Duration.ofMillis(2);
  private static final long STACK_BYTES = 128 * 1024;

  private final NginxProcesses processes;
  private final Path pidFile;
  private final Consumer<String> died;
  private volatile boolean closed;

  MasterWatch(NginxProcesses processes, Path pidFile, Consumer<String> died) {
    this.processes = processes;
    this.pidFile = pidFile;
    this.died = died;
  }

  void begin(Proc master) {
    // A platform thread: the wait is in the kernel and would hold a virtual thread's carrier.
    Thread thread = new Thread(null, () -> follow(master), "nginx-watch", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    closed = true;
  }

  private void follow(Proc first) {
    Proc master = first;
    try {
      while (!closed) {
        awaitEnd(master);
        if (closed) {
          return;
        }
        boolean killed = NginxProcesses.pid(pidFile).equals(Optional.of(master.pid()));
        Optional<Proc> next = successor(killed);
        if (next.isEmpty()) {
          if (!closed) {
            died.accept(
                "nginx's master process " + master.pid() + (killed ? " was killed" : " has ended"));
          }
          return;
        }
        master = next.get();
      }
    } catch (ResourceException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitEnd(Proc master) throws ResourceException {
    Optional<Pidfd> pidfd = Pidfd.open(master.pid());
    if (pidfd.isEmpty()) {
      while (!closed && ProcFs.lives(master)) {
        Deadline.sleep(POLL_STEP);
      }
      return;
    }
    try (Pidfd handle = pidfd.get()) {
      while (!closed && ProcFs.lives(master) && !handle.awaitExit(TURN)) {
        // Still alive.
      }
    }
  }

  /** A master that was killed leaves its pid file behind; one that ended in order removes it. */
  private Optional<Proc> successor(boolean killed) throws ResourceException {
    if (!killed) {
      Deadline.in(SUCCESSOR_LIMIT)
          .until(SUCCESSOR_STEP, () -> closed || processes.master(pidFile).isPresent());
    }
    return processes.master(pidFile);
  }
}
