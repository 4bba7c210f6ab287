package io.twinbeat.lvs;

import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does one piece of work soon, once for all calls that came meanwhile. */
final class Mender implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Mender.class);

  private final Runnable work;
  private final Semaphore asked = new Semaphore(0);
  private final Thread thread;

  Mender(Runnable work) {
    this.work = work;
    this.thread = Thread.ofVirtual().name("lvs-table").start(this::run);
  }

  void soon() {
    asked.release();
  }

  private void run() {
    try {
      while (true) {
        asked.acquire();
        asked.drainPermits();
        try {
          work.run();
        } catch (RuntimeException e) {
          log.error("the IPVS table could not be mended", e);
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
