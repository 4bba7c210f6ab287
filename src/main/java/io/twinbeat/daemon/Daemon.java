package io.twinbeat.daemon;

import io.twinbeat.address.AddressException;
import io.twinbeat.linux.ProcessMemory;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon of one node: from the file to the end of the process. */
public final class Daemon {
  /** The file, the key or the node's name is wrong: starting again would not help. */
  public static final int MISCONFIGURED = 2;

  /** Something on this machine failed: starting again may help. */
  public static final int FAILED = 1;

  private static final Logger log = LoggerFactory.getLogger(Daemon.class);

  private Daemon() {}

  /** Runs until told to leave; the result is the process's exit status. */
  public static int run(DaemonOptions options) {
    try {
      // Before a secret is in memory; passwords of fence devices are read later.
      ProcessMemory.neverDump();
      return living(options);
    } catch (Life.Misconfigured e) {
      e.getMessage().lines().forEach(line -> log.error("{}", line));
      return MISCONFIGURED;
    } catch (IOException e) {
      log.error("{}", e.getMessage());
      return FAILED;
    } catch (AddressException e) {
      log.error("{}", e.getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }

  private static int living(DaemonOptions options)
      throws IOException, AddressException, InterruptedException {
    try (Lives lives = new Lives(options, Loaded.read(options))) {
      return lives.run();
    }
  }
}
